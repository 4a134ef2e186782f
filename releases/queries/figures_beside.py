"""The metrics of a model version beside those of others, the worst change first. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from releases.models import ModelVersion
from releases.queries.metric_directions import Verdict, verdict
from releases.queries.metric_words import difference_words, figure_words, label_of, unit_of

NO_FIGURE = "no figure"
CONCERN = (Verdict.WORSE, Verdict.UNJUDGED, Verdict.BETTER, Verdict.SAME, Verdict.NO_FIGURE)


@dataclass(frozen=True)
class Beside:
    """Another version's figure of a metric; `change` is what this version has more, None where one has no figure."""

    figure: float | None
    change: float | None
    verdict: Verdict
    words: str = NO_FIGURE
    change_words: str = "–"

    @property
    def weight(self) -> float:
        """How much the change is, against the figure it changed from."""
        return abs((self.change or 0.0) / self.figure) if self.figure else abs(self.change or 0.0)


@dataclass(frozen=True)
class Figure:
    """One metric of a version: its figure, where it was noted, and how it stands beside others in their order."""

    name: str
    figure: float | None
    source: str
    others: tuple[Beside, ...]

    @property
    def label(self) -> str:
        """What people call it."""
        return label_of(self.name)

    @property
    def words(self) -> str:
        """The figure with its unit."""
        return words_of(self.name, self.figure)


def figures(version: ModelVersion, others: tuple[ModelVersion, ...]) -> list[Figure]:
    """Every metric that this version or another has."""
    names = {name for one in (version, *others) for name in one.metrics}
    found = [_figure(name, version, others) for name in names]
    return sorted(found, key=_concern)


def words_of(name: str, figure: float | None) -> str:
    """A metric's figure with its unit."""
    return NO_FIGURE if figure is None else figure_words(figure, unit_of(name))


def _figure(name: str, version: ModelVersion, others: tuple[ModelVersion, ...]) -> Figure:
    mine = _number(version.metrics, name)
    beside = tuple(_beside(name, mine, _number(one.metrics, name)) for one in others)
    return Figure(name, mine, _source(name, version) if mine is not None else "", beside)


def _beside(name: str, mine: float | None, other: float | None) -> Beside:
    if mine is None or other is None:
        return Beside(other, None, Verdict.NO_FIGURE, words_of(name, other))
    change = difference_words(other, mine, unit_of(name))
    return Beside(other, mine - other, verdict(name, mine, other), words_of(name, other), change)


def _number(metrics: Mapping[str, object], name: str) -> float | None:
    value = metrics.get(name)
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _source(name: str, version: ModelVersion) -> str:
    """Where the figure comes from, by decision 10: the version's own tags and properties, then its training run."""
    for word, where in ((f"metric.{name}", version.tags), (f"metric.{name}", version.properties)):
        if word in where:
            return "Tag" if where is version.tags else "Property"
    if name in version.tags or name in version.properties:
        return "Tag" if name in version.tags else "Property"
    return "Training run"


def _concern(one: Figure) -> tuple[int, float, str]:
    worst = min((CONCERN.index(beside.verdict) for beside in one.others), default=0)
    weight = max((b.weight for b in one.others if CONCERN.index(b.verdict) == worst), default=0.0)
    return worst, -weight, one.name.lower()
