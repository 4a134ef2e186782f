"""Invitations: a one-time link with which a person makes their own account. `manage.py up` makes the first one."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from secrets import token_urlsafe

from django.db import transaction
from django.utils import timezone

from releases import audit
from releases.actions.acting import acting
from releases.actions.users import create_user, grant_role
from releases.audit import Actor, System, Via
from releases.errors import Denied
from releases.models import Invitation, Project, User
from releases.policies.roles import check_can_manage_people
from releases.states import Role

VALID = timedelta(hours=24)
SECRET_BYTES = 32


@dataclass(frozen=True)
class NewInvitation:
    """The row, and the secret that is shown once and kept nowhere."""

    row: Invitation
    secret: str


def invite(
    role: Role, *, by: Actor, project: Project | None = None, is_only: bool = False, now: datetime | None = None
) -> NewInvitation:
    """Make a link for one new account with this role, in a project or everywhere. Raises Denied.

    `is_only`: unused older links for the role stop working.
    """
    now, secret = now or timezone.now(), token_urlsafe(SECRET_BYTES)
    maker = by if isinstance(by, User) else None
    with acting(by):
        check_can_manage_people(by, project)
        if is_only:
            Invitation.objects.filter(role=role, used_at__isnull=True).delete()
        times = {"created_at": now, "expires_at": now + VALID}
        row = Invitation.objects.create(digest=_digest(secret), role=role, project=project, made_by=maker, **times)
        change: dict[str, tuple[audit.JSON, audit.JSON]] = {"role": (None, role.value)}
        audit.append("invitation.created", by=by, project=project, object=("invitation", str(row.pk)), change=change)
    return NewInvitation(row, secret)


def withdraw(invitation: Invitation, *, by: Actor) -> None:
    """End a link that nobody used. Ending it again changes nothing and leaves no event. Raises Denied."""
    with acting(by):
        check_can_manage_people(by, invitation.project)
        if not Invitation.objects.filter(pk=invitation.pk, used_at=None).delete()[0]:
            return
        key = ("invitation", str(invitation.pk))
        audit.append("invitation.withdrawn", by=by, project=invitation.project, object=key)


def find_open(secret: str, *, now: datetime | None = None) -> Invitation:
    """The invitation this secret opens. Raises Denied when it is unknown, used or too old; it does not say which."""
    usable = Invitation.objects.filter(used_at__isnull=True, expires_at__gt=now or timezone.now())
    found = usable.filter(digest=_digest(secret)).first()
    if found is None:
        raise Denied("This link is no longer valid. Ask for a new one.", code="invitation_over")
    return found


def accept(secret: str, *, email: str, name: str, password: str, now: datetime | None = None) -> User:
    """Make the account and use up the link, together. Raises Denied (as `find_open`, or somebody was first), Invalid,
    Conflict."""
    now = now or timezone.now()
    with transaction.atomic():
        invitation = find_open(secret, now=now)
        if not Invitation.objects.filter(pk=invitation.pk, used_at__isnull=True).update(used_at=now):
            raise Denied("This link was used a moment ago.", code="invitation_over")
        inviter = System("invitation")
        user = create_user(email, name=name, password=password, by=inviter, via=Via.SESSION)
        grant_role(user, role=Role(invitation.role), project=invitation.project, by=inviter, via=Via.SESSION)
    return user


def _digest(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()
