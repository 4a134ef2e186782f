"""What was asked for through Slipway, by whom and why; and what is asked of a stage right now.

Azure names only the identity that passed it on. A command knows its attempt as soon as Azure showed it.
"""

from collections.abc import Collection
from dataclasses import dataclass, field

from django.db.models import OuterRef, Prefetch, QuerySet, Subquery

from releases.models import Command, Deployment
from releases.queries.commands import WORDS, asker
from releases.states import FINAL_COMMAND_STATES, CommandKind, CommandState

DEPLOYS = (CommandKind.DEPLOY, CommandKind.REDEPLOY)
OF_STAGES = (*DEPLOYS, CommandKind.CANCEL)
VERBS = {CommandKind.DEPLOY: "Deployment", CommandKind.REDEPLOY: "Redeploy", CommandKind.CANCEL: "Cancel"}

Attempt = tuple[int, int]
"""The id of a release's stage, and the number of an attempt there."""


@dataclass(frozen=True)
class AskedHere:
    """What Azure did because somebody asked for it here; cancels by the attempt that they ended."""

    attempts: dict[Attempt, Command] = field(default_factory=dict)
    cancels: dict[Attempt, Command] = field(default_factory=dict)
    abandoning: Command | None = None
    creating: Command | None = None

    @property
    def creator(self) -> str:
        """Who asked for the release itself; empty where Azure says all there is to say."""
        return asker(self.creating) if self.creating else ""


NOTHING = AskedHere()


def asked_of_release(release: int) -> AskedHere:
    """For one release. One query."""
    rows = list(_done().filter(release=release))
    deploys, cancels = ([one for one in rows if one.kind in kinds] for kinds in (DEPLOYS, (CommandKind.CANCEL,)))
    abandoning = next((one for one in rows if one.kind == CommandKind.ABANDON), None)
    creating = next((one for one in rows if one.kind == CommandKind.CREATE), None)
    return AskedHere(_by_attempt(deploys), _by_attempt(cancels), abandoning, creating)


def asker_of_release() -> Subquery:
    """Who asked here for the release of a row; Azure names only the account that passed it on."""
    made = Command.objects.filter(release=OuterRef("pk"), kind=CommandKind.CREATE, state=CommandState.CONFIRMED)
    return Subquery(made.values("asked_by__name")[:1])


def open_by_stage(stages: Collection[int]) -> dict[int, Command]:
    """What is asked of each of these stages and not over yet, by stage id; of several the newest. One query."""
    rows = Command.objects.filter(stage__in=stages, kind__in=OF_STAGES).exclude(state__in=FINAL_COMMAND_STATES)
    found = rows.select_related("asked_by", "release__project", "release_stage").order_by("asked_at")
    return {one.stage_id or 0: one for one in found}


def open_words(command: Command) -> str:
    """`Redeploy asked by Ada Berg, sending`."""
    verb = "Roll-back" if command.is_roll_back else VERBS[CommandKind(command.kind)]
    state = WORDS[CommandState(command.state)]
    return f"{verb} asked by {asker(command)}, {state[:1].lower()}{state[1:]}"


def attempt_words(command: Command, *, passed_on_as: str) -> str:
    """`Roll-back by Ada Berg: worse on night data`, `Ada Berg asked in Slipway; passed on as svc-slipway`."""
    if command.is_roll_back:
        return f"Roll-back by {asker(command)}: {command.reason}"
    return f"{asker(command)} asked in Slipway" + (f"; passed on as {passed_on_as}" if passed_on_as else "")


def beside(stages: str = "") -> "Prefetch[str, QuerySet[Command], str]":
    """For rows of release stages, or rows that lead to them by `stages`: read with them what `made` looks into."""
    return Prefetch(f"{stages}commands", _done().filter(kind__in=DEPLOYS, attempt__isnull=False), to_attr="asked_here")


def made(attempt: Deployment) -> Command | None:
    """The command that made this attempt, whose stage was read with `beside`."""
    commands: list[Command] = getattr(attempt.release_stage, "asked_here", [])
    return next((one for one in commands if one.attempt == attempt.attempt), None)


def _done() -> QuerySet[Command]:
    return Command.objects.filter(state=CommandState.CONFIRMED).select_related("asked_by").order_by("asked_at")


def _by_attempt(rows: Collection[Command] | QuerySet[Command]) -> dict[Attempt, Command]:
    return {(one.release_stage_id or 0, one.attempt or 0): one for one in rows if one.attempt}
