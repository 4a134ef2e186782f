"""What every test may ask for: people, clients, a running Redis, a running worker. Rows come from tests.factories."""

import gc
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client, TransactionTestCase

from releases.models import User
from releases.states import Role
from tests import factories
from tests.emptying import empty_tables
from tests.redis import running_redis
from tests.workers import running_worker

LONGEST = (
    "tests/up/",
    "tests/delivery/test_thirty",
    "tests/delivery/test_workers",
    "tests/delivery/test_frozen_broker",
    "tests/faults/",
    "tests/sync/test_pass_processes",
    "tests/audit/test_writers",
)
hypothesis.settings.register_profile("steady", derandomize=True)
hypothesis.settings.register_profile("by-chance")
hypothesis.settings.load_profile("steady")  # a run says the same each time; `make soak` looks elsewhere each time
SAMPLES = Path(__file__).resolve().parents[2] / "shared" / "samples"


def pytest_collection_finish() -> None:
    """What is there now stays to the end: searching it for garbage would be a tenth of the tests' work."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


def pytest_itemcollected(item: pytest.Item) -> None:
    """What takes long or says the same on both databases runs on one of them; on the other one it is in the soak.

    Workers are killed on the broker that goes with the database: a folder with SQLite, Redis with PostgreSQL.
    """
    own, other = {"on_folder", "on_sqlite"}, {"on_redis", "on_postgresql"}
    if connection.vendor == "postgresql":
        own, other = other, own
    marks = {mark.name for mark in item.iter_markers()}
    if other & marks and not own & marks:
        item.add_marker(pytest.mark.soak)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """The longest first, so that no process waits for them at the end, without what does not belong in this run."""
    left_out = [item for item in items if _is_left_out(item, config.option.markexpr)]
    config.hook.pytest_deselected(items=left_out)
    items[:] = sorted((item for item in items if item not in left_out), key=lambda item: not _is_long(item))


def _is_left_out(item: pytest.Item, chosen: str) -> bool:
    """What takes long, unless `-m` names it; what another database's run says, once for both."""
    marks = {mark.name for mark in item.iter_markers()}
    if "soak" in marks and "soak" not in chosen:
        return True
    if connection.vendor == "postgresql":
        return not marks & {"postgresql", "browser", "up", "soak"} and not _uses_rows(item, marks)
    return "postgresql" in marks


def _uses_rows(item: pytest.Item, marks: set[str]) -> bool:
    """Whether the test may touch the database: pytest-django refuses it to all others."""
    return "django_db" in marks or bool({"db", "transactional_db"} & set(getattr(item, "fixturenames", ())))


def _is_long(item: pytest.Item) -> bool:
    return any(part in item.nodeid for part in LONGEST)


@pytest.fixture(autouse=True, scope="session")
def _tables_can_be_emptied() -> Iterator[None]:
    """After a transactional test the tables are emptied in our way. The audit triggers rightly refuse Django's, which
    also fills the tables about models again and takes longer than many such tests."""
    emptied: Any = TransactionTestCase  # the method is Django's own and not in its type hints
    teardown = emptied._fixture_teardown
    emptied._fixture_teardown = lambda _: empty_tables()
    yield
    emptied._fixture_teardown = teardown


@pytest.fixture(autouse=True)
def _rate_limits_forgotten() -> None:
    """The cache holds the counters of sign-in attempts; one test must not use up another's."""
    cache.clear()


@pytest.fixture
def user(db: None) -> User:
    """A person with the role of a QA specialist in every project."""
    return factories.user(role=Role.QA)


@pytest.fixture
def administrator(db: None) -> User:
    """A person with the role of an administrator in every project."""
    return factories.user(role=Role.ADMINISTRATOR)


@pytest.fixture
def signed_in(user: User) -> Client:
    """A browser in which the QA specialist is signed in."""
    return factories.browser_of(user)


@pytest.fixture(scope="session")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a real redis-server, started once per process."""
    with running_redis(tmp_path_factory.mktemp("redis")) as url:
        yield url


@pytest.fixture
def worker(tmp_path: Path) -> Callable[..., AbstractContextManager[Path]]:
    """Starts a real Celery worker: `with worker(redis_url=...) as log`. Needs `django_db(transaction=True)`."""

    def start(**options: Any) -> AbstractContextManager[Path]:
        return running_worker(tmp_path, **options)

    return start


@pytest.fixture(scope="session")
def samples() -> Path:
    """The folder of recorded answers beside the checkout. Where it is absent, what needs it is skipped, visibly."""
    if not SAMPLES.is_dir():
        pytest.skip(f"no recorded answers at {SAMPLES}")
    return SAMPLES
