"""Cells of CSV files: nothing that a spreadsheet would run, and nothing lost (fault 49)."""

import csv
from datetime import UTC, datetime, timedelta, timezone
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from releases.queries.cells import is_risky, line, safe, told

RISKY = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\tx",
    "\rx",
    "\nx",
    " =1",
    '"=1',
    "'=1",
    "\u201c=1",
    "  ' \"=cmd|' /C calc'!A0",
    "＝1",
    "＋1",
    "－1",
    "＠x",
    "\u00a0=1",
    "\u200b=1",
    "\ufeff=1",
    "\x00=1",
    " \tx",
    "'\nx",
]
HARMLESS = ["", "Release-24", "a=b", "'quoted'", '"', " leading blank", "1-2", "x\ty", "å", "'"]


@pytest.mark.parametrize("text", RISKY)
def test_what_a_spreadsheet_might_run_gets_an_apostrophe(text):
    assert safe(text) == f"'{text}"


@pytest.mark.parametrize("text", HARMLESS)
def test_everything_else_stays_as_it_is(text):
    assert safe(text) == text


ENDINGS = st.text(max_size=20)
STARTS = st.text(alphabet="=+-@＝＋－＠'\" \t\r\n\u201c\u200b\ufeff\u00a0\x00,;", max_size=6)


@given(start=STARTS, rest=ENDINGS)
def test_no_cell_written_is_run_and_each_is_read_back(start, rest):
    text = start + rest
    [[cell]] = csv.reader(StringIO(line([text]), newline=""))
    assert told(cell) == text
    assert cell == text or cell == f"'{text}"
    assert cell.startswith("'") or not is_risky(cell)


@given(st.lists(st.text(max_size=12), min_size=1, max_size=5))
def test_a_line_is_read_back_whole(texts):
    [row] = csv.reader(StringIO(line(texts), newline=""))
    assert [told(cell) for cell in row] == texts


def test_every_cell_is_quoted_and_times_are_utc():
    helsinki = datetime(2026, 3, 2, 14, 0, 3, 999, tzinfo=timezone(timedelta(hours=2)))
    assert line([helsinki, datetime(2026, 3, 2, tzinfo=UTC), None, -5, "a"]) == (
        '"2026-03-02T12:00:03Z","2026-03-02T00:00:00Z","","-5","a"\r\n'
    )
