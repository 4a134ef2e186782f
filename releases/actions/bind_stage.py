"""An administrator says where a stage is served, or leaves it to the rules again. Called by the Clusters pages.

What a person decided is never changed by sync; a binding taken back is found anew by rule with the next read.
"""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from releases import audit
from releases.actions.acting import acting
from releases.audit import Actor
from releases.errors import Conflict, Invalid
from releases.models import Cluster, Endpoint, Stage, StageBinding, User
from releases.nudge import nudge
from releases.policies.roles import check_can_bind_stage
from releases.queries.bindings import place_of, standing
from releases.states import BindingOrigin

LONGEST_SENTENCE = 400


def bind_stage(stage: Stage, *, to: Endpoint | Cluster, by: User, seen: str, now: datetime | None = None) -> None:
    """This stage is served there. `seen`: how its binding stood when the person looked (`bindings.standing`).

    Raises Denied, Invalid (a place the stage's project does not use), Conflict (somebody else changed it meanwhile).
    """
    with acting(by):
        check_can_bind_stage(by, stage.pipeline.project)
        before = _as_seen(stage, seen)
        if not stage.pipeline.project.workspaces.filter(pk=to.workspace_id).exists():
            raise Invalid(f"{stage.pipeline.project} does not use the workspace of {to}.", code="other_workspace")
        values = {
            "endpoint": to if isinstance(to, Endpoint) else None,
            "cluster": to if isinstance(to, Cluster) else None,
            "origin": BindingOrigin.PERSON,
            "sentence": f"{by.name} bound it."[:LONGEST_SENTENCE],
            "bound_by": by,
            "bound_at": now or timezone.now(),
        }
        StageBinding.objects.update_or_create(stage=stage, defaults=values)
        _tell("stage.bound", stage, before, after=f"{to.workspace}/{to}", by=by)


def unbind_stage(stage: Stage, *, by: Actor, seen: str) -> None:
    """Leave it to the rules again. Raises Denied, Invalid (no person bound it), Conflict."""
    with acting(by):
        check_can_bind_stage(by, stage.pipeline.project)
        before = _as_seen(stage, seen)
        if before is None or before.origin != BindingOrigin.PERSON:
            raise Invalid("Nobody bound this stage by hand: it goes by rule already.", code="by_rule")
        before.delete()
        _tell("stage.unbound", stage, before, after="by rule", by=by)


def _as_seen(stage: Stage, seen: str) -> StageBinding | None:
    """The binding, locked by its stage. Raises Conflict when it is not the one that was looked at."""
    Stage.objects.select_for_update().get(pk=stage.pk)
    row = StageBinding.objects.filter(stage=stage).select_related("endpoint__workspace", "cluster__workspace").first()
    if standing(row) != seen:
        raise Conflict(f"{stage} was bound to {place_of(row)} meanwhile. Look again.", code="binding_changed")
    return row


def _tell(type: str, stage: Stage, before: StageBinding | None, *, after: str, by: Actor) -> None:
    """Wake the sync, which finds what the change means for drift, and append the event: the last statement."""
    project, old = stage.pipeline.project, before and (before.endpoint or before.cluster)
    was = f"{old.workspace}/{old}" if old else None
    for workspace in project.workspaces.values_list("pk", flat=True):
        transaction.on_commit(lambda pk=workspace: nudge("sync.serving", workspace=pk))  # type: ignore[misc]
    key = f"{project.azure_id}/pipeline:{stage.pipeline.azure_id}/stage:{stage.definition_environment_id}"
    audit.append(type, by=by, project=project, object=("stage", key), change={"served_by": (was, after)})
