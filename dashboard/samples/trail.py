"""Entries of the trail, from unsaved events: a person, Slipway, a refusal, somebody erased, a name too long."""

from typing import Any

from dashboard.samples.rows import LONG, MONDAY
from releases.models import AuditEvent
from releases.queries.audit_log import Entry

PERSON = {"actor": "slipway|s|Sofia Keller <sofia@harbour.example>"}


def shown() -> dict[str, Any]:
    """For `_trail.html`."""
    run: dict[str, Any] = {
        "object": {"kind": "sync_run", "id": "guid/incremental/now"},
        "project": {"id": 1, "name": "Learn_MLOps"},
    }
    return {
        "entries": [
            _entry(4731, "sync.run", **run, actor={"kind": "system", "ref": "sync"}, figures={"lines": 3}),
            _entry(4730, "signin.succeeded"),
            _entry(4729, "action.refused", "denied", private={**PERSON, "reason": "You cannot sync: QA can."}),
            _entry(4728, "signin.ended", private={}),
            _entry(4727, "user.created", private={"actor": f"slipway|s|{LONG} <a@b.example>", "name": LONG}),
        ]
    }


def _entry(seq: int, type: str, outcome: str = "ok", *, private: dict[str, str] | None = None, **body: Any) -> Entry:
    said = {"actor": {"kind": "user", "ref": "s"}, "via": "session", "type": type, "outcome": outcome, **body}
    event = AuditEvent(seq=seq, type=type, outcome=outcome, ts=MONDAY, link=bytes(range(32)), actor_ref="s")
    return Entry(event, said, PERSON if private is None else private)
