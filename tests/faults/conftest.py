"""One sandbox for all fault tests of a process, and a project that reads it into an empty database."""

from collections.abc import Iterator

import pytest

from releases.models import Project
from tests.company import Company, living_company

RELEASES = 29
PAGE = 8
"""Entries of a page at most, a twelfth of the real ones: so the history has four pages and is read quickly."""

LONG_PAGE = 25
"""Those of the long company's."""


@pytest.fixture(scope="session")
def one_company(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Company]:
    """A company of four pages of releases that stands still unless it is told to go on."""
    with living_company(tmp_path_factory.mktemp("company"), releases=RELEASES, page=str(PAGE)) as company:
        yield company


@pytest.fixture
def company(one_company: Company) -> Iterator[Company]:
    """The company without faults, its counters at zero."""
    one_company.heal()
    yield one_company
    one_company.heal()


@pytest.fixture
def project(transactional_db: None, company: Company) -> Project:
    """A project of ours that was never read. Other threads must see it, so nothing is rolled back."""
    return company.project()


@pytest.fixture(scope="session")
def one_long_company(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Company]:
    """A company whose releases fill seven pages: more than the pass over what is new reads by itself."""
    with living_company(tmp_path_factory.mktemp("long"), releases=165, page=str(LONG_PAGE)) as company:
        assert 6 * LONG_PAGE < company.releases <= 7 * LONG_PAGE
        yield company


@pytest.fixture
def seven_pages(transactional_db: None, one_long_company: Company) -> Iterator[Company]:
    """The company of seven pages without faults, its counters at zero."""
    one_long_company.heal()
    yield one_long_company
    one_long_company.heal()


@pytest.fixture(scope="session")
def one_small_company(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Company]:
    """A company of 60 releases, for tests that read all of it in full."""
    with living_company(tmp_path_factory.mktemp("small"), releases=60) as company:
        yield company


@pytest.fixture
def small(one_small_company: Company) -> Iterator[Company]:
    """The small company without faults, its counters at zero."""
    one_small_company.heal()
    yield one_small_company
    one_small_company.heal()


@pytest.fixture
def harbour(transactional_db: None, small: Company) -> Project:
    """The small company's project, never read."""
    return small.project()


@pytest.fixture(autouse=True)
def _no_time_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    """Chance decides how long we wait between two tries; here it always says: not at all."""
    monkeypatch.setattr("releases.sync.gate.random.uniform", lambda *_: 0.0)
