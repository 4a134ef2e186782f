"""Rules that say by names which endpoint serves which stage: considered, then saved. Called by their pages.

Nothing here tries or binds: the page asks `sync.serving` what would be bound otherwise before, and to bind anew after.
"""

from dataclasses import dataclass

from django.db import transaction

from releases import audit
from releases.actions import ruling
from releases.actions.acting import acting
from releases.audit import Actor
from releases.errors import Invalid
from releases.models import EndpointRule, Project, User, Workspace
from releases.nudge import nudge
from releases.policies.patterns import problem, problem_with_names
from releases.policies.roles import check_can_change_endpoint_rules
from releases.queries.endpoint_rules import standing

FIELDS = ("priority", "pipeline_pattern", "stage_pattern", "endpoint_pattern")


@dataclass(frozen=True)
class Wish:
    """What somebody wants of one rule; see `ruling.Wish`. `seen`: `queries.endpoint_rules.standing`."""

    verb: str
    project: int | None
    seen: str
    rule: int | None = None
    priority: int = 100
    pipeline_pattern: str = ""
    stage_pattern: str = ""
    endpoint_pattern: str = ""


def consider(wish: Wish, *, by: Actor) -> None:
    """Refuse what could not be saved, before it is tried. Raises Denied, Invalid, Conflict."""
    _require_usable(wish)
    with acting(by):
        _locked(wish, by=by)


def save(wish: Wish, *, by: User) -> None:
    """Make the change, and have the endpoints looked at, which judges drift. Raises Denied, Invalid, Conflict."""
    _require_usable(wish)
    with acting(by):
        project, rule = _locked(wish, by=by)
        key, change = ruling.written(wish, rule, EndpointRule, fields=FIELDS, by=by)
        used = project.workspaces.all() if project else Workspace.objects.all()
        for workspace in used.values_list("pk", flat=True):
            transaction.on_commit(lambda pk=workspace: nudge("sync.serving", workspace=pk))  # type: ignore[misc]
        type = f"endpoint_rule.{ruling.VERBS[wish.verb]}"
        audit.append(type, by=by, project=project, object=("endpoint_rule", str(key)), change=change)


def _locked(wish: Wish, *, by: Actor) -> tuple[Project | None, EndpointRule | None]:
    return ruling.locked(wish, EndpointRule, check=check_can_change_endpoint_rules, standing=standing, by=by)


def _require_usable(wish: Wish) -> None:
    """Refuse what no rule can be, before anything else. Raises Invalid."""
    if wish.verb not in ruling.VERBS:
        raise Invalid("This is nothing a rule can be.", code="rule")
    if wish.verb == "delete":
        return
    if not wish.endpoint_pattern:
        raise Invalid("Say what the endpoint is called.", code="empty")
    if not 0 <= wish.priority <= ruling.MOST_PRIORITY:
        raise Invalid(f"A priority is a number from 0 to {ruling.MOST_PRIORITY:,}.", code="priority")
    refused = [problem(wish.pipeline_pattern), problem(wish.stage_pattern), problem_with_names(wish.endpoint_pattern)]
    if any(refused):
        raise Invalid(next(filter(None, refused)), code="pattern")
