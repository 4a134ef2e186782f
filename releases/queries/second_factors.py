"""Which second factors a person has. Read by their own account page and by People."""

from dataclasses import dataclass
from datetime import datetime

from allauth.mfa.models import Authenticator

from releases.models import User


@dataclass(frozen=True)
class Factors:
    """The authenticator app, if any (since when, last used), and how many recovery codes are left."""

    added_at: datetime | None = None
    used_at: datetime | None = None
    codes_left: int = 0

    @property
    def has_app(self) -> bool:
        """Whether sign-in asks for a code."""
        return self.added_at is not None


def factors_of(user: User) -> Factors:
    """What the account has."""
    rows = {row.type: row for row in Authenticator.objects.filter(user=user)}
    app, codes = rows.get(Authenticator.Type.TOTP), rows.get(Authenticator.Type.RECOVERY_CODES)
    return Factors(
        added_at=app.created_at if app else None,
        used_at=app.last_used_at if app else None,
        codes_left=len(codes.data["digests"]) if codes else 0,
    )
