"""Reads a list of Azure DevOps page by page, one after the other, and notices when it runs in circles."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import TypeVar

from releases.azure.answers import Answer, Page
from releases.sync.passes.work import FeedInCircles, Work

T = TypeVar("T", bound=Answer)

MOST_PAGES = 20_000
"""Two million releases: no project comes near; a feed that goes on longer does not end."""


class Tokens:
    """The continuation tokens seen in one list; a second sight of one is a loop."""

    def __init__(self, *seen: str | None) -> None:
        self._seen = {token for token in seen if token}

    def note(self, token: str | None) -> None:
        """Take in the token of a page. Raises FeedInCircles."""
        if not token:
            return
        if token in self._seen or len(self._seen) >= MOST_PAGES:
            raise FeedInCircles(
                "Azure DevOps gave the same continuation token twice, so the list would never end. "
                "What was read is kept; the next sync starts this list anew."
            )
        self._seen.add(token)


def pages(
    work: Work, ask: Callable[[str | None], Page[T]], *, token: str | None = None, to_the_end: bool = False
) -> Iterator[tuple[Page[T], datetime]]:
    """Each page with the database's time just before it was asked for. Stops early when the budget is spent
    (unless `to_the_end`): the last page handed out then has a token, from which the caller goes on."""
    tokens = Tokens(token)
    while True:
        asked_at = work.calls.asked_at()
        page = ask(token)
        tokens.note(page.token)
        yield page, asked_at
        token = page.token
        if not token or (work.budget.is_spent and not to_the_end):
            return
