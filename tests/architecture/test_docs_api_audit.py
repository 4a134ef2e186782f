"""docs/api.md and docs/audit.md name what the code has, no more and no less."""

import re
from pathlib import Path

from releases.api.urls import NOUNS
from releases.audit import EVENTS, Outcome, Via
from releases.audit.appending import MORE
from releases.audit.index import index_columns
from releases.policies.scopes import SCOPES
from releases.queries.audit_log import GROUPS, types_of
from releases.queries.audit_log.sentences import SENTENCES

DOCS = Path(__file__).resolve().parents[2] / "docs"


def rows(page: str, heading: str) -> dict[str, str]:
    """The table below a heading: first cell without its ticks -> second cell."""
    section = (DOCS / page).read_text().split(f"## {heading}\n")[1].split("\n## ")[0]
    return dict(re.findall(r"^\| `([^|]*)` \| ([^|]*) \|$", section, re.MULTILINE))


def test_every_event_type_is_told_with_its_meaning() -> None:
    assert rows("audit.md", "What is recorded") == EVENTS


def test_every_event_type_has_a_sentence_and_a_group_in_the_log() -> None:
    """`releases/queries/audit_log`: sentences.py and GROUPS in filters.py."""
    assert set(SENTENCES) >= set(EVENTS)
    assert sorted(type for group in GROUPS for type in types_of(group)) == sorted(EVENTS)


def test_every_key_and_word_of_an_event_is_told() -> None:
    text = (DOCS / "audit.md").read_text()
    body = {"ts": "2026-01-01T00:00:00Z", "type": "t", "outcome": "ok", "actor": {"ref": "x"}}
    for word in [*MORE, *Outcome, *Via, *index_columns(body)]:
        assert f"`{word}`" in text, word


def test_every_scope_is_told_with_what_it_opens() -> None:
    assert rows("api.md", "Signing in") == SCOPES


def test_every_noun_is_told_with_its_filters() -> None:
    told = {noun: re.findall(r"`(\w+)`", filters) for noun, filters in rows("api.md", "Addresses").items()}
    for name, noun in NOUNS.items():
        assert {*told[name], "cursor", "limit"} == set(noun.filters().fields), name
    assert set(told) == set(NOUNS)
