"""How people sign in: what we change in django-allauth. Its views call this; roles and refusals live in the domain.

Every sign-in, refusal and sign-out leaves its event in the trail, in the transaction that makes it true.
"""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from dashboard.proofs import proof_of
from releases import audit
from releases.actions.users import change_password
from releases.audit import System
from releases.models import User
from releases.policies.fresh import Method, told


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no type hints
    """Accounts are made by administrators, never by visitors."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": "This email address and password do not belong together. Check both.",
        "enter_current_password": "This is not your current password.",
        "too_many_login_attempts": "Too many attempts failed. Wait five minutes, then try again.",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never."""
        return False

    def login(self, request: HttpRequest, user: User) -> None:
        """Sign in, and say so in the trail."""
        with transaction.atomic():
            super().login(request, user)
            more = told(proof_of(request), now=timezone.now())
            audit.append("signin.succeeded", by=user, object=("user", user.subject), more=more)

    def set_password(self, user: User, password: str) -> None:
        """People change their own password only."""
        change_password(user, password, by=user)

    def logout(self, request: HttpRequest) -> None:
        """Sign out, and say so in the trail."""
        user = request.user
        with transaction.atomic():
            super().logout(request)
            if isinstance(user, User):
                audit.append("signin.ended", by=user, object=("user", user.subject))

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """The address is personal and may be mistyped: the chain only commits to it. Rate limits bound these events."""
        super().authentication_failed(request, **credentials)
        with transaction.atomic():
            private = {"email": str(credentials.get("email", ""))[:320]}
            audit.append("signin.failed", by=System("sign-in"), outcome="denied", private=private, via="session")

    def second_factor_failed(self, user: User) -> None:
        """The password was right, the code was not. Nobody is signed in, so it is not the person's own act."""
        with transaction.atomic():
            by, key = System("sign-in"), ("user", user.subject)
            more: dict[str, audit.JSON] = {"auth": {"method": Method.TOTP.value}}
            audit.append("signin.failed", by=by, outcome="denied", object=key, via="session", more=more)


class FactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth has no type hints
    """Seeds are encrypted for their row by `releases.actions.second_factors`; nothing else may keep or read one."""

    def encrypt(self, text: str) -> str:
        """Never."""
        raise NotImplementedError

    def decrypt(self, encrypted_text: str) -> str:
        """Never."""
        raise NotImplementedError
