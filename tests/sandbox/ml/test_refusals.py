"""What the sandbox's registry refuses, and its faults, as the real MLClient sees them."""

import warnings
from pathlib import Path
from typing import Any

import pytest
from azure.core.exceptions import ClientAuthenticationError, HttpResponseError, ResourceNotFoundError

from sandbox.company.registry import (
    Registry,
)
from sandbox.http.server import Server

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # the package warns of itself when it is imported
    from azure.ai.ml.exceptions import ValidationException
from tests.sandbox.ml.registry import MODEL

pytestmark = pytest.mark.filterwarnings("ignore")


def test_the_workspace_is_known_and_another_is_not(client: Any, server: Server, ca_file: Path) -> None:
    assert client.workspaces.get(Registry().workspace.name).location == "westeurope"
    with pytest.raises(ResourceNotFoundError):
        client.workspaces.get("elsewhere")


def test_what_is_not_there_is_404_with_the_code_user_error(client: Any) -> None:
    for ask in (
        lambda: client.models.get(MODEL, "999"),
        lambda: list(client.models.list("empty")),
        lambda: client.jobs.get("job-999"),
        lambda: client.compute.get("absent"),
        lambda: client.online_endpoints.get("absent"),
    ):
        with pytest.raises(ResourceNotFoundError) as caught:
            ask()
        assert caught.value.error is not None
        assert caught.value.error.code == "UserError"


def test_latest_of_archived_versions_only_is_not_found(client: Any, registry: Registry) -> None:
    registry.models["scaler"].versions[0].archived = True
    with pytest.raises(ValidationException):
        client.models.get("scaler", label="latest")


@pytest.mark.parametrize(
    ("kind", "status", "raised"),
    [
        ("unauthorized", 401, ClientAuthenticationError),
        ("forbidden", 403, HttpResponseError),
        ("unavailable", 503, HttpResponseError),
    ],
)
def test_faults_speak_arm(client: Any, server: Server, kind: str, status: int, raised: type[HttpResponseError]) -> None:
    server.application.faults.add({"kind": kind, "route": "ml.computes.get"})
    with pytest.raises(raised) as caught:
        client.compute.get("cpu")
    assert type(caught.value) is raised
    assert caught.value.status_code == status
    assert client.compute.get("cpu").name == "cpu"


def test_a_next_link_may_run_in_a_circle(client: Any, server: Server) -> None:
    server.application.faults.add({"kind": "token_loop", "route": "ml.jobs.list", "times": 0})
    seen = [one.name for one, _ in zip(client.jobs.list(), range(65), strict=False)]
    assert seen[:30] == seen[30:60]
