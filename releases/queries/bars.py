"""What was live over a stretch of time, as bars on one axis. Asked by the pipeline page; a fixed number of queries.

Nothing here is of the screen but percents: the page draws them and shows the same rows as a table.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from django.db.models import OuterRef, Q, Subquery

from releases.models import Artifact, Drift, LiveSpan, Stage
from releases.queries import artifacts
from releases.queries.proofs import proofs_of
from releases.queries.sentences import version_words
from releases.queries.served import served_of
from releases.states import ArtifactRole

MOST = 100
"""So many changes are drawn at most, the newest ones: the axis begins where they do."""
TICKS = 5
THIN, SHORT, MIDDLING = 10.0, 18.0, 40.0
"""Percents of the axis below which a label, the versions in it, or any label on a phone have no room."""


@dataclass(frozen=True)
class Bar:
    """One span on the axis; `is_older`: it began before the axis does. `models` are the versions of its models.

    `proof` is the entry of the trail that proves it.
    """

    span: LiveSpan
    left: float
    width: float
    is_older: bool
    models: tuple[str, ...] = ()
    proof: int | None = None

    @property
    def size(self) -> str:
        """How much of a label fits: none in a thin one, the release in a short one, all in a middling one at a desk."""
        sizes = {"thin": THIN, "short": SHORT, "middling": MIDDLING}
        return next((name for name, width in sizes.items() if self.width < width), "")

    @property
    def is_live(self) -> bool:
        """Whether it is live still."""
        return self.span.live_until is None


@dataclass(frozen=True)
class DriftBar:
    """One time in which something else was served there than was deployed; `words` say what."""

    drift: Drift
    left: float
    width: float
    words: str


@dataclass(frozen=True)
class Line:
    """One stage with its bars, oldest first, and the drifts among them."""

    stage: Stage
    bars: list[Bar]
    drifts: list[DriftBar] = field(default_factory=list)


@dataclass(frozen=True)
class Tick:
    """One mark of the axis."""

    at: datetime
    left: float


@dataclass(frozen=True)
class Window:
    """All that was live from `start` to `end`. `is_shortened`: more was asked for than can be drawn."""

    start: datetime
    end: datetime
    lines: list[Line]
    is_shortened: bool = False

    @property
    def ticks(self) -> list[Tick]:
        """Marks at equal distances, from the start on."""
        step = (self.end - self.start) / TICKS
        return [Tick(self.start + step * number, 100 * number / TICKS) for number in range(TICKS)]

    @property
    def is_of_hours(self) -> bool:
        """Whether marks need their hour: there is more than one in a day."""
        return self.end - self.start < timedelta(days=TICKS)

    @property
    def newest_first(self) -> list[tuple[Line, Bar]]:
        """Every bar with its line, stage by stage, for the table."""
        return [(line, bar) for line in self.lines for bar in reversed(line.bars)]

    @property
    def drifts(self) -> list[tuple[Line, DriftBar]]:
        """Every drift with its line, for the table."""
        return [(line, one) for line in self.lines for one in line.drifts]

    def of(self, stage: int) -> list[Bar]:
        """The bars of one stage."""
        return next((line.bars for line in self.lines if line.stage.pk == stage), [])


def told(window: Window, stage: Stage) -> str:
    """How often the stage changed in that time, in a sentence. A span ends only when the next one begins."""
    bars = window.of(stage.pk)
    begun = sum(not bar.is_older for bar in bars)
    times = {0: "did not change", 1: "changed once"}.get(begun, f"changed {begun} times")
    if not bars:
        return f"{stage.name} ran nothing."
    if bars[0].left == 0:
        return f"{stage.name} {times} and was never without a release."
    return f"{stage.name} {times}; nothing is known of what it ran before."


def window(stages: Sequence[Stage], *, end: datetime, length: timedelta) -> Window:
    """What these stages ran in the time that ends now. Six queries, however long their history is."""
    ids = [stage.pk for stage in stages]
    begun = _begun_since(ids, end - length)
    is_shortened = len(begun) > MOST
    start = begun[MOST].live_from if is_shortened else end - length
    found = {span.pk: span for span in [*begun[:MOST], *_standing_at(ids, start)]}
    carried = artifacts.of_releases({span.release_id for span in found.values()})
    proofs = proofs_of(found.values())
    spans: dict[int, list[LiveSpan]] = {}
    for span in sorted(found.values(), key=lambda one: (one.live_from, one.pk)):
        spans.setdefault(span.stage_id, []).append(span)
    drifts = _drifts(ids, start, end)
    lines = [
        Line(
            stage,
            [replace(_bar(one, start, end, carried), proof=proofs.get(one.pk)) for one in spans.get(stage.pk, ())],
            drifts.get(stage.pk, []),
        )
        for stage in stages
    ]
    return Window(start, end, lines, is_shortened)


def _drifts(stages: Collection[int], start: datetime, end: datetime) -> dict[int, list[DriftBar]]:
    rows = Drift.objects.filter(Q(drift_until=None) | Q(drift_until__gt=start), stage_id__in=stages)
    found: dict[int, list[DriftBar]] = {}
    for row in rows.select_related("endpoint").order_by("-drift_from")[:MOST]:
        left, width = _place(row.drift_from, row.drift_until, start, end)
        words = ", ".join(one.words for one in served_of(row.served)) or "something else"
        found.setdefault(row.stage_id, []).append(DriftBar(row, left, width, f"{row.endpoint} served {words}"))
    return found


def _place(begin: datetime, until: datetime | None, start: datetime, end: datetime) -> tuple[float, float]:
    """Where a stretch lies on the axis and how long it is, in percent."""
    left = max(0.0, (begin - start) / (end - start))
    right = min(1.0, ((until or end) - start) / (end - start))
    return round(100 * left, 2), round(100 * max(right - left, 0.0), 2)


def _begun_since(stages: Collection[int], start: datetime) -> list[LiveSpan]:
    """The newest and one more, found in an index: whatever began in that time would be sorted with its release."""
    newest = LiveSpan.objects.filter(stage_id__in=stages, live_from__gte=start).order_by("-live_from", "-id")
    rows = LiveSpan.objects.filter(pk__in=newest.values("pk")[: MOST + 1]).select_related("release__project")
    return list(rows.order_by("-live_from", "-id"))


def _standing_at(stages: Collection[int], start: datetime) -> list[LiveSpan]:
    """What each stage ran when the axis begins: the newest span that had begun, if it had not ended."""
    before = LiveSpan.objects.filter(stage=OuterRef("pk"), live_from__lte=start).order_by("-live_from").values("pk")
    newest = Stage.objects.filter(pk__in=stages).annotate(before=Subquery(before[:1])).values("before")
    rows = LiveSpan.objects.filter(pk__in=newest).select_related("release__project")
    return [span for span in rows if span.live_until is None or span.live_until > start]


def _bar(span: LiveSpan, start: datetime, end: datetime, carried: Mapping[int, Sequence[Artifact]]) -> Bar:
    left, width = _place(span.live_from, span.live_until, start, end)
    mine = carried.get(span.release_id, ())
    models = tuple(version_words(one) for one in mine if one.role == ArtifactRole.MODEL)
    return Bar(span, left, width, span.live_from < start, models)
