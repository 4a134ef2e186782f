"""The index columns of an event, made from its body when it is written and compared with it when it is verified."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any


def index_columns(body: Mapping[str, Any]) -> dict[str, Any]:
    """What the columns beside the chain must say for this body."""
    thing = body.get("object", {})
    return {
        "ts": datetime.fromisoformat(body["ts"]),
        "type": body["type"],
        "outcome": body["outcome"],
        "project_id": body.get("project", {}).get("id"),
        "object_kind": thing.get("kind", ""),
        "object_id": thing.get("id", ""),
        "actor_ref": body["actor"]["ref"],
    }
