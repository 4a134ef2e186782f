"""What the address of an audit page asks: the version, the moment, the stages. Used by its views.

Whatever somebody typed gets an answer: a sentence where it makes no sense, 404 for a stage that is not theirs to see.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from zoneinfo import ZoneInfo

from django.http import Http404, QueryDict
from django.utils import timezone

from dashboard import moments
from dashboard.bars import Bars, Time, bars
from dashboard.moments import Moment
from releases.errors import Invalid
from releases.models import LiveSpan, Pipeline, Stage, User
from releases.queries import keyset
from releases.queries.keyset import Cursor
from releases.queries.live_at import chosen, stages_to_ask
from releases.queries.model_version import Place
from releases.queries.trace import ORDER, Sought, Trace, read

LONGEST_TEXT = 700


@dataclass(frozen=True)
class Stages:
    """The stages that can be asked about by pipeline, and those that are: `word` is what the address says."""

    word: str
    offered: list[tuple[Pipeline, list[Stage]]]
    chosen: list[Stage]

    @property
    def ids(self) -> list[int] | None:
        """Of the chosen ones; None for all."""
        return [stage.pk for stage in self.chosen] if self.word else None


@dataclass(frozen=True)
class MomentAsked:
    """The moment, or the sentence why what was typed is none."""

    text: str
    zone: ZoneInfo
    moment: Moment | None = None
    error: str = ""
    is_now: bool = False
    is_ahead: bool = False


def stages_of(user: User, query: QueryDict) -> Stages:
    """The stages the address names. Raises Http404 for one that this person does not see."""
    word, offered = query.get("stage", ""), stages_to_ask(user)
    found = chosen(offered, word)
    if found is None:
        raise Http404("There is no such stage here.")
    grouped = groupby(offered, key=lambda one: one.pipeline_id)
    by_pipeline = [(same[0].pipeline, same) for same in (list(rows) for _, rows in grouped)]
    return Stages(word, by_pipeline, found)


def sought_of(query: QueryDict) -> tuple[str, Sought]:
    """What was typed, and the version it means."""
    text, name, version = (_typed(query, one) for one in ("q", "name", "version"))
    if name and not text:
        sought = Sought(name, version)
        return str(sought), sought
    return text, read(text)


def cursor_of(query: QueryDict) -> Cursor | None:
    """The page of rows. Raises Invalid for a cursor that is none of ours."""
    text = query.get("page", "")
    return keyset.read(text, model=LiveSpan, order=ORDER) if text else None


def moment_of(query: QueryDict, *, now: datetime) -> MomentAsked:
    """The moment the address names; without one the present."""
    own = timezone.get_current_timezone()
    zone = moments.zone_named(query.get("zone", ""), default=own if isinstance(own, ZoneInfo) else ZoneInfo("UTC"))
    text = query.get("at", "").strip()
    if not text:
        return MomentAsked("", zone, moments.at_present(now, zone), is_now=True)
    try:
        moment = moments.read(text, zone, is_second=query.get("fold") == "1")
    except Invalid as invalid:
        return MomentAsked(text[: moments.LONGEST], zone, error=invalid.sentence)
    return MomentAsked(text, zone, moment, is_ahead=moment.at > now)


def bars_of_trace(trace: Trace, *, now: datetime) -> Bars | None:
    """The rows of this page of the trace as bars, a line for each of its stages."""
    shown = {row.span.stage_id for row in trace.rows}
    has_more = not trace.is_of_one_pipeline
    named = [(one.stage.pk, one.stage.name, one.stage.pipeline.name if has_more else "") for one in trace.stages]
    rows = [row for row in named if row[0] in shown]
    return bars(rows, _times(row.span for row in trace.rows), now=now)


def bars_of_places(places: Sequence[Place], spans: Sequence[LiveSpan], *, now: datetime) -> Bars | None:
    """Spans as bars, a line for each place, also where nothing ran."""
    has_more = len({one.stage.pipeline_id for one in places}) > 1
    rows = [(one.stage.pk, one.stage.name, one.stage.pipeline.name if has_more else "") for one in places]
    return bars(rows, _times(spans), now=now)


def _typed(query: QueryDict, name: str) -> str:
    return query.get(name, "").replace("\0", "\ufffd")[:LONGEST_TEXT]  # PostgreSQL knows no NUL


def _times(spans: Iterable[LiveSpan]) -> Iterator[Time]:
    for span in spans:
        words = span.release.name if span.live_until else f"{span.release.name}, live"
        is_unsure = bool(span.uncertain_since) and span.live_until is None
        yield Time(span.stage_id, span.live_from, span.live_until, words, is_unsure)
