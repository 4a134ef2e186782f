"""The tabs above the releases list: everything, what people ask for most, and the reader's own views."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import parse_qsl

from dashboard.facets import STATE_NAMES
from releases.models import SavedView, User
from releases.queries.saved_views import saved_views, usual
from releases.queries.sentences import NAMES

USUAL = (
    ("All", ""),
    ("Waiting for approval", "state=waiting"),
    ("Live now", "state=live"),
    ("Failed or rejected", "state=failed"),
)
"""What needs no saving."""


VALUES: dict[str, Mapping[str, str]] = {
    "state": STATE_NAMES,
    "trigger": {kind.value: name for kind, name in NAMES.items()},
}


@dataclass(frozen=True)
class Tab:
    """One view: the filters it stands for, and whether the list shows just these. `is_own`: the reader saved it."""

    name: str
    query: str
    is_current: bool
    is_own: bool = False


class Tabs:
    """The tabs for one request. The reader's own are read when a page first asks; a fragment pays for nothing."""

    def __init__(self, user: User, query: str) -> None:
        self._user = user
        self.query = usual(query)

    @cached_property
    def own(self) -> Sequence[SavedView]:
        """The reader's own views."""
        return saved_views(self._user)

    @cached_property
    def all(self) -> Sequence[Tab]:
        """Every tab, at most one of them current."""
        named = [(name, query, False) for name, query in USUAL] + [(one.name, one.query, True) for one in self.own]
        current = next((at for at, (_, query, _) in enumerate(named) if query == self.query), None)
        return [Tab(name, query, at == current, is_own) for at, (name, query, is_own) in enumerate(named)]

    @property
    def can_be_saved(self) -> bool:
        """Whether these filters are worth a view: some are set, and no tab stands for them yet."""
        return bool(self.query) and not any(tab.is_current for tab in self.all)


def in_words(query: str, *, pipelines: Mapping[str, str]) -> str:
    """What a list of these filters shows: `State: Running, model: scaler:7`. `pipelines`: names by id."""
    values = {**VALUES, "pipeline": pipelines}
    said = [f"{name.replace('_', ' ')}: {values.get(name, {}).get(value, value)}" for name, value in parse_qsl(query)]
    words = ", ".join(said)
    return f"{words[:1].upper()}{words[1:]}"
