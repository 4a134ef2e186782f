"""What parameters are made of, and those that every list takes."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from releases.api.paging import DEFAULT_SIZE, LARGEST_SIZE
from releases.queries.keyset import LONGEST_CURSOR

LARGEST_ID = 2**63 - 1
LONGEST = 400


TEXT = {"type": "string", "minLength": 1, "maxLength": LONGEST, "pattern": r"^[^\x00]+$"}


@extend_schema_field(TEXT)
class Word(serializers.CharField):
    """Text compared as it is; neither empty nor with a NUL, which PostgreSQL does not know."""


def by_id(told: str) -> serializers.IntegerField:
    return serializers.IntegerField(min_value=1, max_value=LARGEST_ID, required=False, help_text=told)


def word(told: str) -> Word:
    return Word(max_length=LONGEST, trim_whitespace=False, required=False, help_text=told)


def one_of(words: Any, told: str) -> serializers.ChoiceField:
    return serializers.ChoiceField(choices=[word.value for word in words], required=False, help_text=told)


def time(told: str) -> serializers.DateTimeField:
    return serializers.DateTimeField(required=False, help_text=f"{told} ISO 8601; without an offset it is UTC.")


class PageFilter(serializers.Serializer[Any]):
    """What every list takes."""

    cursor = serializers.CharField(
        max_length=LONGEST_CURSOR, required=False, help_text="From `next` or `previous` of another page."
    )
    limit = serializers.IntegerField(
        min_value=1, max_value=LARGEST_SIZE, default=DEFAULT_SIZE, help_text="Rows in a page."
    )
