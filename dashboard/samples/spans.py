"""Times that releases were live, as bars and rows, and how the stages of a pipeline are set up."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from dashboard.audited import Stages
from dashboard.bars import Time, bars
from dashboard.samples.rows import LONG, MONDAY, PIPELINE, live, release, seats, stage
from releases.models import Drift, Endpoint, LiveSpan
from releases.queries.asked import Asked
from releases.queries.bars import Bar, DriftBar, Line, Window
from releases.queries.pipeline import StageSeen
from releases.queries.pipelines import StageNow
from releases.queries.serving import ServedNow, Truth
from releases.queries.trace import Ran
from releases.states import ApprovalStatus

DAY = timedelta(days=1)


def shown() -> dict[str, Any]:
    """For `_spans.html`."""
    times = [Time(1, MONDAY, MONDAY + 3 * DAY, "Release-39"), Time(2, MONDAY + 2 * DAY, None, "Release-41")]
    return {
        "span_bars": bars([(1, "DEV TEST", "Port"), (2, "PROD", "")], times, now=MONDAY + 9 * DAY),
        "window": window(),
        "ran": ran(),
        "facts": facts(),
        "stage_choice": Stages(word="", offered=[(PIPELINE, [stage("DEV TEST"), stage("PROD")])], chosen=[]),
    }


def window() -> Window:
    """Bars that began before the axis, are over, are too thin for a label, are live."""
    drawn = [(0, 30, True, 4), (30, 12, False, 2), (42, 3, False, 1), (45, 55, False, None)]
    found = [Bar(_span(until), left, width, is_older, ("v8",)) for left, width, is_older, until in drawn]
    return Window(MONDAY - 9 * DAY, MONDAY + 9 * DAY, [Line(stage("PROD"), found, [_drift()])])


def ran() -> list[Ran]:
    """A time that is over, one that goes on, one that is not certain."""
    unsure = _span(None)
    unsure.uncertain_since, unsure.is_partial = MONDAY + DAY, True
    given = seats(ApprovalStatus.APPROVED)
    return [
        Ran(_span(4), release("Release-42"), given, 4731),
        Ran(_span(None), None, seats()),
        Ran(unsure, None, given),
    ]


def facts() -> list[StageSeen]:
    """A stage that nothing is known of, one that is served as deployed, one that drifts."""
    asked = Asked("before", (), "Ada Nyman and QA", "both", "", "Nobody but them can pass this on.")
    bare = StageSeen(StageNow(stage(LONG)), None, ["By hand"], [], is_told=False, served=_served(Truth.NOT_BOUND))
    runs = StageNow(stage("PROD", headline=True), span=live())
    good = StageSeen(runs, None, ["After DEV TEST"], [asked], True, _served(Truth.AS_DEPLOYED), ("v8",))
    return [bare, good, replace(good, served=_served(Truth.DRIFT), asks=[])]


def _drift() -> DriftBar:
    """Something else was served for a while."""
    row = Drift(endpoint=Endpoint(name="prod-webservice"), drift_from=MONDAY, drift_until=MONDAY + 2 * DAY)
    return DriftBar(row, 60, 12, "prod-webservice served v7")


def _span(days: int | None) -> LiveSpan:
    row = live("Release-41")
    row.stage, row.live_until = stage("PROD"), MONDAY + days * DAY if days else None
    return row


def _served(state: Truth) -> ServedNow:
    return ServedNow(1, state, "prod-webservice serves v8.", MONDAY, bound_by="Its name says so.")
