"""Canceling what a stage does: PATCH of the stage. Sending it twice does no harm while the attempt is the same."""

from releases.audit import Actor
from releases.delivery.evidence import Base, Evidence, SentBefore, Shown, stale, superseded
from releases.delivery.kinds.reading import history_of, is_ours, newest_attempt, release_of, stage_of, who_did
from releases.models import Command
from releases.policies.commands import UNDER_WAY, check_can_operate
from releases.states import CommandCode, StageStatus
from releases.sync.connections import Calls


class Cancel:
    """One attempt at one stage ends before its time."""

    def check(self, command: Command, by: Actor) -> None:
        """The right to act; whether there is anything to cancel shows in Azure."""
        check_can_operate(by, command.project)

    def base(self, command: Command, calls: Calls) -> Base:
        """The attempt that was meant must still be under way."""
        release = release_of(command, calls)
        stage, meant = stage_of(command), command.payload["attempt"]
        newest = max(1, newest_attempt(stage))
        if command.sends == 0 and is_ours(command, history_of(command, calls, release)):
            raise SentBefore(Base(attempt=meant))
        if newest != meant:
            raise stale(f"Not sent: attempt {newest} runs in {stage.name} now, this was about attempt {meant}.")
        if stage.status == StageStatus.CANCELED:
            raise superseded(f"{who_did(history_of(command, calls, release), change='Cancel')} canceled it already.")
        if stage.status not in UNDER_WAY:
            raise stale(f"Not sent: {stage.name} is {stage.status} already.")
        return Base(attempt=newest, status=stage.status)

    def probe(self, command: Command, calls: Calls) -> None:
        """By an act on what cannot exist."""
        calls.asked_at()
        calls.here().check_can_deploy(command.project.azure_id)

    def send(self, command: Command, calls: Calls, *, comment: str) -> None:
        """The one request."""
        release, stage = command.payload["release"], command.payload["stage"]
        calls.here().cancel(command.project.azure_id, release, stage, comment=comment)

    def evidence(self, command: Command, calls: Calls) -> Evidence:
        """Canceled, by us or somebody else; ended otherwise; or still under way."""
        release = release_of(command, calls)
        stage, meant = stage_of(command), command.payload["attempt"]
        newest = max(1, newest_attempt(stage))
        if newest > meant:
            sentence = f"Attempt {newest} of {stage.name} began meanwhile."
            return Evidence(Shown.CONFLICT, sentence, code=CommandCode.TARGET_CHANGED)
        if stage.status in UNDER_WAY:
            return Evidence(Shown.ABSENT, f"Azure shows {stage.name} still under way.")
        history = history_of(command, calls, release)
        if stage.status != StageStatus.CANCELED:
            sentence = f"{stage.name} came to its end before it could be canceled: {stage.status}."
            return Evidence(Shown.CONFLICT, sentence, code=CommandCode.OPPOSITE_RESULT_BY)
        if history is not None and not is_ours(command, history):
            return Evidence(Shown.SUPERSEDED, f"{who_did(history, change='Cancel')} canceled it in Azure.")
        return Evidence(Shown.DONE, f"Azure shows attempt {meant} canceled.", attempt=meant, result={"attempt": meant})
