"""The approvals people gave, refused or still owe, as Azure DevOps reports them. Automated ones are left out."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import QuerySet

from releases.models import Approval, Release, User
from releases.queries.access import visible_to
from releases.queries.statuses import Word, approval_word
from releases.states import ApprovalStatus, ReleaseStatus

BEFORE = "predeploy"
PEOPLE = ("approver", "approved_by")
COUNTED = ("release_stage", "attempt", "type", "status", "created_on")
AT_ONCE = timedelta(minutes=1)
"""Azure closes approvals with the release; so far apart may it note the two."""

ANSWERED = frozenset({ApprovalStatus.APPROVED, ApprovalStatus.REJECTED, ApprovalStatus.PENDING})


@dataclass(frozen=True)
class Seats:
    """The approvals of one attempt on one side (before or after the deployment)."""

    approvals: tuple[Approval, ...] = ()

    @property
    def given(self) -> int:
        """How many approved."""
        return sum(approval.status == ApprovalStatus.APPROVED for approval in self.approvals)

    @property
    def asked(self) -> int:
        """How many were asked and have not been skipped, cancelled or handed on."""
        return sum(approval.status in ANSWERED for approval in self.approvals)

    @property
    def pending(self) -> list[Approval]:
        """Those that wait for somebody."""
        return [approval for approval in self.approvals if approval.status == ApprovalStatus.PENDING]

    @property
    def refused(self) -> Approval | None:
        """The one that said no."""
        return next((approval for approval in self.approvals if approval.status == ApprovalStatus.REJECTED), None)

    @property
    def asked_at(self) -> datetime | None:
        """When the oldest pending one was asked for."""
        return min((approval.created_on for approval in self.pending if approval.created_on), default=None)


NOBODY = Seats()


@dataclass(frozen=True)
class StageSeats:
    """All approvals of one stage of one release, by attempt and side."""

    approvals: tuple[Approval, ...] = ()

    def of(self, attempt: int) -> Seats:
        """Those of one attempt, both sides."""
        return Seats(tuple(approval for approval in self.approvals if approval.attempt == attempt))

    def before(self, attempt: int) -> Seats:
        """Those asked for before one attempt was deployed."""
        return Seats(tuple(a for a in self.of(attempt).approvals if a.type.lower() == BEFORE))

    @property
    def latest(self) -> Seats:
        """Those of the newest attempt that asked anybody, both sides."""
        return self.of(max((approval.attempt for approval in self.approvals), default=0))


def of_stages(release_stages: Collection[int], *, are_counted: bool = False) -> dict[int, StageSeats]:
    """The approvals by release stage id, in the order asked. One query.

    `are_counted`: who was asked and what they wrote is not read, for pages that only say how many approved.
    """
    rows = _asked_of_people().only(*COUNTED) if are_counted else _asked_of_people().select_related(*PEOPLE)
    found: dict[int, list[Approval]] = defaultdict(list)
    for approval in rows.filter(release_stage_id__in=release_stages):
        found[approval.release_stage_id].append(approval)
    return {stage: StageSeats(tuple(approvals)) for stage, approvals in found.items()}


def answers_of(release_stages: Collection[int]) -> dict[tuple[int, int], set[str]]:
    """Which of "pending" and "rejected" people's approvals are, by release stage id and attempt. One query, no rows."""
    rows = Approval.objects.filter(is_automated=False, status__in=[ApprovalStatus.PENDING, ApprovalStatus.REJECTED])
    found: dict[tuple[int, int], set[str]] = defaultdict(set)
    for stage, attempt, status in rows.filter(release_stage_id__in=release_stages).values_list(
        "release_stage_id", "attempt", "status"
    ):
        found[stage, attempt].add(status)
    return found


def pending(user: User) -> list[Approval]:
    """Every approval somebody still owes in the projects this person sees, oldest first, with its release and stage.

    Nobody can decide on a release that was abandoned or that Azure DevOps has no longer, and nobody follows what is not
    followed any more.
    """
    rows = visible_to(user, Approval).filter(status=ApprovalStatus.PENDING, is_automated=False)
    rows = rows.filter(project__is_followed=True, release_stage__release__gone_at=None)
    rows = rows.exclude(release_stage__release__status=ReleaseStatus.ABANDONED)
    rows = rows.select_related("approver", "release_stage__release__project", "release_stage__stage__pipeline")
    return list(rows.order_by("created_on", "id"))


def word_of(approval: Approval, release: Release) -> Word:
    """How an approval of this release stands; what closed because the release was abandoned says so."""
    if release.status != ReleaseStatus.ABANDONED:
        return approval_word(approval.status)
    if approval.status == ApprovalStatus.PENDING:
        return Word.ABANDONED
    ended, at = approval.modified_on, release.modified_on
    is_closed = approval.status == ApprovalStatus.CANCELED and ended and at and abs(ended - at) <= AT_ONCE
    return Word.ABANDONED if is_closed else approval_word(approval.status)


def _asked_of_people() -> QuerySet[Approval]:
    return Approval.objects.filter(is_automated=False).order_by("attempt", "rank", "id")
