"""docs/commands.md tells the states, moves, codes and limits that the code has, no more and no less."""

import re
from pathlib import Path

from releases.policies import limits
from releases.queries.commands import WORDS
from releases.states import COMMAND_CODES, COMMAND_MOVES, FINAL_COMMAND_STATES, CommandCode, CommandKind, CommandState

TEXT = (Path(__file__).resolve().parents[2] / "docs" / "commands.md").read_text()


def state_row(state: CommandState) -> str:
    """The row of a state, as the page has it."""
    codes = ", ".join(f"`{code}`" for code in CommandCode if code in COMMAND_CODES[state]) or "none"
    onward = ", ".join(f"`{to}`" for to in CommandState if to in COMMAND_MOVES[state]) or "nothing"
    ends = "yes" if state in FINAL_COMMAND_STATES else "no"
    return f"| `{state}` | {WORDS[state]} | {ends} | {codes} | {onward} |"


def test_every_state_is_told_with_its_word_reasons_and_moves() -> None:
    told = [line for line in TEXT.splitlines() if line.startswith("| `") and line.count("|") == 6]
    assert told == [state_row(state) for state in CommandState]


def test_every_reason_is_told_with_its_states_and_what_it_means() -> None:
    section = TEXT.split("## Reasons\n")[1].split("\n## ")[0]
    told = re.findall(r"^\| `(\w+)` \| ([^|]+) \| [^|]{20,} \|$", section, re.MULTILINE)
    wanted = [
        (code.value, ", ".join(f"`{state}`" for state in CommandState if code in COMMAND_CODES[state]))
        for code in CommandCode
    ]
    assert told == wanted


def test_every_kind_and_limit_is_told() -> None:
    assert all(f"`{kind}`" in TEXT for kind in CommandKind)
    for limit in (
        f"{limits.request_seconds():.0f} seconds",
        f"{limits.MOST_SENDS} sends",
        f"{limits.AGE_AT_MOST.total_seconds() / 60:.0f} minutes",
        f"{limits.MOST_LOSSES} senders",
        f"{limits.HELD_AT_MOST.total_seconds() / 3600:.0f} hours",
    ):
        assert limit in TEXT, limit
