"""The forms of the pages. They say what a field needs; what is allowed is decided by the actions."""

from typing import Any

from allauth.account.forms import ChangePasswordForm
from django import forms

from dashboard.moments import zone_names
from dashboard.shell import THEMES
from releases.actions.connect import DEFAULT_VARIABLE, Wish
from releases.actions.saved_views import LONGEST_NAME
from releases.models import Organization


def zones() -> list[tuple[str, str]]:
    """Every time zone people live in, UTC first, with its name in words."""
    names = sorted(name for name in zone_names() if "/" in name and not name.startswith(("Etc/", "posix", "right")))
    return [(name, name.replace("_", " ")) for name in ["UTC", *names]]


class PasswordForm(ChangePasswordForm):  # type: ignore[misc]  # allauth has no type hints
    """django-allauth's, in our words."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        labels = {"oldpassword": "Current password", "password1": "New password", "password2": "New password, again"}
        for name, label in labels.items():
            self.fields[name].label = label
        self.fields["password1"].help_text = "At least 15 characters, not a common one, not like your name or address."


class ThemeForm(forms.Form):
    """Light, dark, or as the system says."""

    theme = forms.ChoiceField(choices=[(one, one) for one in THEMES])
    next = forms.CharField(required=False)


class SavedViewForm(forms.Form):
    """The name of a saved view; which names are taken is decided by the action."""

    name = forms.CharField(
        label="Name", max_length=LONGEST_NAME, strip=True, widget=forms.TextInput({"autocomplete": "off"})
    )
    query = forms.CharField(required=False, max_length=10_000, widget=forms.HiddenInput())


class ConnectForm(forms.Form):
    """Where the releases are, and how we sign in there. Secrets are never typed here, only where they are found."""

    organization_url = forms.CharField(
        label="Organization address",
        max_length=500,
        help_text="Like https://dev.azure.com/port-authority, or the collection of a server of your own.",
        widget=forms.TextInput({"inputmode": "url", "autocomplete": "url"}),
    )
    project = forms.CharField(label="Project", max_length=200)
    credential_kind = forms.ChoiceField(
        label="Sign in as",
        choices=[
            (Organization.Credential.ENTRA, "Microsoft Entra (recommended)"),
            (Organization.Credential.PAT, "Personal access token"),
        ],
        help_text="Entra takes a managed or workload identity or a service principal: nothing to renew. "
        "Global tokens end on 1 December 2026.",
    )
    credential_variable = forms.CharField(
        label="Variable that holds the token",
        required=False,
        max_length=100,
        help_text=f"Its name, never the token. Left empty it is {DEFAULT_VARIABLE}. NAME_FILE may name a file instead.",
    )
    ca_file = forms.CharField(
        label="Certificate file",
        required=False,
        max_length=500,
        help_text="Only for a server with a certificate of its own: its path on the machine Slipway runs on.",
    )
    subscription_id = forms.CharField(label="Subscription ID", required=False, max_length=64)
    resource_group = forms.CharField(label="Resource group", required=False, max_length=90)
    workspace = forms.CharField(label="Workspace", required=False, max_length=64)
    resource_manager_url = forms.CharField(
        label="Resource manager address",
        required=False,
        max_length=200,
        help_text="Only outside Azure's public cloud.",
    )

    def wish(self) -> Wish:
        """What was asked for."""
        return Wish(**self.cleaned_data)


class BindForm(forms.Form):
    """Where a stage is served: `stage` is its id and how its binding stood, `to` the place (empty: by rule)."""

    stage = forms.RegexField(r"^\d{1,18}:[\w.]{1,100}$")
    to = forms.RegexField(r"^(endpoint|cluster):\d{1,18}$", required=False)

    def clean_stage(self) -> tuple[int, str]:
        """The stage's id and how its binding stood."""
        pk, _, seen = self.cleaned_data["stage"].partition(":")
        return int(pk), seen

    def clean_to(self) -> tuple[str, int] | None:
        """Which kind of place, and its id; None for "by rule"."""
        kind, _, pk = self.cleaned_data["to"].partition(":")
        return (kind, int(pk)) if kind else None
