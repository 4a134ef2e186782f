"""The text of a log as it is shown (fault 50), and which of its lines says first that the step failed."""

from datetime import UTC, datetime

import pytest

from releases.queries.logs.failing import Finder
from releases.queries.logs.text import Run, level, plain, runs, stamped

ESC = "\x1b"
HOSTILE = {
    "colours": (f"{ESC}[1;31mred{ESC}[0m then", "red then"),
    "a colour that never ends": (f"{ESC}[38;5;196mred", "red"),
    "a link": (f"{ESC}]8;;https://evil.example{ESC}\\click{ESC}]8;;{ESC}\\ here", "click here"),
    "a window's title": (f"{ESC}]0;owned\x07text", "text"),
    "a title that never ends": (f"{ESC}]0;shown", "0;shown"),
    "a device string": (f"{ESC}P1$r0m{ESC}\\text", "text"),
    "the cursor": (f"{ESC}[2J{ESC}[1;1Htext{ESC}[3A", "text"),
    "a C1 command": ("\x9b31mred\x9d0;title\x9ctext\x85", "redtext"),
    "bell and backspace": ("pass\x08\x08word\x07", "password"),
    "NUL": ("a\0b", "ab"),
    "text turned round": ("invoice\u202etxt.exe", "invoice<U+202E>txt.exe"),
    "letters nobody sees": ("a\u200bb\ufeffc\u2066d\U000e0041", "a<U+200B>b<U+FEFF>c<U+2066>d<U+E0041>"),
    "another line in disguise": ("one\u2028two", "one<U+2028>two"),
    "progress": ("10 %\r60 %\r100 %", "100 %"),
    "progress that wiped itself": (f"10 %\r100 %\r{ESC}[K", "100 %"),
    "a return at the end": ("text\r", "text"),
    "tabs and letters of all kinds": ("\tÅsa 7 €  \U0001f680 \u05d0", "\tÅsa 7 €  \U0001f680 \u05d0"),
    "markup": ("<script>alert(1)</script>", "<script>alert(1)</script>"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_nothing_but_text_is_left_of_a_line(name: str) -> None:
    written, shown = HOSTILE[name]
    assert plain(written) == shown
    assert "".join(run.text for run in runs(written)) == shown


def test_many_lines_stay_as_many() -> None:
    written = "\n".join(text for text, _ in HOSTILE.values()) + "\n"
    assert plain(written) == "\n".join(shown for _, shown in HOSTILE.values()) + "\n"


@pytest.mark.parametrize(
    ("code", "colour", "is_bold"),
    [
        ("31", "red", False),
        ("1;92", "green", True),
        ("38;5;4", "blue", False),
        ("38;5;200", "", False),
        ("38;2;1;2;3;35", "magenta", False),
        ("36;41", "cyan", False),
        ("33;39", "", False),
        ("1;31;0", "", False),
        ("", "", False),
        (";".join(["31"] * 50), "red", False),
        ("99999999999", "", False),
        ("38;5", "", False),
        ("48;2;1", "", False),
    ],
)
def test_colours_become_words(code: str, colour: str, is_bold: bool) -> None:
    assert runs(f"{ESC}[{code}mtext") == [Run("text", colour, is_bold)]


def test_a_line_is_its_time_and_what_azure_says_it_is() -> None:
    at, text = stamped("2026-11-27T09:14:11.1234567Z ##[Error]Deployment failed")
    assert (at, text) == (datetime(2026, 11, 27, 9, 14, 11, tzinfo=UTC), "##[Error]Deployment failed")
    assert level(text) == "e"
    assert stamped("2026-99-27T09:14:11.1Z text")[0] is None
    assert stamped("no time")[0] is None
    assert [level(f"##[{word}]x") for word in ("warning", "section", "group", "command", "debug")] == list("whhcd")
    assert level("says ##[error]") == ""


STAMP = "2026-11-27T09:14:11.1234567Z "
FAILING = {
    "an error that is marked": (["all well", "##[error]It broke", "##[error]again"], 2),
    "a marked one before words": (["error: perhaps", "Failed to look", "##[error]It broke"], 3),
    "a command of the agent": (["##vso[task.logissue type=error]It broke"], 1),
    "an exit code": (["fine", "Process exited with code 137", "tail"], 2),
    "an exit code in other words": (["fine", "script returned exit code: 2"], 2),
    "no exit code": (["Process exited with code 0", "fatal: no such branch"], 2),
    "a traceback": (["Traceback (most recent call last):", "KeyError: 'wind'"], 1),
    "an exception": (["fine", "AssertionError: expected 200, got 502"], 2),
    "pytest": (["collected 3", "E       assert 1 == 2"], 2),
    "npm": (["npm ERR! code ELIFECYCLE"], 1),
    "none that failed": (["12 passed, 0 failed", "errors: 0", "3 tests FAILED"], 3),
    "in colours": (["fine", f"{ESC}[31mERROR: no room{ESC}[0m"], 2),
    "nothing of the kind": (["Copying error.txt", "the terror passed"], None),
}


@pytest.mark.parametrize("name", FAILING)
def test_a_failed_log_is_opened_where_it_fails(name: str) -> None:
    lines, wanted = FAILING[name]
    finder = Finder(has_failed=True)
    finder.look("".join(f"{STAMP}{line}\n" for line in lines), first_line=1)
    assert finder.line == wanted


def test_what_azure_names_as_an_issue_goes_first_in_whichever_part_it_is() -> None:
    finder = Finder(issues=["Readiness probe failed on port 5001\nmore"], has_failed=True)
    finder.look("##[error]Something else\n", first_line=1)
    finder.look("fine\n##[error]Readiness probe failed on port 5001\n", first_line=1001)
    assert finder.line == 1002


def test_words_say_nothing_of_a_step_that_went_well() -> None:
    finder = Finder(has_failed=False)
    finder.look("failed to find a cache, building\nTraceback (most recent call last):\n", first_line=1)
    assert finder.line is None
