"""The forms with which people prove who they are: again while they are signed in, and by a code as they sign in."""

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.mfa.base.internal.flows import check_rate_limit
from django import forms
from django.core.exceptions import ValidationError

from releases.actions.second_factors import use_code
from releases.models import User
from releases.policies.fresh import Method
from releases.queries.second_factors import factors_of

LONGEST_CODE = 60
CODE_HINT = "Six digits, or one of your recovery codes."


def code_field(**more: Any) -> forms.CharField:
    """A code of the authenticator app, or a recovery code."""
    widget = forms.TextInput({"autocomplete": "one-time-code", "spellcheck": "false", "autocapitalize": "none"})
    return forms.CharField(max_length=LONGEST_CODE, widget=widget, **more)


class ConfirmForm(forms.Form):
    """Password, or code of the authenticator app. Valid: `method` says which. `was_wrong`: somebody guessed."""

    prefix = "confirm"
    method: Method | None = None
    was_wrong = False

    password = forms.CharField(
        label="Password",
        strip=False,
        max_length=1000,
        widget=forms.PasswordInput({"autocomplete": "current-password"}),
    )
    code = code_field(label="Code of your authenticator app", help_text=CODE_HINT)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        if not user.has_usable_password():
            del self.fields["password"]
        if not factors_of(user).has_app:
            del self.fields["code"]
        if len(self.fields) > 1:
            self.fields["code"].label = "Or the code of your authenticator app"

    def clean(self) -> dict[str, Any]:
        """Prove it. The same limit as for sign-in: five attempts in five minutes."""
        for name in [one for one in self.fields if self.has_error(one, "required")]:
            del self.errors[name]  # one of them is enough
        if not any(self.cleaned_data.values()):
            if not self.errors:
                raise ValidationError("Type your password or a code.")
            return self.cleaned_data
        forget_attempts = check_rate_limit(self.user)
        self.method = self._proved()
        if self.method is None:
            self.was_wrong = True
            wrong = "code" if self.cleaned_data.get("code") else "password"
            self.add_error(wrong, f"This {wrong} is not right.")
        else:
            forget_attempts()
        return self.cleaned_data

    def _proved(self) -> Method | None:
        if code := self.cleaned_data.get("code"):
            return use_code(self.user, code)
        return Method.PASSWORD if self.user.check_password(self.cleaned_data["password"]) else None


class CodeForm(forms.Form):
    """The second step of signing in, for whoever has an authenticator app."""

    method: Method | None = None

    code = code_field(label="Code of your authenticator app", help_text=CODE_HINT)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_code(self) -> str:
        """Prove it, within the limit of attempts."""
        forget_attempts = check_rate_limit(self.user)
        self.method = use_code(self.user, self.cleaned_data["code"])
        if self.method is None:
            get_adapter().second_factor_failed(self.user)
            raise ValidationError("This code is not right. Wait for the next one the app shows.")
        forget_attempts()
        return str(self.cleaned_data["code"])
