"""Runs the checks beside the tests and adds everything up: `python -m scripts.check all | fast | lint | soak`.

Each check counts as one test. The last line is `N passed, N failed, N skipped`; the exit code is 1 when anything
failed. What a run printed is shown when it failed, and kept in build/checks.
"""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO
from xml.etree.ElementTree import parse

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
OUT = ROOT / "build" / "checks"
PACKAGES = ["dashboard", "releases", "sandbox", "scripts", "tests", "manage.py"]
PYTEST = [sys.executable, "-m", "pytest", "-q", "--no-header", "-r", "fE"]
# Two runs at a time, of two processes each, for two cores: half the time a test waits, for a server or for time, and
# where one run begins or ends alone the other one goes on.
RUNS_AT_ONCE = 2
AT_ONCE = ["-n", "2", "--dist", "worksteal"]
# A browser's test waits more, and each is handed out alone: the longest begin first.
BROWSERS_AT_ONCE = ["-n", "2", "--dist", "load", "--maxschedchunk", "1"]
WHOLE_PRODUCT = ["tests/browser", "tests/up"]
LONGEST_SECONDS = 1800
LONGEST_SOAK_SECONDS = 3 * 3600


@dataclass
class Count:
    """How many tests of one run, or of all, ended how."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0

    def __add__(self, other: "Count") -> "Count":
        return Count(self.passed + other.passed, self.failed + other.failed, self.skipped + other.skipped)

    def __str__(self) -> str:
        return f"{self.passed} passed, {self.failed} failed, {self.skipped} skipped"


@dataclass
class Run:
    """One command. With `tests` it is a pytest run whose tests are counted; otherwise it counts as one."""

    name: str
    command: list[str]
    env: dict[str, str] = field(default_factory=dict)
    tests: bool = False
    longest: float = LONGEST_SECONDS
    """Seconds after which it is stopped and counts as failed."""

    @property
    def report(self) -> Path:
        """Where pytest writes its counts."""
        return OUT / f"{self.name.replace(' ', '-')}.xml"

    def go(self) -> Count:
        """Run it, print one line (and everything it said when it failed), return the counts."""
        self.report.unlink(missing_ok=True)
        began = time.monotonic()
        log = OUT / f"{self.name.replace(' ', '-')}.log"
        with log.open("wb") as output, TemporaryDirectory(prefix="slipway-check-") as folder:
            of_tests = [f"--junitxml={self.report}", f"--basetemp={folder}/tests"] if self.tests else []
            code = _exit_code([*self.command, *of_tests], _environment(self.env), output, self.longest)
        count = self._counted(code)
        seconds = time.monotonic() - began
        said = "" if code in (0, 5) else f"\n{log.read_text(errors='replace').rstrip()}\n"
        print(
            f"{self.name:<28}{count if self.tests else 'ok' if not count.failed else 'FAILED'} ({seconds:.0f} s){said}"
        )
        sys.stdout.flush()
        return count

    def _counted(self, code: int) -> Count:
        if not self.tests:
            return Count(passed=int(code == 0), failed=int(code != 0))
        if not self.report.exists():
            return Count(failed=1)
        suites = parse(self.report).getroot().iter("testsuite")  # noqa: S314
        total = sum((_of_suite(suite.attrib) for suite in suites), Count())
        return total + Count(failed=1) if code not in (0, 5) and not total.failed else total


def _environment(more: dict[str, str]) -> dict[str, str]:
    """Ours and `more`. Byte code is kept: four processes a run would each compile all of it again."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"} | more


def _exit_code(command: list[str], env: dict[str, str], output: IO[bytes], seconds: float) -> int:
    try:
        return subprocess.run(
            command, cwd=ROOT, env=env, stdout=output, stderr=output, timeout=seconds, check=False
        ).returncode
    except subprocess.TimeoutExpired:
        return 124


def _of_suite(attributes: dict[str, str]) -> Count:
    failed = int(attributes["failures"]) + int(attributes["errors"])
    skipped = int(attributes["skipped"])
    return Count(int(attributes["tests"]) - failed - skipped, failed, skipped)


def checks() -> list[Run]:
    """What reads the code without running it, the slowest first."""

    def tool(name: str) -> str:
        return str(BIN / name)

    manage = [sys.executable, "manage.py"]
    return [
        Run("mypy", [tool("mypy"), *PACKAGES]),
        Run("ruff check", [tool("ruff"), "check", "."]),
        Run("ruff format", [tool("ruff"), "format", "--check", "."]),
        Run("djlint", [tool("djlint"), "templates", "--lint", "--quiet"]),
        Run("import contract", [tool("lint-imports"), "--no-cache"]),
        Run("bandit", [tool("bandit"), "-q", "-r", "-c", "pyproject.toml", "dashboard", "releases"]),
        Run("missing migrations", [*manage, "makemigrations", "--check", "--dry-run"]),
        Run("deployment settings", [*manage, "check", "--deploy", "--fail-level", "WARNING"], env=DEPLOYED),
    ]


DEPLOYED = {"SLIPWAY_PUBLIC_URL": "https://slipway.example", "SECRET_KEY": "0123456789" * 6 + "abcdefgh"}


def fast_tests() -> list[Run]:
    """What needs no system package."""
    command = [*PYTEST, *AT_ONCE, "-m", "not browser and not redis and not soak", "tests"]
    return [Run("tests on SQLite", command, tests=True)]


def all_tests() -> list[Run]:
    """Everything, the longest first. The tests of the whole product share one demo."""
    everything = [*PYTEST, *AT_ONCE, "-m", "not browser and not up and not soak", "tests"]
    whole_product = [*PYTEST, *BROWSERS_AT_ONCE, "-m", "browser or up", *WHOLE_PRODUCT]
    return [
        Run("tests of the whole product", [sys.executable, "-m", "tests.up.demo", *whole_product], tests=True),
        Run("tests on SQLite", everything, tests=True),
        Run("tests on PostgreSQL", [sys.executable, "-m", "tests.postgres", *everything], tests=True),
    ]


def soak_tests() -> list[Run]:
    """What takes too long for every day: half an hour without Redis is part of both halves, so they run together."""
    handed_out = ["-n", "3", "--dist", "load", "--maxschedchunk", "1"]
    both = [*PYTEST, *handed_out, "-m", "soak and not browser", "tests"]
    on_postgresql = [sys.executable, "-m", "tests.postgres", *both, "--ignore", "tests/soak"]
    by_chance = [*PYTEST, *handed_out, "-m", "hypothesis", "--hypothesis-profile=by-chance", "tests"]
    in_browsers = [sys.executable, "-m", "tests.up.demo", *PYTEST, *BROWSERS_AT_ONCE, "-m", "soak and browser"]
    named = {
        "soak on SQLite": both,
        "soak on PostgreSQL": on_postgresql,
        "soak in browsers": [*in_browsers, *WHOLE_PRODUCT],
        "made up by chance": by_chance,
    }
    return [Run(name, command, tests=True, longest=LONGEST_SOAK_SECONDS) for name, command in named.items()]


def together(runs: Iterable[Run], *, at_once: int) -> Count:
    """The sum of the runs, so many at a time."""
    with ThreadPoolExecutor(at_once) as pool:
        return sum(pool.map(Run.go, runs), Count())


def main(which: str) -> int:
    """0 when nothing failed."""
    plans: dict[str, Callable[[], list[Run]]] = {
        "all": all_tests,
        "fast": fast_tests,
        "lint": list,
        "soak": soak_tests,
    }
    tests = plans[which]()
    shutil.rmtree(OUT, ignore_errors=True)
    OUT.mkdir(parents=True)
    began = time.monotonic()
    with ThreadPoolExecutor(1) as beside:
        read = [] if which == "soak" else checks()
        checked = beside.submit(together, read, at_once=1 if tests else 2)
        count = together(tests, at_once=RUNS_AT_ONCE) + checked.result()
    print(f"\n{time.monotonic() - began:.0f} s in all; what each run said is in {OUT.relative_to(ROOT)}\n\n{count}")
    return 1 if count.failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else "all"))
