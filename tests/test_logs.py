"""Log lines: one record is one line, whatever is in it."""

import json
import logging

import pytest

from dashboard.logs import JsonFormatter, PlainFormatter

HOSTILE = ["a\nforged 2026 info x: y", "a\r\nb", "\x1b[31mred", "a\x00b", "a\u202eb", "a\u2028b", "a\x07b", "a\x85b"]


def record(message: str) -> logging.LogRecord:
    return logging.LogRecord("slipway", logging.WARNING, __file__, 1, "%s", (message,), None)


@pytest.mark.parametrize("message", HOSTILE, ids=ascii)
@pytest.mark.parametrize("formatter", [PlainFormatter(), JsonFormatter()], ids=["plain", "json"])
def test_no_message_makes_a_second_line_or_moves_the_cursor(formatter, message):
    line = formatter.format(record(message))
    assert line.isprintable()


def test_json_lines_hold_the_message_as_it_was():
    assert json.loads(JsonFormatter().format(record("a\nb")))["message"] == "a\nb"


def test_a_traceback_is_told_apart_from_records():
    try:
        raise ValueError("first\nsecond")
    except ValueError as error:
        failed = record("it failed")
        failed.exc_info = (ValueError, error, error.__traceback__)
    first, *rest = PlainFormatter().format(failed).split("\n")
    assert first.endswith("it failed")
    assert all(line.startswith("  | ") for line in rest)


@pytest.mark.parametrize("formatter", [PlainFormatter(), JsonFormatter()], ids=["plain", "json"])
def test_the_secret_of_a_one_time_link_is_not_logged(formatter):
    line = formatter.format(record("Unprocessable Entity: /accounts/first/c0ffee-secret/"))
    assert "Unprocessable Entity: /accounts/first/.../" in line
    assert "c0ffee" not in line
