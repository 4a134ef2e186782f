"""Endpoints beside what releases deployed to them: traffic per deployment, which release, drift, health of 24 hours.

Asked by the Clusters page, a page of endpoints at a time, and by an endpoint's own page. Fixed number of queries,
whatever the number of endpoints. Stages, pipelines and releases are named only where the reader sees their project.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from django.db.models import Case, Exists, OuterRef, Q, QuerySet, Value, When

from releases.models import (
    Artifact,
    Drift,
    Endpoint,
    EndpointCheck,
    EndpointDeployment,
    LiveSpan,
    Release,
    StageBinding,
    User,
    Watermark,
)
from releases.queries import artifacts, health, spans
from releases.queries.access import visible_to
from releases.queries.health import Health
from releases.queries.sentences import version_words
from releases.queries.served import others, served_of, served_words
from releases.queries.serving import ServedNow, Truth, served_now
from releases.states import ArtifactRole, ServingState

PAGE = 50
CONCERN = (Truth.DRIFT, Truth.UNKNOWN, Truth.IDLE, Truth.NOT_BOUND, Truth.AS_DEPLOYED)
"""Of several stages served by one endpoint, the first of these gives it its word."""


@dataclass(frozen=True)
class Share:
    """One deployment behind an endpoint with its part of the traffic; `fits`: it serves what was deployed, if known."""

    name: str
    percent: int
    row: EndpointDeployment | None = None
    fits: bool | None = None

    @property
    def version(self) -> str:
        """The model version as people say it."""
        number = self.row.model_number if self.row else ""
        return f"v{number}" if number[:1].isdigit() else number

    @property
    def hue(self) -> str:
        """The bar's hue: violet for what nobody deployed, grey where that cannot be told or nothing comes."""
        return "mute" if not self.percent or self.fits is None else "ok" if self.fits else "drift"


@dataclass(frozen=True)
class Bound:
    """One stage bound to a place, how it stands, and the release live there."""

    binding: StageBinding
    told: ServedNow
    span: LiveSpan | None = None
    models: tuple[Artifact, ...] = ()

    @property
    def release(self) -> Release | None:
        """The release that is live in the stage."""
        return self.span.release if self.span else None

    @property
    def versions(self) -> str:
        """The model versions that release deployed."""
        return ", ".join(version_words(one) for one in self.models)


@dataclass(frozen=True)
class EndpointSeen:
    """One endpoint: how it stands in one word, its traffic, its stages, its last 24 hours."""

    row: Endpoint
    shares: list[Share] = field(default_factory=list)
    bound: list[Bound] = field(default_factory=list)
    check: EndpointCheck | None = None
    day: Health = health.NOTHING
    why_no_health: str = ""

    @property
    def told(self) -> ServedNow | None:
        """How the stage stands that needs a look first; None while no stage is bound here."""
        return min((one.told for one in self.bound), key=lambda told: CONCERN.index(told.state), default=None)

    @property
    def drift_since(self) -> datetime | None:
        """Since when it serves something else than was deployed."""
        return self.told.since if self.told and self.told.is_drift else None

    @property
    def word(self) -> str:
        """How it stands."""
        if self.row.gone_at:
            return "gone"
        if self.told:
            return self.told.state.value
        if self.check is None:
            return "asked"
        return {ServingState.SERVING.value: "unbound", ServingState.IDLE.value: "idle"}.get(self.check.state, "unknown")

    @property
    def sentence(self) -> str:
        """What it serves, and whether that is what was deployed."""
        if self.told:
            return self.told.sentence
        if self.word != "unbound" or self.check is None:
            said = self.check.sentence if self.check else ""
            return said or f"What {self.row} serves was not read yet."
        served = served_words(served_of(self.check.served))
        return f"{self.row} serves {served}. No stage is bound to it, so there is nothing to compare with."

    @property
    def since(self) -> datetime | None:
        """Since when that is so."""
        return self.told.since if self.told else None

    @property
    def serving(self) -> list[Share]:
        """The deployments that have traffic, greatest share first."""
        return [share for share in self.shares if share.percent]

    @property
    def place(self) -> str:
        """Where it runs."""
        return self.row.compute_name or ("managed" if self.row.kind.lower() == "managed" else "")


@dataclass(frozen=True)
class EndpointPage:
    """One page of endpoints, those with drift first, and the counts over all that match."""

    rows: list[EndpointSeen]
    count: int
    number: int
    drifting: int
    bound: int

    @property
    def pages(self) -> int:
        """How many pages there are."""
        return max(1, -(-self.count // PAGE))

    @property
    def first(self) -> int:
        """The number of its first row, counted from 1."""
        return (self.number - 1) * PAGE + 1

    @property
    def last(self) -> int:
        """The number of its last row."""
        return self.first + len(self.rows) - 1


def endpoint_page(user: User, *, now: datetime, number: int = 1, name: str = "") -> EndpointPage:
    """The endpoints this person sees whose name holds these letters. Gone ones only while a stage is bound to them."""
    drifts = visible_to(user, Drift).filter(drift_until=None)
    bindings = visible_to(user, StageBinding)
    rows = visible_to(user, Endpoint).filter(Q(gone_at=None) | Exists(bindings.filter(endpoint=OuterRef("pk"))))
    rows = rows.filter(name__icontains=name) if name else rows
    drifts_first = When(Exists(drifts.filter(endpoint=OuterRef("pk"))), then=Value(0))
    ordered = rows.annotate(place=Case(drifts_first, default=Value(1))).order_by("place", "name", "pk")
    count = rows.count()
    number = max(1, min(number, -(-count // PAGE)))
    shown = list(ordered.select_related("workspace", "cluster")[(number - 1) * PAGE : number * PAGE])
    places = (of.filter(endpoint__in=rows.values("pk")).values("endpoint").distinct() for of in (drifts, bindings))
    drifting, bound = (found.count() for found in places)
    return EndpointPage(seen_of(shown, bindings=bindings, now=now), count, number, drifting, bound)


def seen_of(rows: Sequence[Endpoint], *, bindings: QuerySet[StageBinding], now: datetime) -> list[EndpointSeen]:
    """These endpoints with all that belongs to them. `bindings`: those the reader may see."""
    ids = [row.pk for row in rows]
    bound = bound_to(bindings.filter(endpoint_id__in=ids))
    deployments: dict[int, list[EndpointDeployment]] = defaultdict(list)
    for one in EndpointDeployment.objects.filter(endpoint_id__in=ids, gone_at=None).order_by("name"):
        deployments[one.endpoint_id].append(one)
    checks = {c.endpoint_id: c for c in EndpointCheck.objects.filter(endpoint_id__in=ids, seen_until=None)}
    days, marks = health.last_day(ids, now=now), health.marks({row.workspace_id for row in rows})
    return [
        _seen(row, deployments[row.pk], bound.get(row.pk, []), checks.get(row.pk), days.get(row.pk), marks)
        for row in rows
    ]


def bound_to(rows: QuerySet[StageBinding]) -> dict[int, list[Bound]]:
    """By endpoint: the stages bound to it with how it stands, the release live there and its models. Five queries."""
    found = list(
        rows.filter(stage__gone_at=None)
        .select_related("stage__pipeline__project", "bound_by")
        .order_by("stage__pipeline__name", "stage__rank", "pk")
    )
    stages = [one.stage_id for one in found]
    live = spans.open_by_stage(stages)
    carried = artifacts.of_releases({span.release_id for span in live.values()})
    told = served_now(stages, live=live, carried=carried)
    bound: dict[int, list[Bound]] = defaultdict(list)
    for one in found:
        span = live.get(one.stage_id)
        models = models_of(carried.get(span.release_id, [])) if span else ()
        bound[one.endpoint_id or 0].append(Bound(one, told[one.stage_id], span, models))
    return bound


def models_of(carried: Iterable[Artifact]) -> tuple[Artifact, ...]:
    """The models among a release's artifacts."""
    return tuple(one for one in carried if one.role == ArtifactRole.MODEL)


def _seen(
    row: Endpoint,
    deployments: list[EndpointDeployment],
    bound: list[Bound],
    check: EndpointCheck | None,
    day: Health | None,
    marks: Mapping[int, Watermark],
) -> EndpointSeen:
    why = "" if day else health.why_none(row, marks.get(row.workspace_id))
    seen = EndpointSeen(row, [], bound, check, day or health.NOTHING, why)
    return replace(seen, shares=_shares(row, deployments, seen.told))


def _shares(row: Endpoint, deployments: list[EndpointDeployment], told: ServedNow | None) -> list[Share]:
    """Every deployment with its traffic, greatest first; one that only the traffic names as well."""
    traffic = {str(name): _percent(value) for name, value in row.traffic.items()}
    known = {one.name: one for one in deployments}
    strange = {one.deployment for one in others(told.served, told.deployed)} if told else set()
    is_judged = bool(told and told.state in {Truth.AS_DEPLOYED, Truth.DRIFT})
    fits = {name: name not in strange if is_judged else None for name in {**known, **traffic}}
    shares = [Share(name, traffic.get(name, 0), known.get(name), fits[name]) for name in fits]
    return sorted(shares, key=lambda share: (-share.percent, share.name))


def _percent(value: object) -> int:
    return value if isinstance(value, int) and 0 <= value <= 100 else 0
