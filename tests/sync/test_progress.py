"""The line on the terminal says how far the backfill is: releases read of those expected, speed, time left."""

import io
from pathlib import Path

import pytest

from releases.management.progress import Progress, line
from releases.models import SyncRun
from releases.sync.passes import lines
from releases.sync.passes.work import Budget
from releases.sync.runs import Run
from tests.company import living_company


def test_a_line_names_read_expected_speed_and_time_left() -> None:
    run = SyncRun(kind="backfill", read=300, expected=600)
    said = line("harbour", run, pages=3, seconds=10)
    assert said == "harbour backfill [############............] 300 / about 600 releases, 0.3 pages/s, about 10 s left"


@pytest.mark.django_db(transaction=True)
def test_a_backfill_shows_how_much_there_is(tmp_path: Path) -> None:
    out = io.StringIO()
    progress = Progress("harbour", out=out, shown=-1000)
    shown: list[tuple[int, int | None]] = []

    def watch(run: Run) -> None:
        if run.row.kind == "backfill":
            shown.append((run.row.read, run.row.expected))
            progress.shown = -1000
        progress.show(run.row)

    with living_company(tmp_path, releases=130) as company:
        outcome = lines.advance(lines.HISTORY, company.project(), budget=Budget(), insist=True, on_progress=watch)
    assert outcome.ended is lines.Ended.DONE
    read, expected = shown[-1]
    assert {count for _, count in shown} == {None, expected}  # unknown until the ends of the history were asked for
    assert expected is not None
    assert abs(read - expected) < 20
    assert "releases, " in out.getvalue()
    assert " left" in out.getvalue()
