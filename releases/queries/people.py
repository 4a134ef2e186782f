"""People with their roles, and the identities that belong to nobody yet. Asked by the People pages.

An administrator of everything sees everybody; one of a project those who hold a role in it.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Count, Prefetch, Q, QuerySet

from releases.models import ApiKey, Identity, Invitation, Membership, Project, User
from releases.states import Role

PAGE_SIZE = 50
ROLES = [role.value for role in Role]


@dataclass(frozen=True)
class Administered:
    """Where somebody is administrator: everywhere, or in these projects."""

    is_everything: bool
    projects: list[Project]


@dataclass(frozen=True)
class Held:
    """The roles somebody holds in one place; `project` is empty for everywhere."""

    project: Project | None
    roles: list[str]


@dataclass(frozen=True)
class PersonSeen:
    """One person with roles by place and how often each source names them."""

    user: User
    held: list[Held]
    sources: dict[str, int] = field(default_factory=dict)
    keys: list[ApiKey] = field(default_factory=list)
    identities: list[Identity] = field(default_factory=list)


@dataclass(frozen=True)
class PeoplePage:
    """One page of people."""

    people: list[PersonSeen]
    count: int
    number: int
    pages: int


def administered(user: User) -> Administered:
    """Where this person is administrator. Two queries at most."""
    rows = Membership.objects.filter(user=user, role=Role.ADMINISTRATOR)
    places = list(rows.values_list("project_id", flat=True)) if user.is_active else []
    everything = None in places
    projects = Project.objects.all() if everything else Project.objects.filter(pk__in=[pk for pk in places if pk])
    return Administered(everything, list(projects.order_by("name", "id")))


def people_page(where: Administered, *, text: str = "", number: int = 1) -> PeoplePage:
    """The people this administrator sees whose name or address holds the text, by name. Four queries."""
    rows = _seen(where)
    if text:
        rows = rows.filter(Q(name__icontains=text) | Q(email__icontains=text))
    count = rows.count()
    pages = max(1, -(-count // PAGE_SIZE))
    number = min(max(1, number), pages)
    first = (number - 1) * PAGE_SIZE
    shown = list(rows.order_by("-is_active", "name", "id")[first : first + PAGE_SIZE])
    return PeoplePage(_told(shown), count=count, number=number, pages=pages)


def person_seen(where: Administered, pk: int) -> PersonSeen | None:
    """One person with their identities and keys, if this administrator sees them."""
    found = _seen(where).filter(pk=pk).first()
    if found is None:
        return None
    (told,) = _told([found])
    keys = ApiKey.objects.filter(user=found, revoked_at=None).order_by("-id") if where.is_everything else []
    named = Identity.objects.filter(user=found).order_by("source", "name", "id")
    return PersonSeen(found, told.held, told.sources, keys=list(keys), identities=list(named))


def own_roles(user: User) -> list[Held]:
    """The roles of this person, place by place. One query."""
    return _by_place(user.memberships.select_related("project").order_by("project__name", "role"))


def own_keys(user: User, *, now: datetime) -> list[ApiKey]:
    """The keys of this person that still work, the newest first."""
    return list(ApiKey.objects.filter(user=user, revoked_at=None, expires_at__gt=now).order_by("-id"))


def open_invitations(where: Administered, *, now: datetime) -> list[Invitation]:
    """The links that still work, the newest first."""
    rows = Invitation.objects.filter(used_at=None, expires_at__gt=now).select_related("project", "made_by")
    if not where.is_everything:
        rows = rows.filter(project__in=where.projects)
    return list(rows.order_by("-created_at", "-id"))


def who_can(roles: Iterable[str], project: int | None, *, most: int) -> list[Membership]:
    """Some who hold one of these roles there, for the page that refuses somebody else."""
    where = Q(project=None) | Q(project=project) if project else Q(project=None)
    rows = Membership.objects.filter(where, role__in=list(roles), user__is_active=True).select_related(
        "user", "project"
    )
    found: dict[int, Membership] = {}
    for row in rows.order_by("user__name", "user_id", "role")[: most * len(ROLES)]:
        found.setdefault(row.user_id, row)
    return list(found.values())[:most]


def _seen(where: Administered) -> QuerySet[User]:
    """Everybody, or who holds a role in the projects that are administered; with the roles that may be seen."""
    held = Membership.objects.select_related("project").order_by("project__name", "role")
    if where.is_everything:
        return User.objects.prefetch_related(Prefetch("memberships", held, to_attr="held"))
    here = Q(project__in=where.projects) | Q(project=None)
    people = User.objects.filter(pk__in=Membership.objects.filter(here).values("user"))
    return people.prefetch_related(Prefetch("memberships", held.filter(here), to_attr="held"))


def _told(users: list[User]) -> list[PersonSeen]:
    counted: dict[int, dict[str, int]] = {}
    rows = Identity.objects.filter(user__in=users).values_list("user_id", "source").annotate(times=Count("id"))
    for pk, source, times in rows.order_by("source"):
        counted.setdefault(pk or 0, {})[source] = times
    return [PersonSeen(user, _by_place(getattr(user, "held", [])), counted.get(user.pk, {})) for user in users]


def _by_place(memberships: Iterable[Membership]) -> list[Held]:
    """Everywhere first, then project by project."""
    places: dict[int, Held] = {}
    for row in sorted(memberships, key=lambda one: (one.project is not None, one.project.name if one.project else "")):
        places.setdefault(row.project_id or 0, Held(row.project, [])).roles.append(row.role)
    return list(places.values())
