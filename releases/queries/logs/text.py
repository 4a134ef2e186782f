"""The text of a log line made safe to show: colours become words, everything else a terminal would obey is dropped.

Pure. A log comes from programs nobody vouches for, so nothing that moves, hides or links survives; letters that cannot
be seen or that turn the direction of writing are named instead.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime

_STAMP = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\.?\d*Z ?")
_COLOUR = re.compile(r"(?:\x1b\[|\x9b)([\d;:]*)m")
# Each begins with one letter of a small set, so that text without any is passed over quickly.
_COMMAND = re.compile(
    r"[\x1b\x90\x98\x9b\x9d-\x9f](?:"
    r"(?:(?<=\x9b)|(?<=\x1b)\[)[0-?]*[ -/]*[@-~]"  # a colour, the cursor
    r"|(?:(?<=[\x90\x98\x9d-\x9f])|(?<=\x1b)[\]PX^_])[^\x00-\x1f\x80-\x9f]*(?:\x07|\x1b\\|\x9c)"  # a title, a link
    r"|(?<=\x1b)[ -/]*[0-~])?"
)
_UNSEEN = (
    "\u00ad\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb"
)
_TAGS = "\U000e0000-\U000e007f"
_HIDDEN = re.compile(f"[{_UNSEEN}{_TAGS}]")
_OTHER = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_ODD = re.compile(f"[\x00-\x08\x0b-\x1f\x7f-\x9f{_UNSEEN}{_TAGS}]")
_NAMES = ("black", "red", "green", "yellow", "blue", "magenta", "cyan", "white")

_LEVEL = re.compile(r"##\[(error|warning|section|command|debug|group|endgroup)\]", re.I)
LEVELS = {"error": "e", "warning": "w", "section": "h", "group": "h", "endgroup": "h", "command": "c", "debug": "d"}


@dataclass(frozen=True)
class Run:
    """Some letters that look alike: `colour` is one of eight words or nothing; `is_named`: names an unseen letter."""

    text: str
    colour: str = ""
    is_bold: bool = False
    is_named: bool = False


def stamped(line: str) -> tuple[datetime | None, str]:
    """The time Azure writes before each line, and the rest."""
    found = _STAMP.match(line)
    if found is None:
        return None, line
    try:
        return datetime.fromisoformat(found[1]).replace(tzinfo=UTC), line[found.end() :]
    except ValueError:
        return None, line


def level(text: str) -> str:
    """What Azure says a line is: `e` error, `w` warning, `h` heading, `c` command, `d` debug; nothing for others."""
    found = _LEVEL.match(text)
    return LEVELS[found[1].lower()] if found else ""


def plain(text: str) -> str:
    """A line, or many, as they can be read: no commands, progress lines as they ended, unseen letters named."""
    if _ODD.search(text) is None:
        return text
    if "\r" in text:
        text = "\n".join(map(_ended, text.split("\n")))
    text = _OTHER.sub("", _COMMAND.sub("", text))
    return _HIDDEN.sub(_named, text)


def runs(text: str) -> list[Run]:
    """One line in its colours."""
    if _ODD.search(text) is None:
        return [Run(text)]
    found: list[Run] = []
    colour, is_bold, at = "", False, 0
    text = _ended(text)
    for code in _COLOUR.finditer(text):
        found += _shown(text[at : code.start()], colour, is_bold)
        colour, is_bold = _after(code[1], colour, is_bold)
        at = code.end()
    return found + _shown(text[at:], colour, is_bold)


def _ended(line: str) -> str:
    """A progress line that was written over itself, as it stood at the end."""
    if "\r" not in line:
        return line
    times = line.split("\r")
    return next((one for one in reversed(times) if _OTHER.sub("", _COMMAND.sub("", one)).strip()), "")


def _shown(text: str, colour: str, is_bold: bool) -> list[Run]:
    text = _OTHER.sub("", _COMMAND.sub("", text))
    found, at = [], 0
    for unseen in _HIDDEN.finditer(text):
        found += [Run(text[at : unseen.start()], colour, is_bold), Run(_named(unseen), is_named=True)]
        at = unseen.end()
    return [run for run in (*found, Run(text[at:], colour, is_bold)) if run.text]


def _named(unseen: re.Match[str]) -> str:
    return f"<U+{ord(unseen[0]):04X}>"


def _after(code: str, colour: str, is_bold: bool) -> tuple[str, bool]:
    """Colour and weight after one code. Backgrounds and colours beyond the first sixteen are not shown."""
    numbers = [int(one) if one and len(one) < 4 else 0 for one in re.split("[;:]", code)]
    while numbers:
        number = numbers.pop(0)
        if number == 0:
            colour, is_bold = "", False
        elif number in (1, 22):
            is_bold = number == 1
        elif 30 <= number <= 37 or 90 <= number <= 97:
            colour = _NAMES[number % 10]
        elif number in (38, 48):
            chosen, numbers = _beyond(numbers)
            colour = chosen if number == 38 else colour
        elif number == 39:
            colour = ""
    return colour, is_bold


def _beyond(numbers: list[int]) -> tuple[str, list[int]]:
    """What follows 38 or 48: `5;n` or `2;r;g;b`."""
    if numbers[:1] == [5]:
        number = numbers[1] if len(numbers) > 1 else 16
        return (_NAMES[number % 8] if number < 16 else ""), numbers[2:]
    return "", numbers[4:] if numbers[:1] == [2] else numbers[1:]
