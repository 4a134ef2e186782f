"""`manage.py sync`: reads Azure DevOps and Azure ML in the foreground until everything is up to date.

Exit codes: 0 up to date, 1 failed, 2 wrong arguments, 3 waits for a person (credential, permission), 4 another worker
did not let go, 130 interrupted.
"""

import signal
import threading
from argparse import ArgumentParser
from time import monotonic
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from releases.management.progress import Progress
from releases.models import Project, SyncRun, Workspace
from releases.states import SyncRunState
from releases.sync import registry, serving
from releases.sync.passes import lines, schedule
from releases.sync.passes.lines import DETAILS, HISTORY, Ended, Line, Outcome
from releases.sync.passes.work import Budget
from releases.sync.stopping import stop_asking

BUSY_SECONDS = 150
EXIT = {Ended.FAILED: 1, Ended.PAUSED: 3, Ended.BUSY: 4}
WORKSPACE_SECONDS = 3600.0
WORKSPACE_EXIT = {SyncRunState.FAILED.value: 1, SyncRunState.PAUSED.value: 3}


class Command(BaseCommand):
    """Sync in the foreground, with a progress bar."""

    help = "Read releases, deployments, approvals and models until everything is up to date."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """--project, --full, --connections."""
        parser.add_argument("--project", default="", help="only this project (its name or its name in addresses)")
        parser.add_argument("--full", action="store_true", help="read the whole history again")
        parser.add_argument("--connections", type=int, default=None, help="requests at once (SLIPWAY_SYNC_CONNECTIONS)")

    def handle(self, *_: Any, **options: Any) -> None:
        """Sync each project, then its workspaces; the worst outcome decides the exit code."""
        projects = _projects(options["project"])
        self.stop = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: self._interrupt())
        worst = 0
        for project in projects:
            worst = max(worst, self._project(project, full=options["full"], connections=options["connections"]))
        for workspace in Workspace.objects.filter(projects__in=projects).distinct():
            worst = max(worst, self._workspace(workspace, full=options["full"]))
        if self.stop.is_set():
            raise SystemExit(130)
        if worst:
            raise SystemExit(worst)

    def _interrupt(self) -> None:
        self.stop.set()
        stop_asking()

    def _project(self, project: Project, *, full: bool, connections: int | None) -> int:
        for line in (HISTORY, DETAILS):
            outcome = self._line(line, project, full=full and line is HISTORY, connections=connections)
            if self.stop.is_set():
                schedule.stop(project)
                self.stderr.write(f"{project.name}: stopped; the next sync goes on from here.")
                return 0
            if outcome.ended in EXIT:
                self._say(project, outcome)
                return EXIT[outcome.ended]
        self._sum_up(project)
        return 0

    def _line(self, line: Line, project: Project, *, full: bool, connections: int | None) -> Outcome:
        """One line to its end; while another worker has it, wait for it a little."""
        progress = Progress(project.name)
        patience = monotonic() + BUSY_SECONDS
        while True:
            outcome = lines.advance(
                line,
                project,
                budget=Budget(stop=self.stop),
                insist=True,
                full=full,
                connections=connections,
                on_progress=lambda run: progress.show(run.row),
            )
            progress.end()
            if outcome.ended is not Ended.BUSY or monotonic() > patience or self.stop.wait(1.0):
                return outcome

    def _workspace(self, workspace: Workspace, *, full: bool) -> int:
        if self.stop.is_set():
            return 0
        models = registry.sync_workspace(workspace, full=full, seconds=WORKSPACE_SECONDS)
        worst = self._told(f"{workspace.name}, models", models)
        if self.stop.is_set():
            return worst
        endpoints = serving.sync_workspace(workspace, insist=True, seconds=WORKSPACE_SECONDS)
        return max(worst, self._told(f"{workspace.name}, endpoints", endpoints))

    def _told(self, what: str, run: SyncRun) -> int:
        """Say how a run went; the exit code that goes with it."""
        if run.state in WORKSPACE_EXIT:
            self.stderr.write(f"{what}: {run.sentence}")
            return WORKSPACE_EXIT[run.state]
        self.stdout.write(f"{what}: {run.read} read, {run.changed} changed.")
        return 0

    def _say(self, project: Project, outcome: Outcome) -> None:
        if outcome.ended is Ended.BUSY:
            self.stderr.write(f"{project.name}: another worker is reading this project; try again later.")
        elif outcome.error:
            self.stderr.write(f"{project.name}: {outcome.error.sentence}")

    def _sum_up(self, project: Project) -> None:
        last = SyncRun.objects.filter(project=project, kind__in=["backfill", "incremental"]).order_by("-pk").first()
        total = project.releases.filter(gone_at=None).count()
        changed = last.changed if last else 0
        self.stdout.write(f"{project.name}: up to date, {total} releases, {changed} changed in the last run.")


def _projects(name: str) -> list[Project]:
    projects = list(Project.objects.filter(is_followed=True).select_related("organization").order_by("name"))
    if not projects:
        raise CommandError("No project is connected yet. Connect one with manage.py connect.", returncode=2)
    chosen = [one for one in projects if not name or name in (one.name, one.slug)]
    if not chosen:
        names = ", ".join(one.name for one in projects)
        raise CommandError(f"There is no connected project {name!r}. Connected: {names}.", returncode=2)
    return chosen
