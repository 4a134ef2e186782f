"""Sync runs."""

from rest_framework import serializers

from releases.models import SyncRun
from releases.states import SyncRunState


class SyncRunSerializer(serializers.ModelSerializer[SyncRun]):
    """One run of the sync for one project or workspace with its figures; `code` and `sentence` say what went wrong."""

    project = serializers.CharField(source="project.slug", read_only=True, allow_null=True, default=None)
    workspace = serializers.CharField(source="workspace.name", read_only=True, allow_null=True, default=None)
    state = serializers.ChoiceField(choices=[state.value for state in SyncRunState], read_only=True)

    class Meta:
        model = SyncRun
        fields = ["id", "project", "workspace", "kind", "state", "started_at", "heartbeat_at", "finished_at"]
        fields += ["expected", "read", "changed", "rows_written", "requests", "retries", "set_aside"]
        fields += ["code", "sentence"]
        read_only_fields = fields
