"""Fresh sign-in: who acts must have proved within the last 15 minutes that it is them. Asked by doors and actions.

The door makes the proof from the session. A key never gives one, and having no password excuses nobody. People who
sign in through an identity provider will prove it there (`prompt=login`, its `auth_time` as `at`), as one more Method.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from releases.audit.actors import Actor, System
from releases.audit.chain import JSON
from releases.errors import Denied

FRESH_FOR = timedelta(minutes=15)
CLOCKS_DIFFER = timedelta(minutes=1)
"""By how much a proof may come from the future: each web machine has a clock of its own."""

CODE = "needs_fresh_sign_in"


class Method(StrEnum):
    """How somebody proved who they are."""

    PASSWORD = "password"  # noqa: S105  # a word, not one
    TOTP = "totp"
    RECOVERY_CODE = "recovery_code"
    KEY = "key"


@dataclass(frozen=True)
class Proof:
    """The last proof of a session: how, whether the session had a second factor, and when."""

    method: Method
    mfa: bool
    at: datetime


def check_is_fresh(by: Actor, proof: Proof | None, *, now: datetime) -> None:
    """Whoever has the machine needs none. Raises Denied with the code `needs_fresh_sign_in`."""
    if isinstance(by, System):
        return
    if proof is None:
        raise Denied("This needs a fresh sign-in: confirm first that it is you.", code=CODE)
    if proof.method == Method.KEY:
        raise Denied("A key cannot do this: it needs a fresh sign-in of a person, on the page.", code=CODE)
    if not -CLOCKS_DIFFER <= now - proof.at <= FRESH_FOR:
        raise Denied("Your last proof is older than 15 minutes: confirm again that it is you.", code=CODE)


def told(proof: Proof | None, *, now: datetime) -> dict[str, JSON]:
    """What an event says of it: `audit.append(..., more=told(proof, now=now))`. The age is in whole seconds."""
    if proof is None:
        return {}
    age = max(0, int((now - proof.at).total_seconds()))
    return {"auth": {"method": proof.method.value, "mfa": proof.mfa, "age_s": age}}
