"""What stages' endpoints really serve, held against what was deployed: one word and one sentence for each stage.

Asked by the overview, the release and the pipeline page and by the API. Four queries at most, whatever the stages. Says
"unknown", never "nothing", where Azure does not show what is served. How it is judged stands in docs/live-truth.md.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.db.models import F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from releases.models import (
    Artifact,
    Cluster,
    Deployment,
    Drift,
    Endpoint,
    EndpointCheck,
    LiveSpan,
    Stage,
    StageBinding,
    User,
    Watermark,
)
from releases.queries import artifacts, spans
from releases.queries.access import visible_to
from releases.queries.looks import FEED
from releases.queries.served import (
    Fit,
    ModelName,
    Served,
    deployed_of,
    deployed_words,
    fit_of,
    served_of,
    served_words,
)
from releases.states import DeploymentStatus, ServingState

LEGACY = "Azure's current interface shows the cluster, not the web services on it, so what is served cannot be seen."

UNREAD = ("traffic", "mirror_traffic", "tags", "properties", "description")
"""Long columns of an endpoint; what it serves is told by its newest check."""


class Truth(StrEnum):
    """How what is served stands against what was deployed. `IDLE`: the endpoint is there, but nothing has traffic."""

    AS_DEPLOYED = "as_deployed"
    DRIFT = "drift"
    UNKNOWN = "unknown"
    IDLE = "idle"
    NOT_BOUND = "not_bound"


JUDGED = frozenset({Truth.AS_DEPLOYED, Truth.DRIFT})
"""What is served was seen and held against what was deployed."""


@dataclass(frozen=True)
class ServedNow:
    """One stage: its word, the sentence that explains it, since when it is so, and where it is served.

    `served` is what has traffic, greatest share first; `deployed` the models of the release that is live there;
    `bound_by` the sentence that says how the place is known; `looked_at` when the newest look at all of them began.
    """

    stage_id: int
    state: Truth
    sentence: str
    since: datetime | None = None
    endpoint: Endpoint | None = None
    cluster: Cluster | None = None
    served: tuple[Served, ...] = ()
    deployed: tuple[ModelName, ...] = ()
    bound_by: str = ""
    looked_at: datetime | None = None

    @property
    def is_drift(self) -> bool:
        """Whether something else is served than was deployed."""
        return self.state is Truth.DRIFT


@dataclass(frozen=True)
class _Seen:
    """What is known of one bound stage."""

    binding: Any  # a StageBinding with `drift_from` and `attempt_since`
    check: EndpointCheck | None
    span: LiveSpan | None
    deployed: tuple[ModelName, ...]


def served_now(
    stages: Collection[int],
    *,
    live: Mapping[int, LiveSpan] | None = None,
    carried: Mapping[int, Sequence[Artifact]] | None = None,
) -> dict[int, ServedNow]:
    """How each of these stages stands, by stage id. The caller made sure that the reader may see them.

    `live`: what each of them runs, and `carried`: the artifacts of those releases, when the caller has read them.
    """
    bindings = {row.stage_id: row for row in _bindings(stages)}
    places = [row.endpoint_id for row in bindings.values() if row.endpoint_id]
    checks = {row.endpoint_id: row for row in EndpointCheck.objects.filter(endpoint__in=places, seen_until=None)}
    live = spans.open_by_stage(list(bindings)) if live is None else live
    carried = artifacts.of_releases({span.release_id for span in live.values()}) if carried is None else carried
    found = {}
    for stage in stages:
        binding, span = bindings.get(stage), live.get(stage)
        check = checks.get(binding.endpoint_id) if binding else None
        deployed = deployed_of(carried.get(span.release_id, ())) if span else ()
        found[stage] = _told(_Seen(binding, check, span, deployed)) if binding else _unbound(stage)
    return found


def is_uncertain(span: LiveSpan | None, served: ServedNow | None) -> bool:
    """Whether a failed attempt may have changed what runs there: until a look after it saw what is served (decision 7).

    Where nothing can be seen it stays so.
    """
    if span is None or span.uncertain_since is None:
        return False
    seen = served.looked_at if served and served.state in JUDGED else None
    return seen is None or seen <= span.uncertain_since


def drift_history(stage: Stage) -> QuerySet[Drift]:
    """The drifts of a stage, newest first, with the release that was live. Cut it to what is shown."""
    rows = Drift.objects.filter(stage=stage).select_related("endpoint", "span__release__project")
    return rows.order_by("-drift_from", "-id")


def drifts_open(user: User) -> QuerySet[Drift]:
    """Every drift there is now in what this person sees, the oldest first."""
    rows = visible_to(user, Drift).filter(drift_until=None, stage__gone_at=None)
    return rows.select_related("stage__pipeline__project", "endpoint", "span__release__project").order_by("drift_from")


def _bindings(stages: Collection[int]) -> Sequence[Any]:
    drift = Drift.objects.filter(stage=OuterRef("stage"), drift_until=None).values("drift_from")[:1]
    attempts = Deployment.objects.filter(stage=OuterRef("stage"), status=DeploymentStatus.IN_PROGRESS)
    began = attempts.order_by("-azure_id").values(began=Coalesce(F("started_on"), F("queued_on")))[:1]
    rows = StageBinding.objects.filter(stage__in=stages).select_related("endpoint__workspace", "cluster__workspace")
    looks = Watermark.objects.filter(workspace=OuterRef("endpoint__workspace"), feed=FEED).values("checked_at")[:1]
    rows = rows.defer(*(f"endpoint__{name}" for name in UNREAD))
    return list(rows.annotate(drift_from=Subquery(drift), attempt_since=Subquery(began), looked_at=Subquery(looks)))


def _unbound(stage: int) -> ServedNow:
    return ServedNow(stage, Truth.NOT_BOUND, "No endpoint is known for this stage.")


def _told(seen: _Seen) -> ServedNow:
    """What stands in the way of a verdict first, then the verdict."""
    state, sentence, since = _without_look(seen) or _unjudged(seen) or _judged(seen)
    binding = seen.binding
    return ServedNow(
        stage_id=binding.stage_id,
        state=state,
        sentence=sentence,
        since=since,
        endpoint=binding.endpoint,
        cluster=binding.cluster,
        served=_served(seen),
        deployed=seen.deployed,
        bound_by=binding.sentence,
        looked_at=binding.looked_at,
    )


Told = tuple[Truth, str, datetime | None]


def _without_look(seen: _Seen) -> Told | None:
    """The place is not known, cannot be seen, or was not looked at."""
    binding, check = seen.binding, seen.check
    if binding.cluster:
        return Truth.UNKNOWN, f"{binding.cluster} is a legacy AKS cluster. {LEGACY}", None
    if binding.endpoint is None:
        return Truth.NOT_BOUND, binding.sentence or "No endpoint is known for this stage.", None
    if binding.endpoint.gone_at:
        return Truth.UNKNOWN, f"Azure ML has no endpoint {binding.endpoint} any more.", binding.endpoint.gone_at
    if check is None:
        return Truth.UNKNOWN, f"What {binding.endpoint} serves was not read yet.", None
    if check.state in (ServingState.UNREADABLE, ServingState.GONE):
        return Truth.UNKNOWN, check.sentence or f"{binding.endpoint} cannot be read.", check.since
    return None


def _unjudged(seen: _Seen) -> Told | None:
    """While a deployment runs traffic may move; a drift that stood before goes on."""
    began, drift_from = seen.binding.attempt_since, seen.binding.drift_from
    if began and not (drift_from and drift_from < began):
        return Truth.UNKNOWN, f"{seen.binding.endpoint} is checked when the deployment that runs now has ended.", began
    if seen.check and seen.check.state == ServingState.IDLE:
        return Truth.IDLE, seen.check.sentence or f"Nothing has traffic on {seen.binding.endpoint}.", seen.check.since
    return None


def _judged(seen: _Seen) -> Told:
    name, served, span = seen.binding.endpoint, _served(seen), seen.span
    says = f"{name} serves {served_words(served, seen.deployed)}"
    since = seen.check.since if seen.check else None
    if span is None:
        return Truth.UNKNOWN, f"{says}. No release is live in this stage.", since
    if seen.binding.drift_from:
        wanted = deployed_words(served, seen.deployed)
        return Truth.DRIFT, f"{says}. {span.release} deployed {wanted}.", seen.binding.drift_from
    fit = fit_of(served, seen.deployed)
    if fit is Fit.SAME:
        return Truth.AS_DEPLOYED, f"{says}, as deployed.", max(since or span.live_from, span.live_from)
    return Truth.UNKNOWN, f"{says}. {_why(fit, seen)}", since


def _why(fit: Fit, seen: _Seen) -> str:
    assert seen.span
    if fit is Fit.OTHER:
        return f"{seen.span.release} went live after the last look; the next one judges."
    if not seen.deployed:
        return f"{seen.span.release} carries no model to compare it with."
    return "Azure ML does not name its model."


def _served(seen: _Seen) -> tuple[Served, ...]:
    return served_of(seen.check.served) if seen.check else ()
