"""Answers that could not be read: kept with the reason, marked resolved when they are read after all."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from hashlib import sha256

from releases.azure.answers import Malformed
from releases.models import Project, SetAside
from releases.sync.masking import without_secrets

MOST_BYTES_KEPT = 1_000_000


def note(project: Project, malformed: Sequence[Malformed], *, now: datetime) -> int:
    """Keep these with their reasons; returns how many different ones there were."""
    rows = {key_of(one): one for one in malformed}
    SetAside.objects.bulk_create(
        [
            SetAside(
                project=project,
                key=key,
                reason=one.reason,
                document=_kept(one),
                first_seen_at=now,
                last_seen_at=now,
            )
            for key, one in rows.items()
        ],
        update_conflicts=True,
        unique_fields=["project", "key"],
        update_fields=["reason", "document", "last_seen_at", "resolved_at"],
    )
    return len(rows)


def _kept(one: Malformed) -> bytes:
    """What came, without secrets; nothing of it where it is not even JSON, since nobody can tell what it holds."""
    try:
        return without_secrets(one.raw)[:MOST_BYTES_KEPT]
    except (ValueError, RecursionError):
        return b""


def resolve(project: Project, keys: Iterable[str], *, now: datetime) -> int:
    """These were read well now; returns how many had been set aside."""
    open_rows = SetAside.objects.filter(project=project, resolved_at=None)
    if not open_rows.exists():
        return 0
    return open_rows.filter(key__in=list(keys)).update(resolved_at=now)


def resolve_unnamed(project: Project, *, seen_before: datetime, now: datetime) -> int:
    """A complete list came without anything unreadable: what had not even an id is well now, or gone."""
    rows = SetAside.objects.filter(
        project=project, resolved_at=None, key__startswith="release:", last_seen_at__lt=seen_before
    )
    return rows.exclude(key__regex=r"^release:[0-9]+$").update(resolved_at=now)


def key_of(one: Malformed) -> str:
    """The key, made unlike any other where Azure's answer did not even tell what it was."""
    if ":unknown" not in one.key:
        return one.key[:200]
    return f"{one.key.split(':')[0]}:unknown-{sha256(one.raw).hexdigest()[:16]}"
