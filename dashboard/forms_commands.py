"""The forms of what people do with commands. What is allowed is decided by the actions."""

from django import forms
from django.core.exceptions import ValidationError

from releases.actions.commands.recording import LONGEST_REASON, SHORTEST_REASON, reason_of
from releases.errors import Invalid


class NothingForm(forms.Form):
    """An act that asks for nothing."""


class ReasonForm(forms.Form):
    """Why somebody does it; kept with the command."""

    reason = forms.CharField(
        label="Reason",
        error_messages={"required": f"Give a reason of at least {SHORTEST_REASON} characters."},
        max_length=2 * LONGEST_REASON,
        help_text=f"At least {SHORTEST_REASON} characters. Everybody who reads the project can read it.",
        widget=forms.Textarea({"rows": 3}),
    )

    def clean_reason(self) -> str:
        """As it is kept."""
        try:
            return reason_of(self.cleaned_data["reason"])
        except Invalid as invalid:
            raise ValidationError(invalid.sentence) from invalid
