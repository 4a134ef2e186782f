"""One training run: what it trained, from which commit and data, its figures, and where its versions went.

Fixed number of queries; of releases only those of visible projects are told.
"""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count

from releases.models import Artifact, LiveSpan, ModelVersion, TrainingRun, User
from releases.queries import releases as release_list
from releases.queries.access import visible_to
from releases.queries.figures_beside import words_of
from releases.queries.metric_words import label_of
from releases.queries.model_version import newest_releases
from releases.queries.spans import WITH_PLACE

VERSIONS_SHOWN = 20
RELEASES_SHOWN = 10


@dataclass(frozen=True)
class Trained:
    """One version the run registered, and the stages that run it now."""

    version: ModelVersion
    live_in: list[LiveSpan]


@dataclass(frozen=True)
class Input:
    """One input of the run, as Azure ML tells it."""

    name: str
    uri: str = ""
    kind: str = ""


@dataclass(frozen=True)
class TrainingRunSeen:
    """Everything the page shows."""

    run: TrainingRun
    versions: list[Trained]
    version_count: int
    releases: list[release_list.Row]
    release_count: int
    inputs: list[Input]
    figures: list[tuple[str, str]]
    tags: dict[str, str]

    @property
    def live_in(self) -> list[LiveSpan]:
        """Every stage that runs something it made."""
        return [span for one in self.versions for span in one.live_in]


def training_run_seen(user: User, *, workspace: int, name: str) -> TrainingRunSeen | None:
    """The run of this address; None where the person sees none."""
    rows = visible_to(user, TrainingRun).filter(workspace_id=workspace, name=name)
    run = rows.select_related("workspace", "owner").first()
    return _seen(user, run) if run else None


def inputs_of(run: TrainingRun) -> list[Input]:
    """The inputs, whatever form they were noted in."""
    return [_input(one) for one in run.inputs] if isinstance(run.inputs, list) else []


def _seen(user: User, run: TrainingRun) -> TrainingRunSeen:
    made = ModelVersion.objects.filter(training_run=run)
    versions = list(made.order_by("-created_on", "-id").select_related("workspace")[:VERSIONS_SHOWN])
    carriers = visible_to(user, Artifact).filter(model_version__in=made)
    live = LiveSpan.objects.filter(live_until__isnull=True, release_id__in=carriers.values("release_id"))
    spans = list(live.select_related(*WITH_PLACE).order_by("-stage__headline", "stage__name", "-live_from"))
    pairs = set(
        carriers.filter(release_id__in=[span.release_id for span in spans]).values_list("release", "model_version")
    )
    return TrainingRunSeen(
        run=run,
        versions=[Trained(one, [s for s in spans if (s.release_id, one.pk) in pairs]) for one in versions],
        version_count=made.count(),
        releases=release_list.rows_of(newest_releases(carriers, RELEASES_SHOWN)),
        release_count=carriers.aggregate(count=Count("release_id", distinct=True))["count"],
        inputs=inputs_of(run),
        figures=[(label_of(name), words_of(name, value)) for name, value in sorted(run.metrics.items())],
        tags=_tags(run.properties),
    )


def _input(given: Any) -> Input:
    if not isinstance(given, dict):
        return Input(str(given))
    uri = str(given.get("uri") or given.get("asset") or given.get("path") or "")
    name = str(given.get("name") or uri or "input")
    version = given.get("version")
    return Input(f"{name} v{version}" if version else name, uri if uri != name else "", str(given.get("kind") or ""))


def _tags(properties: Any) -> dict[str, str]:
    """Its tags; properties are Azure ML's own bookkeeping."""
    tags = properties.get("tags") if isinstance(properties, dict) else None
    return {str(name): str(value) for name, value in tags.items()} if isinstance(tags, dict) else {}
