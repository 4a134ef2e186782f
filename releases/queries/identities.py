"""Identities of Azure DevOps, git and Azure ML: which belong to nobody yet, where each was seen, whose they may be."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Case, Count, IntegerField, Max, Q, QuerySet, Value, When
from django.db.models.functions import Lower

from releases.models import Commit, Identity, TrainingRun, User
from releases.states import IdentityKind

PAGE_SIZE = 25
SHOWS = ("open", "people", "services", "all")


@dataclass(frozen=True)
class IdentitySeen:
    """One identity, what it did, and the account with the same address, if there is one."""

    identity: Identity
    did: str
    at: datetime | None
    suggested: User | None


@dataclass(frozen=True)
class IdentitiesPage:
    """One page of identities; `open_count` of them belong to nobody yet."""

    rows: list[IdentitySeen]
    count: int
    open_count: int
    number: int
    pages: int


def open_identities() -> QuerySet[Identity]:
    """What nobody can place yet, and people with the address of an account that is not theirs yet."""
    unplaced = Identity.objects.filter(user=None, is_group=False).exclude(kind=IdentityKind.SERVICE)
    return unplaced.alias(address=Lower("email")).filter(Q(kind=IdentityKind.UNKNOWN) | Q(address__in=_addresses()))


def identities_page(*, show: str = "open", text: str = "", number: int = 1) -> IdentitiesPage:
    """The identities of this kind that hold the text: those with an account's address first. Six queries."""
    rows = _shown(show)
    if text:
        rows = rows.filter(Q(name__icontains=text) | Q(email__icontains=text) | Q(key__icontains=text))
    count = rows.count()
    pages = max(1, -(-count // PAGE_SIZE))
    number = min(max(1, number), pages)
    known = Case(When(address__in=_addresses(), then=Value(0)), default=Value(1), output_field=IntegerField())
    ordered = rows.alias(address=Lower("email"), rank=known).select_related("user").order_by("rank", "name", "id")
    first = (number - 1) * PAGE_SIZE
    found = list(ordered[first : first + PAGE_SIZE])
    return IdentitiesPage(_told(found), count, open_identities().count(), number, pages)


def _addresses() -> QuerySet[User, Any]:
    return User.objects.filter(is_active=True).values("email")


def _shown(show: str) -> QuerySet[Identity]:
    everybody = Identity.objects.filter(is_group=False)
    if show == "people":
        return everybody.filter(Q(user__isnull=False) | Q(kind=IdentityKind.PERSON))
    if show == "services":
        return everybody.filter(kind=IdentityKind.SERVICE)
    return everybody if show == "all" else open_identities()


def _told(rows: Sequence[Identity]) -> list[IdentitySeen]:
    emails = {row.email.lower() for row in rows if row.email and row.user_id is None}
    accounts = {user.email: user for user in User.objects.filter(email__in=emails, is_active=True)}
    commits = _counted(Commit.objects.filter(author__in=rows), "author_id", "committed_on")
    runs = _counted(TrainingRun.objects.filter(owner__in=rows), "owner_id", "created_on")
    return [
        IdentitySeen(
            identity=row,
            did=", ".join(_words(commits.get(row.pk), "commit") + _words(runs.get(row.pk), "training run")),
            at=max((one[1] for one in (commits.get(row.pk), runs.get(row.pk)) if one and one[1]), default=None),
            suggested=accounts.get(row.email.lower()) if row.user_id is None else None,
        )
        for row in rows
    ]


def _counted(rows: QuerySet[Any], who: str, when: str) -> dict[int, tuple[int, datetime | None]]:
    """How many each did, and the last time."""
    found = rows.order_by().values(who).annotate(times=Count("id"), last=Max(when))
    return {row[who]: (row["times"], row["last"]) for row in found}


def _words(counted: tuple[int, datetime | None] | None, noun: str) -> list[str]:
    return [f"{counted[0]} {noun}{'' if counted[0] == 1 else 's'}"] if counted else []
