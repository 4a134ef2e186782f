"""The one way in which a command moves: a conditional update, its line in the history and its event, together.

Called inside a transaction, as its last statement. Whoever loses a race gets Conflict and changes nothing.
"""

from datetime import datetime
from typing import Any

from django.utils import timezone

from releases import audit
from releases.actions.commands.asked import ITSELF, Asked
from releases.audit import Actor, System
from releases.errors import Conflict
from releases.models import AuditEvent, Command, CommandMove, User
from releases.states import COMMAND_CODES, COMMAND_MOVES, FINAL_COMMAND_STATES, CommandCode, CommandState

DELIVERY = System("delivery")
_BAD = frozenset({CommandState.REFUSED, CommandState.CONFLICT, CommandState.NEEDS_ATTENTION})


def begin(command: Command, *, by: Actor, asked: Asked) -> AuditEvent:
    """The first line of a command that was just made; returns its event."""
    return _note(command, before="", by=by, asked=asked)


def move(
    command: Command,
    to: CommandState,
    *,
    by: Actor,
    code: CommandCode | None = None,
    sentence: str = "",
    asked: Asked = ITSELF,
    now: datetime | None = None,
    **fields: Any,
) -> AuditEvent:
    """Move it to `to` and return the event. `fields` are further columns set in the same statement.

    `command` then holds what is stored.

    Raises Conflict when it stands elsewhere than `command` says, or another worker holds its lease by now; ValueError
    for a move that the table of moves does not have.
    """
    before = CommandState(command.state)
    if to not in COMMAND_MOVES[before]:
        raise ValueError(f"A command that is {before} cannot become {to}.")
    if code is not None and code not in COMMAND_CODES[to]:
        raise ValueError(f"{code} is no reason to be {to}.")
    at = now or timezone.now()
    is_final = to in FINAL_COMMAND_STATES
    fields |= {"state": to, "code": code or "", "sentence": sentence, "moved_at": at, "moves": command.moves + 1}
    fields |= {"ended_at": at, "due_at": None, "leased_by": "", "leased_until": None} if is_final else {}
    rows = Command.objects.filter(pk=command.pk, state=before, moves=command.moves, leased_by=command.leased_by).update(
        **fields
    )
    if not rows:
        raise Conflict("This command moved on meanwhile. Look again.", code="command_moved")
    command.refresh_from_db()
    return _note(command, before=before, by=by, asked=asked)


def _note(command: Command, *, before: str, by: Actor, asked: Asked) -> AuditEvent:
    """Its event, then the line that names the event's number."""
    more: dict[str, Any] = {"cmd": str(command.pk), "azure": _in_azure(command)}
    if command.snapshot_hash:
        more["subject"] = {"snapshot_hash": command.snapshot_hash, "artifacts": command.snapshot.get("artifacts", [])}
    if asked.auth:
        more["auth"] = asked.auth
    told = {"said": command.sentence} if command.sentence else {}
    event = audit.append(
        f"command.{command.state}" if before else "command.recorded",
        by=by,
        outcome="ok" if command.state not in _BAD else "error",
        project=command.project,
        object=("command", str(command.pk)),
        change={"state": (before or None, command.state), "code": (None, command.code or None)},
        private=told | ({"reason": command.reason} if not before and command.reason else {}),
        via=asked.via,
        more=more,
    )
    CommandMove.objects.create(
        command=command,
        number=command.moves,
        before=before,
        after=command.state,
        code=command.code,
        sentence=command.sentence,
        at=command.moved_at,
        by=by if isinstance(by, User) else None,
        seq=event.seq,
    )
    return event


def _in_azure(command: Command) -> dict[str, Any]:
    """What it is about in Azure's own numbers."""
    known: dict[str, Any] = {"org": command.organization.name, "kind": command.kind, "target": command.target}
    if command.release is not None:
        known["release"] = command.release.azure_id
    if command.release_stage is not None:
        known["env"] = command.release_stage.azure_id
    if command.pipeline is not None:
        known["definition"] = command.pipeline.azure_id
    if command.attempt is not None:
        known["attempt"] = command.attempt
    return known
