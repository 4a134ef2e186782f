"""People: give them an account and roles, take them away. Called by commands and pages; each verb leaves its event."""

from allauth.account.models import EmailAddress
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError
from django.utils import timezone

from releases import audit
from releases.actions.acting import acting
from releases.audit import Actor, Via
from releases.errors import Conflict, Invalid
from releases.models import ApiKey, Membership, Project, User
from releases.policies.people import check_is_somebody_else
from releases.policies.roles import check_can_manage_people
from releases.states import Role


def create_user(email: str, *, name: str, by: Actor, password: str | None = None, via: Via | None = None) -> User:
    """Make an account whose address counts as verified: whoever makes it vouches for it. Without a password nobody
    can sign in with one.

    Raises Denied, Invalid (address or password), Conflict (the address is taken).
    """
    email = email.strip().lower()
    try:
        with acting(by):
            check_can_manage_people(by, None)
            _require_usable(User(email=email, name=name), password=password)
            user = User.objects.create_user(email, password, name=name)
            EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
            private = {"email": email, "name": name}
            audit.append("user.created", by=by, object=("user", user.subject), private=private, via=via)
    except IntegrityError:
        if not User.objects.filter(email=email).exists():
            raise
        raise Conflict(f"There already is an account for {email}.", code="email_taken") from None
    return user


def change_password(user: User, password: str, *, by: Actor, via: Via | None = None) -> None:
    """Replace the password of an account; sessions that the old one opened end on their next request. Raises Denied,
    Invalid (the password)."""
    with acting(by, user):
        if by != user:
            check_can_manage_people(by, None)
        _require_good(password, user)
        user.set_password(password)
        user.save(update_fields=["password"])
        audit.append("user.password_changed", by=by, object=("user", user.subject), via=via)


def grant_role(
    user: User, *, role: Role, by: Actor, project: Project | None = None, via: Via | None = None
) -> Membership:
    """Give a role in one project, or in every project. A role already held is left as it is, without an event."""
    with acting(by, user):
        check_can_manage_people(by, project)
        check_is_somebody_else(by, user)
        membership, is_new = Membership.objects.get_or_create(user=user, project=project, role=role)
        if is_new:
            _append_role("user.role_granted", user, project=project, change=(None, role.value), by=by, via=via)
    return membership


def revoke_role(user: User, *, role: Role, by: Actor, project: Project | None = None, via: Via | None = None) -> None:
    """Take a role away; it is gone on the person's next request. Raises Conflict for the last administrator."""
    with acting(by, user, and_administrators=True):
        check_can_manage_people(by, project)
        if role == Role.ADMINISTRATOR and project is None:
            _require_another_administrator(user)
        check_is_somebody_else(by, user)
        removed, _ = Membership.objects.filter(user=user, project=project, role=role).delete()
        if removed:
            _append_role("user.role_revoked", user, project=project, change=(role.value, None), by=by, via=via)


def deactivate(user: User, *, by: Actor, via: Via | None = None) -> None:
    """Close an account: sessions end on their next request, keys are revoked. Raises Conflict for the last
    administrator."""
    with acting(by, user, and_administrators=True):
        check_can_manage_people(by, None)
        _require_another_administrator(user)
        if not User.objects.filter(pk=user.pk, is_active=True).update(is_active=False):
            return
        keys = ApiKey.objects.filter(user=user, revoked_at__isnull=True)
        prefixes = sorted(keys.values_list("prefix", flat=True))
        keys.update(revoked_at=timezone.now())
        change: dict[str, tuple[audit.JSON, audit.JSON]] = {"is_active": (True, False)}
        if prefixes:
            change["api_keys"] = (list(prefixes), [])
        audit.append("user.deactivated", by=by, object=("user", user.subject), change=change, via=via)
    user.is_active = False


def reactivate(user: User, *, by: Actor, via: Via | None = None) -> None:
    """Open a closed account again, with the roles it still has; its keys stay revoked."""
    with acting(by, user):
        check_can_manage_people(by, None)
        if not User.objects.filter(pk=user.pk, is_active=False).update(is_active=True):
            return
        change: dict[str, tuple[audit.JSON, audit.JSON]] = {"is_active": (False, True)}
        audit.append("user.reactivated", by=by, object=("user", user.subject), change=change, via=via)
    user.is_active = True


def _append_role(
    type: str,
    user: User,
    *,
    project: Project | None,
    change: tuple[str | None, str | None],
    by: Actor,
    via: Via | None,
) -> None:
    audit.append(type, by=by, project=project, object=("user", user.subject), change={"role": change}, via=via)


def _require_usable(user: User, *, password: str | None) -> None:
    try:
        validate_email(user.email)
    except ValidationError:
        raise Invalid(f"{user.email or 'Nothing'} is not an e-mail address.", code="invalid_email") from None
    if not user.name.strip():
        raise Invalid("An account needs a name.", code="invalid_name")
    if password is not None:
        _require_good(password, user)


def _require_good(password: str, user: User) -> None:
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise Invalid(" ".join(error.messages), code="weak_password") from None


def _require_another_administrator(user: User) -> None:
    """Somebody must be left who can manage people. Locks the administrators, so that two cannot remove each other.

    Their accounts too: PostgreSQL asks again whether they are active only of rows that somebody changed meanwhile.
    """
    administrators = Membership.objects.filter(role=Role.ADMINISTRATOR, project__isnull=True, user__is_active=True)
    locked = administrators.select_related("user").order_by("pk").select_for_update(of=("self", "user"))
    if {membership.user_id for membership in locked} == {user.pk}:
        raise Conflict("This is the last administrator; make another one first.", code="last_administrator")
