"""Making a new release through the API, of the versions that `pipelines/ID/versions/` offers."""

from typing import Any

from django.http import Http404
from rest_framework import serializers

from releases.actions.commands.asked import Asked
from releases.actions.commands.recording import LONGEST_REASON
from releases.actions.create import LONGEST_VERSION, Order, create
from releases.api.asking.base import LONGEST_TOKEN, Ask, seen_of
from releases.api.filters.base import LARGEST_ID, LONGEST
from releases.models import Command, Pipeline, User
from releases.queries.access import visible_to


class AskToCreate(Ask):
    """One more release of a pipeline. Its description carries our mark in Azure besides."""

    pipeline = serializers.IntegerField(min_value=1, max_value=LARGEST_ID, help_text="Our id of the pipeline.")
    seen = serializers.CharField(max_length=LONGEST_TOKEN, help_text="`seen` of `pipelines/ID/versions/`.")
    versions = serializers.DictField(
        child=serializers.CharField(max_length=LONGEST_VERSION),
        help_text="By alias the id of a version on offer; every artifact of the pipeline has one.",
    )
    description = serializers.CharField(
        max_length=2 * LONGEST_REASON, required=False, allow_blank=True, default="", trim_whitespace=False
    )
    is_draft = serializers.BooleanField(default=False, help_text="Nothing starts before somebody starts it.")
    manual_stages = serializers.ListField(
        child=serializers.CharField(max_length=LONGEST), default=list, help_text="Names of stages that shall not start."
    )

    def ask(self, *, by: User, asked: Asked) -> Command:
        """Ask for the release."""
        given: dict[str, Any] = self.validated_data
        rows = visible_to(by, Pipeline).select_related("project")
        pipeline = rows.filter(pk=given["pipeline"]).first()
        if pipeline is None:
            raise Http404
        order = Order(
            given["versions"], given["description"], given["is_draft"], manual_stages=tuple(given["manual_stages"])
        )
        return create(pipeline, by=by, asked=asked, seen=seen_of(given), order=order)
