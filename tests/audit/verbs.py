"""Actions that no page calls yet, called here themselves, and those that leave no event, each with its reason."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from django.urls import reverse

from releases.actions.abandon import abandon
from releases.actions.ask_log import ask_log
from releases.actions.cancel import cancel
from releases.actions.commands.asked import Asked
from releases.actions.commands.moving import move
from releases.actions.commands.settling import check_again, close, send_again, take_back
from releases.actions.create import Order, ask_versions, create
from releases.actions.deploy import deploy
from releases.actions.erase_person import lift_hold, place_hold
from releases.actions.sending import start_sending, stop_sending
from releases.actions.start import start
from releases.actions.triggers import Change, change_triggers
from releases.actions.verify_trail import verify_trail
from releases.models import Command, Inquiry, Release, ReleaseStage, Step, User
from releases.queries import offers
from releases.queries.snapshot import seen_of, seen_of_release
from releases.queries.trigger_switches import seen_of_triggers, switches_of
from releases.states import CommandCode, CommandState, ReleaseStatus, Role, StageStatus
from tests import factories
from tests.audit.world import SHELL, World

REASON = "the scoring service is to be restarted"


EXPORTS = {
    "releases_export": "releases.exported",
    "audit_export": "audit.exported",
    "audit_evidence": "audit.exported",
}
"""Addresses that are read, and leave an event."""

QUIET = {
    "connect.ask": "a question; what it found is an event when it is saved",
    "artifact_rules.ask": "a question; what it found is an event when it is saved",
    "ask_log.ask_log": "a question; what is kept of its answer is in the manifest of a sync run",
    "create.ask_versions": "a question; the release that is made of its answer is an event",
    "saved_views.save_view": "a preference of one's own",
    "saved_views.overwrite_view": "a preference of one's own",
    "saved_views.rename_view": "a preference of one's own",
    "saved_views.delete_view": "a preference of one's own",
    "own_account.change_account": "zone and shortcuts are preferences; the name is not, and has its door",
    "second_factors.use_code": "the sign-in or the confirmation that it serves leaves the event",
}
"""Actions that may write and leave no event."""


@dataclass(frozen=True)
class Verb:
    """One action: `ready` makes what it acts on and returns the call."""

    name: str
    events: tuple[str, ...]
    ready: Callable[[World], Callable[[], Any]]
    silent: str = ""


def _asked() -> Asked:
    return Asked(key=uuid4().hex)


def _operator(world: World) -> User:
    """Somebody who may act, where nothing was asked for yet."""
    command = Command.objects.get(pk=world.of.rows["command"].pk)
    if command.state == CommandState.AUTHORISED:
        take_back(command, by=world.of.member, asked=_asked())
    return factories.user(role=Role.OPERATOR)


def _stage(world: World) -> ReleaseStage:
    return ReleaseStage.objects.get(release=world.of.rows["release"])


def _redeployed(world: World, by: User) -> Command:
    stage = _stage(world)
    return deploy(stage, by=by, asked=_asked(), seen=seen_of(stage), reason=REASON)


def _deploy(world: World) -> Callable[[], Any]:
    by, stage = _operator(world), _stage(world)
    seen = seen_of(stage)
    return lambda: deploy(stage, by=by, asked=_asked(), seen=seen, reason=REASON)


def _cancel(world: World) -> Callable[[], Any]:
    by = _operator(world)
    ReleaseStage.objects.filter(pk=_stage(world).pk).update(status=StageStatus.IN_PROGRESS)
    return lambda: cancel(_stage(world), by=by, asked=_asked(), attempt=1)


def _abandon(world: World) -> Callable[[], Any]:
    by, release = _operator(world), world.of.rows["release"]
    ReleaseStage.objects.filter(release=release).update(status=StageStatus.IN_PROGRESS)  # so that it cancels first
    seen, asked = seen_of_release(release), _asked()
    return lambda: abandon(release, by=by, asked=asked, seen=seen, reason=REASON, typed_name=release.name)


def _in_doubt(world: World) -> Command:
    """A command that waits for a person."""
    command = _redeployed(world, _operator(world))
    for state, code in (
        (CommandState.SENDING, None),
        (CommandState.UNKNOWN, CommandCode.NO_ANSWER),
        (CommandState.NEEDS_ATTENTION, CommandCode.AMBIGUOUS),
    ):
        move(command, state, by=SHELL, code=code)
    return command


def _settle(act: Callable[..., Any], **more: Any) -> Callable[[World], Callable[[], Any]]:
    def ready(world: World) -> Callable[[], Any]:
        command, by = _in_doubt(world), _operator(world)
        return lambda: act(command, by=by, asked=_asked(), **more)

    return ready


def _ask_log(world: World) -> Callable[[], Any]:
    step = Step.objects.get(deployment=world.of.rows["deployment"])
    return lambda: ask_log(step, by=world.by)


def _ask_versions(world: World) -> Callable[[], Any]:
    by = _operator(world)
    return lambda: ask_versions(world.of.rows["pipeline"], by=by)


def _create(world: World) -> Callable[[], Any]:
    by, pipeline = _operator(world), world.of.rows["pipeline"]
    inquiry = Inquiry.objects.get(pk=world.asked(offers.KIND, {"pipeline": pipeline.pk}, {"artifacts": []}))
    seen = offers.seen_of(pipeline, inquiry)
    return lambda: create(pipeline, by=by, asked=_asked(), seen=seen, order=Order())


def _start_draft(world: World) -> Callable[[], Any]:
    by, release = _operator(world), Release.objects.get(pk=world.of.pk("release"))
    Release.objects.filter(pk=release.pk).update(status=ReleaseStatus.DRAFT)
    release.refresh_from_db()
    seen = seen_of_release(release)
    return lambda: start(release, by=by, asked=_asked(), seen=seen)


def _stop(world: World) -> Callable[[], Any]:
    by = _operator(world)
    return lambda: stop_sending(world.of.project.organization, by=by, reason=REASON)


def _start(world: World) -> Callable[[], Any]:
    _stop(world)()
    return lambda: start_sending(world.of.project.organization, by=world.by)


def _hold(world: World) -> Callable[[], Any]:
    return lambda: place_hold(world.other.subject, reason=REASON, by=world.by)


def _lift(world: World) -> Callable[[], Any]:
    _hold(world)()
    return lambda: lift_hold(world.other.subject, by=world.by)


def _triggers(world: World) -> Callable[[], Any]:
    by, pipeline = _operator(world), world.of.rows["pipeline"]
    switches = switches_of(pipeline)
    off = [Change(switches.rows[0].key, on=not switches.rows[0].is_on)]
    seen = seen_of_triggers(pipeline, switches)
    return lambda: change_triggers(pipeline, by=by, asked=_asked(), seen=seen, changes=off, reason=REASON)


def _exported(address: str) -> Callable[[World], Callable[[], Any]]:
    """What is asked for by GET and leaves an event all the same: who took what away is told."""
    return lambda world: lambda: read_whole(world.client.get(reverse(address)))


def read_whole(answer: Any) -> Any:
    """The answer, its file read to the end, which closes it."""
    if answer.streaming:
        list(answer.streaming_content)
    return answer


VERBS = [
    Verb("change_triggers", ("command.recorded",), _triggers),
    *(Verb(address, (type,), _exported(address)) for address, type in EXPORTS.items()),
    Verb("deploy", ("command.recorded",), _deploy),
    Verb("cancel", ("command.recorded",), _cancel),
    Verb("abandon", ("command.recorded", "command.recorded"), _abandon),
    Verb("verify_trail", ("audit.verification_requested",), lambda world: lambda: verify_trail(by=world.by)),
    Verb("place_hold", ("legal_hold.placed",), _hold),
    Verb("lift_hold", ("legal_hold.lifted",), _lift),
    Verb("ask_log", (), _ask_log, silent=QUIET["ask_log.ask_log"]),
    Verb("ask_versions", (), _ask_versions, silent=QUIET["create.ask_versions"]),
    Verb("create", ("command.recorded",), _create),
    Verb("start", ("command.recorded",), _start_draft),
    Verb("check_again", ("command.unknown",), _settle(check_again)),
    Verb("send_again", ("command.authorised",), _settle(send_again, reason=REASON)),
    Verb("close", ("command.confirmed",), _settle(close, is_done=True, reason=REASON)),
    Verb("stop_sending", ("sending.stopped",), _stop),
    Verb("start_sending", ("sending.started",), _start),
]

NOT_CALLED = {"roll_back.roll_back": "one `deploy`, marked; tests/pages/test_acts.py calls it"}
"""Public functions that nothing here calls, each with its reason."""
