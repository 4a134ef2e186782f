"""The table of docs/recorded-release.md, made from the recording and from what the API says."""

from pathlib import Path

from tests.recorded.facts import FACTS, Json

PAGE = Path(__file__).resolve().parents[2] / "docs" / "recorded-release.md"


def table(recording: Json, shown: Json) -> str:
    """One row a fact: its name, the recording's value, the value Slipway shows."""
    rows = [f"| {fact.name} | {cell(fact.recorded(recording))} | {cell(fact.shown(shown))} |" for fact in FACTS]
    return "\n".join(["| Fact | The recording | Slipway |", "| --- | --- | --- |", *rows])


def cell(value: object) -> str:
    """A value as a person writes it; long lists of the same value are counted."""
    if isinstance(value, list):
        first = cell(value[0]) if value else "none"
        same = all(one == value[0] for one in value) and len(value) > 1
        return f"{len(value)} times {first}" if same else ", ".join(cell(one) for one in value)
    if isinstance(value, tuple):
        return " / ".join(cell(one) for one in value)
    return str(value)
