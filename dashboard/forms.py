"""The forms of the pages. They say what a field needs; what is allowed is decided by the actions."""

from zoneinfo import available_timezones

from django import forms
from django.utils.functional import lazy

from dashboard.shell import THEMES


def _zones() -> list[tuple[str, str]]:
    names = sorted(
        name for name in available_timezones() if "/" in name and not name.startswith(("Etc/", "posix", "right"))
    )
    return [(name, name.replace("_", " ")) for name in ["UTC", *names]]


class AccountForm(forms.Form):
    """What people decide about their own account."""

    name = forms.CharField(label="Name", max_length=200, widget=forms.TextInput({"autocomplete": "name"}))
    time_zone = forms.ChoiceField(label="Time zone", choices=lazy(_zones, list), help_text="All times are shown in it.")


class ThemeForm(forms.Form):
    """Light, dark, or as the system says."""

    theme = forms.ChoiceField(choices=[(one, one) for one in THEMES])
    next = forms.CharField(required=False)


class ConnectForm(forms.Form):
    """Where the releases are, and how we sign in there. Secrets are never typed here: only where to find them."""

    organization_url = forms.URLField(
        label="Organization address",
        assume_scheme="https",
        help_text="Like https://dev.azure.com/port-authority, or the collection of a server of your own.",
        widget=forms.URLInput({"autocomplete": "url", "placeholder": "https://dev.azure.com/…"}),
    )
    project = forms.CharField(label="Project", max_length=200)
