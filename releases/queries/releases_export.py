"""The list of releases as lines of a CSV file: the rows of all its pages, newest first. Asked by the list's export.

Read a batch at a time by keyset, so memory and the cost of a row stay the same however many match.
"""

from collections.abc import Callable, Iterator, Sequence

from releases.models import Release, User
from releases.queries.artifacts import Version
from releases.queries.cells import BYTE_ORDER_MARK, Value, line
from releases.queries.filters import Filters
from releases.queries.finding import Lead, Place, lead_of
from releases.queries.links import release_url
from releases.queries.releases import Row, rows_of

BATCH = 200
BESIDE = ("project__organization", "pipeline", "created_by", "created_for")


def _carried(versions: list[Version]) -> str:
    return "; ".join(f"{version.name} {version.now}" for version in versions)


def _stages(row: Row) -> str:
    return "; ".join(f"{cell.row.name}: {cell.word}" for cell in row.stages)


def _live_in(row: Row) -> str:
    return "; ".join(cell.row.name for cell in row.stages if cell.is_live)


COLUMNS: dict[str, Callable[[Row], Value]] = {
    "project": lambda row: row.release.project.slug,
    "pipeline": lambda row: row.release.pipeline.name,
    "release": lambda row: row.release.name,
    "azure_id": lambda row: row.release.azure_id,
    "status": lambda row: row.release.status,
    "trigger": lambda row: row.release.trigger_kind,
    "cause": lambda row: row.trigger,
    "created_on": lambda row: row.release.created_on,
    "created_by": lambda row: str(row.release.created_by or ""),
    "created_for": lambda row: str(row.release.created_for or ""),
    "models": lambda row: _carried(row.models),
    "scalers": lambda row: _carried(row.scalers),
    "sources": lambda row: _carried(row.sources),
    "stages": _stages,
    "live_in": _live_in,
    "gone_at": lambda row: row.release.gone_at,
    "web_url": lambda row: release_url(row.release),
}
"""The columns and what each holds. Programs read them by name: none is renamed, new ones come last."""


def lines(user: User, *, filters: Filters) -> Iterator[str]:
    """The header, then every release this person may see that matches, as the list shows it."""
    return _lines(lead_of(user, filters))


def _lines(lead: Lead) -> Iterator[str]:
    yield BYTE_ORDER_MARK + line(COLUMNS)
    place: Place | None = None
    while found := _releases(lead.page(before=place, after=None, size=BATCH)):
        yield "".join(line(column(row) for column in COLUMNS.values()) for row in rows_of(found))
        place = found[-1].created_on, found[-1].pk


def _releases(ids: Sequence[int]) -> list[Release]:
    rows = Release.objects.filter(pk__in=ids).select_related(*BESIDE) if ids else []
    return sorted(rows, key=lambda one: ids.index(one.pk))
