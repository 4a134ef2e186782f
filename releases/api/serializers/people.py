"""People as the sources call them."""

from typing import Any

from rest_framework import serializers

from releases.models import Identity


class PersonSerializer(serializers.ModelSerializer[Identity]):
    """Somebody or something that did something; `kind` is person, service or unknown."""

    kind = serializers.CharField(read_only=True)

    class Meta:
        model = Identity
        fields = ["name", "email", "kind"]
        read_only_fields = fields


def person(**options: Any) -> PersonSerializer:
    """A person, or null where Azure names nobody."""
    return PersonSerializer(read_only=True, allow_null=True, **options)
