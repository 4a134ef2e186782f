"""Releases with what hangs below them, for the API: a list with stages and artifacts, one with attempts and steps.

Fixed query counts: each level below a release is one query, whatever the number of releases.
"""

from dataclasses import dataclass

from django.db.models import Prefetch, QuerySet

from releases.models import Approval, Artifact, Deployment, Release, ReleaseStage, Step, Trigger, User
from releases.queries import asked_here
from releases.queries.access import visible_to
from releases.queries.filters import Filters
from releases.queries.filters import narrowed as as_the_list
from releases.queries.narrowing import Given, Rules, by_person, carrying, narrowed
from releases.queries.schedules import read
from releases.queries.sentences import kind_of, plain, trigger_sentence, triggering
from releases.states import TriggerKind

FILTERS: Rules = {
    "project": "project__slug",
    "pipeline": "pipeline_id",
    "trigger": "trigger_kind",
    "status": "status",
    "created_after": "created_on__gte",
    "created_before": "created_on__lt",
    "person": by_person("created_by", "created_for"),
}
AS_THE_LIST = {
    "scaler": "scaler",
    "scaler_version": "scaler_version",
    "commit": "commit",
    "stage_status": "state",
    "text": "text",
}
"""Filters that mean what they mean in the list of the pages, where they may have another name."""


@dataclass(frozen=True)
class TriggerTold:
    """Why a release was created: the kind, a sentence, and the artifact that set it off."""

    kind: TriggerKind
    sentence: str
    artifact_alias: str


def listed(user: User, given: Given) -> QuerySet[Release]:
    """The releases this person may see that match, with artifacts and stages."""
    rows = visible_to(user, Release).select_related("project__organization", "pipeline", "created_by", "created_for")
    beside = {name: value for name, value in given.items() if name not in AS_THE_LIST}
    rows = carrying(narrowed(rows, beside, rules=FILTERS), beside, release="id")
    rows = as_the_list(
        rows, filters=Filters(**{AS_THE_LIST[name]: given[name] for name in AS_THE_LIST if name in given})
    )
    stages = Prefetch("stages", ReleaseStage.objects.order_by("rank", "azure_id"))
    return rows.prefetch_related(stages, *_beside())


def whole(user: User) -> QuerySet[Release]:
    """The releases this person may see, each down to the steps of its attempts; for one release at a time."""
    rows = visible_to(user, Release).select_related("project__organization", "pipeline", "created_by", "created_for")
    steps = Prefetch("steps", Step.objects.order_by("rank", "task_id"))
    attempts = Deployment.objects.select_related("requested_by", "requested_for").order_by("attempt")
    approvals = Approval.objects.filter(is_automated=False).select_related("approver", "approved_by")
    stages = ReleaseStage.objects.order_by("rank", "azure_id").prefetch_related(
        Prefetch("deployments", attempts.prefetch_related(steps)),
        Prefetch("approvals", approvals.order_by("attempt", "type", "rank", "azure_id")),
        asked_here.beside(),
    )
    return rows.prefetch_related(Prefetch("stages", stages), *_beside())


def trigger_of(release: Release) -> TriggerTold:
    """Why this release, which came from `listed` or `whole`, was created. Asks nothing more of the database."""
    artifacts = list(release.artifacts.all())
    schedules = [found for trigger in release.pipeline.triggers.all() if (found := read(trigger.settings))]
    cause = triggering(release, artifacts)
    return TriggerTold(
        kind=kind_of(release),
        sentence=plain(trigger_sentence(release, artifacts=artifacts, schedules=schedules)),
        artifact_alias=cause.alias if cause else release.trigger_alias,
    )


def _beside() -> "tuple[Prefetch[str, QuerySet[Artifact], str], Prefetch[str, QuerySet[Trigger], str]]":
    artifacts = Artifact.objects.select_related("model_version__training_run").order_by("alias")
    planned = Trigger.objects.filter(kind=TriggerKind.SCHEDULE).order_by("ordinal")
    return Prefetch("artifacts", artifacts), Prefetch("pipeline__triggers", planned)
