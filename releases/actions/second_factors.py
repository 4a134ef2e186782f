"""Second factors: an authenticator app, and recovery codes for the day it is lost. Called by the account's pages.

Rows are those of allauth.mfa, whose sign-in asks for them. The app's seed is encrypted for its row, a code of it counts
once; of recovery codes only the SHA-256 is kept (80 random bits cannot be guessed), and each is used up.
"""

from base64 import b32encode
from datetime import datetime
from hashlib import sha256
from secrets import compare_digest, token_bytes
from typing import Any

from allauth.mfa.models import Authenticator
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from releases import audit
from releases.actions.acting import acting
from releases.audit import Actor, Via
from releases.errors import Conflict, Denied, Invalid
from releases.models import User
from releases.policies.codes import step_of
from releases.policies.fresh import Method, Proof, check_is_fresh, told
from releases.policies.roles import check_can_manage_people
from releases.secrets import decrypt, encrypt

RECOVERY_CODES = 10
RECOVERY_BYTES = 10
Change = dict[str, tuple[audit.JSON, audit.JSON]]
TOTP, CODES = Authenticator.Type.TOTP, Authenticator.Type.RECOVERY_CODES


def add_totp(
    user: User, *, seed: str, code: str, by: User, proof: Proof | None, now: datetime | None = None
) -> list[str]:
    """Add an authenticator app that shows it has the seed; returns the new recovery codes, this once.

    Raises Denied (not fresh), Conflict (there is one), Invalid (the code).
    """
    now = now or timezone.now()
    with acting(by):
        _require_own(user, by=by, proof=proof, now=now)
        if _rows(user).filter(type=TOTP).exists():
            raise Conflict("Your account has an authenticator app already. Remove it first.", code="second_factor")
        step = step_of(code, seed=seed, now=now)
        if step is None:
            raise Invalid(
                "This is not the code the app shows now. Wait for the next one, and check the clock of your phone.",
                code="wrong_code",
            )
        row = Authenticator.objects.create(user=user, type=TOTP, data={})
        row.data = {"secret": encrypt(seed, row=row_name(row)), "step": step}
        row.save(update_fields=["data"])
        codes = _new_codes(user)
        _tell("user.second_factor_added", user, by=by, change={"totp": (False, True)}, proof=proof, now=now)
    return codes


def remove_second_factors(
    user: User, *, by: Actor, proof: Proof | None = None, now: datetime | None = None, via: Via | None = None
) -> None:
    """Take the app and the recovery codes away: one's own, or those of somebody who lost them. Raises Denied.

    Without any it changes nothing and leaves no event.
    """
    now = now or timezone.now()
    with acting(by, user):
        if by != user:
            check_can_manage_people(by, None)
        check_is_fresh(by, proof, now=now)
        types = sorted(_rows(user).values_list("type", flat=True))
        if not types:
            return
        _rows(user).delete()
        change: Change = dict.fromkeys(types, (True, False))
        _tell("user.second_factor_removed", user, by=by, change=change, proof=proof, now=now, via=via)


def renew_recovery_codes(user: User, *, by: User, proof: Proof | None, now: datetime | None = None) -> list[str]:
    """New recovery codes, shown this once; the old ones stop working. Raises Denied, Conflict (no app)."""
    now = now or timezone.now()
    with acting(by):
        _require_own(user, by=by, proof=proof, now=now)
        if not _rows(user).filter(type=TOTP).exists():
            raise Conflict("Recovery codes stand in for an authenticator app: add one first.", code="no_second_factor")
        codes = _new_codes(user)
        change: Change = {"recovery_codes": (None, len(codes))}
        _tell("user.recovery_codes_renewed", user, by=by, change=change, proof=proof, now=now)
    return codes


def use_code(user: User, code: str, *, now: datetime | None = None) -> Method | None:
    """Which factor this code is of, used up with it; None for none. The sign-in it serves leaves the event."""
    now = now or timezone.now()
    with transaction.atomic():
        rows = {row.type: row for row in _rows(user).select_for_update()}
        if TOTP in rows and _used_totp(rows[TOTP], code, now=now):
            return Method.TOTP
        if CODES in rows and _used_recovery_code(rows[CODES], code, now=now):
            return Method.RECOVERY_CODE
    return None


def row_name(row: Authenticator) -> str:
    """What a seed is bound to."""
    return f"mfa_authenticator:{row.pk}"


def _rows(user: User) -> QuerySet[Any]:
    return QuerySet(Authenticator).filter(user=user)


def _require_own(user: User, *, by: User, proof: Proof | None, now: datetime) -> None:
    if by != user or not by.is_active:
        raise Denied("Second factors are set up by the person of the account.", code="not_own")
    check_is_fresh(by, proof, now=now)


def _new_codes(user: User) -> list[str]:
    codes = [b32encode(token_bytes(RECOVERY_BYTES)).decode().lower() for _ in range(RECOVERY_CODES)]
    data = {"digests": [_digest(code) for code in codes]}
    _rows(user).filter(type=CODES).delete()
    Authenticator.objects.create(user=user, type=CODES, data=data)
    return ["-".join(code[at : at + 4] for at in range(0, len(code), 4)) for code in codes]


def _digest(code: str) -> str:
    return sha256("".join(code.replace("-", "").split()).lower().encode()).hexdigest()


def _used_totp(row: Authenticator, code: str, *, now: datetime) -> bool:
    seed = decrypt(row.data["secret"], row=row_name(row))
    step = step_of(code, seed=seed, now=now, after=row.data["step"])
    if step is None:
        return False
    row.data["step"] = step
    row.last_used_at = now
    row.save(update_fields=["data", "last_used_at"])
    return True


def _used_recovery_code(row: Authenticator, code: str, *, now: datetime) -> bool:
    left = [one for one in row.data["digests"] if not compare_digest(one, _digest(code))]
    if len(left) == len(row.data["digests"]):
        return False
    row.data["digests"] = left
    row.last_used_at = now
    row.save(update_fields=["data", "last_used_at"])
    return True


def _tell(
    type: str,
    user: User,
    *,
    by: Actor,
    change: Change,
    proof: Proof | None,
    now: datetime,
    via: Via | None = None,
) -> None:
    more = told(proof, now=now)
    audit.append(type, by=by, object=("user", user.subject), change=change, via=via, more=more)
