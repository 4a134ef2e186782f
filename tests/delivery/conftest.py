"""One sandbox for all delivery tests of a process; it lives five times as fast as the clock."""

from collections.abc import Iterator

import pytest

from releases.models import Project
from tests.company import Company, living_company

RELEASES = 240


@pytest.fixture(scope="session")
def one_company(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Company]:
    """A company of 240 releases."""
    with living_company(tmp_path_factory.mktemp("company"), releases=RELEASES, speed="5") as company:
        yield company


@pytest.fixture
def company(one_company: Company) -> Iterator[Company]:
    """The company without faults, its counters at zero."""
    one_company.heal()
    yield one_company
    one_company.heal()


@pytest.fixture
def project(transactional_db: None, company: Company) -> Project:
    """A project of ours of which nothing was read. Other threads must see it, so nothing is rolled back."""
    return company.project()


@pytest.fixture(autouse=True)
def _quick(settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Azure shows at once what it took, or never; nobody is woken, since the tests deliver themselves."""
    settings.SLIPWAY_SETTLE_SECONDS = 1
    monkeypatch.setattr("releases.actions.commands.recording.nudge", lambda *_, **__: None)
