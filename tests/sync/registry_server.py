"""The sandbox's Azure ML server in this process, over TLS, with a registry that a test fills."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from releases.models import Workspace
from sandbox import ml
from sandbox.company.people import AZURE_ML, PRIYA
from sandbox.company.registry import DataInput, Model, ModelVersion, Registry, TrainingJob
from sandbox.http import certificate
from sandbox.http.application import Application
from sandbox.http.routing import Router
from sandbox.http.server import Server
from sandbox.ml import arm

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
MODEL = "support-vector-classifier"


class Holder:
    """A registry that does not live."""

    def __init__(self) -> None:
        self.registry, self.lock = Registry(), threading.RLock()

    def see(self) -> None:
        """Nothing new happens."""

    def act(self, name: str, /, **arguments: Any) -> Any:
        """Nobody may change it over the wire."""
        raise AssertionError(name, arguments)


@dataclass
class RegistryServer:
    """Where it listens, and the registry it shows."""

    server: Server
    holder: Holder
    ca_file: Path

    def fault(self, route: str, kind: str, **args: Any) -> None:
        """Set a fault on a route."""
        assert route in {one.name for one in self.server.application.router.routes}
        times, when = args.pop("times", 1), args.pop("when", {})
        self.server.application.faults.add({"route": route, "kind": kind, "times": times, "when": when, "args": args})

    def heal(self) -> None:
        """Take all faults back."""
        self.server.application.faults.clear()

    def asked(self) -> int:
        """How many requests came so far."""
        return int(self.server.application.counters.requests()["total"])

    def version(self, number: int, *, model: str = MODEL, job: str | None = None, **more: Any) -> ModelVersion:
        """Register a version; with a job's name, one that this job made."""
        models = self.holder.registry.models
        made = models.setdefault(model, Model(model, ""))
        at = NOON + timedelta(minutes=number)
        made.versions.append(ModelVersion(model, str(number), at, AZURE_ML, job, **more))
        return made.versions[-1]

    def job(self, name: str, **more: Any) -> TrainingJob:
        """A finished training job."""
        facts: dict[str, Any] = {
            "status": "Completed",
            "inputs": {"training": DataInput("weather", "3", "azureml:weather:3")},
            "started_on": NOON,
            "finished_on": NOON + timedelta(hours=1),
            **more,
        }
        job = TrainingJob(
            name, f"train {name}", "port", facts.pop("status"), NOON, PRIYA, "cpu", "python train.py",
            "e04d5aa" * 5, "main", "https://git.example/Learn_MLOps", facts.pop("inputs"), **facts,
        )  # fmt: skip
        self.holder.registry.jobs[name] = job
        return job

    def row(self, **more: Any) -> Workspace:
        """The workspace as a row of ours."""
        there = self.holder.registry.workspace
        return Workspace.objects.create(
            **{
                "subscription_id": there.subscription,
                "resource_group": there.resource_group,
                "name": there.name,
                "resource_manager_url": self.server.url,
                "ca_file": str(self.ca_file),
                **more,
            }
        )


@contextmanager
def registry_server(folder: Path) -> Iterator[RegistryServer]:
    """The server while the block runs."""
    made = certificate.in_directory(folder)
    holder = Holder()
    server = Server(Application(Router(ml.routes(holder))), tls=made.context())
    server.application.refusal, server.application.unknown_path = arm.envelope, arm.unknown_path
    server.start()
    try:
        yield RegistryServer(server, holder, made.authority)
    finally:
        server.stop()
