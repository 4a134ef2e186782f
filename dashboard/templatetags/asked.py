"""Tags for what was asked through Slipway: open commands of a stage, and who asked for an attempt."""

from django import template

from releases.models import Command
from releases.queries import asked_here

register = template.Library()


@register.simple_tag
def open_words(command: Command) -> str:
    """`Redeploy asked by Ada Berg, sending`."""
    return asked_here.open_words(command)
