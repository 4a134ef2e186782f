"""Deploying and redeploying: PATCH of the stage, which makes a new attempt each time it is sent.

Not idempotent, so the effect is known only by an attempt beyond the one before, asked for by our identity, with our
mark in Azure's history of the release. https://learn.microsoft.com/rest/api/azure/devops/release/releases/update-release-environment
"""

from datetime import timedelta

from releases.audit import Actor
from releases.delivery.evidence import Base, Evidence, SentBefore, Shown, Wait, stale
from releases.delivery.kinds.reading import attempts_of, history_of, is_ours, newest_attempt, release_of, stage_of
from releases.delivery.marker import left_by
from releases.models import Approval, Command, Deployment, ReleaseStage
from releases.policies.commands import check_can_deploy
from releases.queries.snapshot import differences, seen_of
from releases.states import ApprovalStatus, CommandCode, StageStatus
from releases.sync.connections import Calls
from releases.sync.reading_back import read_back

CLOCKS_DIFFER = timedelta(minutes=2)
"""How far Azure's clock may stand behind the database's, for attempts that only their time can tell apart."""


LOOK_AGAIN_SECONDS = 10.0
LOOKED_AT = 5
BUSY = (StageStatus.IN_PROGRESS, StageStatus.QUEUED)


class Deploy:
    """A new attempt at one stage of one release."""

    def check(self, command: Command, by: Actor) -> None:
        """The same check as of the button."""
        check_can_deploy(by, stage_of(command))

    def base(self, command: Command, calls: Calls) -> Base:
        """The newest attempt; what was seen must still hold, unless it was sent before and Azure showed no trace."""
        release = release_of(command, calls)
        stage = stage_of(command)
        if command.sends == 0 and is_ours(command, history_of(command, calls, release)):
            raise SentBefore(Base(attempt=command.payload["attempt"] - 1))
        _check_is_free(stage, calls)
        told = differences(command.snapshot, seen_of(stage)) if command.snapshot else []
        if told:
            raise stale(f"Not sent, because {stage.release} changed: {'; '.join(told)}.")
        return Base(attempt=newest_attempt(stage), status=stage.status)

    def probe(self, command: Command, calls: Calls) -> None:
        """By an act on what cannot exist."""
        calls.asked_at()
        calls.here().check_can_deploy(command.project.azure_id)

    def send(self, command: Command, calls: Calls, *, comment: str) -> None:
        """Azure answers "queued"; the attempt shows a moment later."""
        release, stage = command.payload["release"], command.payload["stage"]
        calls.here().deploy(command.project.azure_id, release, stage, comment=comment)

    def evidence(self, command: Command, calls: Calls) -> Evidence:
        """An attempt of ours, somebody else's, or none."""
        release = release_of(command, calls)
        stage, base = stage_of(command), command.base_attempt or 0
        history = history_of(command, calls, release)
        marks = len(left_by(command, history or []))
        told = {"marks": marks if history is not None else None}
        attempts = attempts_of(stage, after=base)
        if marks > 1:
            return _ambiguous(f"Azure shows this deployment {marks} times.", told)
        if not attempts:
            shown = Shown.UNDER_WAY if marks else Shown.ABSENT
            return Evidence(shown, _standing(stage, is_taken=bool(marks)), result=told)
        ours = [one for one in attempts if _is_by_us(command, one)]
        if history is None:
            ours = [one for one in ours if _is_after_the_send(command, one)]
        if is_ours(command, history) or (history is None and len(ours) == len(attempts) == 1):
            return _done((ours or attempts)[0])
        return _ambiguous(f"Azure shows attempt {attempts[-1].attempt}, but nothing says that it is this one.", told)


def _check_is_free(stage: ReleaseStage, calls: Calls) -> None:
    """One deployment of a stage at a time: raises Wait while another release is being deployed there.

    One that waits for an approval is in nobody's way. What our rows say is read again before it is believed.
    """
    waiting = Approval.objects.filter(status=ApprovalStatus.PENDING, is_automated=False)
    busy = ReleaseStage.objects.filter(stage=stage.stage_id, status__in=BUSY).exclude(pk=stage.pk)
    others = busy.exclude(pk__in=waiting.values("release_stage")).select_related("release__project").order_by("pk")
    for one in others[:LOOKED_AT]:
        read_back(one.release.project, one.release.azure_id, calls=calls)
    if (other := others.first()) is not None:
        raise Wait(f"Waits for {other.release}, which is being deployed there.", seconds=LOOK_AGAIN_SECONDS)


def _is_by_us(command: Command, attempt: Deployment) -> bool:
    own = command.organization.own_identity_key
    return not own or (attempt.requested_by is not None and attempt.requested_by.key == own)


def _is_after_the_send(command: Command, attempt: Deployment) -> bool:
    if attempt.queued_on is None or command.sent_at is None:
        return False
    return attempt.queued_on >= command.sent_at - CLOCKS_DIFFER


def _done(attempt: Deployment) -> Evidence:
    result = {"attempt": attempt.attempt, "deployment": attempt.azure_id, "status": attempt.status}
    return Evidence(Shown.DONE, f"Azure shows attempt {attempt.attempt}.", attempt=attempt.attempt, result=result)


def _ambiguous(sentence: str, told: dict[str, int | None]) -> Evidence:
    return Evidence(Shown.AMBIGUOUS, sentence, code=CommandCode.AMBIGUOUS, result=told)


def _standing(stage: ReleaseStage, *, is_taken: bool) -> str:
    if is_taken:
        return "Azure took it; the attempt does not show yet."
    words = {StageStatus.QUEUED: "queued", StageStatus.NOT_STARTED: "not started"}
    status = next((word for known, word in words.items() if known == stage.status), stage.status)
    return f"Azure shows no new attempt; the stage stands at {status}."
