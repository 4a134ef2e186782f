"""A living company under a clock of the test's own, served over HTTP; and everything it says, read back from there."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import requests

from sandbox import devops
from sandbox.company import Company
from sandbox.http.server import Server

ANCHOR = datetime(2026, 11, 19, 12, 17, tzinfo=UTC)
EVERYTHING = "environments,artifacts,approvals,tags,variables"
Row = dict[str, Any]


@dataclass
class Clock:
    """The wall clock, moved by hand."""

    now: datetime = ANCHOR

    def __call__(self) -> datetime:
        return self.now

    def moves(self, **by: float) -> None:
        self.now += timedelta(**by)


@dataclass
class Harbour:
    """The company, the server in front of it, and its address."""

    company: Company
    clock: Clock
    server: Server
    session: requests.Session

    def address(self, path: str) -> str:
        return f"{self.server.url}/vsrm/harbour/MLOps/_apis/Release/{path}"

    def get(self, path: str, **query: Any) -> requests.Response:
        found = {("$" + name[1:] if name.startswith("_") else name): value for name, value in query.items()}
        answer = self.session.get(self.address(path), params=found, timeout=20)
        assert answer.status_code == 200, answer.text
        return answer

    def pages(self, path: str, **query: Any) -> list[Row]:
        """All pages of a list, by its token."""
        rows: list[Row] = []
        for _ in range(1000):
            answer = self.get(path, **query)
            rows += answer.json()["value"]
            token = answer.headers.get("x-ms-continuationtoken")
            if token is None:
                return rows
            query["continuationToken"] = token
        raise AssertionError("the pages do not end")

    def send(self, method: str, path: str, body: Any) -> requests.Response:
        return self.session.request(method, self.address(path), json=body, timeout=20)


def opened(
    serve: Callable[..., Server], session: requests.Session, clock: Clock | None = None, **options: Any
) -> Harbour:
    """A company of its own, usually small."""
    clock = clock or Clock()
    options = dict[str, Any]({"seed": 7, "releases": 90, "now": clock} | options)
    company = Company.open(**options)
    return Harbour(company, clock, serve(devops.routes(company)), session)


def state(tmp_path: Path) -> Path:
    return tmp_path / "state"
