"""The triggers of a pipeline, on or off."""

from typing import Any

from rest_framework import serializers

from releases.queries.trigger_switches import Switch


class TriggerSwitchSerializer(serializers.Serializer[Switch]):
    """One trigger. `key` names it with these settings; `settings` is Azure's JSON of it."""

    key = serializers.CharField(read_only=True)
    kind = serializers.CharField(read_only=True)
    alias = serializers.CharField(read_only=True)
    is_on = serializers.BooleanField(read_only=True)
    can_be_changed = serializers.BooleanField(read_only=True)
    settings = serializers.JSONField(source="entry", read_only=True)


class PipelineTriggersSerializer(serializers.Serializer[Any]):
    """All of them. `seen` goes with the command that changes some."""

    revision = serializers.IntegerField(read_only=True)
    triggers = TriggerSwitchSerializer(many=True, read_only=True)
    seen = serializers.CharField(read_only=True)
