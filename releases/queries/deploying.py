"""What a deployment of one stage would do: the difference to what runs there, and what is in its way. Reads rows only.

Asked by the dialogs that deploy, roll back and cancel. A fixed number of queries.
"""

from dataclasses import dataclass, field

from django.db.models import Exists, Max, OuterRef

from releases.models import Approval, Command, LiveSpan, ReleaseFlag, ReleaseStage, User
from releases.policies.commands import UNDER_WAY, flag_of
from releases.queries import artifacts
from releases.queries.access import visible_to
from releases.queries.asked_here import open_by_stage
from releases.queries.compare.carried import artifact_group, pairs_of
from releases.queries.compare.lines import Group
from releases.queries.snapshot import Seen, seen_of
from releases.queries.spans import open_by_stage as live_by_stage
from releases.states import ApprovalStatus, StageStatus

WAITING_SHOWN = 5


@dataclass(frozen=True)
class UnderWay:
    """One release that is on its way to the stage now: its newest attempt there, and whether people are asked first."""

    row: ReleaseStage
    attempt: int
    is_waiting: bool

    @property
    def words(self) -> str:
        """What it does."""
        if self.is_waiting:
            return "waits for approval"
        known = {StageStatus.QUEUED: "is queued", StageStatus.SCHEDULED: "is scheduled"}
        return next((word for status, word in known.items() if status == self.row.status), "is being deployed")


@dataclass(frozen=True)
class Deploying:
    """A deployment of `row` as it would be now. `seen` is what is shown, to be held against later."""

    row: ReleaseStage
    attempt: int
    live: LiveSpan | None
    difference: Group
    seen: Seen
    flag: ReleaseFlag | None
    under_way: list[UnderWay] = field(default_factory=list)
    open_command: Command | None = None
    is_approved_first: bool = False

    @property
    def verb(self) -> str:
        """What it is called: the first time, or again."""
        return "Deploy" if self.attempt == 1 else "Redeploy"

    @property
    def is_live(self) -> bool:
        """Whether the stage runs this very release."""
        return bool(self.live and self.live.release_id == self.row.release_id)


def release_stage_seen(user: User, *, project: str, azure_id: int, stage: int) -> ReleaseStage | None:
    """This stage of this release, or None when there is none that this person may see."""
    rows = visible_to(user, ReleaseStage).filter(
        release__project__slug=project, release__azure_id=azure_id, azure_id=stage
    )
    return rows.select_related("release__project__organization", "release__pipeline", "stage__pipeline").first()


def deploying(row: ReleaseStage) -> Deploying:
    """The row comes from `release_stage_seen`, or with the same beside it. Eleven queries."""
    seen = seen_of(row)
    live = live_by_stage([row.stage_id]).get(row.stage_id)
    carried = artifacts.of_releases({row.release_id} | ({live.release_id} if live else set()))
    before = carried.get(live.release_id, []) if live else []
    asks = Approval.objects.filter(release_stage__stage=row.stage_id, is_automated=False, type__iexact="preDeploy")
    return Deploying(
        row=row,
        attempt=int(seen["attempt"]) + 1,
        live=live,
        difference=artifact_group(pairs_of(before, carried.get(row.release_id, [])), commits=0),
        seen=seen,
        flag=flag_of(row.release),
        under_way=under_way(row.stage_id),
        open_command=open_by_stage([row.stage_id]).get(row.stage_id),
        is_approved_first=asks.exists(),
    )


def under_way(stage: int) -> list[UnderWay]:
    """What runs in this stage or waits for it, the one that runs first, then as they came. One query."""
    waits = Approval.objects.filter(release_stage=OuterRef("pk"), status=ApprovalStatus.PENDING, is_automated=False)
    rows = ReleaseStage.objects.filter(stage=stage, status__in=UNDER_WAY, release__gone_at=None)
    rows = rows.select_related("release__project__organization", "stage")
    found = rows.annotate(newest=Max("deployments__attempt"), is_waiting=Exists(waits)).order_by("pk")[:WAITING_SHOWN]
    told = [UnderWay(row, row.newest or 1, row.is_waiting) for row in found]
    return sorted(told, key=lambda one: (one.is_waiting, one.row.status != StageStatus.IN_PROGRESS))
