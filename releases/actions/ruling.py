"""What changing a rule takes, whichever kind it is: nobody else at it, still there, written with what it was before.

Used by the actions of artifact rules and of endpoint rules, within their transaction.
"""

from collections.abc import Callable, Sequence
from typing import Any, Protocol, TypeVar

from releases.audit import Actor
from releases.errors import Conflict
from releases.models import ArtifactRule, EndpointRule, Project, User

MOST_PRIORITY = 32_000
VERBS = {"add": "created", "change": "changed", "delete": "deleted"}
"""What can be done to a rule, and how its event calls it."""

Rule = TypeVar("Rule", ArtifactRule, EndpointRule)


class Wish(Protocol):
    """What somebody wants of one rule: `verb` is add, change or delete; `project` None is every project.

    `seen` is how the rules stood when they looked.
    """

    @property
    def verb(self) -> str: ...
    @property
    def project(self) -> int | None: ...
    @property
    def seen(self) -> str: ...
    @property
    def rule(self) -> int | None: ...


def locked(
    wish: Wish,
    model: type[Rule],
    *,
    check: Callable[[Actor, Project | None], None],
    standing: Callable[[Project | None], str],
    by: Actor,
) -> tuple[Project | None, Rule | None]:
    """The project and the rule, with nobody else changing rules meanwhile. Raises Denied, Conflict."""
    projects = Project.objects.select_for_update().order_by("pk")
    held = list(projects if wish.project is None else projects.filter(pk=wish.project))
    project = held[0] if wish.project is not None and held else None
    if wish.project is not None and project is None:
        raise Conflict("This project is not there any more.", code="project_gone")
    check(by, project)
    if standing(project) != wish.seen:
        raise Conflict("Somebody changed the rules meanwhile. Look at them again, then try anew.", code="rules_changed")
    rule = model._default_manager.filter(pk=wish.rule, project=project).first() if wish.rule else None
    if wish.verb != "add" and rule is None:
        raise Conflict("This rule is not there any more.", code="rule_gone")
    return project, rule


def written(
    wish: Wish, rule: Rule | None, model: type[Rule], *, fields: Sequence[str], by: User
) -> tuple[int, dict[str, tuple[Any, Any]]]:
    """Write it: the rule's id, and what of it changed from what to what."""
    before = {name: getattr(rule, name) if rule else None for name in fields}
    after = {name: None if wish.verb == "delete" else getattr(wish, name) for name in fields}
    row = rule or model(project_id=wish.project)
    key = row.pk
    if wish.verb == "delete":
        row.delete()
    else:
        for name in fields:
            setattr(row, name, after[name])
        row.changed_by = by
        row.save()
        key = row.pk
    return key, {name: (before[name], after[name]) for name in fields if before[name] != after[name]}
