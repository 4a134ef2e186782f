"""The form that asks for a cluster. It says what a field needs; what Azure takes is decided by the action."""

from typing import Any

from django import forms

from dashboard.forms_acts import AGAIN
from releases.actions.attach_cluster import LONGEST_ID
from releases.actions.commands.recording import LONGEST_REASON
from releases.queries.attaching import Place

FIELDS = {"bad_name": "name", "bad_resource": "resource_id", "bad_namespace": "namespace"}
"""The field that a refusal is about, by its code; those of reasons begin with `reason`."""

PLAIN = {"autocomplete": "off", "spellcheck": "false", "autocapitalize": "none"}


class AttachForm(forms.Form):
    """A cluster, and where it is to be a compute."""

    key = forms.CharField(max_length=100, widget=forms.HiddenInput(), error_messages={"required": AGAIN})
    workspace = forms.TypedChoiceField(
        label="Workspace",
        coerce=int,
        error_messages={"required": "Choose a workspace.", "invalid_choice": "Choose one of these workspaces."},
    )
    name = forms.CharField(
        label="Name of the compute",
        max_length=260,
        help_text="As Azure ML lists it, or shall list it.",
        widget=forms.TextInput(PLAIN),
        error_messages={"required": "Give the name that the compute has or shall have."},
    )
    resource_id = forms.CharField(
        label="Resource id of the cluster",
        max_length=2 * LONGEST_ID,
        help_text="In the Azure portal: the cluster, Properties, Resource ID.",
        widget=forms.Textarea({"rows": 3, **PLAIN}),
        error_messages={"required": "Give the resource id of the AKS or Arc cluster."},
    )
    namespace = forms.CharField(
        label="Namespace",
        required=False,
        max_length=260,
        help_text="Must be there in the cluster. Without one: default.",
        widget=forms.TextInput(PLAIN),
    )
    reason = forms.CharField(
        label="Reason",
        max_length=2 * LONGEST_REASON,
        widget=forms.Textarea({"rows": 2}),
        help_text="At least 10 characters. It stays in the history.",
        error_messages={"required": "Give a reason of at least 10 characters."},
    )

    def __init__(self, *args: Any, places: list[Place], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        open_ones = [place for place in places if not place.refusal]
        choices = [(place.workspace.pk, f"{place.workspace} of {place.project}") for place in open_ones]
        field = self.fields["workspace"]
        field.choices = choices  # type: ignore[attr-defined]
        if len(choices) == 1:
            field.widget, field.initial = forms.HiddenInput(), choices[0][0]

    def refuse(self, sentence: str, *, code: str) -> None:
        """Put what the action says against its field, or above the form."""
        field = "reason" if code.startswith("reason") else FIELDS.get(code)
        self.add_error(field, sentence)
