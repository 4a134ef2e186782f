"""Writes one event at the end of the chain. The only code that inserts audit rows; called by actions, sync and doors.

Append is the last statement of the caller's transaction: the lock on the chain's head is then held only until the
commit, and locks are always taken in the same order. What fails here takes the caller's change back with it.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from secrets import token_bytes
from uuid import uuid4

from django.db import connection, transaction

from releases.audit.actors import Actor, System
from releases.audit.chain import GENESIS_PREV, JSON, canonical, commitment, leaf_of, link_of
from releases.audit.events import EVENTS, Outcome, Via
from releases.audit.head import Head, lock_head
from releases.audit.index import index_columns
from releases.models import AuditEvent, AuditPrivate, Project, User

VERSION = 1
CLOCK_ANOMALY = "audit.clock_anomaly"
SALT_BYTES = 16
MORE = frozenset({"auth", "cmd", "req", "azure", "subject", "policy", "figures"})
"""Further keys a body may have: how the actor signed in, the command, the request, what it was about in Azure, ...;
`figures` holds the counts of a summary event."""

Body = dict[str, JSON]


def append(
    type: str,
    *,
    by: Actor,
    outcome: Outcome | str = Outcome.OK,
    project: Project | None = None,
    object: tuple[str, str] | None = None,
    change: Mapping[str, tuple[JSON, JSON]] | None = None,
    evidence: Sequence[tuple[str, str]] | None = None,
    private: Mapping[str, str] | None = None,
    via: Via | str | None = None,
    more: Mapping[str, JSON] | None = None,
) -> AuditEvent:
    """Append one event and return it. `EVENTS` lists the types, `MORE` the further keys.

    `object` is (kind, natural key); `change` is field: (before, after); `evidence` is (name, SHA-256 in hex);
    `private` holds names, addresses and free text, of which the body keeps salted commitments only. Raises ValueError
    for an unknown type or a value the chain cannot hold, RuntimeError outside a transaction; either dooms the
    transaction, so that nothing happens without its event.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("The trail is written in the transaction of what it tells of; there is none.")
    try:
        facts = _allowed(type, more or {}) | _about(project, object) | _proof(change or {}, evidence or [])
        facts["outcome"] = Outcome(outcome).value
        facts["via"] = Via(via or (Via.TASK if isinstance(by, System) else Via.SESSION)).value
        head = lock_head()
        return _insert(_ready(head), facts, by=by, private=private or {})
    except Exception:
        transaction.set_rollback(True)
        raise


def begin() -> str:
    """The id of this installation, as its first event names it; writes that event where there is none. The caller's
    transaction, as for `append`."""
    if (head := lock_head()).seq == 0:
        _begin(head)
    first = AuditEvent.objects.values_list("body", flat=True).get(seq=1)
    return str(json.loads(first)["installation"])


def _allowed(type: str, more: Mapping[str, JSON]) -> Body:
    if type not in EVENTS:
        raise ValueError(f"{type!r} is not a registered event type.")
    if unknown := more.keys() - MORE:
        raise ValueError(f"An event has no {', '.join(sorted(unknown))}.")
    return {"type": type, **more}


def _about(project: Project | None, object: tuple[str, str] | None) -> Body:
    about: Body = {}
    if project is not None:
        about["project"] = {"id": project.pk, "key": project.azure_id, "name": project.name}
    if object is not None:
        about["object"] = {"kind": object[0], "id": object[1]}
    return about


def _proof(change: Mapping[str, tuple[JSON, JSON]], evidence: Sequence[tuple[str, str]]) -> Body:
    proof: Body = {}
    if change:
        proof["change"] = {field: [before, after] for field, (before, after) in change.items()}
    if evidence:
        proof["evidence"] = [{"name": name, "sha256": sha256} for name, sha256 in evidence]
    return proof


def _ready(head: Head) -> Head:
    """The head that the caller's event comes after: of a trail that has begun, with a clock that was put back told."""
    if not head.seq:
        return _begin(head)
    if not head.behind:
        return head
    facts: Body = {"type": CLOCK_ANOMALY, "outcome": Outcome.ERROR.value, "via": Via.TASK.value}
    facts["figures"] = {"behind_ms": round(head.behind.total_seconds() * 1000)}
    told = _insert(head, facts, by=System("audit"), private={})
    return Head(seq=told.seq, link=bytes(told.link), now=head.now)


def _begin(head: Head) -> Head:
    """The first event of all: it names this installation, so that two trails are never taken for one another."""
    facts: Body = {"type": "audit.genesis", "outcome": Outcome.OK.value, "via": Via.TASK.value}
    facts["installation"] = uuid4().hex
    genesis = _insert(head, facts, by=System("audit"), private={})
    return Head(seq=genesis.seq, link=bytes(genesis.link), now=head.now)


def _insert(head: Head, facts: Body, *, by: Actor, private: Mapping[str, str]) -> AuditEvent:
    seq = head.seq + 1
    hidden = [_Hidden("actor", _canonical_identity(by))] if isinstance(by, User) else []
    body: Body = {"v": VERSION, "seq": seq, "id": str(uuid4()), "ts": _stamp(head.now), **facts}
    body["actor"] = _actor(by, hidden)
    for name, value in private.items():
        hidden.append(_Hidden(name, value))
        body[f"{name}_c"] = hidden[-1].commitment
    event = _event(seq, body, prev=head.link or GENESIS_PREV)
    event.save(force_insert=True)
    AuditPrivate.objects.bulk_create(h.row(seq) for h in hidden)
    return event


class _Hidden:
    """A personal value with its salt. PostgreSQL keeps no NUL, so it becomes the picture of one."""

    def __init__(self, field: str, value: str) -> None:
        self.field = field
        self.salt = token_bytes(SALT_BYTES)
        self.value = value.replace("\0", "\u2400")
        self.commitment = commitment(self.salt, self.value)

    def row(self, seq: int) -> AuditPrivate:
        return AuditPrivate(seq=seq, field=self.field, salt=self.salt, value=self.value)


def _canonical_identity(user: User) -> str:
    return f"slipway|{user.subject}|{user.name} <{user.email}>"


def _actor(by: Actor, hidden: list[_Hidden]) -> JSON:
    if isinstance(by, User):
        return {"kind": "user", "ref": by.subject, "c": hidden[0].commitment}
    return {"kind": "system", "ref": by.name}


def _stamp(now: datetime) -> str:
    return now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _event(seq: int, body: Body, *, prev: bytes) -> AuditEvent:
    text = canonical(body)
    leaf = leaf_of(text)
    link = link_of(prev, seq, leaf)
    return AuditEvent(seq=seq, body=text, leaf=leaf, prev=prev, link=link, **index_columns(body))
