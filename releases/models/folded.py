"""Text without regard to case, as the database computes it: indexed, so that the beginning of a name is found fast.

PostgreSQL compares it letter by letter ("C"), whatever the language of the database, as SQLite does: only then do all
texts with the same beginning lie side by side in an index. Used by models and by `releases.queries.search`.
"""

from typing import Any, TypeVar

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Func, Model, Q, QuerySet, TextField, Value
from django.db.models.sql.compiler import SQLCompiler

Row = TypeVar("Row", bound=Model)

LAST = "\U0010ffff"
"""The last letter there is: what begins with `x` lies between `x` and `x` followed by this."""


class Folded(Func):
    """A text in small letters, in the order of its letters."""

    function = "LOWER"
    arity = 1
    output_field = TextField()

    def as_postgresql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any) -> Any:
        """With a collation of its own; an index is used only where a query says just the same."""
        return super().as_sql(compiler, connection, template='(LOWER(%(expressions)s) COLLATE "C")', **context)


def beginning(field: str, text: str) -> Q:
    """The rows whose field begins with this text, whatever the case of either; `aliased` comes first."""
    low, high = Folded(Value(text)), Folded(Value(text + LAST))
    return Q(**{f"{field}_folded__gte": low, f"{field}_folded__lt": high})


def same(field: str, text: str) -> Q:
    """The rows whose field is this text, whatever the case of either."""
    return Q(**{f"{field}_folded": Folded(Value(text))})


def aliased(rows: QuerySet[Row], *fields: str) -> QuerySet[Row]:
    """The rows with the folded form of these fields at hand."""
    named: QuerySet[Row] = rows.alias(**{f"{field}_folded": Folded(field) for field in fields})
    return named
