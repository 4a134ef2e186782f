"""A sandbox as a process of its own, and a project of ours that reads it. Used by sync and fault tests and the scripts.

The sandbox lives on at a thousandth of real speed, so that it stands still while it is compared; `advance` moves it on.
"""

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests

from releases.models import Organization, Project, Workspace
from tests.servers import running, wait_until

VARIABLE = "SLIPWAY_TEST_COMPANY_PAT"
STANDSTILL = "0.001"
ORIGINS = "SLIPWAY_OUTBOUND_ORIGINS"


@dataclass(frozen=True)
class Company:
    """A running sandbox: where it listens, and its doors for tests."""

    addresses: dict[str, Any]
    _session: requests.Session = field(default_factory=requests.Session)

    @property
    def url(self) -> str:
        """Where its own doors are."""
        return str(self.addresses["url"])

    def books(self) -> dict[str, Any]:
        """Its ledger."""
        return self._get("books")

    @property
    def releases(self) -> int:
        """How many releases Azure shows now."""
        return sum(row["deleted"] is None for row in self.books()["releases"])

    def fault(self, route: str, kind: str, **more: Any) -> None:
        """Set a fault; see `sandbox.http.faults`."""
        answer = self._session.post(
            f"{self.url}/_sandbox/faults", json={"route": route, "kind": kind, **more}, timeout=30
        )
        assert answer.status_code == 201, answer.text

    def faults(self) -> list[dict[str, Any]]:
        """The faults that are set, with how often they hit."""
        faults: list[dict[str, Any]] = self._get("faults")["faults"]
        return faults

    def heal(self) -> None:
        """Take all faults back and forget all counts."""
        self._session.delete(f"{self.url}/_sandbox/faults", timeout=30)
        self._session.delete(f"{self.url}/_sandbox/requests", timeout=30)

    def requests(self) -> dict[str, Any]:
        """Requests counted by route, and the newest ones."""
        return self._get("requests")

    def effects(self) -> dict[str, int]:
        """How often each change took effect on each thing, by "effect path"; whether or not its answer was sent."""
        targets: dict[str, int] = self._get("effects")["targets"]
        return targets

    def asked(self, route: str = "") -> list[dict[str, Any]]:
        """The requests so far, oldest first, of one route or of all."""
        recent: list[dict[str, Any]] = self.requests()["recent"]
        return [one for one in recent if route in ("", one["route"])]

    def advance(self, events: int) -> None:
        """Live through so many further events at once."""
        answer = self._session.post(f"{self.url}/_sandbox/advance", json={"events": events}, timeout=120)
        answer.raise_for_status()

    def serve(self, endpoint: str, what: str) -> None:
        """Make an endpoint serve what was deployed last ("deployed") or another version ("other")."""
        answer = self._session.post(
            f"{self.url}/_sandbox/serve", json={"endpoint": endpoint, "serves": what}, timeout=30
        )
        assert answer.status_code == 200, answer.text

    def act(self, verb: str, *, refused: bool = False, **more: Any) -> dict[str, Any]:
        """What somebody does in Azure's own pages, without us: see `sandbox.company.colleagues`. Returns what was done.

        `by` is anybody of the company (default: a colleague who may); `refused`: Azure must say no, and its answer is
        returned.
        """
        answer = self._session.post(f"{self.url}/_sandbox/act", json={"verb": verb, **more}, timeout=30)
        assert (answer.status_code != 200) is refused, answer.text
        said: dict[str, Any] = answer.json()
        return said

    def workspace(self, project: Project) -> Workspace:
        """The company's workspace as a row, used by this project."""
        said = self.addresses
        row, _ = Workspace.objects.get_or_create(
            subscription_id=said["subscription"],
            resource_group=said["resource_group"],
            name=said["workspace"],
            defaults={"resource_manager_url": said["ml_url"], "ca_file": said["ca_file"]},
        )
        project.workspaces.add(row)
        return row

    def project(self, *, slug: str = "harbour", url: str = "") -> Project:
        """Rows that connect the company's project, made when they are not there."""
        organization, _ = Organization.objects.get_or_create(
            url=url or self.addresses["organization_url"],
            defaults={"name": self.addresses["organization"], "credential_variable": VARIABLE},
        )
        project, _ = Project.objects.get_or_create(
            slug=slug,
            defaults={
                "organization": organization,
                "azure_id": self.project_id,
                "name": self.addresses["project"],
            },
        )
        return project

    @property
    def project_id(self) -> str:
        """The project's GUID, or its name where the sandbox tells none."""
        return str(self.addresses.get("project_id") or self.addresses["project"])

    def _get(self, door: str) -> dict[str, Any]:
        answer = self._session.get(f"{self.url}/_sandbox/{door}", timeout=30)
        answer.raise_for_status()
        found: dict[str, Any] = answer.json()
        return found


@contextmanager
def living_company(folder: Path, *, seed: int = 7, releases: int = 120, **options: str) -> Iterator[Company]:
    """A company in a process of its own. `options` are further ones of `python -m sandbox`."""
    log = folder / "sandbox.log"
    command = [sys.executable, "-m", "sandbox", "--port", "0", "--seed", str(seed), "--releases", str(releases)]
    for name, value in {"speed": STANDSTILL, **options}.items():
        command += [f"--{name.replace('_', '-')}", value]
    with running(command, log=log):
        wait_until(lambda: _announcement(log), seconds=60, what="the sandbox")
        os.environ[VARIABLE] = "a-token-for-tests"
        yield Company(_announcement(log) or {})


def _announcement(log: Path) -> dict[str, Any] | None:
    for line in log.read_text().splitlines() if log.exists() else []:
        if line.startswith("{") and '"ready"' in line:
            found: dict[str, Any] = json.loads(line)
            return found
    return None
