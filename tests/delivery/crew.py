"""Redis, worker and beat as processes on the database of the running test, and releases of many stages for them."""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from subprocess import Popen

from celery import Celery

from releases.models import Command, Project, ReleaseStage
from releases.sync import store
from releases.sync.connections import Calls
from tests.company import Company, living_company
from tests.servers import running, wait_until
from tests.workers import database_url, worker_process

FIRST_QUAY = 100
"""The first of the sandbox's small pipelines, in which nobody but a test does anything."""

QUICK = {"SLIPWAY_SETTLE_SECONDS": "1", "SLIPWAY_SYNC_SECONDS": "3600"}
"""Azure shows at once what it took, or never; nobody syncs of their own accord."""


@dataclass
class Crew:
    """Workers on one broker. `redis_url` is empty for the broker in a folder."""

    folder: Path
    redis_url: str = ""
    stack: ExitStack = field(default_factory=ExitStack)

    def worker(self, *, pool: str = "threads", count: int = 4, **env: str) -> Popen[bytes]:
        """A worker that has started; `env` is added to its environment."""
        worker = worker_process(self.folder, pool=pool, count=count, redis_url=self.redis_url, **{**QUICK, **env})
        return self.stack.enter_context(worker)

    def beat(self) -> Popen[bytes]:
        """Celery's clock."""
        command = [sys.executable, "-m", "celery", "-A", "dashboard", "beat", "--pidfile="]
        env = {
            "DATABASE_URL": database_url(),
            "REDIS_URL": self.redis_url,
            "SLIPWAY_VAR_DIR": str(self.folder),
            "DJANGO_SETTINGS_MODULE": "dashboard.settings",
            **QUICK,
        }
        log = self.folder / "beat.log"
        said = log.stat().st_size if log.exists() else 0
        beat = self.stack.enter_context(running(command, log=log, env=env))
        wait_until(lambda: b"beat: Starting" in log.read_bytes()[said:], seconds=30, what="beat has started")
        return beat

    def wake(self) -> None:
        """What beat does every five seconds."""
        self._sender().send_task("commands.deliver", expires=5)

    def _sender(self) -> Celery:
        app = Celery("test", set_as_current=False)
        app.conf.update(broker_url=self.redis_url, task_default_queue="slipway", task_ignore_result=True)
        app.conf.broker_transport_options = {"global_keyprefix": "slipway:", "socket_timeout": 3}
        if not self.redis_url:
            messages = str(self.folder / "broker" / "messages")
            app.conf.update(broker_url="filesystem://localhost//", broker_transport="dashboard.broker.Transport")
            app.conf.broker_transport_options = {
                "data_folder_in": messages,
                "data_folder_out": messages,
                "control_folder": str(self.folder / "broker" / "control"),
            }
        return app


@contextmanager
def crew(folder: Path, redis_url: str = "") -> Iterator[Crew]:
    """Whoever it starts is gone afterwards."""
    made = Crew(folder, redis_url)
    with made.stack:
        yield made


@contextmanager
def running_quays(folder: Path) -> Iterator[Company]:
    """A company of many small pipelines that lives sixty times as fast as the clock."""
    with living_company(folder, scenario="quays", releases=400, speed="60") as company:
        yield company


def stored_stages(project: Project, count: int) -> list[ReleaseStage]:
    """So many first stages of different pipelines, at rest, each of a release that ran there.

    Not the later ones: Azure deploys to them by itself when the first one succeeds.
    """
    with Calls(project.organization, width=1) as calls:
        token, pages = None, 0
        while pages < 10:
            asked_at = calls.asked_at()
            page = calls.here().releases(project.azure_id, ascending=False, token=token)
            store.store_listed(project, page.items, now=asked_at)
            token, pages = page.token, pages + 1
            if token is None:
                break
        calls.here().close()
    quays = {"release__project": project, "release__pipeline__azure_id__gte": FIRST_QUAY}
    rows = ReleaseStage.objects.filter(**quays, release__status="active", status="succeeded", rank=1)
    under_way = ["inProgress", "queued", "scheduled"]
    busy = ReleaseStage.objects.filter(status__in=under_way).values("stage")
    at_rest = rows.exclude(release__stages__status__in=under_way).exclude(stage__in=busy)
    by_stage = {
        row.stage_id: row for row in at_rest.select_related("release__project__organization", "stage__pipeline")
    }
    found = list(by_stage.values())[:count]
    assert len(found) == count, len(found)
    return found


def all_end(commands: Sequence[Command], *, seconds: float, wake: Callable[[], object] = lambda: None) -> None:
    """Wait until no command is open; `wake` is called again and again meanwhile, as beat would more seldom."""
    ids = [one.pk for one in commands]

    def is_over() -> bool:
        wake()
        return not Command.objects.filter(pk__in=ids, ended_at=None).exists()

    wait_until(is_over, seconds=seconds, what=f"{len(ids)} commands are over", every=0.5)


def standing(commands: Sequence[Command]) -> dict[str, int]:
    """How many commands stand in each state."""
    counts: dict[str, int] = {}
    for state in Command.objects.filter(pk__in=[one.pk for one in commands]).values_list("state", flat=True):
        counts[state] = counts.get(state, 0) + 1
    return counts
