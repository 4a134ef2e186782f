"""What the person who searches may see, read once for all kinds.

Projects and workspaces are named in every question, also for who sees all of them: each index of the search begins with
them, so a person of one small project pays for that project alone.
"""

from dataclasses import dataclass

from releases.models import Project, User, Workspace
from releases.queries.access import visible_to


@dataclass(frozen=True)
class Seen:
    """Ids of the projects and workspaces; `is_everything` of who holds a role everywhere."""

    projects: list[int]
    workspaces: list[int]
    is_everything: bool


def seen_by(user: User) -> Seen:
    """What this person may see. Five queries."""
    return Seen(
        projects=list(visible_to(user, Project).values_list("pk", flat=True)),
        workspaces=list(visible_to(user, Workspace).values_list("pk", flat=True)),
        is_everything=user.is_active and user.memberships.filter(project=None).exists(),
    )
