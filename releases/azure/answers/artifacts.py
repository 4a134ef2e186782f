"""Artifacts of releases and definitions, with Azure's open dictionary of references."""

from typing import TYPE_CHECKING

from msgspec import field

from releases.azure.answers.base import Answer, Flag, Mapped, Text

# Extensions may put numbers or booleans where Azure itself always puts text.
if TYPE_CHECKING:
    Loose = str
else:
    Loose = str | int | float | bool | None


class ReferenceValue(Answer):
    """One value of `definitionReference`: `id` for machines, `name` for people; either may be empty."""

    id: Loose = ""
    name: Loose = ""

    def __post_init__(self) -> None:
        if type(self.id) is not str:
            self.id = _text(self.id)
        if type(self.name) is not str:
            self.name = _text(self.name)


class ArtifactAnswer(Answer):
    """One artifact. `type` is an open word: any extension may bring its own."""

    alias: Text = ""
    type: Text = ""
    source_id: Text = ""
    is_primary: Flag = False
    is_retained: Flag = False
    definition_reference: Mapped[str, ReferenceValue | None] = field(default_factory=dict)

    def reference(self, key: str) -> ReferenceValue:
        """The value under a key of `definitionReference`, whatever its case; an empty one where there is none."""
        found = self.definition_reference.get(key)
        if found is None:
            wanted = key.lower()
            values = self.definition_reference.items()
            found = next((value for name, value in values if value is not None and name.lower() == wanted), None)
        return found or ReferenceValue()


def _text(value: object) -> str:
    """Booleans as Azure spells them ("True"); null as nothing."""
    return "" if value is None else str(value)
