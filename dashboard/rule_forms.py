"""The forms of rules. They say what a field needs; what is allowed is decided by the actions."""

from collections.abc import Callable
from typing import Any, ClassVar

from django import forms

from releases.actions import artifact_rules, endpoint_rules
from releases.actions.ruling import MOST_PRIORITY
from releases.models import ArtifactRule, EndpointRule, Project
from releases.policies.patterns import problem, problem_with_names
from releases.states import ArtifactRole

ROLES = [(role.value, role.value.capitalize()) for role in ArtifactRole]
NOTHING_TYPED = "Give a type or a name to match: a rule for everything hides all rules after it."


PLAIN = {"autocomplete": "off", "spellcheck": "false"}


def ordering_field(help_text: str) -> forms.IntegerField:
    """A number by which rules are put in order."""
    return forms.IntegerField(label="Priority", min_value=0, max_value=MOST_PRIORITY, initial=100, help_text=help_text)


class RuleForm(forms.Form):
    """What forms of rules share. `problems` says of each pattern why it cannot be used, if so."""

    problems: ClassVar[dict[str, Callable[[str], str]]] = {}

    seen = forms.CharField(widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        """A pattern that cannot be used is refused at its field."""
        given: dict[str, Any] = super().clean() or {}
        for name, problem_of in self.problems.items():
            if refused := problem_of(given.get(name) or ""):
                self.add_error(name, refused)
        return given

    def asked_for(self, project: Project | None, rule: ArtifactRule | EndpointRule | None) -> dict[str, Any]:
        """The fields of a wish."""
        what = {"verb": "change" if rule else "add", "rule": rule.pk if rule else None}
        return {**what, "project": project.pk if project else None, **self.cleaned_data}


class ArtifactRuleForm(RuleForm):
    """One rule: what it matches and the role it gives."""

    problems = {"type_pattern": problem, "name_pattern": problem}

    role = forms.ChoiceField(label="Role", choices=ROLES)
    type_pattern = forms.CharField(
        label="Type",
        required=False,
        help_text="A regular expression, found anywhere in the type, whatever its case. Empty fits every type.",
        widget=forms.TextInput(PLAIN),
    )
    name_pattern = forms.CharField(
        label="Name",
        required=False,
        help_text="The same, found in the alias or in the name. ^_?scaler$ fits scaler and _scaler alone.",
        widget=forms.TextInput(PLAIN),
    )
    priority = ordering_field("Of several rules that fit the lowest number wins.")

    def clean(self) -> dict[str, Any]:
        """A rule for everything is refused too."""
        given = super().clean()
        if not self.errors and not given.get("type_pattern") and not given.get("name_pattern"):
            self.add_error("name_pattern", NOTHING_TYPED)
        return given

    def wish(self, *, project: Project | None, rule: ArtifactRule | None) -> artifact_rules.Wish:
        """What was asked for."""
        return artifact_rules.Wish(**self.asked_for(project, rule))


class EndpointRuleForm(RuleForm):
    """One rule: the stages it is for, and what their endpoint is called."""

    problems = {"pipeline_pattern": problem, "stage_pattern": problem, "endpoint_pattern": problem_with_names}

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
    priority = ordering_field("Rules are asked from the lowest number up. The first that finds an endpoint decides.")

    def wish(self, *, project: Project | None, rule: EndpointRule | None) -> endpoint_rules.Wish:
        """What was asked for."""
        return endpoint_rules.Wish(**self.asked_for(project, rule))


def typed(rule: ArtifactRule | EndpointRule) -> dict[str, Any]:
    """A rule's own values, to begin with."""
    fields = artifact_rules.FIELDS if isinstance(rule, ArtifactRule) else endpoint_rules.FIELDS
    return {name: getattr(rule, name) for name in fields}
