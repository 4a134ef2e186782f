"""What a search came to."""

from typing import Any

from rest_framework import serializers

from releases.api.serializers.releases import ReleaseNameSerializer
from releases.queries.search import Found, Group, Hit, Kind


class HitSerializer(serializers.Serializer[Hit]):
    """One thing that was found. `id` is ours; `release` the newest release it is about, null where there is none."""

    id = serializers.IntegerField(source="row.pk", read_only=True)
    title = serializers.CharField(read_only=True)
    detail = serializers.CharField(read_only=True)
    at = serializers.DateTimeField(read_only=True, allow_null=True)
    is_exact = serializers.BooleanField(read_only=True)
    release = ReleaseNameSerializer(read_only=True, allow_null=True)


class GroupSerializer(serializers.Serializer[Group]):
    """The hits of one kind, exact ones first; `has_more` says that not all of them are here."""

    kind = serializers.CharField(read_only=True, help_text=f"One of {', '.join(Kind)}.")
    has_more = serializers.BooleanField(read_only=True)
    hits: Any = HitSerializer(many=True, read_only=True)


class FoundSerializer(serializers.Serializer[Found]):
    """Everything that was found, the best group first."""

    text = serializers.CharField(read_only=True)
    groups = GroupSerializer(many=True, read_only=True)
