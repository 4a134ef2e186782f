"""Commands: in the list with their sentence, alone with every move and what was seen."""

from datetime import UTC

from django.utils import timezone
from rest_framework import serializers

from releases.api.serializers.catalog import PipelineNameSerializer
from releases.api.serializers.releases import ReleaseNameSerializer
from releases.models import Command, CommandMove
from releases.queries.commands import asker, sentence_of, title, word_of
from releases.states import CommandState


class CommandSerializer(serializers.ModelSerializer[Command]):
    """One thing somebody asked Azure to do. `entry`: the number of its newest move in the trail."""

    project = serializers.CharField(source="project.slug", read_only=True)
    pipeline = PipelineNameSerializer(read_only=True, allow_null=True)
    release = ReleaseNameSerializer(read_only=True, allow_null=True)
    release_stage = serializers.IntegerField(source="release_stage_id", read_only=True, allow_null=True)
    stage = serializers.CharField(source="release_stage.name", read_only=True, default=None, allow_null=True)
    kind = serializers.CharField(read_only=True)
    state = serializers.CharField(read_only=True)
    code = serializers.CharField(read_only=True)
    word = serializers.SerializerMethodField()
    title = serializers.SerializerMethodField()
    sentence = serializers.SerializerMethodField()
    asked_by = serializers.SerializerMethodField()
    needs_attention = serializers.SerializerMethodField()
    entry = serializers.IntegerField(read_only=True, allow_null=True)
    belongs_to = serializers.UUIDField(source="parent_id", read_only=True, allow_null=True)

    class Meta:
        model = Command
        fields = ["id", "project", "pipeline", "release", "release_stage", "stage", "kind", "is_roll_back", "title"]
        fields += [
            "state",
            "code",
            "word",
            "sentence",
            "needs_attention",
            "reason",
            "asked_by",
            "asked_via",
            "asked_at",
        ]
        fields += ["moved_at", "due_at", "sends", "sent_at", "attempt", "ended_at", "entry", "belongs_to"]
        read_only_fields = fields

    def get_word(self, command: Command) -> str:
        """How it stands, in a word."""
        return word_of(command.state, command.code)

    def get_title(self, command: Command) -> str:
        """What it asks for."""
        return title(command)

    def get_sentence(self, command: Command) -> str:
        """What happens next, and whether somebody must act; times in it are UTC."""
        with timezone.override(UTC):
            return sentence_of(command, waits_for_others=bool(getattr(command, "waits_for_others", False)))

    def get_asked_by(self, command: Command) -> str:
        """The name of who asked, or the part of Slipway."""
        return asker(command)

    def get_needs_attention(self, command: Command) -> bool:
        """Whether nothing happens until somebody looks."""
        return command.state == CommandState.NEEDS_ATTENTION


class CommandMoveSerializer(serializers.ModelSerializer[CommandMove]):
    """One move; `seq` is its number in the trail, `by` is empty where Slipway moved it."""

    by = serializers.CharField(source="by.name", read_only=True, default="")

    class Meta:
        model = CommandMove
        fields = ["number", "before", "after", "code", "sentence", "at", "by", "seq"]
        read_only_fields = fields


class CommandWholeSerializer(CommandSerializer):
    """One command with its moves, its mark in Azure and what stood there before it was sent."""

    moves = CommandMoveSerializer(source="history", many=True, read_only=True)

    class Meta(CommandSerializer.Meta):
        fields = [*CommandSerializer.Meta.fields, "target", "marker", "base_attempt", "base_status", "first_sent_at"]
        fields += ["snapshot_hash", "moves"]
        read_only_fields = fields
