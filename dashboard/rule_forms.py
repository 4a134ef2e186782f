"""The form of an artifact rule. It says what a field needs; what is allowed is decided by the action."""

from typing import Any

from django import forms

from releases.actions.artifact_rules import Wish
from releases.actions.ruling import MOST_PRIORITY
from releases.models import ArtifactRule, Project
from releases.policies.patterns import problem
from releases.states import ArtifactRole

ROLES = [(role.value, role.value.capitalize()) for role in ArtifactRole]
NOTHING_TYPED = "Give a type or a name to match: a rule for everything hides all rules after it."


class ArtifactRuleForm(forms.Form):
    """One rule: what it matches and the role it gives."""

    role = forms.ChoiceField(label="Role", choices=ROLES)
    type_pattern = forms.CharField(
        label="Type",
        required=False,
        help_text="A regular expression, found anywhere in the type, whatever its case. Empty fits every type.",
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false"}),
    )
    name_pattern = forms.CharField(
        label="Name",
        required=False,
        help_text="The same, found in the alias or in the name. ^_?scaler$ fits scaler and _scaler alone.",
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false"}),
    )
    priority = forms.IntegerField(
        label="Priority",
        min_value=0,
        max_value=MOST_PRIORITY,
        initial=100,
        help_text="Of several rules that fit the lowest number wins.",
    )
    seen = forms.CharField(widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        """A pattern that cannot be used is refused at its field."""
        given: dict[str, Any] = super().clean() or {}
        for name in ("type_pattern", "name_pattern"):
            if refused := problem(given.get(name) or ""):
                self.add_error(name, refused)
        if not self.errors and not given.get("type_pattern") and not given.get("name_pattern"):
            self.add_error("name_pattern", NOTHING_TYPED)
        return given

    def wish(self, *, project: Project | None, rule: ArtifactRule | None) -> Wish:
        """What was asked for."""
        verb = "change" if rule else "add"
        return Wish(verb, project.pk if project else None, rule=rule.pk if rule else None, **self.cleaned_data)


def typed(rule: ArtifactRule) -> dict[str, Any]:
    """A rule's own values, to begin with."""
    return {name: getattr(rule, name) for name in ("role", "type_pattern", "name_pattern", "priority")}
