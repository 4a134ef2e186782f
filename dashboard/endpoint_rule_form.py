"""The form of an endpoint rule. It says what a field needs; what is allowed is decided by the action."""

from collections.abc import Callable
from typing import Any

from django import forms

from releases.actions.endpoint_rules import FIELDS, Wish
from releases.actions.ruling import MOST_PRIORITY
from releases.models import EndpointRule, Project
from releases.policies.patterns import problem, problem_with_names

PLAIN = {"autocomplete": "off", "spellcheck": "false"}
PROBLEMS: dict[str, Callable[[str], str]] = {
    "pipeline_pattern": problem,
    "stage_pattern": problem,
    "endpoint_pattern": problem_with_names,
}


class EndpointRuleForm(forms.Form):
    """One rule: the stages it is for, and what their endpoint is called."""

    pipeline_pattern = forms.CharField(
        label="Pipeline",
        required=False,
        help_text="A regular expression, found anywhere in the pipeline's name, whatever its case. "
        "Empty fits every pipeline.",
        widget=forms.TextInput(PLAIN),
    )
    stage_pattern = forms.CharField(
        label="Stage",
        required=False,
        help_text="The same for the stage's name. ^prod fits PROD and Production. Empty fits every stage.",
        widget=forms.TextInput(PLAIN),
    )
    endpoint_pattern = forms.CharField(
        label="Endpoint",
        help_text="What the endpoint is called. {pipeline} and {stage} stand for the stage's own names, with or "
        "without hyphens: ^{pipeline}-{stage}$ finds port-weather-prod for the stage PROD of Port Weather.",
        widget=forms.TextInput(PLAIN),
        error_messages={"required": "Say what the endpoint is called."},
    )
    priority = forms.IntegerField(
        label="Priority",
        min_value=0,
        max_value=MOST_PRIORITY,
        initial=100,
        help_text="Rules are asked from the lowest number up. The first that finds an endpoint decides.",
    )
    seen = forms.CharField(widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        """A pattern that cannot be used is refused at its field."""
        given: dict[str, Any] = super().clean() or {}
        for name, problem_of in PROBLEMS.items():
            if refused := problem_of(given.get(name) or ""):
                self.add_error(name, refused)
        return given

    def wish(self, *, project: Project | None, rule: EndpointRule | None) -> Wish:
        """What was asked for."""
        verb = "change" if rule else "add"
        return Wish(verb, project.pk if project else None, rule=rule.pk if rule else None, **self.cleaned_data)


def typed(rule: EndpointRule) -> dict[str, Any]:
    """A rule's own values, to begin with."""
    return {name: getattr(rule, name) for name in FIELDS}
