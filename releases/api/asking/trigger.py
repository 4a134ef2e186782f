"""Changing the triggers of a pipeline through the API, as `pipelines/ID/triggers/` tells them."""

from typing import Any

from django.http import Http404
from rest_framework import serializers

from releases.actions.commands.asked import Asked
from releases.actions.triggers import Change, change_triggers
from releases.api.asking.base import LONGEST_TOKEN, Ask, reason_field, seen_of
from releases.api.filters.base import LARGEST_ID
from releases.models import Command, Pipeline, User
from releases.queries.access import visible_to
from releases.queries.trigger_edits import LONGEST_BRANCH, MOST_BRANCHES, Branches, Timing
from releases.queries.trigger_entries import KEY_LENGTH

MOST_CHANGES = 20


class BranchesSerializer(serializers.Serializer[Any]):
    """Which branches count, and which do not; without any all do."""

    taken = serializers.ListField(child=serializers.CharField(max_length=LONGEST_BRANCH), max_length=MOST_BRANCHES)
    left = serializers.ListField(
        child=serializers.CharField(max_length=LONGEST_BRANCH), max_length=MOST_BRANCHES, default=list
    )


class TimingSerializer(serializers.Serializer[Any]):
    """When a schedule makes a release."""

    days = serializers.ListField(
        child=serializers.IntegerField(min_value=0, max_value=6), max_length=7, help_text="Monday is 0."
    )
    hour = serializers.IntegerField(min_value=0, max_value=23)
    minute = serializers.IntegerField(min_value=0, max_value=59)
    zone = serializers.CharField(max_length=100, help_text="Such as Europe/Helsinki.")
    only_changes = serializers.BooleanField(default=False, help_text="Not when nothing changed since the last one.")


class ChangeSerializer(serializers.Serializer[Any]):
    """What becomes of one trigger; without `trigger`, a schedule is added."""

    trigger = serializers.CharField(max_length=KEY_LENGTH, default="", allow_blank=True, help_text="Its `key`.")
    on = serializers.BooleanField(default=None, allow_null=True)
    branches = BranchesSerializer(default=None, allow_null=True)
    timing = TimingSerializer(default=None, allow_null=True)


class AskToChangeTriggers(Ask):
    """Triggers of a pipeline are switched on or off, or act otherwise; all changes are saved at once or not at all."""

    pipeline = serializers.IntegerField(min_value=1, max_value=LARGEST_ID, help_text="Our id of the pipeline.")
    seen = serializers.CharField(max_length=LONGEST_TOKEN, help_text="`seen` of `pipelines/ID/triggers/`.")
    changes: Any = serializers.ListSerializer(child=ChangeSerializer(), min_length=1, max_length=MOST_CHANGES)
    reason = reason_field()

    def ask(self, *, by: User, asked: Asked) -> Command:
        """Ask to change them."""
        given: dict[str, Any] = self.validated_data
        rows = visible_to(by, Pipeline).select_related("project__organization")
        pipeline = rows.filter(pk=given["pipeline"]).first()
        if pipeline is None:
            raise Http404
        changes = [_change(one) for one in given["changes"]]
        return change_triggers(
            pipeline, by=by, asked=asked, seen=seen_of(given), changes=changes, reason=given["reason"]
        )


def _change(given: dict[str, Any]) -> Change:
    branches, timing = given["branches"], given["timing"]
    return Change(
        given["trigger"],
        given["on"],
        Branches(tuple(branches["taken"]), tuple(branches["left"])) if branches else None,
        Timing(**{**timing, "days": tuple(sorted(set(timing["days"])))}) if timing else None,
    )
