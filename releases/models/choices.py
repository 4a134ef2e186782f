"""Turns the words of `releases.states` into Django choices and check constraints."""

from enum import StrEnum

from django.db.models import CheckConstraint, Q


def of(words: type[StrEnum]) -> list[tuple[str, str]]:
    """Choices for a field that holds one of our own words."""
    return [(word.value, word.value.replace("_", " ")) for word in words]


def only(field: str, words: type[StrEnum], *, name: str) -> CheckConstraint:
    """A database constraint: the field holds one of these words and nothing else."""
    return CheckConstraint(condition=Q(**{f"{field}__in": [word.value for word in words]}), name=name)
