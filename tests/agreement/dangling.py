"""Ids without a row, in the foreign keys that the database does not check (docs/adr/0001-foreign-keys.md)."""

from collections.abc import Iterator

from django.apps import apps
from django.db.models import Field, ForeignKey


def unchecked() -> Iterator[ForeignKey]:  # type: ignore[type-arg]
    """Every foreign key of the domain without a constraint."""
    for model in apps.get_app_config("releases").get_models():
        fields: list[Field] = list(model._meta.fields)  # type: ignore[type-arg]
        yield from (one for one in fields if isinstance(one, ForeignKey) and not getattr(one, "db_constraint", True))


def dangling() -> dict[str, int]:
    """How many rows point nowhere, by field; empty when all is well."""
    found = {}
    for field in unchecked():
        targets = field.related_model._default_manager.values("pk")
        rows = field.model._default_manager.exclude(**{f"{field.name}__isnull": True})
        if count := rows.exclude(**{f"{field.attname}__in": targets}).count():
            found[f"{field.model.__name__}.{field.name}"] = count
    return found
