"""The forms of the People pages: where somebody gets which role. What is allowed is decided by the actions."""

from typing import Any

from django import forms
from django.http import QueryDict

from releases.models import Project
from releases.queries.people import Administered
from releases.states import Role

LONGEST_SEARCH = 200
EVERYWHERE = "everywhere"
ROLE_NAMES = {
    Role.QA: "QA specialist",
    Role.OPERATOR: "Operator",
    Role.MANAGER: "Manager",
    Role.AUDITOR: "Auditor",
    Role.ADMINISTRATOR: "Administrator",
}


class RoleForm(forms.Form):
    """A role and where it holds: one of the projects that are administered, or everywhere."""

    role = forms.ChoiceField(label="Role", choices=[(one.value, name) for one, name in ROLE_NAMES.items()])
    where = forms.ChoiceField(label="Where")

    def __init__(self, *args: Any, where: Administered, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.projects = {str(project.pk): project for project in where.projects}
        everywhere = [(EVERYWHERE, "Every project")] if where.is_everything else []
        chosen = [(key, project.name) for key, project in self.projects.items()]
        self.fields["where"] = forms.ChoiceField(label="Where", choices=[*chosen, *everywhere])

    @property
    def role_given(self) -> Role:
        """The role that was chosen."""
        return Role(self.cleaned_data["role"])

    @property
    def project(self) -> Project | None:
        """The project that was chosen; None for all of them."""
        return self.projects.get(self.cleaned_data["where"])


class InviteForm(RoleForm):
    """What a link gives to whoever makes an account with it."""


class PlaceForm(forms.Form):
    """Whose an identity is: `user:7`, `person`, `service` or `unknown`, and how it stood when the page was made."""

    to = forms.RegexField(regex=r"^(?:user:[0-9]{1,15}|person|service|unknown)$")
    seen = forms.RegexField(regex=r"^[0-9]{0,15}:[a-z]{1,8}$")


def searched(query: QueryDict) -> str:
    """What a list of people is narrowed to; PostgreSQL knows no NUL."""
    return " ".join(query.get("q", "").replace("\0", " ").split())[:LONGEST_SEARCH]


def page_number(query: QueryDict) -> int:
    """The page asked for; the first for anything odd."""
    number = query.get("page", "")
    return int(number) if number.isascii() and number.isdecimal() and len(number) < 7 else 1
