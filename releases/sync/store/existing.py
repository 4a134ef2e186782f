"""What the database holds of the releases of a page: one query per table, whatever their number."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet

from releases.models import Approval, Artifact, Deployment, Project, Release, ReleaseStage, Step
from releases.states import Depth
from releases.sync.mapping.tables import APPROVAL, ARTIFACT, DEPLOYMENT, RELEASE, STAGE, STEP, Row, Table

Held = tuple[int, Row]
"""Our id of a row, and its values."""


@dataclass(slots=True)
class Existing:
    """Rows by what names them: Azure's ids below our id of the row they hang on; approvals by Azure's id alone."""

    releases: dict[int, Held] = field(default_factory=dict)
    stages: dict[tuple[int, int], Held] = field(default_factory=dict)
    artifacts: dict[int, dict[str, Held]] = field(default_factory=lambda: defaultdict(dict))
    attempts: dict[tuple[int, int], Held] = field(default_factory=dict)
    steps: dict[int, dict[tuple[int, int], Held]] = field(default_factory=lambda: defaultdict(dict))
    approvals: dict[int, Held] = field(default_factory=dict)


def known_hashes(project: Project, azure_ids: Collection[int], *, depth: Depth) -> dict[int, str]:
    """The SHA-256 of each release's answer as last read at this depth; a release marked gone has none."""
    column = "detailed_sha256" if depth is Depth.DETAILED else "listed_sha256"
    rows = Release.objects.filter(project=project, azure_id__in=azure_ids, gone_at=None)
    return dict(rows.values_list("azure_id", column))


def held(project: Project, azure_ids: Collection[int], *, depth: Depth) -> Existing:
    """What is held of these releases, which stay locked until the transaction ends. Steps only when detailed."""
    existing = Existing()
    locked = Release.objects.filter(project=project, azure_id__in=azure_ids).order_by("id")
    for number, row in _rows(RELEASE, locked.select_for_update(no_key=True)):
        existing.releases[row[RELEASE.at["azure_id"]]] = number, row
    ids = [number for number, _ in existing.releases.values()]
    if not ids:
        return existing
    for number, row in _rows(STAGE, ReleaseStage.objects.filter(release__in=ids)):
        existing.stages[row[0], row[1]] = number, row
    for number, row in _rows(ARTIFACT, Artifact.objects.filter(release__in=ids)):
        existing.artifacts[row[0]][row[1]] = number, row
    for number, row in _rows(DEPLOYMENT, Deployment.objects.filter(release_stage__release__in=ids)):
        existing.attempts[row[0], row[2]] = number, row
    for number, row in _rows(APPROVAL, Approval.objects.filter(release_stage__release__in=ids)):
        existing.approvals[row[1]] = number, row
    if depth is Depth.DETAILED:
        for number, row in _rows(STEP, Step.objects.filter(deployment__release_stage__release__in=ids)):
            existing.steps[row[0]][row[1], row[2]] = number, row
    return existing


def _rows(table: Table, rows: "QuerySet[Any]") -> list[Held]:
    names = [column.name for column in table.columns]
    return [(number, row) for number, *row in rows.values_list("id", *names)]
