"""Whose answers are served: the living company, or a recording. Made by `sandbox.process`, which knows only `Host`."""

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

from sandbox import devops, replay
from sandbox.company import colleagues
from sandbox.company.company import Company, Refusal
from sandbox.company.harbour import ORGANIZATION, PROJECT
from sandbox.company.registry import Registry
from sandbox.http.messages import Refused, Route


class Host(Protocol):
    """What the process needs of whoever answers."""

    registry: Registry
    lock: AbstractContextManager[Any]
    advance: Callable[[int], Any] | None

    def see(self) -> None:
        """Called before anything is shown."""

    def act(self, name: str, /, **arguments: Any) -> Any:
        """Change something from outside."""

    def colleague(self, wish: dict[str, Any]) -> dict[str, Any]:
        """Let somebody act in Azure's own pages."""

    def routes(self) -> list[Route]:
        """The routes of the Release API and what belongs to it."""

    def books(self) -> Any:
        """The host's own ledger."""

    def tick(self, now: datetime) -> None:
        """Let happen what is due."""

    def facts(self) -> dict[str, Any]:
        """What a client must be told to connect."""


class Living:
    """The living company."""

    def __init__(
        self, *, seed: int, releases: int, speed: float, state: Path | None, scenario: str, largest_page: int
    ) -> None:
        """Raises ValueError for an unknown scenario and OSError for a state that cannot be kept."""
        self.company = Company.open(
            seed=seed, releases=releases, speed=speed, state=state, scenario=scenario, now=lambda: datetime.now(UTC)
        )
        self.largest_page = largest_page
        self.registry = self.company.registry
        self.lock: AbstractContextManager[Any] = self.company.lock
        self.advance: Callable[[int], Any] | None = self.company.advance

    def see(self) -> None:
        self.company.see()

    def act(self, name: str, /, **arguments: Any) -> Any:
        return self.company.act(name, **arguments)

    def colleague(self, wish: dict[str, Any]) -> dict[str, Any]:
        try:
            return colleagues.act(self.company, wish)
        except Refusal as refusal:
            raise Refused(refusal.status, refusal.type_key, refusal.message) from refusal

    def routes(self) -> list[Route]:
        return devops.routes(self.company, largest_page=self.largest_page)

    def books(self) -> Any:
        return self.company.books()

    def tick(self, now: datetime) -> None:
        self.company.tick(now)

    def facts(self) -> dict[str, Any]:
        return {"organization": ORGANIZATION, "project": PROJECT}


class Recorded:
    """A recording, beside an empty registry."""

    def __init__(self, directory: Path) -> None:
        """Raises replay.Unreadable."""
        self.recording = replay.Recording.read(directory)
        self.registry = Registry()
        self.lock: AbstractContextManager[Any] = threading.RLock()
        self.advance: Callable[[int], Any] | None = None

    def see(self) -> None:
        """A recording is always as it is."""

    def act(self, name: str, /, **_: Any) -> Any:
        raise Refused(409, "Conflict", f"Beside recorded answers nothing can be changed ({name}).")

    def colleague(self, wish: dict[str, Any]) -> dict[str, Any]:
        return {"done": self.act(str(wish.get("verb")))}

    def routes(self) -> list[Route]:
        return replay.routes(self.recording)

    def books(self) -> Any:
        return {"releases": sorted(self.recording.releases), "skipped": self.recording.skipped}

    def tick(self, now: datetime) -> None:
        """A recording does not change."""

    def facts(self) -> dict[str, Any]:
        return {"organization": "recorded", "project": "Recorded", **self.books()}
