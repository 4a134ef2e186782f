"""Who may see and change people: administrators, each within what they administer. Asked by pages and actions alike."""

from releases.audit.actors import Actor, System
from releases.errors import Denied
from releases.models import Membership, User
from releases.policies.roles import check_can_manage_people
from releases.states import Role


def check_can_see_people(by: Actor, _nothing: None = None) -> None:
    """Names, addresses and roles of colleagues: administrators of everything or of any project."""
    if isinstance(by, System):
        return
    if not by.is_active:
        raise Denied("This account is no longer active.", code="inactive")
    if not Membership.objects.filter(user=by, role=Role.ADMINISTRATOR).exists():
        raise Denied("You cannot see people and their roles: administrators can.", roles=[Role.ADMINISTRATOR])


def check_can_place_identities(by: Actor, _nothing: None = None) -> None:
    """An identity is the same in every project, so who it is decide administrators of everything."""
    check_can_manage_people(by, None)


def check_is_somebody_else(by: Actor, user: User) -> None:
    """Nobody gives or takes a role of their own, or closes their own account: a second person sees it."""
    if by == user:
        raise Denied("You cannot change your own roles or account: another administrator can.")
