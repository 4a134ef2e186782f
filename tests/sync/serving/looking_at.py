"""Endpoints of a test's server, and a look at them. Real MLClient, real TLS."""

from datetime import datetime
from typing import Any

import pytest

from releases.models import EndpointCheck, SyncRun, Workspace
from releases.sync.serving import sync_workspace
from sandbox.company.people import AZURE_ML
from sandbox.company.registry import Compute, Endpoint, EndpointDeployment
from tests.sync.registry_server import MODEL, NOON, RegistryServer

REAL_CLIENT = [
    pytest.mark.django_db(transaction=True),
    # The package warns of its own deprecations while it is imported.
    pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::UserWarning", "ignore::FutureWarning"),
    pytest.mark.filterwarnings("ignore:.*marshmallow.*", "ignore:.*experimental.*"),
]


def looked(workspace: Workspace, **options: Any) -> SyncRun:
    """One look, to its end."""
    run = sync_workspace(workspace, **{"seconds": 30.0, "insist": True, **options})
    assert (run.state, run.sentence) == ("succeeded", "")
    return run


def endpoint(
    there: RegistryServer, name: str, traffic: dict[str, int], *, at: datetime = NOON, **versions: str
) -> Endpoint:
    """An endpoint with this traffic; `versions` of its deployments by their names."""
    made = Endpoint(name, "Managed", None, at, AZURE_ML, at, traffic=dict(traffic))
    for color, version in versions.items():
        made.deployments[color] = EndpointDeployment(color, MODEL, version, at, AZURE_ML, at, instance_type="D2")
    there.holder.registry.endpoints[name] = made
    return made


def compute(there: RegistryServer, name: str, kind: Any = "Kubernetes", **more: Any) -> Compute:
    """A compute."""
    made = Compute(name, kind, NOON, NOON, **more)
    there.holder.registry.computes[name] = made
    return made


def now_at(name: str) -> EndpointCheck:
    """What the endpoint was last seen to serve."""
    return EndpointCheck.objects.get(endpoint__name=name, seen_until=None)


def seen(name: str) -> list[tuple[str, list[tuple[str, int]]]]:
    """State and what was served, look by look, oldest first."""
    rows = EndpointCheck.objects.filter(endpoint__name=name).order_by("seen_from")
    return [(row.state, [(one["version"], one["percent"]) for one in row.served]) for row in rows]
