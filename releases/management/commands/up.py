"""`manage.py up`: everything on one machine under one supervisor; `--demo` adds the sandbox and people to sign in as.

Takes the ground first (folder, port), then prepares the database, then starts programs; Ctrl-C ends all of them.
"""

import os
import time
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connections

from releases.management.supervisor import ground, people, plan, sandbox, static_files
from releases.management.supervisor.watch import Watch
from releases.models import Project

FIRST_PAGE_SECONDS = 60.0
SANDBOX_SECONDS = 120.0
DEMO_SYNC_SECONDS = 10


class Command(BaseCommand):
    """Runs until Ctrl-C; exit code 1 with one sentence when it cannot start."""

    help = "Run web server, worker, beat and signer on this machine until Ctrl-C."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Where to listen, and which demo."""
        parser.add_argument("--port", type=int, default=None, help="default: that of SLIPWAY_PUBLIC_URL, or 8000")
        parser.add_argument("--host", default="127.0.0.1", help="another one only behind https (SLIPWAY_PUBLIC_URL)")
        parser.add_argument("--demo", action="store_true", help="with a small Azure on this machine and demo users")
        parser.add_argument("--seed", type=int, default=7, help="of the demo's history")
        parser.add_argument("--releases", type=int, default=600, help="in the demo's history")
        parser.add_argument("--speed", type=float, default=1.0, help="how much faster the demo's company lives")

    def handle(self, **options: Any) -> None:
        """Take the ground, then run."""
        self.began = time.monotonic()
        var: Path = settings.VAR_DIR
        try:
            ground.writable(var)
            server = ground.listening(_host(options["host"]), _port(options["port"]))
            lock = ground.taken_for_us(var)
        except ground.GroundMissing as missing:
            raise CommandError(str(missing)) from missing
        with server, lock:
            self._run(server, var, options)

    def _run(self, server: Any, var: Path, options: dict[str, Any]) -> None:
        port = server.getsockname()[1]
        self.public_url = settings.PUBLIC_URL if settings.IS_HTTPS else f"http://127.0.0.1:{port}"
        os.environ["SLIPWAY_PUBLIC_URL"] = self.public_url
        logs = var / "log"
        logs.mkdir(exist_ok=True)
        watch = Watch(say=self._say)
        with watch.until_stopped():
            self._prepare(var, is_demo=options["demo"])
            if options["demo"]:
                os.environ[sandbox.PAT_VARIABLE] = sandbox.PAT
                os.environ.setdefault("SLIPWAY_SYNC_SECONDS", str(DEMO_SYNC_SECONDS))
            watch.add(plan.web(server, logs))
            if not watch.wait(seconds=FIRST_PAGE_SECONDS, done=lambda: _answers(port)):
                self._say(f"The web server does not answer. Why: {logs / 'web.log'}")
                return
            self._greet_demo(var) if options["demo"] else self._greet()
            if options["demo"]:
                self._start_demo(watch, var, logs, options)
            watch.add(plan.worker(logs))
            watch.add(plan.beat(logs))
            watch.add(plan.sign(logs))
            watch.wait()
            self._say("Stopping.")

    def _prepare(self, var: Path, *, is_demo: bool) -> None:
        """Bring database and static files up to date; then let go of the database, which the programs use."""
        call_command("migrate", interactive=False, verbosity=0)
        try:
            people.check_purpose(var / people.DEMO_FILE, is_demo=is_demo)
        except ground.GroundMissing as missing:
            raise CommandError(str(missing)) from missing
        static_files.collect_when_changed()
        connections.close_all()

    def _start_demo(self, watch: Watch, var: Path, logs: Path, options: dict[str, Any]) -> None:
        folder = var / "sandbox"
        company = sandbox.Company(options["seed"], options["releases"], options["speed"])
        try:
            watch.add(sandbox.program(folder, logs, company))
        except ground.GroundMissing as missing:
            raise CommandError(str(missing)) from missing
        if not watch.wait(seconds=SANDBOX_SECONDS, done=lambda: sandbox.announcement(folder)):
            return
        said = sandbox.announcement(folder)
        if said is None or Project.objects.exists():
            return
        if not sandbox.connect(said, log=logs / "connect.log", wait=watch.wait) and not watch.asked_to_stop.is_set():
            self._say(f"The sandbox could not be connected. Why: {logs / 'connect.log'}")

    def _greet_demo(self, var: Path) -> None:
        password = people.demo_password(var / people.DEMO_FILE)
        people.make_demo_people(password)
        connections.close_all()
        self._say(f"\nSlipway runs at {self.public_url} ({time.monotonic() - self.began:.1f} s). Sign in as one of\n")
        for email, _, what in people.DEMO_PEOPLE.values():
            self._say(f"  {email:<28}{what}")
        self._say(f"\nwith the password  {password}\n\nCtrl-C stops everything.")

    def _greet(self) -> None:
        link = people.first_administrator_link(self.public_url)
        connections.close_all()
        self._say(f"\nSlipway runs at {self.public_url} ({time.monotonic() - self.began:.1f} s).")
        if link:
            self._say(f"Make the first administrator, once, within 24 hours:\n\n  {link}\n")
        self._say("Ctrl-C stops everything.")

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()


def _port(asked: int | None) -> int:
    given = urlsplit(settings.PUBLIC_URL).port
    return asked if asked is not None else 8000 if settings.IS_HTTPS or given is None else given


def _host(asked: str) -> str:
    if asked not in {"127.0.0.1", "::1", "localhost"} and not settings.IS_HTTPS:
        raise ground.GroundMissing(
            f"Plain http is only served on this machine. Set SLIPWAY_PUBLIC_URL=https://... to listen on {asked}."
        )
    return asked


def _answers(port: int) -> bool:
    """Whether the web server gives its first page."""
    connection = HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        connection.request("GET", "/health", headers={"Host": urlsplit(settings.PUBLIC_URL).hostname or "127.0.0.1"})
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()
