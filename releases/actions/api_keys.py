"""API keys: made by their owner (or from the shell), shown once, kept as a digest. Each verb leaves its event."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from secrets import token_hex, token_urlsafe

from django.utils import timezone

from releases import audit
from releases.actions.acting import acting
from releases.audit import Actor, Via
from releases.errors import Invalid
from releases.models import ApiKey, User
from releases.policies.roles import check_can_make_key_for, check_can_revoke_key_of
from releases.policies.scopes import READ, known_scopes

KEY_BEGINS_WITH = "slipway"
PREFIX_BYTES = 6
SECRET_BYTES = 32
LONGEST_DAYS = 366


@dataclass(frozen=True)
class NewKey:
    """A key just made. `secret` is the whole key as a program sends it; it is shown now and never again."""

    key: ApiKey
    secret: str


def create_api_key(
    user: User,
    *,
    name: str,
    by: Actor,
    scopes: Iterable[str] = (READ,),
    expires_days: int = 90,
    now: datetime | None = None,
    via: Via | None = None,
) -> NewKey:
    """Make a key that acts for this person within these scopes. Raises Denied, Invalid (scopes, days, name)."""
    made_at = now or timezone.now()
    prefix = token_hex(PREFIX_BYTES)
    secret = f"{KEY_BEGINS_WITH}_{prefix}_{token_urlsafe(SECRET_BYTES)}"
    with acting(by, user):
        check_can_make_key_for(by, user)
        held = known_scopes(scopes)
        _require_usable(name, expires_days)
        expires_at = made_at + timedelta(days=expires_days)
        key = ApiKey.objects.create(
            user=user, name=name, prefix=prefix, digest=digest_of(secret), scopes=held, expires_at=expires_at
        )
        change: dict[str, tuple[audit.JSON, audit.JSON]] = {
            "owner": (None, user.subject),
            "scopes": (None, list(held)),
            "expires_at": (None, expires_at.isoformat()),
        }
        audit.append("api_key.created", by=by, object=("api_key", prefix), change=change, via=via)
    return NewKey(key=key, secret=secret)


def revoke_api_key(key: ApiKey, *, by: Actor, now: datetime | None = None, via: Via | None = None) -> None:
    """End a key now. Revoking it again changes nothing and leaves no event. Raises Denied."""
    revoked_at = now or timezone.now()
    with acting(by):
        check_can_revoke_key_of(by, key.user)
        if not ApiKey.objects.filter(pk=key.pk, revoked_at__isnull=True).update(revoked_at=revoked_at):
            return
        change = {"revoked_at": (None, revoked_at.isoformat())}
        audit.append("api_key.revoked", by=by, object=("api_key", key.prefix), change=change, via=via)
    key.revoked_at = revoked_at


def digest_of(secret: str) -> str:
    """The SHA-256 that the row keeps. A slow hash is for passwords: 256 random bits cannot be guessed."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _require_usable(name: str, expires_days: int) -> None:
    if not 0 < len(name.strip()) <= 100:
        raise Invalid("Name the key in 1 to 100 characters, after the program that will use it.", code="invalid_name")
    if not 1 <= expires_days <= LONGEST_DAYS:
        raise Invalid(f"A key lives 1 to {LONGEST_DAYS} days.", code="invalid_expiry")
