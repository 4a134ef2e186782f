"""Records a command: the row, its first line and its event in the caller's transaction, then a nudge at the commit.

Called by the verbs (`redeploy`, `cancel`, ...), which have checked who may. The same key with the same payload gives
the command that is there; a second open one for a target is refused with who asked for the first, and when.
"""

from dataclasses import dataclass, field
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from releases.actions.commands.asked import Asked
from releases.actions.commands.moving import begin
from releases.audit import Actor
from releases.errors import Conflict, Invalid
from releases.models import Command, Pipeline, Project, Release, ReleaseStage, Stage, User, Workspace
from releases.nudge import nudge
from releases.queries.commands import title, when_and_who
from releases.queries.snapshot import Seen, sha256_of
from releases.states import FINAL_COMMAND_STATES, CommandKind

SHORTEST_REASON = 10
LONGEST_REASON = 2000
LONGEST_KEY = 100
DEPLOYS = frozenset({CommandKind.DEPLOY, CommandKind.REDEPLOY})


@dataclass(frozen=True)
class Wish:
    """What Azure is to do, and to what; `seen` is what the person saw of it."""

    kind: CommandKind
    project: Project
    target: str
    payload: dict[str, Any]
    release: Release | None = None
    release_stage: ReleaseStage | None = None
    stage: Stage | None = None
    pipeline: Pipeline | None = None
    workspace: Workspace | None = None
    parent: Command | None = None
    seen: Seen = field(default_factory=dict)
    reason: str = ""
    is_roll_back: bool = False


def recorded_before(wish: Wish, *, by: Actor, asked: Asked) -> Command | None:
    """What this key recorded before, however far it came since: sending a form twice is one act.

    Asked before anything else is checked, for the act itself changes what could be checked. Raises Conflict
    (`key_reused`: another payload under the key), Invalid for a key that is none.
    """
    if not 0 < len(asked.key) <= LONGEST_KEY:
        raise Invalid(f"The idempotency key has 1 to {LONGEST_KEY} characters.", code="bad_key")
    whose = {"asked_by": by} if isinstance(by, User) else {"asked_by": None, "asked_as": by.name}
    known = Command.objects.filter(**whose, key=asked.key).select_related("asked_by").first()
    if known is not None and known.payload_hash != _payload_hash(wish):
        raise Conflict(
            "This form was sent before with other content, which was recorded. Open the dialog again to ask for more.",
            code="key_reused",
        )
    return known


def record(wish: Wish, *, by: Actor, asked: Asked) -> Command:
    """The command of this wish. Inside the verb's transaction, after `recorded_before` and the verb's checks.

    Raises Conflict: `already_open` while something else is asked of the same target or stage, `being_abandoned` while
    its release is on the way out.
    """
    _check_is_free(wish)
    command = _new(wish, by=by, asked=asked)
    try:
        with transaction.atomic():
            command.save(force_insert=True)
    except IntegrityError:  # somebody else's was stored between the look and now
        if (known := recorded_before(wish, by=by, asked=asked)) is not None:
            return known
        _check_is_free(wish)
        raise
    transaction.on_commit(lambda: nudge("commands.deliver"))
    begin(command, by=by, asked=asked)
    return command


def reason_of(text: str) -> str:
    """The reason as it is kept. Raises Invalid for one that is too short or too long (decision 29)."""
    reason = " ".join(text.replace("\0", "\u2400").split())
    if len(reason) < SHORTEST_REASON:
        raise Invalid(f"Give a reason of at least {SHORTEST_REASON} characters.", code="reason_too_short")
    if len(reason) > LONGEST_REASON:
        raise Invalid(f"Keep the reason below {LONGEST_REASON} characters.", code="reason_too_long")
    return reason


def _payload_hash(wish: Wish) -> str:
    return sha256_of([wish.kind, wish.target, wish.payload, wish.reason, wish.seen])


def _check_is_free(wish: Wish) -> None:
    """Raise Conflict with the command that stands in the way: of the same target, stage or release."""
    open_ones = Command.objects.exclude(state__in=FINAL_COMMAND_STATES).select_related("asked_by")
    other = open_ones.filter(target=wish.target).first()
    if other is None and wish.kind in DEPLOYS:
        other = open_ones.filter(stage=wish.stage, kind__in=DEPLOYS).first()
    if other is not None:
        raise Conflict(f"{title(other)} was asked for already, {when_and_who(other)}.", code="already_open")
    if wish.release is not None and wish.parent is None:
        out = open_ones.filter(release=wish.release, kind=CommandKind.ABANDON).first()
        if out is not None:
            raise Conflict(f"{wish.release} is being abandoned, {when_and_who(out)}.", code="being_abandoned")


def _new(wish: Wish, *, by: Actor, asked: Asked) -> Command:
    now = timezone.now()
    return Command(
        kind=wish.kind,
        organization=wish.project.organization,
        project=wish.project,
        target=wish.target,
        release=wish.release,
        release_stage=wish.release_stage,
        stage=wish.stage,
        pipeline=wish.pipeline,
        workspace=wish.workspace,
        parent=wish.parent,
        payload=wish.payload,
        payload_hash=_payload_hash(wish),
        snapshot=wish.seen,
        snapshot_hash=sha256_of(wish.seen) if wish.seen else "",
        is_roll_back=wish.is_roll_back,
        reason=wish.reason,
        asked_by=by if isinstance(by, User) else None,
        asked_as="" if isinstance(by, User) else by.name,
        asked_via=asked.via,
        asked_at=now,
        key=asked.key,
        moved_at=now,
        due_at=now,
    )
