"""The two sides of a comparison: a release by its project and number, or whatever a stage runs now or ran at a moment.

In an address a release is `project/number`, what a stage runs is `live:id`, and what it ran at a moment is
`live:id@2026-03-03T14:00:00Z`. So a link to a comparison stays right when the stage goes on to another release.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from django.db.models import Q

from releases.models import LiveSpan, Release, Stage, User
from releases.queries import spans
from releases.queries.access import visible_to

LIVE = "live:"
MOMENT = "%Y-%m-%dT%H:%M:%SZ"
OFFERED = 20
BESIDE = ("project__organization", "pipeline", "created_by", "created_for")


@dataclass(frozen=True)
class Side:
    """One side. `stage` is set where what that stage runs was asked for, or ran `at` a moment.

    `release` is None where it runs nothing, or where no record says what it ran.
    """

    release: Release | None
    stage: Stage | None = None
    at: datetime | None = None

    @property
    def address(self) -> str:
        """How it stands in an address."""
        if self.stage:
            return f"{LIVE}{self.stage.pk}{f'@{self.at:{MOMENT}}' if self.at else ''}"
        return address_of(self.release) if self.release else ""

    @property
    def title(self) -> str:
        """`Release-22`, `Release-22, live in PROD`, `Release-22, live in PROD on 2026-03-03 at 14:00:00 UTC`."""
        if self.stage is None:
            return self.release.name if self.release else ""
        place = f"live in {self.stage.name}{f' on {self.at:%Y-%m-%d at %H:%M:%S} UTC' if self.at else ''}"
        return f"{self.release.name}, {place}" if self.release else f"{place[:1].upper()}{place[1:]}"

    @property
    def pipeline_id(self) -> int:
        """Whose releases are offered in its place."""
        return self.stage.pipeline_id if self.stage else self.release.pipeline_id if self.release else 0


@dataclass(frozen=True)
class Option:
    """Something that can be chosen for a side."""

    value: str
    label: str


def address_of(release: Release) -> str:
    """A release in an address; it must come with its project."""
    return f"{release.project.slug}/{release.azure_id}"


def side(user: User, word: str) -> Side | None:
    """What an address means by this word; None for what this person cannot see, or what does not exist. Two queries."""
    if word.startswith(LIVE):
        return _live(user, word.removeprefix(LIVE))
    project, _, number = word.rpartition("/")
    if not (project and _is_number(number)):
        return None
    rows = visible_to(user, Release).filter(project__slug=project, azure_id=number)
    release = rows.select_related(*BESIDE).first()
    return Side(release) if release else None


def sides_by_id(user: User, *ids: int) -> list[Side | None]:
    """The releases of these ids of ours, in their order. Two queries."""
    found = visible_to(user, Release).select_related(*BESIDE).in_bulk(ids)
    return [Side(found[pk]) if pk in found else None for pk in ids]


def options(pipeline: int) -> tuple[list[Option], list[Option]]:
    """What can be chosen of a pipeline: what its stages run, and its newest releases. Three queries."""
    stages = list(Stage.objects.filter(pipeline=pipeline).order_by("rank", "pk"))
    live = spans.open_by_stage([stage.pk for stage in stages])
    releases = Release.objects.filter(pipeline=pipeline).select_related("project").order_by("-created_on", "-id")
    running = [Option(f"{LIVE}{stage.pk}", _running(stage, live[stage.pk])) for stage in stages if stage.pk in live]
    return running, [Option(address_of(release), release.name) for release in releases[:OFFERED]]


def _running(stage: Stage, span: LiveSpan) -> str:
    return f"Live in {stage.name}: {span.release.name}"


def _live(user: User, word: str) -> Side | None:
    number, mark, text = word.partition("@")
    at = _moment(text) if mark else None
    if not _is_number(number) or (mark and at is None):
        return None
    stage = visible_to(user, Stage).filter(pk=number).select_related("pipeline__project").first()
    if stage is None:
        return None
    then = spans.covering(at) if at else Q(live_until__isnull=True)
    rows = LiveSpan.objects.filter(then, stage=stage).order_by("-live_from", "-id")
    span = rows.select_related(*(f"release__{name}" for name in BESIDE)).first()
    return Side(span.release if span else None, stage, at)


def _moment(text: str) -> datetime | None:
    """A time that says its offset, to the second; None for anything else."""
    try:
        given = datetime.fromisoformat(text)
        return given.astimezone(UTC).replace(microsecond=0) if given.tzinfo else None
    except (ValueError, OverflowError):
        return None


def _is_number(word: str) -> bool:
    return word.isascii() and word.isdecimal() and len(word) < 10


def older_first(sides: Sequence[Side]) -> list[Side]:
    """The sides by the time their releases were made, so that the second is what became of the first."""
    return sorted(sides, key=_age)


def _age(one: Side) -> tuple[float, int]:
    return (one.release.created_on.timestamp(), one.release.pk) if one.release else (0, 0)
