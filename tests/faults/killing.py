"""Kills a real Celery worker over and over while it reads a project. Used by the test beside it.

A kill counts when the killed process held the lease of one of the project's lines: it died within a unit of work. Most
kills hit one child of the pool, as the kernel does when memory is short; some the whole worker, which is started again.
"""

import os
import random
import signal
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from subprocess import Popen

from celery import Celery
from django.db.models import Q
from django.utils import timezone

from releases.models import Project, Release, SyncRun, Watermark
from tests.servers import wait_until
from tests.workers import children_of, worker_process

TICK_SECONDS = 0.5
KILL_AFTER_SECONDS = (0.05, 0.6)
AFTER_A_PAGE = 0.6
"""So often the wait begins when a page was stored since the last kill; otherwise as soon as somebody reads."""

CHILDREN = 2
LOG_DAYS = 7
"""Logs of steps that ended before are left alone: enough are left."""


@dataclass
class Killer:
    """Keeps a worker running and kills it, and counts.

    `hits`: kills that hit; `hits_with_progress`: those with a page stored since the one before; `hits_before_the_end`:
    those while something was never read yet; `whole`: those of the whole worker; `kinds`: the lines that were hit.
    """

    project: Project
    folder: Path
    redis_url: str
    sender: Celery
    chance: random.Random
    hits: int = 0
    hits_with_progress: int = 0
    hits_before_the_end: int = 0
    whole: int = 0
    kinds: set[str] = field(default_factory=set)
    _worker: Popen[bytes] | None = None
    _stack: ExitStack = field(default_factory=ExitStack)
    _ticked: float = 0.0
    _read: int = 0

    def start(self) -> None:
        """A worker of two children on the test's broker."""
        self._stack = ExitStack()
        worker = worker_process(
            self.folder,
            pool="prefork",
            count=CHILDREN,
            redis_url=self.redis_url,
            SLIPWAY_SYNC_CONNECTIONS="2",
            SLIPWAY_SYNC_SECONDS="1",
            SLIPWAY_LOG_DAYS=str(LOG_DAYS),
        )
        self._worker = self._stack.enter_context(worker)

    def stop(self) -> None:
        """The worker and its children are gone."""
        self._stack.close()

    def kill(self, hits: int, *, whole: int, seconds: float) -> None:
        """Go on until so many kills have hit, `whole` of them the whole worker. Raises TimeoutError."""
        until = time.monotonic() + seconds
        whole_ones = set(self.chance.sample(range(1, hits), whole))
        while self.hits < hits:
            if time.monotonic() > until:
                raise TimeoutError(f"{self.hits} of {hits} kills hit within {seconds} s")
            if "history" in self.kinds:
                self._wait(self.chance.uniform(*KILL_AFTER_SECONDS))
            else:  # it is over soon, so the first kill is for whoever reads it, at once
                wait_until(self._history_reader, seconds=30, what="somebody reads the history", every=0.01)
            if self.hits in whole_ones:
                self.whole += self._kill_all()
            else:
                self._kill_child()

    def leave_alone(self, seconds: float) -> None:
        """Wait until everything is read and every run is over."""
        wait_until(self._is_read, seconds=seconds, what="the worker that nobody kills has read everything", every=0.2)
        wait_until(self._has_logs, seconds=seconds, what="the logs that are due are fetched", every=0.2)
        wait_until(self._is_quiet, seconds=20, what="every run is over", every=0.2)

    def _wait(self, seconds: float) -> None:
        """Let it work so long from a moment of its work on; ticks as beat would."""
        if self.chance.random() < AFTER_A_PAGE:
            wait_until(self._has_stored, seconds=30, what="a page is stored")
        wait_until(self._holders, seconds=30, what="somebody reads")
        time.sleep(seconds)
        self._tick()

    def _has_stored(self) -> bool:
        self._tick()
        return self._pages() > self._read

    def _pages(self) -> int:
        """What was read so far, of any kind; grows with every page that is stored."""
        return sum(SyncRun.objects.values_list("read", flat=True))

    def _tick(self) -> None:
        if time.monotonic() - self._ticked >= TICK_SECONDS:
            self.sender.send_task("sync.tick", expires=30)
            self._ticked = time.monotonic()

    def _holders(self) -> list[int]:
        """The living processes that hold a lease of the project."""
        self._tick()
        return [pid for pid in self._leased() if Path(f"/proc/{pid}").exists()]

    def _history_reader(self) -> list[int]:
        """Who holds the lease of the history."""
        return [pid for pid in self._holders() if self._leased().get(pid) == "history"]

    def _leased(self) -> dict[int, str]:
        """The processes in whose name a lease is, whether they live or not, each with the line."""
        marks = Watermark.objects.filter(project=self.project).exclude(leased_by="")
        return {int(mark.leased_by.split(":")[2]): mark.feed for mark in marks}

    def _kill_child(self) -> None:
        assert self._worker is not None
        children = children_of(self._worker.pid)
        readers = self._holders() if "history" in self.kinds else self._history_reader()
        working = [pid for pid in readers if pid in children]
        if not working:
            return
        victim = self.chance.choice(working)
        os.kill(victim, signal.SIGKILL)
        self._count({victim})

    def _kill_all(self) -> bool:
        assert self._worker is not None
        everybody = {self._worker.pid, *children_of(self._worker.pid)}
        os.killpg(self._worker.pid, signal.SIGKILL)
        self._worker.wait()
        is_hit = self._count(everybody)
        self.stop()
        self.start()
        return is_hit

    def _count(self, killed: set[int]) -> bool:
        """Whether one of the killed died within a unit: its lease is still in its name."""
        feeds = {feed for pid, feed in self._leased().items() if pid in killed}
        if not feeds:
            return False
        self.hits += 1
        self.hits_before_the_end += not self._is_read()
        self.kinds |= feeds
        read = self._pages()
        self.hits_with_progress += read > self._read
        self._read = read
        return True

    def _is_read(self) -> bool:
        self._tick()
        releases = Release.objects.filter(project=self.project, gone_at=None)
        backfill = SyncRun.objects.filter(project=self.project, kind="backfill", state="succeeded")
        unread = Q(changes_read_at=None) | Q(detailed_sha256="")
        return backfill.exists() and not releases.filter(unread).exists()

    def _has_logs(self) -> bool:
        self._tick()
        due = Release.objects.filter(project=self.project, gone_at=None)
        return not due.filter(logs_due_on__gte=timezone.now() - timedelta(days=LOG_DAYS)).exists()

    def _is_quiet(self) -> bool:
        return not self._leased() and not SyncRun.objects.filter(state="running").exists()
