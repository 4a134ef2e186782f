"""Parameters of `compare`."""

from typing import Any

from rest_framework import serializers

from releases.api.filters.base import LARGEST_ID


class CompareFilter(serializers.Serializer[Any]):
    """Which two releases."""

    a = serializers.IntegerField(min_value=1, max_value=LARGEST_ID, help_text="Our id of the first release.")
    b = serializers.IntegerField(min_value=1, max_value=LARGEST_ID, help_text="Our id of the second release.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Two different ones. Raises ValidationError."""
        if attrs["a"] == attrs["b"]:
            raise serializers.ValidationError({"b": ["Both are the same release. Name another one."]})
        return attrs
