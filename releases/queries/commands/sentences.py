"""The sentence below a command: what happens next, and whether somebody must act. Pure; in the reader's time zone.

Ages are not in it, because they change by themselves: the page puts "Sent 8 s ago." before it.
"""

from datetime import datetime

from django.utils import timezone

from releases.models import Command
from releases.policies.limits import HELD_AT_MOST, MOST_SENDS, request_seconds
from releases.states import CommandCode, CommandState

GOES_ON = {
    CommandCode.FROZEN: "Goes on by itself when the freeze ends",
    CommandCode.ROLE_LOST: "Goes on by itself when who asked for it may act again",
    CommandCode.NEEDS_REAUTHORISATION: "Goes on by itself when the account of who asked for it is open again",
    CommandCode.FLAGGED: "Goes on by itself when the flag is lifted",
    CommandCode.CHECKS_STALE: "Goes on by itself as soon as the checks were made again",
    CommandCode.SENDING_STOPPED: "Goes on by itself when sending is started again",
    CommandCode.PERMISSION_MISSING: "Goes on by itself when Azure lets Slipway do it; somebody must act there",
}
"""What frees a command that is held, by the reason."""

_SILENT = {
    CommandCode.NO_ANSWER: "Azure did not answer.",
    CommandCode.WORKER_LOST: "The sender died before it heard Azure's answer.",
    CommandCode.ACCEPTED_WITHOUT_EFFECT: "Azure said yes, but does not show it yet.",
}
ASKS_A_PERSON = "An operator must look in Azure, then check again, send again or close it."


def sentence_of(command: Command, *, is_own: bool = False, waits_for_others: bool = False) -> str:
    """What happens next. `is_own`: the reader asked for it; `waits_for_others`: what runs is canceled before it."""
    told = command.sentence.strip()
    match CommandState(command.state):
        case CommandState.AUTHORISED:
            return _recorded(command, told, is_own=is_own, waits_for_others=waits_for_others)
        case CommandState.HELD:
            frees = GOES_ON[CommandCode(command.code)]
            return _joined(told, f"{frees}; expires {_until(command.moved_at + HELD_AT_MOST)}.")
        case CommandState.SENDING if command.code == CommandCode.UNDER_WAY:
            return _joined(told or "Azure took it and works on it.", _read_again(command))
        case CommandState.SENDING:
            return f"Azure has {request_seconds():.0f} s to answer. Nobody needs to act."
        case CommandState.UNKNOWN:
            return _not_certain(command)
        case CommandState.NEEDS_ATTENTION:
            return _joined(told, ASKS_A_PERSON)
        case _:
            return _ended(command, told)


def entry_time(moment: datetime) -> str:
    """`14:20:40`, with the day when it is another one: `Fri 20 Nov, 13:44:10`."""
    at = timezone.localtime(moment)
    return f"{at:%H:%M:%S}" if at.date() == timezone.localdate() else f"{at:%a} {at.day} {at:%b}, {at:%H:%M:%S}"


def _recorded(command: Command, told: str, *, is_own: bool, waits_for_others: bool) -> str:
    can = "You can still take it back." if is_own else "Who asked for it can still take it back."
    if command.asked_by_id is None:
        can = "Nobody needs to act."
    if waits_for_others:
        return f"What runs is canceled first, then it is sent. {can}"
    if command.sends:
        return _joined(
            told, f"Sent {_times(command.sends)} of at most {MOST_SENDS}; sent again as soon as a sender is free."
        )
    if told and command.tries and command.due_at is not None:
        return _joined(told, f"Nothing was sent; tried again at {entry_time(command.due_at)}. {can}")
    if told and not command.moves:  # delivery looked at it and said what it waits for
        return _joined(told, f"Sent by itself after that. {can}")
    return _joined(told, f"Sent as soon as a sender is free. {can}")


def _not_certain(command: Command) -> str:
    why = _SILENT.get(CommandCode(command.code), "Azure did not answer.")
    if not command.absences:
        return f"{why} {_read_again(command)}"
    at = f" at {entry_time(command.due_at)}" if command.due_at else ""
    if command.code == CommandCode.ACCEPTED_WITHOUT_EFFECT:
        return f"{why} Read again{at}; if it does not show then either, somebody must look."
    return f"{why} Read once without a trace. Read again{at}, sent again only if it is absent then too."


def _read_again(command: Command) -> str:
    at = f" at {entry_time(command.due_at)}" if command.due_at else " as soon as a sender is free"
    return f"Read again{at}. Nobody needs to act."


def _ended(command: Command, told: str) -> str:
    """How it ended, and what that leaves to do."""
    match (CommandState(command.state), command.code):
        case (CommandState.CONFIRMED, CommandCode.WAITING_FOR_OTHERS):
            return _joined(told, "Azure waits for others now.")
        case (CommandState.REFUSED, CommandCode.STALE):
            return _joined(told, "Look at it again, and ask anew if you still want it.")
        case (CommandState.REFUSED, _):
            return _joined(told, "Nothing was done.")
        case (CommandState.SUPERSEDED, _) if not command.sends:
            return _joined(told, "Nothing was sent.")
        case (CommandState.CONFLICT, _):
            return _joined(told, "Nothing more is sent.")
        case _:
            return told


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"


def _until(moment: datetime) -> str:
    at = timezone.localtime(moment)
    return f"{at:%a} {at.day} {at:%b}, {at:%H:%M}"


def _joined(*sentences: str) -> str:
    """Sentences one after the other; each ends with a full stop."""
    return " ".join(one if one[-1] in '.:!?”"' else f"{one}." for one in sentences if one)
