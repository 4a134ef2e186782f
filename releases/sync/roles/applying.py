"""Brings stored artifacts in line with rules that changed: their roles and what follows from them. A task calls it.

Goes through the artifacts by id, a few thousand in a transaction; where it stands is a row, so that a stop costs one
slice. Follows the role: the link to the registry, and why a release counts as created, which a model decides.
"""

import logging
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from time import monotonic
from typing import NamedTuple

from django.db import transaction
from django.db.models import F, OuterRef, Subquery
from django.utils import timezone

from releases import audit
from releases.audit import System
from releases.audit.chain import JSON
from releases.models import Artifact, ModelVersion, Pipeline, Project, Release, RoleUpdate
from releases.states import ArtifactRole, TriggerKind
from releases.sync import catalog
from releases.sync.roles.deciding import RoleOf, roles_for
from releases.sync.triggers import Candidate, kind_of

SLICE = 800
UNIT_SECONDS = 4.0
SETTLES = timedelta(seconds=10)
"""So long after the change reads that began under the old rules may still store; their artifacts come last."""
REGISTERED = (ArtifactRole.MODEL, ArtifactRole.SCALER)
NOT_BY_ARTIFACT = (TriggerKind.MANUAL, TriggerKind.SCHEDULE, TriggerKind.PULL_REQUEST)

log = logging.getLogger(__name__)


class Stored(NamedTuple):
    """One artifact as it is stored."""

    pk: int
    type: str
    alias: str
    name: str
    role: str
    release: int
    project: int


@dataclass(frozen=True)
class Flip:
    """One artifact and the role it gets."""

    stored: Stored
    role: ArtifactRole


def advance(*, seconds: float = UNIT_SECONDS) -> bool:
    """One unit of the open update; True when there is nothing more to do now."""
    until = monotonic() + seconds
    finders: dict[int, RoleOf] = {}
    while monotonic() < until:
        update = RoleUpdate.objects.filter(is_open=True).first()
        if update is None:
            return True
        rows = _next(update)
        if not rows:
            return _finish(update)
        _store(update, rows, _flips(rows, finders))
    return False


def _next(update: RoleUpdate) -> list[Stored]:
    rows = Artifact.objects.filter(pk__gt=update.done_to).order_by("pk")
    columns = ("pk", "type", "alias", "name", "role", "release_id", "release__project_id")
    return [Stored(*row) for row in rows.values_list(*columns)[:SLICE]]


def _flips(rows: Sequence[Stored], finders: dict[int, RoleOf]) -> list[Flip]:
    for project in Project.objects.filter(pk__in={row.project for row in rows} - finders.keys()):
        finders[project.pk] = roles_for(project)
    found = ((row, finders[row.project](row.type, row.alias, row.name)) for row in rows)
    return [Flip(row, role) for row, role in found if role != row.role]


def _store(update: RoleUpdate, rows: Sequence[Stored], flips: Sequence[Flip]) -> None:
    """One slice; where another worker was first, or the rules changed meanwhile, nothing."""
    with transaction.atomic():
        mine = RoleUpdate.objects.filter(pk=update.pk, is_open=True, done_to=update.done_to, asked_at=update.asked_at)
        done = {"read": F("read") + len(rows), "changed": F("changed") + len(flips)}
        if not mine.update(done_to=rows[-1].pk, **done):
            return
        for role, ids in _by_role(flips).items():
            Artifact.objects.filter(pk__in=ids).update(role=role)
        _link(flips)
        _tell_why(flips)


def _by_role(flips: Iterable[Flip]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = defaultdict(list)
    for flip in flips:
        found[flip.role.value].append(flip.stored.pk)
    return found


def _link(flips: Sequence[Flip]) -> None:
    """Models and scalers point at the registry's version they are, others point nowhere."""
    unlinked = [flip.stored.pk for flip in flips if flip.role not in REGISTERED]
    Artifact.objects.filter(pk__in=unlinked).exclude(model_version=None).update(model_version=None)
    by_project: dict[int, list[int]] = defaultdict(list)
    for flip in flips:
        if flip.role in REGISTERED:
            by_project[flip.stored.project].append(flip.stored.pk)
    for project, ids in by_project.items():
        meant = ModelVersion.objects.filter(
            name=OuterRef("name"), version=OuterRef("version"), workspace__projects=project
        )
        rows = Artifact.objects.filter(pk__in=ids, model_version=None)
        rows.update(model_version_id=Subquery(meant.order_by("-pk").values("pk")[:1]))


def _tell_why(flips: Iterable[Flip]) -> None:
    """A release that an artifact set off counts as made by a new model, or no longer."""
    found: dict[tuple[str, TriggerKind], list[int]] = defaultdict(list)
    for flip in flips:
        if ArtifactRole.MODEL in (flip.role, flip.stored.role):
            one = flip.stored
            kind = kind_of(Candidate(one.alias, one.type, flip.role.value, one.name, False))
            found[one.alias, kind].append(one.release)
    for (alias, kind), releases in found.items():
        rows = Release.objects.filter(pk__in=releases, trigger_alias=alias).exclude(trigger_kind__in=NOT_BY_ARTIFACT)
        rows.exclude(trigger_kind=kind).update(trigger_kind=kind)


def _finish(update: RoleUpdate) -> bool:
    """End it once nothing can come any more under the old rules; until then there is nothing to do."""
    if timezone.now() - update.asked_at < SETTLES:
        return True
    _retell(Pipeline.objects.filter(gone_at=None).values_list("pk", flat=True))
    with transaction.atomic():
        mine = RoleUpdate.objects.filter(pk=update.pk, is_open=True, done_to=update.done_to, asked_at=update.asked_at)
        if mine.update(is_open=False, finished_at=timezone.now()):
            figures: dict[str, JSON] = {"read": update.read, "changed": update.changed}
            audit.append("artifact_rule.applied", by=System("sync"), more={"figures": figures})
    return True


def _retell(pipelines: Collection[int]) -> None:
    """Triggers of definitions are told by the roles of their artifacts too."""
    for row in Pipeline.objects.filter(pk__in=pipelines).select_related("project").order_by("pk"):
        catalog.retell_triggers(row)
