"""Invitations: a one-time link with which a person makes their own account. `manage.py up` makes the first one."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from secrets import token_urlsafe

from django.db import transaction
from django.utils import timezone

from releases.actions.acting import acting
from releases.actions.users import create_user, grant_role
from releases.audit import Actor, System, Via
from releases.errors import Denied
from releases.models import Invitation, User
from releases.policies.roles import check_can_manage_people
from releases.states import Role

VALID = timedelta(hours=24)
SECRET_BYTES = 32


@dataclass(frozen=True)
class NewInvitation:
    """The row, and the secret that is shown once and kept nowhere."""

    row: Invitation
    secret: str


def invite(role: Role, *, by: Actor, now: datetime | None = None) -> NewInvitation:
    """Make a link for one new account with this role everywhere. Unused older links for the role stop working.

    Raises Denied.
    """
    now, secret = now or timezone.now(), token_urlsafe(SECRET_BYTES)
    with acting(by):
        check_can_manage_people(by, None)
        Invitation.objects.filter(role=role, used_at__isnull=True).delete()
        row = Invitation.objects.create(digest=_digest(secret), role=role, created_at=now, expires_at=now + VALID)
    return NewInvitation(row, secret)


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
        grant_role(user, role=Role(invitation.role), by=inviter, via=Via.SESSION)
    return user


def _digest(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()
