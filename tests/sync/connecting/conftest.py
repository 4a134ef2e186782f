"""One sandbox that can be connected, and who connects it."""

from collections.abc import Iterator

import pytest

from releases.models import User
from releases.states import Role
from tests import factories
from tests.company import Company, living_company


@pytest.fixture(scope="package")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Company]:
    with living_company(tmp_path_factory.mktemp("company"), releases=20) as company:
        yield company


@pytest.fixture
def company(running: Company) -> Company:
    """The sandbox without faults."""
    running.heal()
    return running


@pytest.fixture
def by(db: None) -> User:
    return factories.user(role=Role.ADMINISTRATOR)
