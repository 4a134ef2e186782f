"""The forms of the dialogs that act on a release. What is allowed, and how long a reason is, the actions decide."""

from django import forms

AGAIN = "What the dialog carried along is missing. Open it again."


class ActForm(forms.Form):
    """What every dialog carries along: a key of its own, so that sending it twice is one act, and what was seen."""

    key = forms.CharField(max_length=100, widget=forms.HiddenInput(), error_messages={"required": AGAIN})
    seen = forms.CharField(max_length=20_000, widget=forms.HiddenInput(), error_messages={"required": AGAIN})


class ReasonForm(ActForm):
    """With the reason, which is kept."""

    reason = forms.CharField(
        label="Reason",
        widget=forms.Textarea({"rows": 3}),
        help_text="At least 10 characters. It stays in the history.",
        error_messages={"required": "Give a reason of at least 10 characters."},
    )


class CancelForm(ActForm):
    """With the attempt that was meant; a reason may be given."""

    attempt = forms.IntegerField(min_value=1, max_value=1_000_000, widget=forms.HiddenInput())
    reason = forms.CharField(label="Reason", required=False, widget=forms.Textarea({"rows": 2}))


class AbandonForm(ReasonForm):
    """With the name of the release, typed: it is for good."""

    typed_name = forms.CharField(
        max_length=400,
        label="Name of the release",
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": "Type the name of the release to abandon it."},
    )


class RollBackForm(ReasonForm):
    """With the release that was chosen, by its number in Azure DevOps."""

    to = forms.IntegerField(min_value=1, max_value=2**31 - 1, widget=forms.HiddenInput())
