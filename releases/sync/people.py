"""Finds or makes the rows of identities that Azure DevOps names. Called by everything in `sync` that stores people."""

from releases.azure.answers import IdentityAnswer
from releases.models import Identity
from releases.states import IdentityKind
from releases.sync.mapping.identities import identity_row
from releases.sync.mapping.tables import IDENTITY


def identity_ids(people: dict[str, IdentityAnswer]) -> tuple[dict[str, int], int]:
    """Our ids of these identities of Azure DevOps by key, and how many rows were written to have them right."""
    if not people:
        return {}, 0
    rows = {key: identity_row(who) for key, who in sorted(people.items())}
    IDENTITY.fit(list(rows.values()))
    held = _held_identities([row[1] for row in rows.values()])
    missing = [row for row in rows.values() if row[1] not in held]
    if missing:
        names = [column.name for column in IDENTITY.columns]
        ones = [Identity(**dict(zip(names, row, strict=True))) for row in missing]
        Identity.objects.bulk_create(ones, ignore_conflicts=True)
        held |= _held_identities([row[1] for row in missing])
    changed = [one for row in rows.values() if (one := held[row[1]]) and _learn(one, row)]
    if changed:
        Identity.objects.bulk_update(sorted(changed, key=lambda one: one.pk), ["name", "email", "kind", "is_group"])
    return {key: held[row[1]].pk for key, row in rows.items()}, len(missing) + len(changed)


def _held_identities(keys: list[str]) -> dict[str, Identity]:
    found = Identity.objects.filter(source=Identity.Source.AZURE_DEVOPS, key__in=keys)
    return {one.key: one for one in found}


def _learn(held: Identity, row: list[object]) -> bool:
    """Take over what Azure now tells; True if anything was new. A kind once known, or set by a person, stays."""
    _, _, name, email, kind, is_group = row
    told = {"name": name or held.name, "email": email or held.email, "is_group": is_group or held.is_group}
    told["kind"] = kind if held.kind == IdentityKind.UNKNOWN else held.kind
    differs = any(getattr(held, field) != value for field, value in told.items())
    for field, value in told.items():
        setattr(held, field, value)
    return differs
