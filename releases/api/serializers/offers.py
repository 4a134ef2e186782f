"""What a new release may be made of."""

from typing import Any

from rest_framework import serializers

from releases.queries.offers import OfferedVersion, Offers, Source


class OfferedVersionSerializer(serializers.Serializer[OfferedVersion]):
    """One version. `commit` and `message` are of code, empty for most others."""

    id = serializers.CharField(read_only=True)
    name = serializers.CharField(read_only=True)
    branch = serializers.CharField(read_only=True)
    commit = serializers.CharField(read_only=True)
    message = serializers.CharField(read_only=True)


class SourceSerializer(serializers.Serializer[Source]):
    """One artifact of the pipeline. `error`: why Azure could not tell; `default`: the id that Azure would take."""

    alias = serializers.CharField(read_only=True)
    type = serializers.CharField(read_only=True)
    name = serializers.CharField(read_only=True)
    must_be_chosen = serializers.BooleanField(read_only=True)
    default: Any = serializers.CharField(read_only=True)
    error = serializers.CharField(read_only=True)
    is_cut = serializers.BooleanField(read_only=True, help_text="Azure offers the newest 100 only.")
    versions = OfferedVersionSerializer(many=True, read_only=True)


class OffersSerializer(serializers.Serializer[Offers]):
    """All artifacts. `sentence` says why Azure could not be asked; `seen` goes with the command that creates."""

    is_open = serializers.BooleanField(read_only=True)
    sentence = serializers.CharField(read_only=True)
    artifacts = SourceSerializer(source="sources", many=True, read_only=True)
    stages = serializers.ListField(child=serializers.CharField(), read_only=True, required=False)
    seen = serializers.CharField(read_only=True, required=False)
