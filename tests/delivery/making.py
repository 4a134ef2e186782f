"""A pipeline of the company with its answered question what is on offer, and releases made of it. For these tests."""

import os
import subprocess
import sys
from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from releases.actions.commands.asked import Asked
from releases.actions.create import Order, ask_versions, create
from releases.actions.start import start
from releases.azure.devops import ChosenVersion
from releases.models import Command, Pipeline, Project, Release, User
from releases.queries.offers import Offers, offers_of, seen_of
from releases.queries.snapshot import Seen, seen_of_release
from releases.sync import inquiries
from releases.sync.connections import Calls
from releases.sync.reading_back import read_back, read_back_pipeline
from tests.company import Company
from tests.delivery.acting import operator
from tests.workers import database_url

DEFINITION = 7


def pipeline_of(project: Project, *, azure_id: int = DEFINITION) -> Pipeline:
    """The pipeline, read from Azure into our rows."""
    with Calls(project.organization, width=1) as calls:
        found = read_back_pipeline(project, azure_id, calls=calls)
        calls.here().close()
    assert found is not None
    return found


def offered(pipeline: Pipeline, *, by: User) -> tuple[Offers, Seen]:
    """What is on offer and what somebody sees who chooses."""
    inquiry = inquiries.answer(ask_versions(pipeline, by=by))
    pipeline.refresh_from_db()
    return offers_of(pipeline, inquiry), seen_of(pipeline, inquiry)


def newest(offers: Offers) -> dict[str, str]:
    """The newest version of each artifact."""
    return {source.alias: source.versions[0].id for source in offers.sources if source.versions}


def make(
    pipeline: Pipeline, *, by: User | None = None, key: str = "", seen: Seen | None = None, **more: Any
) -> Command:
    """Ask for a release that starts nothing by itself, as the page does; `seen`: from what was seen before."""
    by = by or operator()
    offers, now = offered(pipeline, by=by)
    seen = seen or now
    given: Mapping[str, Any] = {"versions": newest(offers), "manual_stages": tuple(seen["stages"]), **more}
    return create(pipeline, by=by, asked=Asked(key=key or uuid4().hex), seen=seen, order=Order(**given))


def draft_of(project: Project, *, description: str = "") -> Release:
    """A draft made in Azure, not by a command, read into our rows."""
    with Calls(project.organization, width=1) as calls:
        devops = calls.here()
        offers = devops.artifact_versions(project.azure_id, DEFINITION)
        number = devops.create_release(
            project.azure_id,
            definition_id=DEFINITION,
            artifacts=[ChosenVersion(one.alias, one.versions[0].id) for one in offers],
            description=description,
            is_draft=True,
            manual_stages=[
                one.name for one in devops.definition(project.azure_id, DEFINITION).value.environments or []
            ],
        )
        found = read_back(project, number, calls=calls)
        devops.close()
    assert found is not None
    return found


def started_in_azure(release: Release) -> None:
    """Somebody starts the draft in Azure's own pages."""
    with Calls(release.project.organization, width=1) as calls:
        calls.here().start_draft(release.project.azure_id, release.azure_id, comment="by hand")
        calls.here().close()


def start_it(release: Release, *, by: User | None = None) -> Command:
    """Ask to start the draft."""
    return start(release, by=by or operator(), asked=Asked(key=uuid4().hex), seen=seen_of_release(release))


def created(company: Company) -> int:
    """How many releases were created in Azure, as the sandbox counts."""
    return sum(count for name, count in company.effects().items() if name.startswith("create "))


def delivered_by_another(**env: str) -> int:
    """Deliver in a process of its own, which `SLIPWAY_CRASH_AT` may kill; its exit code."""
    said = {
        "DATABASE_URL": database_url(),
        "SLIPWAY_SETTLE_SECONDS": "1",
        "DJANGO_SETTINGS_MODULE": "dashboard.settings",
    }
    command = [sys.executable, "manage.py", "deliver", "--seconds", "5"]
    return subprocess.run(command, env={**os.environ, **said, **env}, capture_output=True, timeout=60).returncode
