"""Tries a change of the rules on everything that is stored: which artifacts of past releases would get another role.

Answers an inquiry of the rules' pages. Counts in the database, a range of ids at a time, and holds the rules against
what differs only: the same artifact of a thousand releases is looked at once. Writes nothing.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from time import monotonic
from typing import Any

from django.db.models import Count, Max, QuerySet

from releases.models import Artifact, ArtifactRule, Pipeline, Project, Release
from releases.states import ArtifactRole
from releases.sync.roles.deciding import RoleOf, Rule, finder
from releases.sync.wished import rules_after

RANGE = 20_000
GROUPS_SHOWN = 50
RELEASES_SHOWN = 50
LONGEST_SECONDS = 60.0
FIELDS = ("priority", "type_pattern", "name_pattern", "role")

Source = tuple[int, int, str, str, str, str]
"""Project, pipeline, alias, type, name and stored role."""


@dataclass
class _Found:
    """What was found so far: how many artifacts of each source would flip, and when the newest was released."""

    read: int = 0
    flips: dict[Source, int] = field(default_factory=dict)
    after: dict[Source, str] = field(default_factory=dict)
    newest: dict[Source, datetime] = field(default_factory=dict)
    is_cut: bool = False


def tried(payload: dict[str, Any], *, clock: Callable[[], float] = monotonic) -> dict[str, Any]:
    """What would flip if this wish (`actions.artifact_rules.Wish`) were granted, as the page shows it."""
    found, until = _Found(), clock() + LONGEST_SECONDS
    finders: dict[int, RoleOf] = {}
    rows = sorted(
        rules_after(ArtifactRule, payload, FIELDS), key=lambda row: (row.project_id is None, row.priority, row.pk)
    )
    for artifacts in _ranges(payload["project"]):
        if clock() > until:
            found.is_cut = True
            break
        _look(artifacts, found, lambda project: finders.setdefault(project, finder(_of(project, rows))))
    return _told(found)


def _of(project: int, rows: list[ArtifactRule]) -> tuple[Rule, ...]:
    mine = [row for row in rows if row.project_id in (None, project)]
    return tuple(Rule(row.type_pattern, row.name_pattern, ArtifactRole(row.role)) for row in mine)


def _ranges(project: int | None) -> Iterator[QuerySet[Artifact]]:
    """The stored artifacts by ranges of their ids, newest first."""
    top: int = Artifact.objects.aggregate(top=Max("pk"))["top"] or 0
    while top > 0:
        rows = Artifact.objects.filter(pk__gt=top - RANGE, pk__lte=top)
        yield rows if project is None else rows.filter(release__project=project)
        top -= RANGE


def _look(artifacts: QuerySet[Artifact], found: _Found, role_of: Callable[[int], RoleOf]) -> None:
    columns = ("release__project_id", "release__pipeline_id", "alias", "type", "name", "role")
    counted = artifacts.values_list(*columns).annotate(count=Count("pk"), newest=Max("release__created_on"))
    for *source, count, newest in counted.order_by():
        key: Source = tuple(source)
        project, _, alias, type_, name, role = key
        found.read += count
        after = role_of(project)(type_, alias, name).value
        if after != role:
            found.flips[key] = found.flips.get(key, 0) + count
            found.after[key] = after
            found.newest[key] = max(newest, found.newest.get(key, newest))


def _newest(found: _Found) -> list[tuple[Source, Release]]:
    """The newest releases among all sources that flip: sources are asked in turn until none can bring a newer one."""
    newest: list[tuple[Source, Release]] = []
    for key, created_on in sorted(found.newest.items(), key=lambda one: one[1], reverse=True):
        if len(newest) >= RELEASES_SHOWN and created_on < newest[-1][1].created_on:
            break
        _, pipeline, alias, type_, name, role = key
        same = {"artifacts__alias": alias, "artifacts__type": type_, "artifacts__name": name, "artifacts__role": role}
        rows = Release.objects.filter(pipeline=pipeline, **same).select_related("project", "pipeline")
        newest += [(key, row) for row in rows.order_by("-created_on", "-pk")[:RELEASES_SHOWN]]
        newest = sorted(newest, key=lambda one: (one[1].created_on, one[1].pk), reverse=True)[:RELEASES_SHOWN]
    return newest


def _told(found: _Found) -> dict[str, Any]:
    groups = sorted(found.flips.items(), key=lambda one: (-one[1], one[0]))
    shown = groups[:GROUPS_SHOWN]
    pipelines = Pipeline.objects.select_related("project").in_bulk({key[1] for key, _ in shown})
    releases = _releases(found)
    return {
        "read": found.read,
        "is_cut": found.is_cut,
        "flips": sum(found.flips.values()),
        "groups": [_group(key, count, pipelines, found.after[key]) for key, count in shown],
        "more_groups": len(groups) - len(shown),
        "releases": releases,
        "more": sum(found.flips.values()) - len(releases),
        "projects": Project.objects.filter(pk__in={key[0] for key in found.flips}).count(),
    }


def _group(key: Source, count: int, pipelines: dict[int, Pipeline], after: str) -> dict[str, Any]:
    _, pipeline, alias, type_, name, role = key
    row = pipelines[pipeline]
    where = {"pipeline": row.name, "project": row.project.slug, "azure_id": row.azure_id, "pipeline_id": row.pk}
    return {**where, "alias": alias, "type": type_, "name": name, "before": role, "after": after, "count": count}


def _releases(found: _Found) -> list[dict[str, Any]]:
    return [
        {
            "name": row.name,
            "pipeline": row.pipeline.name,
            "project": row.project.slug,
            "azure_id": row.azure_id,
            "alias": key[2],
            "before": key[5],
            "after": found.after[key],
        }
        for key, row in _newest(found)
    ]
