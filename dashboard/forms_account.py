"""The forms of the account page: what people decide about their own account, and a key for a program."""

from collections.abc import Collection
from typing import Any

from django import forms

from dashboard.forms import zones
from releases.actions.api_keys import LONGEST_DAYS
from releases.policies.scopes import READ, SCOPES

USUAL_DAYS = 90


class AccountForm(forms.Form):
    """What people decide about their own account."""

    name = forms.CharField(label="Name", max_length=200, widget=forms.TextInput({"autocomplete": "name"}))
    time_zone = forms.CharField(
        label="Time zone",
        max_length=64,
        help_text="All times are shown in it. Type a city or a region.",
        widget=forms.TextInput({"list": "zones", "autocomplete": "off", "spellcheck": "false"}),
    )
    has_shortcuts = forms.BooleanField(label="Keyboard shortcuts", required=False)

    def clean_time_zone(self) -> str:
        """The zone in its usual spelling; a city alone will do where only one zone has it."""
        typed = self.cleaned_data["time_zone"].strip().replace(" ", "_").lower()
        known = [name for name, _ in zones()]
        found = [name for name in known if name.lower() == typed]
        found = found or [name for name in known if name.lower().rpartition("/")[2] == typed]
        if len(found) != 1:
            raise forms.ValidationError("There is no such time zone. Choose one of the list, like Europe/Helsinki.")
        return found[0]


class KeyForm(forms.Form):
    """What a key is called, what it opens and how long it lives."""

    prefix = "key"

    name = forms.CharField(label="Name", max_length=100, help_text="After the program that will use it.")
    scopes = forms.MultipleChoiceField(
        label="May",
        choices=list(SCOPES.items()),
        initial=[READ],
        widget=forms.CheckboxSelectMultiple(),
    )
    expires_days = forms.IntegerField(
        label="Days it works", min_value=1, max_value=LONGEST_DAYS, initial=USUAL_DAYS, help_text="At most 366."
    )

    def __init__(self, *args: Any, taken: Collection[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.taken = taken

    def clean_name(self) -> str:
        """A second key of the same name is a form that was sent twice."""
        name = str(self.cleaned_data["name"]).strip()
        if name in self.taken:
            raise forms.ValidationError("You have a key of this name. Revoke it first, or choose another name.")
        return name
