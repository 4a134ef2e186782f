"""Who an identity of Azure DevOps, git or Azure ML is: a person with an account, somebody without one, or a service.

Called by the People page. What is placed here counts for four eyes from now on.
"""

from dataclasses import dataclass

from releases import audit
from releases.actions.acting import acting
from releases.audit import Actor, Via
from releases.errors import Conflict, Invalid
from releases.models import Identity, User
from releases.policies.people import check_can_place_identities
from releases.states import IdentityKind


@dataclass(frozen=True)
class Standing:
    """Who an identity is: whose account, and what kind."""

    user: int | None
    kind: str


def place_identity(
    identity: Identity,
    *,
    kind: IdentityKind,
    seen: Standing,
    by: Actor,
    user: User | None = None,
    via: Via | None = None,
) -> None:
    """Say who it is. Placing it where it is already changes nothing and leaves no event.

    Raises Denied, Invalid (a service has no account), Conflict when it is not as `seen`, or the account is closed.
    """
    if user is not None and kind != IdentityKind.PERSON:
        raise Invalid("Only a person has an account.", code="not_a_person")
    others = [user] if user is not None else []
    with acting(by, *others):
        check_can_place_identities(by)
        if user is not None and not user.is_active:
            raise Conflict(f"The account of {user} is closed.", code="inactive")
        row = Identity.objects.select_for_update(of=("self",)).get(pk=identity.pk)
        now, then = Standing(row.user_id, row.kind), Standing(user.pk if user else None, kind.value)
        if now == then:
            return
        if now != seen:
            raise Conflict(f"Somebody else placed {row} meanwhile.", code="changed")
        before = User.objects.filter(identities=row.pk).values_list("subject", flat=True).first()
        Identity.objects.filter(pk=row.pk).update(user=user, kind=kind)
        change: dict[str, tuple[audit.JSON, audit.JSON]] = {
            "user": (before, user.subject if user else None),
            "kind": (row.kind, kind.value),
        }
        private = {"identity": f"{row.source}|{row.key}|{row.name} <{row.email}>"}
        key = ("identity", f"{row.source}:{row.pk}")
        audit.append("identity.placed", by=by, object=key, change=change, private=private, via=via)
