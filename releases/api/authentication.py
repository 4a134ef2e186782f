"""Who asks: a program with a key (`Authorization: Bearer KEY`), else a person with a session, whose writes need CSRF.

The key class comes first in every view, so that an anonymous request is answered 401 and told how to sign in.
"""

import logging
from datetime import timedelta
from secrets import compare_digest
from typing import Any

from django.core.cache import cache
from django.db.models import Q
from django.utils import timezone
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed, Throttled
from rest_framework.request import Request

from releases.actions.api_keys import KEY_BEGINS_WITH, digest_of
from releases.models import ApiKey, User
from releases.policies.fresh import Method, Proof

log = logging.getLogger(__name__)

SCHEME = "bearer"
LONGEST_KEY = 200
USED_STEP = timedelta(minutes=5)
"""How often a key notes that it is used; writing on every request would make readers write."""

REFUSALS_A_MINUTE = 30
"""From one address; only refused requests count and only they wait, so nobody can lock a valid key out."""


class BearerKey(BaseAuthentication):
    """Reads the key from the Authorization header. Raises AuthenticationFailed; None where no key was sent."""

    def authenticate(self, request: Request) -> tuple[User, ApiKey] | None:
        """The owner of the key, and the key."""
        scheme, _, given = get_authorization_header(request).decode("latin-1").partition(" ")
        if scheme.lower() != SCHEME:
            return None
        now = timezone.now()
        key = _found(given.strip())
        if key is None:
            raise _refused(request, "This key is not one of ours, or it was mistyped.", code="invalid_key")
        if key.revoked_at is not None:
            raise _refused(request, "This key was revoked.", code="revoked_key")
        if key.expires_at is not None and key.expires_at <= now:
            raise _refused(request, f"This key expired on {key.expires_at:%Y-%m-%d}.", code="expired_key")
        if not key.user.is_active:
            raise _refused(request, "The account of this key is no longer active.", code="inactive")
        stale = Q(last_used_at__isnull=True) | Q(last_used_at__lt=now - USED_STEP)
        if key.last_used_at is None or key.last_used_at < now - USED_STEP:
            ApiKey.objects.filter(stale, pk=key.pk).update(last_used_at=now)
        return key.user, key

    def authenticate_header(self, _request: Request) -> str:
        """What a 401 says in WWW-Authenticate."""
        return 'Bearer realm="slipway"'


def proof_of(request: Request) -> Proof | None:
    """For `policies.fresh`: a key proves no person, and the proof of a session stays with the pages."""
    return Proof(Method.KEY, mfa=False, at=timezone.now()) if isinstance(request.auth, ApiKey) else None


def _found(given: str) -> ApiKey | None:
    parts = given.split("_", 2)
    if len(given) > LONGEST_KEY or not given.isascii() or len(parts) != 3 or parts[0] != KEY_BEGINS_WITH:
        return None
    key = ApiKey.objects.select_related("user").filter(prefix=parts[1]).first()
    return key if key and compare_digest(key.digest, digest_of(given)) else None


def _refused(request: Request, sentence: str, *, code: str) -> AuthenticationFailed | Throttled:
    name = f"api-refusals:{request.META.get('REMOTE_ADDR', '')}"
    cache.add(name, 0, timeout=60)
    try:
        count = cache.incr(name)
    except ValueError:  # it expired between the two calls
        count = 1
    if count == REFUSALS_A_MINUTE:
        log.warning("%s keys from %s were refused within a minute; more wait.", count, request.META.get("REMOTE_ADDR"))
    return Throttled(wait=60) if count > REFUSALS_A_MINUTE else AuthenticationFailed(sentence, code=code)


class BearerKeyScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How the OpenAPI file describes the key; drf-spectacular finds this class by itself."""

    target_class = BearerKey
    name = "key"

    def get_security_definition(self, _auto_schema: object) -> dict[str, Any]:
        """An HTTP bearer scheme."""
        return {"type": "http", "scheme": "bearer", "description": "A key made by `manage.py create_api_key USER`."}
