"""How the fault tests sync and what they look at afterwards."""

from releases.azure.devops import LISTED_EXPAND
from releases.models import (
    Approval,
    Artifact,
    Deployment,
    LiveSpan,
    Project,
    Release,
    ReleaseStage,
    Step,
    SyncRun,
    Watermark,
)
from releases.sync.passes import lines
from releases.sync.passes.lines import DETAILS, HISTORY, Line, Outcome
from releases.sync.passes.work import Budget
from tests.agreement import books, ours
from tests.agreement.facts import differences
from tests.company import Company

BACKFILL = {"$expand": LISTED_EXPAND, "releaseidfilter": "", "mincreatedtime": ""}
"""What tells the pages of the backfill over one connection from other requests for releases."""

TABLES = (Release, ReleaseStage, Artifact, Deployment, Step, Approval, LiveSpan)


def read(project: Project, *, line: Line = HISTORY, seconds: float | None = None, **more: object) -> Outcome:
    """One unit of a line: to its end, or for so many seconds."""
    return lines.advance(line, project, budget=Budget(seconds), **{"insist": True, "connections": 1, **more})  # type: ignore[arg-type]


def read_all(project: Project, *, connections: int = 1) -> list[Outcome]:
    """Both lines to their end."""
    return [read(project, line=line, connections=connections) for line in (HISTORY, DETAILS)]


def disagreements(company: Company, project: Project) -> list[str]:
    """What the database says otherwise than the company's books."""
    return differences(books.ledger(company.books(), known=ours.ids(project)), ours.ledger(project))


def counts() -> dict[str, int]:
    """Rows of history, by table."""
    return {model.__name__: model._default_manager.count() for model in TABLES}


def last_run(project: Project, *kinds: str) -> SyncRun:
    """The newest run, of these kinds or of any."""
    runs = SyncRun.objects.filter(project=project)
    return (runs.filter(kind__in=kinds) if kinds else runs).latest("pk")


def history(project: Project) -> Watermark:
    """Where the history line stands."""
    return Watermark.objects.get(project=project, feed=HISTORY.feed)
