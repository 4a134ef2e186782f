"""What becomes of a row that is held when Azure tells it again. Pure.

A list page knows less than the release itself and never erases what that told. Pages are read side by side, so an
answer may be older than what is held: where Azure says when a thing was last touched, the later one stays.
"""

from releases.models.history import HAS_INDEXES
from releases.sync.mapping import Mapped
from releases.sync.mapping.tables import APPROVAL, ARTIFACT, DEPLOYMENT, RELEASE, Row, Table

_FROM_ARTIFACTS = ("versions_hash", "trigger_kind", "trigger_alias")
_FROM_STAGES = ("is_unfinished", *HAS_INDEXES, "variables", "tags")


def newer(table: Table, held: Row, row: Row) -> Row:
    """The row that Azure touched last; the new one where it does not say."""
    at = table.at["modified_on"]
    return held if held[at] is not None and row[at] is not None and row[at] < held[at] else row


def release(held: Row, told: Mapped, *, is_detailed: bool) -> Row:
    """The release as told, with what only the other depth knows kept."""
    row = told.row.copy()
    if is_detailed:
        _keep(RELEASE, held, row, "listed_sha256")
    else:
        _keep(RELEASE, held, row, "depth", "detailed_sha256", "detailed_at", "logs_due_on")
    if told.artifacts is None:
        _keep(RELEASE, held, row, *_FROM_ARTIFACTS)
    if told.stages is None:
        _keep(RELEASE, held, row, *_FROM_STAGES)
    return row


def artifact(held: Row, row: Row) -> Row:
    """The artifact as told; a link to the registry made elsewhere stays."""
    return _kept_where_empty(ARTIFACT, held, row, "model_version_id")


def attempt(held: Row, row: Row) -> Row:
    """The attempt as told; when it started is only known from its phases, which a list page may leave out."""
    if (chosen := newer(DEPLOYMENT, held, row)) is held:
        return held
    return _kept_where_empty(DEPLOYMENT, held, chosen, "started_on")


def approval(held: Row, row: Row) -> Row:
    """The approval as told; its earlier turns are only told by the release itself."""
    if (chosen := newer(APPROVAL, held, row)) is held:
        return held
    return _kept_where_empty(APPROVAL, held, chosen, "history")


def _keep(table: Table, held: Row, row: Row, *names: str) -> None:
    for name in names:
        row[table.at[name]] = held[table.at[name]]


def _kept_where_empty(table: Table, held: Row, row: Row, name: str) -> Row:
    at = table.at[name]
    if row[at] or not held[at]:
        return row
    kept = row.copy()
    kept[at] = held[at]
    return kept
