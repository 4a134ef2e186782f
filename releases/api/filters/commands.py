"""Parameters of the list of commands."""

from rest_framework import serializers

from releases.api.filters.base import PageFilter, by_id, one_of, time, word
from releases.states import CommandKind, CommandState


class CommandFilter(PageFilter):
    """Parameters of `commands`."""

    project = word("Slug of the project.")
    pipeline = by_id("Our id of the pipeline.")
    release = by_id("Our id of the release.")
    kind = one_of(CommandKind, "What is asked for.")
    state = one_of(CommandState, "Where it stands.")
    is_open = serializers.BooleanField(required=False, help_text="Whether it can still move.")
    needs_attention = serializers.BooleanField(required=False, help_text="Whether it waits for somebody.")
    asked_by = word("Name or e-mail address of who asked.")
    created_after = time("Asked for at or after.")
    created_before = time("Asked for before.")
