"""A commit's name as the database computes it, and its first letters, by which it is indexed. Used by models, queries.

Numbers and texts stand in the SQL itself: an index on an expression is used only where a query says just the same.
"""

from typing import Any

from django.db.models import F, Func, TextField
from django.db.models.functions import Coalesce

COMMIT_LETTERS = 7
"""So many letters of a commit's name are indexed, and needed to look for it."""


def beginning_of(commit: Any) -> Func:
    """The first letters of a commit's name."""
    return Func(commit, template=f"SUBSTR(%(expressions)s, 1, {COMMIT_LETTERS})", output_field=TextField())


def commit_of_artifact() -> Coalesce:
    """What a build was made from, else the version itself, which is the commit of a repository."""
    given = Func(F("source_version"), template="NULLIF(%(expressions)s, '')", output_field=TextField())
    return Coalesce(given, F("version_id"), output_field=TextField())
