"""Lines of a CSV file whose cells no spreadsheet takes for a formula (fault 49). Pure; every export writes through it.

Spreadsheets run a cell that begins with = + - @, with their full-width forms, or with a tab or a line break; some skip
blanks, quotes and invisible characters before they look. Such a cell gets an apostrophe in front, which a spreadsheet
shows as text; `told` takes it away again. All cells are quoted.
"""

import csv
import unicodedata
from collections.abc import Iterable
from datetime import UTC, datetime
from io import StringIO

Value = str | int | datetime | None

BYTE_ORDER_MARK = "\ufeff"
"""Before the first line: without it spreadsheets read names with other letters than English ones wrongly."""
MARK = "'"
FORMULAS = frozenset("=+-@")
BREAKS = frozenset("\t\r\n")
QUOTES = frozenset("'\"`\u00b4\u2018\u2019\u201a\u201b\u201c\u201d\u201e\u201f\u00ab\u00bb\u2039\u203a\uff07\uff02")


def line(values: Iterable[Value]) -> str:
    """One line with its end; times in UTC, nothing as an empty cell."""
    written = StringIO()
    csv.writer(written, quoting=csv.QUOTE_ALL).writerow([_cell(value) for value in values])
    return written.getvalue()


def safe(text: str) -> str:
    """The text as a cell that is never run."""
    return MARK + text if is_risky(text) else text


def told(cell: str) -> str:
    """The text that `safe` made this cell of."""
    return cell[1:] if cell.startswith(MARK) and is_risky(cell[1:]) else cell


def is_risky(text: str) -> bool:
    """Whether a spreadsheet might run it, or end the cell before it."""
    for letter in text:
        if letter in BREAKS:
            return True
        if not _is_skipped(letter):
            return unicodedata.normalize("NFKC", letter)[:1] in FORMULAS
    return False


def _is_skipped(letter: str) -> bool:
    return letter in QUOTES or letter.isspace() or unicodedata.category(letter)[0] in "CZ"


def _cell(value: Value) -> str | int:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    return safe(value) if isinstance(value, str) else "" if value is None else value
