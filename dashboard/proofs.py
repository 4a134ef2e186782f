"""What the session knows of how its person proved who they are. The door's half of `releases.policies.fresh`.

django-allauth keeps the records; its own word for "recently" is not used: it is true for whoever has no password. An
identity provider's records (method `socialaccount`) count for nothing until its `auth_time` is checked and kept here.
"""

from datetime import UTC, datetime
from typing import Any

from allauth.account.authentication import get_authentication_records
from allauth.account.internal.flows.login import record_authentication
from django.http import HttpRequest

from releases.models import User
from releases.policies.fresh import Method, Proof

FACTORS = {Method.TOTP, Method.RECOVERY_CODE}


def proof_of(request: HttpRequest) -> Proof | None:
    """The last proof of this session's person, or None."""
    if not isinstance(request.user, User):
        return None
    known = [(how, record) for record in get_authentication_records(request, request.user) if (how := _method(record))]
    if not known:
        return None
    method, last = known[-1]
    has_factor = any(how in FACTORS for how, _ in known)
    return Proof(method=method, mfa=has_factor, at=datetime.fromtimestamp(last["at"], tz=UTC))


def note_proof(request: HttpRequest, user: User, method: Method) -> None:
    """Keep it with the session."""
    if method in FACTORS:
        record_authentication(request, user, method="mfa", type=method.value)
    else:
        record_authentication(request, user, method=method.value)


def _method(record: dict[str, Any]) -> Method | None:
    if record.get("method") == Method.PASSWORD:
        return Method.PASSWORD
    return next((one for one in FACTORS if record.get("method") == "mfa" and record.get("type") == one), None)
