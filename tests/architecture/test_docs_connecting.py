"""docs/connecting.md names every permission that a failed connection may name, in the same words."""

from pathlib import Path

import pytest

from releases.actions.connect import DEFAULT_VARIABLE
from releases.sync.probing import ENTRA_PERMISSIONS, PAT_SCOPES

TEXT = (Path(__file__).resolve().parents[2] / "docs" / "connecting.md").read_text()
ROWS = {line.split("|")[1].strip(): line for line in TEXT.splitlines() if line.startswith("| ")}


@pytest.mark.parametrize(("words"), [PAT_SCOPES, ENTRA_PERMISSIONS], ids=["token", "entra"])
def test_each_need_has_its_permission(words: dict[str, str]) -> None:
    for need, permission in words.items():
        assert permission in ROWS[need], need


def test_the_variable_that_is_looked_at_first_is_named() -> None:
    assert f"`{DEFAULT_VARIABLE}`" in TEXT
