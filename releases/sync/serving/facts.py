"""The stored rows that decide which stage is served where, and what `binding` answers to them. Writes nothing.

Rows are read and compared at every look, settings and tags only when something that decides changed since the last one.
"""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cached_property
from hashlib import sha256
from typing import Any

from django.db.models import F

from releases.models import (
    Cluster,
    Endpoint,
    EndpointDeployment,
    EndpointRule,
    LiveSpan,
    PipelineRevision,
    Project,
    Release,
    Stage,
    StageBinding,
    Workspace,
)
from releases.states import BindingOrigin
from releases.sync.serving import binding
from releases.sync.serving.binding import Bound, ClusterFact, EndpointFact, Rule, StageFact, Tagged
from releases.sync.serving.settings_named import Named, names_in

LEGACY_KINDS = ("AKS", "aks")
"""Azure's word for clusters whose web services its current interface does not show."""

Links = Sequence[tuple[int, int]]
"""Which project uses which workspace."""


class Facts:
    """The rows that decide, of all projects that reach a workspace, be it over others that share one with them.

    So every look, at whichever of these workspaces, comes to the same answer. `rules`: instead of those that are
    stored, for trying.
    """

    def __init__(self, workspace: Workspace, rules: Iterable[EndpointRule] | None = None) -> None:
        self.uses = together(workspace.pk, links())
        projects = {project for some in self.uses.values() for project in some}
        self.endpoints = list(
            Endpoint.objects.filter(workspace__in=self.uses).select_related("workspace").order_by("id")
        )
        behind = EndpointDeployment.objects.filter(endpoint__workspace__in=self.uses, gone_at=None).exclude(tags={})
        self.tags = sorted(behind.values_list("endpoint_id", "name", "tags"), key=lambda one: one[:2])
        self.clusters = list(Cluster.objects.filter(workspace__in=self.uses, kind__in=LEGACY_KINDS, gone_at=None))
        stages = Stage.objects.filter(pipeline__project__in=projects, gone_at=None).select_related("pipeline__project")
        self.stages = list(stages.order_by("id"))
        wanted = EndpointRule.objects.all() if rules is None else rules
        mine = [row for row in wanted if row.project_id is None or row.project_id in projects]
        self.rules = sorted(mine, key=lambda row: (row.priority, row.pk))
        self.held = {row.stage_id: row for row in StageBinding.objects.filter(stage__pipeline__project__in=projects)}

    @cached_property
    def free(self) -> list[Stage]:
        """The stages that no person bound."""
        return [one for one in self.stages if not _is_a_persons(self.held.get(one.pk))]

    @property
    def fingerprint(self) -> str:
        """Differs when anything differs that could decide otherwise."""
        told: list[Any] = [sorted((used, sorted(by)) for used, by in self.uses.items())]
        told += [(one.pk, one.name, one.tags, one.gone_at is None) for one in self.endpoints]
        told += [*self.tags, *((one.pk, one.name) for one in self.clusters)]
        told += [(one.pk, one.name, one.pipeline.name, one.pipeline.revision) for one in self.stages]
        told += [_rule(one) for one in self.rules]
        told += sorted((row.stage_id, row.endpoint_id or 0) for row in self.held.values() if _is_a_persons(row))
        return sha256(json.dumps(told, sort_keys=True, default=str).encode()).hexdigest()


def answers(facts: Facts) -> dict[int, Bound]:
    """Where each stage that no person bound is served, by id; one that nothing says anything of is left out."""
    free = facts.free
    named = _named(free)
    stages = [StageFact(one.pk, one.pipeline.project_id, one.pipeline.name, one.name, named[one.pk]) for one in free]
    return binding.bound(stages, _endpoints(facts), _clusters(facts), [_rule(one) for one in facts.rules])


def links() -> Links:
    """Every use of a workspace by a project."""
    return list(Project.workspaces.through.objects.values_list("project_id", "workspace_id"))


def together(workspace: int, links: Links) -> dict[int, frozenset[int]]:
    """The projects that use each workspace, of all that reach this one by sharing workspaces with each other."""
    projects, workspaces = set[int](), {workspace}
    while more := {project for project, used in links if used in workspaces} - projects:
        projects |= more
        workspaces |= {used for project, used in links if project in projects}
    uses: dict[int, set[int]] = defaultdict(set)
    for project, used in links:
        if project in projects:
            uses[used].add(project)
    return {used: frozenset(by) for used, by in uses.items()}


def reached(project: int | None) -> list[Workspace]:
    """One workspace of each set of projects whose stages a rule of this project (None: of every one) can bind."""
    known, found, left = links(), [], set[int]()
    for workspace in sorted(used for owner, used in known if project in (None, owner)):
        if workspace not in left:
            found.append(workspace)
            left |= together(workspace, known).keys()
    return list(Workspace.objects.filter(pk__in=found).order_by("pk"))


def _is_a_persons(row: StageBinding | None) -> bool:
    return row is not None and row.origin == BindingOrigin.PERSON


def _named(stages: Sequence[Stage]) -> dict[int, Named]:
    """What the newest revision of each stage's pipeline names."""
    pipelines = {one.pipeline_id for one in stages}
    newest = PipelineRevision.objects.filter(pipeline__in=pipelines, revision=F("pipeline__revision"))
    documents = {row.pipeline_id: row.document for row in newest}
    return {one.pk: names_in(documents.get(one.pipeline_id) or {}, one.definition_environment_id) for one in stages}


def _endpoints(facts: Facts) -> list[EndpointFact]:
    said: dict[int, list[Tagged]] = {one.pk: [binding.tagged(one.tags)] for one in facts.endpoints}
    for endpoint, _, tags in facts.tags:
        said[endpoint].append(binding.tagged(tags))
    stages_of = _stages_of_releases(facts, [one for some in said.values() for one in some])
    return [
        EndpointFact(
            id=one.pk,
            name=one.name,
            workspace=one.workspace.name,
            projects=facts.uses[one.workspace_id],
            is_gone=one.gone_at is not None,
            claims=_claims(facts, facts.uses[one.workspace_id], said[one.pk], stages_of),
        )
        for one in facts.endpoints
    ]


def _claims(
    facts: Facts, projects: Collection[int], said: Iterable[Tagged], stages_of: Mapping[int | str, Collection[int]]
) -> frozenset[int]:
    """The stages that tags name: by pipeline and stage, or where a named release was live."""
    found = set[int]()
    for one in said:
        ran = stages_of.get(one.release_id or 0, ()) if one.release_id else stages_of.get(one.release, ())
        for stage in facts.free:
            fits = stage.name.lower() == one.stage.lower() if one.stage else True
            by_pipeline = one.pipeline and one.stage and stage.pipeline.name.lower() == one.pipeline.lower()
            if stage.pipeline.project_id in projects and fits and (by_pipeline or stage.pk in ran):
                found.add(stage.pk)
    return frozenset(found)


def _stages_of_releases(facts: Facts, said: Iterable[Tagged]) -> dict[int | str, set[int]]:
    """Where releases that tags name were live, by their id in Azure or, without one, by their name."""
    ids = {one.release_id for one in said if one.release_id}
    names = {one.release for one in said if one.release and not one.release_id}
    projects = {project for some in facts.uses.values() for project in some}
    found: dict[int | str, set[int]] = defaultdict(set)
    for field, wanted in (("azure_id", ids), ("name", names)):
        if wanted:
            releases = Release.objects.filter(**{"project__in": projects, f"{field}__in": wanted})
            spans = LiveSpan.objects.filter(release__in=releases)
            for key, stage in spans.values_list(f"release__{field}", "stage_id").distinct():
                found[key].add(stage)
    return found


def _clusters(facts: Facts) -> list[ClusterFact]:
    return [ClusterFact(one.pk, one.name, facts.uses[one.workspace_id]) for one in facts.clusters]


def _rule(row: EndpointRule) -> Rule:
    return Rule(row.project_id, row.pipeline_pattern, row.stage_pattern, row.endpoint_pattern)
