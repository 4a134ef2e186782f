"""The parameter of the search."""

from typing import Any

from rest_framework import serializers

from releases.api.filters.base import LONGEST, Word


class SearchFilter(serializers.Serializer[Any]):
    """What to look for."""

    q = Word(
        max_length=LONGEST,
        trim_whitespace=False,
        help_text="A release, model version, pipeline, commit, person, training run or work item.",
    )
