"""Logs of steps: what is known of each, lines of one, and where a text occurs in one."""

from typing import Any

from rest_framework import serializers

from releases.api.serializers.deployments import StageNameSerializer
from releases.api.serializers.releases import ReleaseNameSerializer
from releases.models import StepLog
from releases.queries.logs.text import plain


class LogSerializer(serializers.ModelSerializer[StepLog]):
    """What is known of one step's log.

    `growing`: the step runs; `kept`; `missing`: it could not be had yet, `reason` says why; `gone`: Azure has it no
    longer. `received_sha256` is of Azure's bytes, `kept_sha256` of the text that can be downloaded, secrets masked.
    """

    project = serializers.CharField(source="project.slug", read_only=True)
    release = ReleaseNameSerializer(source="step.deployment.release_stage.release", read_only=True)
    stage = StageNameSerializer(source="step.deployment.release_stage.stage", read_only=True)
    deployment = serializers.IntegerField(source="step.deployment_id", read_only=True)
    attempt = serializers.IntegerField(source="step.deployment.attempt", read_only=True)
    step = serializers.IntegerField(source="step_id", read_only=True)
    step_name = serializers.CharField(source="step.name", read_only=True)
    step_status = serializers.CharField(source="step.status", read_only=True)

    class Meta:
        model = StepLog
        fields = ["id", "project", "release", "stage", "deployment", "attempt", "step", "step_name", "step_status"]
        fields += ["state", "reason", "ended_on", "fetched_at", "line_count", "left_out_lines", "left_out_bytes"]
        fields += ["received_bytes", "kept_bytes", "received_sha256", "kept_sha256", "first_failing_line"]
        read_only_fields = fields


class LineSerializer(serializers.Serializer[Any]):
    """One line: its number, counted from 1, and its text without colours."""

    number = serializers.IntegerField(read_only=True)
    text = serializers.SerializerMethodField()

    def get_text(self, line: object) -> str:
        """As a page shows it."""
        return plain(getattr(line, "text", ""))


class LinesSerializer(serializers.Serializer[Any]):
    """Some following lines of a log; `has_later`: there are more behind them."""

    lines = LineSerializer(many=True, read_only=True)
    has_later = serializers.BooleanField(read_only=True)


class HitsSerializer(serializers.Serializer[Any]):
    """The numbers of the lines that hold a text, at most 10,000; `is_more`: there are others."""

    lines = serializers.ListField(child=serializers.IntegerField(), source="numbers", read_only=True)
    is_more = serializers.BooleanField(read_only=True)
