"""Runs sides, interleaved and in rounds, and keeps the ratios. Called by the goals; knows none of them."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import requests

from tests.company import VARIABLE, Company

Figures = dict[str, Any]
SIDE_SECONDS = 1800


@dataclass(frozen=True)
class Row:
    """One line of the table: a goal on one database. `ratios` holds one figure per round."""

    goal: str
    what: str
    limit: float
    database: str
    ratios: Sequence[float]
    unit: str = "x"
    note: str = ""

    @property
    def median(self) -> float:
        """The figure that is held against the limit."""
        return median(self.ratios)

    @property
    def is_met(self) -> bool:
        """Whether the goal is reached."""
        return self.median <= self.limit

    def as_markdown(self) -> str:
        """One row of the table in docs/performance.md."""
        spread = f"{min(self.ratios):.2f}–{max(self.ratios):.2f}"
        verdict = "met" if self.is_met else "**missed**"
        figures = f"{self.median:.2f} {self.unit} | {spread} | ≤ {self.limit:g} {self.unit}"
        return f"| {self.goal} | {self.what} | {self.database} | {figures} | {verdict} | {self.note} |"


@dataclass(frozen=True)
class Database:
    """Where a side stores: made fresh from a migrated one in a moment."""

    name: str
    fresh: Callable[[], str]


@dataclass
class Bench:
    """The sandbox that is read, and how often each pair is measured."""

    company: Company
    rounds: int
    folder: Path
    span: tuple[datetime, datetime] | None = None
    _numbers: Iterator[int] = field(default_factory=count)

    def side(self, name: str, *, database_url: str = "", redis_url: str = "", **options: Any) -> Figures:
        """Run one side in a process of its own and return its figures. Raises RuntimeError when it fails."""
        given = {**self._addresses(), **options}
        env = {VARIABLE: "a-token-for-benchmarks"}
        env |= {"AZURE_DEVOPS_CACHE_DIR": str(self.folder / f"azure-{next(self._numbers)}")}
        env |= {"DATABASE_URL": database_url} if database_url else {}
        env |= {"REDIS_URL": redis_url} if redis_url else {}
        return run_side(name, given, folder=self.folder, env=env)

    def _addresses(self) -> Figures:
        if self.span is None:
            self.span = self._history()
        told = self.company.addresses
        return {
            "organization_url": told["organization_url"],
            "release_url": release_url(told),
            "project": told["project"],
            "project_id": self.company.project_id,
            "variable": VARIABLE,
            "first": self.span[0].isoformat(),
            "last": self.span[1].isoformat(),
        }

    def _history(self) -> tuple[datetime, datetime]:
        """When the first and the last release were made."""
        told = self.company.addresses
        address = f"{release_url(told)}/{told['project']}/_apis/Release/releases"
        ends = []
        for order in ("ascending", "descending"):
            answer = requests.get(address, params={"$top": "1", "queryOrder": order}, timeout=60)
            ends.append(datetime.fromisoformat(answer.json()["value"][0]["createdOn"]).astimezone(UTC))
        return ends[0], ends[1]


REAL = {"DJANGO_SETTINGS_MODULE": "dashboard.settings"}
"""Also where a test of the soak measures: the tests' own settings choose another database."""


def run_side(name: str, given: Figures, *, folder: Path, env: dict[str, str]) -> Figures:
    """Run one side in a process of its own and return its figures. Raises RuntimeError when it fails."""
    env = {**os.environ, **REAL, "SLIPWAY_VAR_DIR": str(folder), **env}
    command = [sys.executable, "-m", "tests.benchmarks.side", name, json.dumps(given)]
    done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=SIDE_SECONDS, check=False)
    if done.returncode:
        raise RuntimeError(f"{name} failed:\n{done.stderr[-2000:]}")
    figures: Figures = json.loads(done.stdout.splitlines()[-1])
    return figures


def release_url(told: Figures) -> str:
    """Where the Release area of the sandbox's organization is: on a path of its own, as Azure has it on a host."""
    parts = urlsplit(told["organization_url"])
    return urlunsplit((parts.scheme, parts.netloc, f"/vsrm{parts.path}".rstrip("/"), "", ""))


def migrated(url: str, *, folder: Path) -> None:
    """Bring the database at this address to the newest tables."""
    env = {**os.environ, **REAL, "DATABASE_URL": url, "SLIPWAY_VAR_DIR": str(folder)}
    subprocess.run([sys.executable, "manage.py", "migrate", "-v", "0"], env=env, check=True)


@contextmanager
def sqlite(folder: Path) -> Iterator[Database]:
    """SQLite files copied from a migrated one."""
    template, numbers = folder / "template.sqlite3", count()
    migrated(f"sqlite:///{template}", folder=folder)

    def fresh() -> str:
        copy = folder / f"bench-{next(numbers)}.sqlite3"
        shutil.copy(template, copy)
        return f"sqlite:///{copy}"

    yield Database("SQLite", fresh)


@contextmanager
def postgresql(folder: Path) -> Iterator[Database]:
    """Databases of a PostgreSQL cluster of our own, made from a migrated template."""
    import psycopg

    from tests.postgres import running_postgres

    with running_postgres() as url:
        numbers = count()
        named = url.rpartition("/")[0]

        def run(statement: str) -> None:
            with psycopg.connect(url, autocommit=True) as connection:
                connection.execute(statement.encode())

        run("CREATE DATABASE bench_template")
        migrated(f"{named}/bench_template", folder=folder)

        def fresh() -> str:
            name = f"bench_{next(numbers)}"
            run(f"CREATE DATABASE {name} TEMPLATE bench_template")
            return f"{named}/{name}"

        yield Database("PostgreSQL", fresh)
