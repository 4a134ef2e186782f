"""What every pass is given: whose releases, the calls to Azure, the lease, the run, and how much time is left."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from time import monotonic

from releases.errors import AzureError, AzureUnreadable
from releases.models import Project, Watermark
from releases.sync import runs, watermarks
from releases.sync.connections import Calls
from releases.sync.watermarks import Lease


class FeedInCircles(AzureUnreadable):
    """Azure handed out a continuation token twice, or pages without end. Asking again at once would not help."""

    code = "token_loop"


@dataclass
class Budget:
    """How long one unit of work may take. `seconds` None: until it is done or `stop` is set."""

    seconds: float | None = None
    stop: threading.Event = field(default_factory=threading.Event)
    started: float = field(default_factory=monotonic)

    @property
    def left(self) -> float:
        """Seconds left, never below 0."""
        if self.stop.is_set():
            return 0.0
        return float("inf") if self.seconds is None else max(0.0, self.seconds - (monotonic() - self.started))

    @property
    def is_spent(self) -> bool:
        """Whether the unit must end, its cursor saved."""
        return self.left <= 0

    def wait(self, seconds: float) -> bool:
        """Sleep so long if there is time for it; False when there is not."""
        if seconds >= self.left:
            return False
        return not self.stop.wait(seconds)


@dataclass
class Work:
    """One unit of work on one project. `pages` counts what was stored, so that progress can be told from standstill."""

    project: Project
    calls: Calls
    lease: Lease
    budget: Budget
    full: bool = False
    on_progress: Callable[[runs.Run], None] | None = None
    run: runs.Run | None = None
    pages: int = 0
    touched: set[int] = field(default_factory=set)
    known_there: bool = False

    def begin(self, kind: str) -> runs.Run:
        """The run that figures are counted for from now on."""
        if self.run is None or self.run.row.kind != kind or self.run.is_over:
            self.run = runs.go_on(kind, project=self.project)
        return self.run

    def end(self, *kinds: str) -> None:
        """Nothing is left of these kinds: the runs begun for them, here or in an earlier unit, are over."""
        for row in runs.running(self.project, *kinds):
            run = self.run if self.run and self.run.row.pk == row.pk else runs.Run(row)
            run.asked(self.calls.taken())
            run.succeed()

    def mark(self, feed: str) -> Watermark:
        """The watermark of another feed of this line."""
        return watermarks.of(self.project, feed=feed)

    def stored(self) -> None:
        """A page is in the database; tell whoever watches."""
        self.pages += 1
        if self.on_progress and self.run:
            self.on_progress(self.run)

    def failed(self, error: AzureError) -> None:
        """Note on the run that something is asked again."""
        if self.run and not self.run.is_over:
            self.run.asked(self.calls.taken())
            self.run.retried(error)
