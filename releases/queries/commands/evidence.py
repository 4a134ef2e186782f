"""What Azure shows of a command that needs somebody, and what that means. Two queries for all of them."""

from collections.abc import Sequence
from dataclasses import dataclass

from releases.models import CommandMove, Deployment
from releases.queries.commands.seen import CommandSeen
from releases.states import CommandCode, CommandKind, CommandState

DEPLOYS = frozenset({CommandKind.DEPLOY, CommandKind.REDEPLOY})


@dataclass(frozen=True)
class Shown:
    """`attempt` is the newest that was read; `marks` how often our mark was found (None: Azure does not tell)."""

    one: CommandSeen
    attempt: Deployment | None
    marks: int | None
    last_answer: str

    @property
    def is_deployment(self) -> bool:
        """Whether it is about an attempt."""
        return self.one.row.kind in DEPLOYS

    @property
    def is_by_us(self) -> bool | None:
        """Whether Slipway's identity requested the attempt; None while one of the two is not known."""
        own = self.one.row.organization.own_identity_key
        by = self.attempt.requested_by if self.attempt else None
        return by.key == own if by and own else None

    @property
    def is_new(self) -> bool:
        """Whether there is an attempt beyond the one before."""
        return self.attempt is not None and self.attempt.attempt > (self.one.row.base_attempt or 0)

    @property
    def marks_words(self) -> str:
        """Whether our mark was found."""
        if self.marks is None:
            return "Azure does not tell its history"
        return {0: "not found in the comments", 1: "found once"}.get(self.marks, f"found {self.marks} times")

    @property
    def meaning(self) -> str:
        """What to make of it, and what sending again would do."""
        if not self.is_deployment:
            return f"{self._lost} Sending it again does no harm: what is done already stays done."
        again = f"Sending again now would start attempt {(self.attempt.attempt if self.attempt else 0) + 1}."
        if self.marks and self.marks > 1:
            return f"Azure did it {self.marks} times. {again}"
        if self.is_new and self.attempt:
            probably = "is probably ours, but it is not certain" if self.is_by_us else "may be somebody else's"
            return f"Attempt {self.attempt.attempt} {probably}. {again}"
        if self.one.row.code == CommandCode.ACCEPTED_WITHOUT_EFFECT:
            return f"Azure said yes and did nothing that shows. It may still come. {again}"
        return f"{self._lost} {again}"

    @property
    def _lost(self) -> str:
        return "No attempt shows." if self.is_deployment else "It does not show in Azure."


def shown_of(commands: Sequence[CommandSeen]) -> list[Shown]:
    """For each of these commands, in their order."""
    attempts: dict[int, Deployment] = {}
    stages = [one.row.release_stage_id for one in commands if one.row.release_stage_id]
    rows = Deployment.objects.filter(release_stage__in=stages).select_related("requested_by").order_by("attempt")
    for row in rows:
        attempts[row.release_stage_id] = row
    answers: dict[object, str] = {}
    moves = CommandMove.objects.filter(command__in=[one.row.pk for one in commands], after=CommandState.UNKNOWN)
    for move in moves.order_by("number"):
        answers[move.command_id] = move.sentence
    return [
        Shown(
            one,
            attempts.get(one.row.release_stage_id or 0),
            one.row.result.get("marks", 0),
            answers.get(one.row.pk) or "none",
        )
        for one in commands
    ]
