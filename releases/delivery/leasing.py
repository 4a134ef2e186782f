"""Who carries out which command: claims by conditional update, leases by the database's clock.

A lease whose process died on this machine is free at once, and so is one that this process took and could not give
back, as its database was gone; any other when its time is up. A worker checks by the clock
that no suspension stops (monotonic) that its lease still covers a whole request right before the request leaves.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from secrets import token_hex

from django.db import DatabaseError, transaction
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Now

from releases.errors import AzureStopped, Conflict
from releases.models import Command
from releases.models.commands import FORMAT
from releases.policies.limits import lease_seconds, request_seconds
from releases.states import OPEN_COMMAND_STATES, CommandState
from releases.sync import processes

_held: set[str] = set()
"""The tokens of the leases that this process carries something out with now."""

WORKED = sorted(OPEN_COMMAND_STATES - {CommandState.NEEDS_ATTENTION})


class LeaseLost(Conflict):
    """Another worker carries this command out now; nothing was stored."""

    code = "lease_lost"


@dataclass
class Lease:
    """The right to carry out one command. `command` is the row as claimed; `was_lost`: its holder before died."""

    command: Command
    token: str
    was_lost: bool
    until: float = field(default_factory=lambda: time.monotonic() + lease_seconds())

    def __enter__(self) -> "Lease":
        """Carry something out with it."""
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing is carried out with it any more, whether or not the database could be told."""
        _held.discard(self.token)

    def check_covers_a_request(self) -> None:
        """Raise AzureStopped when so little is left of it that a request could outlive it. Asks no database."""
        if time.monotonic() + request_seconds() > self.until:
            raise AzureStopped(
                "Slipway was held up for so long that it sends nothing any more; another worker goes on."
            )

    def keep(self) -> None:
        """Prolong it in the caller's transaction. Raises LeaseLost."""
        until = Now() + timedelta(seconds=lease_seconds())
        if not Command.objects.filter(pk=self.command.pk, leased_by=self.token).update(leased_until=until):
            raise LeaseLost("Another worker has taken this command over.")
        self.until = time.monotonic() + lease_seconds()

    def release(self, *, due_in: float | None) -> None:
        """Give it back; somebody looks again after so many seconds, or nobody (None). Nothing if it was lost."""
        due = None if due_in is None else Now() + timedelta(seconds=due_in)
        Command.objects.filter(pk=self.command.pk, leased_by=self.token).update(
            leased_by="", leased_until=None, due_at=due
        )


def due() -> Iterator[str]:
    """The ids of commands that somebody should look at, longest due first. Of a newer form: none of ours."""
    free = Q(leased_until__isnull=True) | Q(leased_until__lt=Now()) | Q(leased_by__in=_gone_holders())
    rows = Command.objects.filter(free, state__in=WORKED, format__lte=FORMAT, due_at__lte=Now())
    yield from (str(pk) for pk in rows.order_by("due_at").values_list("pk", flat=True))


def claim(pk: str) -> Lease | None:
    """Take the command, or None while somebody else has it, or nothing is to be done with it."""
    row = Command.objects.filter(pk=pk).first()
    if row is None:
        return None
    token = f"{processes.this()}:{token_hex(8)}"
    is_free = Q(leased_until__isnull=True) | Q(leased_until__lt=Now())
    if _is_gone(row.leased_by):
        is_free |= Q(leased_by=row.leased_by)
    same = _workable().filter(is_free, pk=pk, moves=row.moves, leased_by=row.leased_by)
    taken = {"leased_by": token, "leased_until": Now() + timedelta(seconds=lease_seconds())}
    _held.add(token)  # before the row says so: another thread must not take it for nobody's
    try:
        if not same.update(**taken, losses=F("losses") + (1 if row.leased_by else 0)):
            _held.discard(token)
            return None
        rows = Command.objects.select_related(
            "organization", "project", "asked_by", "release__project", "release_stage"
        )
        return Lease(rows.get(pk=pk), token, was_lost=bool(row.leased_by))
    except DatabaseError:
        _held.discard(token)
        raise


def database_now() -> datetime:
    """The database's clock."""
    with transaction.atomic():
        return Command.objects.annotate(now=Now()).values_list("now", flat=True)[:1].get()


def _workable() -> QuerySet[Command]:
    return Command.objects.filter(state__in=WORKED, format__lte=FORMAT, due_at__lte=Now())


def _gone_holders() -> list[str]:
    holders = Command.objects.filter(state__in=WORKED).exclude(leased_by="").values_list("leased_by", flat=True)
    return [holder for holder in holders.distinct() if _is_gone(holder)]


def _is_gone(holder: str) -> bool:
    """Whether surely nobody carries anything out with this lease: its process died, or is this one and knows it not."""
    is_ours = holder.startswith(f"{processes.this()}:")
    return holder not in _held if is_ours else processes.is_dead(holder)
