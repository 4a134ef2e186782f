"""Filters for templates about people: how roles and the sources of identities are called and look."""

from django import template

from releases.models import Identity
from releases.states import Role

register = template.Library()

SOURCES = {
    Identity.Source.AZURE_DEVOPS: ("cloud", "Azure DevOps"),
    Identity.Source.GIT: ("git-branch", "Git"),
    Identity.Source.AZURE_ML: ("flask-conical", "Azure ML"),
}


@register.filter
def role_name(role: str) -> str:
    """`QA specialist`."""
    return "QA specialist" if role == Role.QA else role.capitalize()


@register.filter
def source_name(source: str) -> str:
    """`Azure DevOps`."""
    return SOURCES[Identity.Source(source)][1]


@register.filter
def source_icon(source: str) -> str:
    """The icon of a source of identities."""
    return SOURCES[Identity.Source(source)][0]
