"""Which stage is served where. `standing` is one short text for a form, so that who saves too late is told.

Used by `actions.bind_stage` and by the pages that offer it.
"""

from collections import defaultdict
from collections.abc import Collection

from django.db.models import F

from releases.models import Cluster, Endpoint, Stage, StageBinding, User
from releases.queries.access import visible_to

STAGES_OFFERED = 300
"""So many stages a form lists."""


def standing(binding: StageBinding | None) -> str:
    """Where the stage is bound and by whom or what: `name.12.0`; `nothing` without a binding."""
    return f"{binding.origin}.{binding.endpoint_id or 0}.{binding.cluster_id or 0}" if binding else "nothing"


def binding_of(stage: Stage) -> StageBinding | None:
    """The stage's binding, when it has one; no query when it came with the stage."""
    found = getattr(stage, "binding", None)
    return found if isinstance(found, StageBinding) else None


def place_of(binding: StageBinding | None) -> str:
    """The endpoint or cluster by name."""
    place = binding and (binding.endpoint or binding.cluster)
    return str(place.name) if place else "nothing"


def stage_to_bind(user: User, pk: int) -> Stage | None:
    """The stage, when this person sees it."""
    return visible_to(user, Stage).filter(pk=pk).select_related("pipeline__project").first()


def offered(user: User, workspaces: Collection[int]) -> dict[int, list[Stage]]:
    """The stages that may be bound to a place of each workspace: of the reader's projects that use it. One query."""
    stages = visible_to(user, Stage).filter(gone_at=None, pipeline__gone_at=None)
    stages = stages.filter(pipeline__project__workspaces__in=workspaces)
    rows = stages.annotate(workspace=F("pipeline__project__workspaces"))
    found: dict[int, list[Stage]] = defaultdict(list)
    related = ("pipeline__project", "binding__endpoint", "binding__cluster")
    for stage in rows.select_related(*related).order_by("pipeline__name", "rank", "pk"):
        if len(found[stage.workspace]) < STAGES_OFFERED:
            found[stage.workspace].append(stage)
    return found


def place_to_bind(user: User, kind: str, pk: int) -> Endpoint | Cluster | None:
    """The endpoint or cluster, when this person sees it."""
    if kind == "endpoint":
        return visible_to(user, Endpoint).filter(pk=pk).select_related("workspace").first()
    return visible_to(user, Cluster).filter(pk=pk).select_related("workspace").first()
