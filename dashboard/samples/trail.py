"""Entries of the trail, from unsaved events: a person, Slipway, a refusal, somebody erased, a name too long."""

from typing import Any

from dashboard.chain import Chain
from dashboard.offers import Offer
from dashboard.samples.rows import LONG, MONDAY
from releases.models import AuditCheckpoint, AuditCheckpointCopy, AuditEvent, AuditVerification
from releases.queries.audit_log import Entry
from releases.queries.trail import Standing

PERSON = {"actor": "slipway|s|Sofia Keller <sofia@harbour.example>"}


def shown() -> dict[str, Any]:
    """For `_trail.html`."""
    run: dict[str, Any] = {
        "object": {"kind": "sync_run", "id": "guid/incremental/now"},
        "project": {"id": 1, "name": "Learn_MLOps"},
    }
    return {
        "chains": _chains(),
        "entries": [
            _entry(4731, "sync.run", **run, actor={"kind": "system", "ref": "sync"}, figures={"lines": 3}),
            _entry(4730, "signin.succeeded"),
            _entry(4729, "action.refused", "denied", private={**PERSON, "reason": "You cannot sync: QA can."}),
            _entry(4728, "signin.ended", private={}),
            _entry(4727, "user.created", private={"actor": f"slipway|s|{LONG} <a@b.example>", "name": LONG}),
        ],
    }


def _entry(seq: int, type: str, outcome: str = "ok", *, private: dict[str, str] | None = None, **body: Any) -> Entry:
    said = {"actor": {"kind": "user", "ref": "s"}, "via": "session", "type": type, "outcome": outcome, **body}
    event = AuditEvent(seq=seq, type=type, outcome=outcome, ts=MONDAY, link=bytes(range(32)), actor_ref="s")
    return Entry(event, said, PERSON if private is None else private)


def _chains() -> list[Chain]:
    """Empty, never verified and late, being verified, verified with copies, broken."""
    signed = AuditCheckpoint(size=4700, made_at=MONDAY)
    copies = [AuditCheckpointCopy(place="/srv/witness/checkpoints.txt"), AuditCheckpointCopy(place=LONG)]
    good = AuditVerification(size=4700, finished_at=MONDAY, is_open=False, is_whole=True)
    bad = AuditVerification(size=4700, finished_at=MONDAY, is_open=False, is_whole=False, found=7)
    bad.findings = [{"seq": 4512, "field": "body", "sentence": "The body is not the one that was hashed."}]
    late = "Events wait for 5 minutes for the first signed checkpoint: is manage.py sign running?"
    reading = AuditVerification(size=2000)
    stands = [
        Standing(0, "", None, [], 0, "", None, "", None),
        Standing(4731, "9f2c" * 16, None, [], 4731, late, None, "", None),
        Standing(4731, "9f2c" * 16, signed, [], 31, "", good, "Aino Salmi", reading),
        Standing(4731, "9f2c" * 16, signed, copies, 31, "", good, "Slipway, as every night", None),
        Standing(4731, "9f2c" * 16, signed, copies, 31, "", bad, "the command line", None),
    ]
    offers = [None, None, Offer("Verify again"), Offer("Verify again", "You cannot verify the trail."), None]
    return [Chain(one, MONDAY if one.seq else None, MONDAY, offer) for one, offer in zip(stands, offers, strict=True)]
