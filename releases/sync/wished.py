"""Rules as they would be if a wish were granted: what is tried before it is saved. Writes nothing."""

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from releases.models import ArtifactRule, EndpointRule

Rule = TypeVar("Rule", ArtifactRule, EndpointRule)


def rules_after(model: type[Rule], payload: Mapping[str, Any], fields: Iterable[str]) -> list[Rule]:
    """All rules as they would be, unsaved, in no order. `payload`: a wish of `releases.actions` as a dict."""
    rows = [row for row in model._default_manager.all() if row.pk != payload["rule"]]
    if payload["verb"] != "delete":
        # A new rule comes after those of its priority, as its id will have it.
        key = payload["rule"] or max((row.pk for row in rows), default=0) + 1
        rows.append(model(pk=key, project_id=payload["project"], **{name: payload[name] for name in fields}))
    return rows
