"""One server with models, jobs, endpoints and their figures, none at first, and the row that leads to it."""

from collections.abc import Iterator

import pytest

from releases.models import Workspace
from tests.sync.registry_server import RegistryServer, registry_server


@pytest.fixture(scope="package")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RegistryServer]:
    with registry_server(tmp_path_factory.mktemp("certificate")) as server:
        yield server


@pytest.fixture
def there(running: RegistryServer) -> RegistryServer:
    """Nothing behind the one server of these tests."""
    running.heal()
    empty = running.holder.registry
    for rows in (empty.models, empty.jobs, empty.endpoints, empty.computes):
        rows.clear()
    return running


@pytest.fixture
def workspace(there: RegistryServer) -> Workspace:
    return there.row()
