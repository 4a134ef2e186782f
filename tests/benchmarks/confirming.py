"""P10: from confirming a redeployment to the request leaving for Azure, with real worker and beat.

Called by `tests.benchmarks.side` in a process of its own, whose broker and database the environment names.
"""

import time
from pathlib import Path
from typing import Any
from uuid import uuid4

import requests
from django.conf import settings
from django.test import Client
from django.urls import reverse

from releases.models import Project, ReleaseStage, User
from releases.queries.snapshot import seen_of, token
from releases.states import Role
from tests import factories
from tests.delivery.crew import crew, stored_stages

Figures = dict[str, Any]
BETWEEN_SECONDS = 0.4
"""Between two people who confirm, so that each is measured by itself."""


def confirm(options: Figures, project: Project) -> Figures:
    """So many dialogs confirmed one after the other; seconds of each from the click to the request at the sandbox."""
    client = _operator()
    with crew(Path(options["folder"]), options["broker"]) as ours:
        stages = stored_stages(project, options["count"])
        ours.worker()
        ours.beat()
        clicked = {stage.azure_id: _confirm(client, project, stage) for stage in stages}
        left = _left(options["sandbox"], clicked)
    seconds = sorted(left[stage] - at for stage, at in clicked.items())
    return {"p95": seconds[int(0.95 * (len(seconds) - 1))], "p50": seconds[len(seconds) // 2]}


def _operator() -> Client:
    person: User = factories.user(role=Role.OPERATOR)
    client = Client(headers={"host": "127.0.0.1"})
    client.force_login(person, backend=settings.AUTHENTICATION_BACKENDS[0])
    return client


def _confirm(client: Client, project: Project, stage: ReleaseStage) -> float:
    """Confirm what a dialog would show; when the click was, in seconds since the epoch."""
    address = reverse("redeploy", args=[project.slug, stage.release.azure_id, stage.azure_id])
    fields = {"key": uuid4().hex, "seen": token(seen_of(stage))}
    time.sleep(BETWEEN_SECONDS)
    at = time.time()
    answer = client.post(address, {**fields, "reason": "measured from the click on"})
    assert answer.status_code == 302, answer.content[:500]
    return at


def _left(sandbox: str, clicked: dict[int, float]) -> dict[int, float]:
    """When the request of each stage came in at the sandbox."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        seen = requests.get(f"{sandbox}/_sandbox/requests", timeout=30).json()["recent"]
        came = {int(one["path"].rpartition("/")[2]): one["at"] for one in seen if one["route"] == "environments.update"}
        if clicked.keys() <= came.keys():
            return came
        time.sleep(0.2)
    raise TimeoutError(f"{len(clicked.keys() - came.keys())} requests never left")
