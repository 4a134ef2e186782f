"""What a role lets a person do. Each check raises Denied with a sentence; pages, API and actions ask the same ones.

Roles are read from the database each time, so a role that was taken away is gone on the next request; actions ask again
within `releases.actions.acting`, whose transaction holds the person's row. Slipway itself
(`System`) may do everything here: what it does is decided by the code that calls.
"""

from collections.abc import Callable
from typing import TypeVar

from django.db.models import Q

from releases.audit.actors import Actor, System
from releases.errors import Denied
from releases.models import Membership, Project, User
from releases.states import Role

Thing = TypeVar("Thing")

PLURALS = {
    Role.QA: "QA",
    Role.OPERATOR: "operators",
    Role.MANAGER: "managers",
    Role.AUDITOR: "auditors",
    Role.ADMINISTRATOR: "administrators",
}
SINGULARS = {
    Role.QA: "QA",
    Role.OPERATOR: "operator",
    Role.MANAGER: "manager",
    Role.AUDITOR: "auditor",
    Role.ADMINISTRATOR: "administrator",
}
ACTING = frozenset(Role) - {Role.AUDITOR}
"""Everybody but auditors: an auditor sees all and changes nothing."""


def roles_of(user: User, project: Project | None) -> frozenset[Role]:
    """The roles this person holds in the project, or, without one, those they hold everywhere. Inactive: none."""
    if not user.is_active:
        return frozenset()
    where = Q(project__isnull=True) if project is None else Q(project__isnull=True) | Q(project=project)
    return frozenset(Role(role) for role in Membership.objects.filter(where, user=user).values_list("role", flat=True))


def refusal(check: Callable[[User, Thing], None], user: User, thing: Thing) -> str | None:
    """The sentence with which this check refuses, or None when it does not. Serves button, tooltip and API alike."""
    try:
        check(user, thing)
    except Denied as denied:
        return denied.sentence
    return None


def check_can_read(by: Actor, project: Project | None) -> None:
    """Any role in the project lets a person read everything in it."""
    require(by, frozenset(Role), project, to="read this project")


def check_can_sync_now(by: Actor, project: Project | None) -> None:
    """Whoever acts in the project may ask for fresh history; auditors change nothing, not even the time of a read."""
    require(by, ACTING, project, to="ask for a sync")


def check_can_connect(by: Actor, _nothing: None = None) -> None:
    """Connecting decides what Slipway follows and with which credential: administrators of everything."""
    require(by, frozenset({Role.ADMINISTRATOR}), None, to="connect an organization")


def check_can_change_artifact_rules(by: Actor, project: Project | None) -> None:
    """Rules decide what counts as a model: administrators, of everything for the rules that hold everywhere."""
    require(by, frozenset({Role.ADMINISTRATOR}), project, to="change artifact rules")


def check_can_change_endpoint_rules(by: Actor, project: Project | None) -> None:
    """Rules bind stages to endpoints and so decide what counts as drift: administrators, as for artifact rules."""
    require(by, frozenset({Role.ADMINISTRATOR}), project, to="change endpoint rules")


def check_can_bind_stage(by: Actor, project: Project | None) -> None:
    """Where a stage is served decides what counts as drift: administrators of its project."""
    require(by, frozenset({Role.ADMINISTRATOR}), project, to="bind a stage to an endpoint")


def check_can_manage_people(by: Actor, project: Project | None) -> None:
    """Making users and giving roles, in one project or (without one) everywhere."""
    require(by, frozenset({Role.ADMINISTRATOR}), project, to="manage people")


def check_can_erase_people(by: Actor, _nothing: None = None) -> None:
    """Erasing personal values of the trail, and holding them: administrators of everything."""
    require(by, frozenset({Role.ADMINISTRATOR}), None, to="erase a person")


def check_can_verify_trail(by: Actor, _nothing: None = None) -> None:
    """Reading the trail again changes nothing in it: whoever holds a role for all projects, auditors too."""
    require(by, frozenset(Role), None, to="verify the trail")


def check_can_make_key_for(by: Actor, owner: User) -> None:
    """A key acts with its owner's rights, so nobody else makes one; the shell may, for whoever runs the machine."""
    if not isinstance(by, System) and by != owner:
        raise Denied("You can make API keys for yourself only: a key acts in the name of its owner.")
    if not owner.is_active:
        raise Denied("This account is no longer active.", code="inactive")


def check_can_revoke_key_of(by: Actor, owner: User) -> None:
    """The owner, and administrators of everything."""
    if by != owner:
        require(by, frozenset({Role.ADMINISTRATOR}), None, to="revoke the API keys of others")


def require(by: Actor, enough: frozenset[Role], project: Project | None, *, to: str) -> None:
    """One of these roles lets a person do what `to` says. Raises Denied with who can, and what the person is."""
    if isinstance(by, System):
        return
    if not by.is_active:
        raise Denied("This account is no longer active.", code="inactive")
    held = roles_of(by, project)
    if not held & enough:
        sentence = f"You cannot {to}: {_who(enough)} can. {_held(held, project)}"
        raise Denied(sentence, roles=sorted(enough), project=project.pk if project else None)


def _who(roles: frozenset[Role]) -> str:
    return "its members" if roles == frozenset(Role) else _listed([PLURALS[role] for role in Role if role in roles])


def _held(roles: frozenset[Role], project: Project | None) -> str:
    if project is None:
        return "You hold no role for all projects." if not roles else f"For all projects you are {_singular(roles)}."
    return f"In {project.name} you are {_singular(roles)}." if roles else f"In {project.name} you hold no role."


def _singular(roles: frozenset[Role]) -> str:
    return _listed([SINGULARS[role] for role in Role if role in roles])


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
