"""Who asked through Slipway for what Azure did in the name of its own identity."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from releases.models import Command, Deployment
from releases.queries.asked_here import made
from releases.queries.commands import asker


class AskedInSlipwaySerializer(serializers.ModelSerializer[Command]):
    """The command that made an attempt: who asked, when and why, and whether it was a roll-back."""

    command = serializers.UUIDField(source="id", read_only=True)
    by = serializers.SerializerMethodField()

    class Meta:
        model = Command
        fields = ["command", "by", "asked_at", "reason", "is_roll_back"]
        read_only_fields = fields

    def get_by(self, command: Command) -> str:
        """The name of the person, or the part of Slipway."""
        return asker(command)


class WithAsker(serializers.Serializer[Deployment]):
    """For attempts: `asked_in_slipway` is null where Azure was asked by somebody else."""

    asked_in_slipway = serializers.SerializerMethodField()

    @extend_schema_field(AskedInSlipwaySerializer(allow_null=True))
    def get_asked_in_slipway(self, attempt: Deployment) -> Any:
        """From what was read with the stage; no query."""
        command = made(attempt)
        return AskedInSlipwaySerializer(command).data if command else None
