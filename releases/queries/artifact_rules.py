"""The rules that decide roles of artifacts, in order of effect, and how far a change has been applied."""

from dataclasses import dataclass

from django.db.models import Max, QuerySet

from releases.models import Artifact, ArtifactRule, Project, RoleUpdate, User
from releases.queries import rules
from releases.queries.access import visible_to
from releases.queries.narrowing import Given, Rules, narrowed

FILTERS: Rules = {"project": "project__slug", "role": "role"}


@dataclass(frozen=True)
class Applying:
    """The newest update of roles: whether it goes on, how much of what is stored it has read, in percent."""

    update: RoleUpdate
    percent: int

    @property
    def is_open(self) -> bool:
        """Whether it goes on."""
        return self.update.is_open


def in_order(user: User, project: Project | None) -> list[ArtifactRule]:
    """The rules that hold in this project, its own first; without one, those that hold in every project."""
    rows = visible_to(user, ArtifactRule).filter(rules.in_effect(project))
    return list(rules.in_order_of_effect(rows.select_related("changed_by", "project")))


def rules_told(user: User, given: Given) -> QuerySet[ArtifactRule]:
    """The rules this person may see, for the API."""
    return narrowed(visible_to(user, ArtifactRule).select_related("project", "changed_by"), given, rules=FILTERS)


def standing(project: Project | None) -> str:
    """A name for how the rules of this project stand (without one, all rules), to see that nobody changed them."""
    return rules.standing(ArtifactRule, project, fields=("priority", "type_pattern", "name_pattern", "role"))


def applying() -> Applying | None:
    """The newest update of roles, if there ever was one. Two queries."""
    update = RoleUpdate.objects.select_related("asked_by").order_by("-asked_at", "-id").first()
    if update is None:
        return None
    newest = Artifact.objects.aggregate(newest=Max("pk"))["newest"] or 0
    return Applying(update, min(100, 100 * update.done_to // newest) if newest else 100)
