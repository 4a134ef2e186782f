"""Parameters of the list of the trail's entries."""

from rest_framework import serializers

from releases.api.filters.base import PageFilter, one_of, time, word
from releases.audit import EVENTS, Outcome
from releases.queries.audit_log import GROUPS


class AuditFilter(PageFilter):
    """Parameters of `audit`."""

    type = serializers.ChoiceField(
        choices=[*GROUPS, *EVENTS], required=False, help_text="A type of entry, or a group of types as the log has it."
    )
    outcome = one_of(Outcome, "How it ended.")
    actor = word("Who did it: the opaque name of a person, or a part of Slipway.")
    project = word("Slug of the project.")
    object = serializers.RegexField(
        r"^[a-z_]+:[^\x00]*[^\x00\s][^\x00]*$",
        max_length=400,
        required=False,
        help_text="What it is about: KIND:NATURAL-KEY.",
    )
    since = time("Written at or after.")
    until = time("Written before.")
