"""What this reader may do with a release and its stages, and the sentence when not. Used by the pages that act.

Made from the checks that the actions ask; what is about the role and the organization is asked once a page.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Prefetch

from dashboard.offers import Offer
from releases.errors import Denied
from releases.models import Deployment, Project, Release, ReleaseFlag, ReleaseStage, User
from releases.policies.commands import (
    UNDER_WAY,
    check_can_flag,
    check_can_operate,
    check_is_abandonable,
    check_is_cancelable,
    check_is_deployable,
)
from releases.policies.roles import refusal
from releases.queries.pipeline import StageSeen


@dataclass(frozen=True)
class StageActs:
    """The acts on one stage of a release; `cancel` only while there is something to cancel."""

    row: ReleaseStage
    deploy: Offer
    cancel: Offer | None = None
    refusal: str = ""


@dataclass(frozen=True)
class ReleaseActs:
    """The acts on a release. `refusal`: why the reader can do none of them but flag it."""

    refusal: str
    abandon: Offer
    flag: Offer
    stages: list[StageActs]


def acts_of_release(
    user: User, release: Release, rows: Iterable[ReleaseStage], *, flag: ReleaseFlag | None
) -> ReleaseActs:
    """Two queries at most. The release comes with project and organization."""
    why = may_act(user, release.project)
    return ReleaseActs(
        refusal=why,
        abandon=Offer("Abandon", why or _says(lambda: check_is_abandonable(release))),
        flag=Offer("Lift the flag" if flag else "Do not promote", refusal(check_can_flag, user, release.project) or ""),
        stages=[acts_of_stage(row, why=why, flag=flag) for row in rows],
    )


def acts_of_stage(row: ReleaseStage, *, why: str, flag: ReleaseFlag | None, is_first: bool | None = None) -> StageActs:
    """No query where the row's attempts were read before. `why`: the refusal of `may_act`."""
    first = not row.deployments.all() if is_first is None else is_first
    state = _says(lambda: check_is_deployable(row, flag=flag))
    deploy = Offer("Deploy" if first else "Redeploy", why or state)
    cancel = None
    if row.status in UNDER_WAY and row.release.gone_at is None:
        cancel = Offer("Cancel", why or _says(lambda: check_is_cancelable(row)))
    is_told = cancel is not None  # that it is under way is what the lane says already
    return StageActs(row, deploy, cancel, "" if why or is_told else state)


def may_act(user: User, project: Project) -> str:
    """Why not; empty when the reader may. One query."""
    return refusal(check_can_operate, user, project) or ""


@dataclass(frozen=True)
class LiveActs:
    """The acts on a pipeline's stage: redeploying what runs there, and rolling back."""

    row: ReleaseStage | None
    deploy: Offer | None
    roll_back: Offer
    refusal: str = ""


def acts_of_pipeline(user: User, stages: Sequence[StageSeen]) -> tuple[str, list[LiveActs]]:
    """Why the reader can do nothing here (empty when they can), and the acts by stage. Three queries."""
    if not stages:
        return "", []
    why = may_act(user, stages[0].stage.pipeline.project)
    flags = Prefetch("release__flags", ReleaseFlag.objects.filter(lifted_at=None).select_related("set_by"))
    opened = [one.now.span.opened_by_id for one in stages if one.now.span]
    rows = Deployment.objects.filter(pk__in=opened).values_list("release_stage_id", flat=True)
    live = ReleaseStage.objects.filter(pk__in=rows).select_related("release__project").prefetch_related(flags)
    by_stage = {row.stage_id: row for row in live}
    return why, [_of_live(by_stage.get(one.stage.pk), why=why) for one in stages]


def _of_live(row: ReleaseStage | None, *, why: str) -> LiveActs:
    if row is None:
        nothing = "Nothing ran here that could be gone back to."
        return LiveActs(None, None, Offer("Roll back", why or nothing), "" if why else nothing)
    flag = next(iter(row.release.flags.all()), None)
    acts = acts_of_stage(row, why=why, flag=flag, is_first=False)
    return LiveActs(row, acts.deploy, Offer("Roll back", why), acts.refusal)


def _says(check: Callable[[], None]) -> str:
    try:
        check()
    except Denied as denied:
        return denied.sentence
    return ""
