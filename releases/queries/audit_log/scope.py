"""Which entries of the trail a person may see; docs/audit.md says it in words. Every door begins here.

Whoever has a role in a project sees its entries. Entries of no project are for auditors and administrators of
everything; of these everybody else sees what they did themselves and what was done to their account.
"""

from dataclasses import dataclass
from functools import cached_property, reduce
from operator import or_

from django.db.models import Q, QuerySet

from releases.models import AuditEvent, Membership, Project, User
from releases.states import Role

PEOPLE_OFFERED = 50
"""More are found from one of their entries."""
SEE_ALL = frozenset({Role.AUDITOR, Role.ADMINISTRATOR})


@dataclass(frozen=True)
class Scope:
    """What one person sees. `projects` None: those of every project; `has_rest`: also all that are of no project."""

    subject: str
    projects: list[int] | None
    has_rest: bool

    @property
    def is_whole(self) -> bool:
        """Whether nothing of the trail is hidden."""
        return self.projects is None and self.has_rest

    @cached_property
    def parts(self) -> list[Q]:
        """Conditions that no entry meets twice, each found in the list's order by one index."""
        if self.is_whole:
            return [Q()]
        if self.projects is None:
            return [Q(project_id__isnull=False), *self._own]
        return [*(Q(project_id=project) for project in self.projects), *self._own]

    @property
    def _own(self) -> list[Q]:
        of_no_project = Q(project_id__isnull=True)
        done_by = Q(actor_ref=self.subject)
        done_to = Q(object_kind="user", object_id=self.subject)
        return [of_no_project & done_by, of_no_project & done_to & ~done_by]

    def events(self) -> QuerySet[AuditEvent]:
        """All of them, for looking up a few by number; a list reads `parts`."""
        return AuditEvent.objects.filter(reduce(or_, self.parts))


def scope_of(user: User) -> Scope:
    """What this person sees. One query."""
    held = list(Membership.objects.filter(user=user).values_list("project_id", "role")) if user.is_active else []
    everywhere = {role for project, role in held if project is None}
    projects = None if everywhere else sorted({project for project, _ in held if project is not None})
    return Scope(user.subject, projects, bool(everywhere & SEE_ALL))


def projects_in(scope: Scope) -> QuerySet[Project]:
    """The projects whose entries it holds."""
    rows = Project.objects.order_by("name", "id")
    return rows if scope.projects is None else rows.filter(pk__in=scope.projects)


def people_in(scope: Scope) -> list[tuple[str, str]]:
    """Whom its entries may be narrowed to: (opaque name, name) of its members, by name. One query."""
    rows = User.objects.order_by("name", "id")
    if scope.projects is not None:
        mine = Q(memberships__project_id__in=scope.projects) | Q(memberships__project_id__isnull=True)
        rows = rows.filter(mine & Q(memberships__isnull=False) | Q(subject=scope.subject)).distinct()
    return list(rows.values_list("subject", "name")[:PEOPLE_OFFERED])
