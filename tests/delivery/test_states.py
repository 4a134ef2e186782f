"""Every pair of states, legal or not: the table of moves holds, and so do the database's own rules."""

from itertools import product

import pytest
from django.db import IntegrityError, transaction

from releases.actions.commands.moving import DELIVERY, move
from releases.errors import Conflict
from releases.models import AuditEvent, Command, CommandMove
from releases.states import COMMAND_CODES, COMMAND_MOVES, FINAL_COMMAND_STATES, CommandCode, CommandState
from tests.commands import PATHS, command

pytestmark = pytest.mark.django_db
ILLEGAL = [(a, b) for a, b in product(CommandState, CommandState) if b not in COMMAND_MOVES[a]]


def test_no_illegal_move_is_made_and_none_leaves_a_line_or_an_event():
    rows = {state: command(state) for state in CommandState}
    before = (CommandMove.objects.count(), AuditEvent.objects.count())
    for a, b in ILLEGAL:
        with pytest.raises(ValueError, match="cannot become"), transaction.atomic():
            move(rows[a], b, by=DELIVERY)
    assert len(ILLEGAL) + sum(map(len, COMMAND_MOVES.values())) == len(CommandState) ** 2
    assert (CommandMove.objects.count(), AuditEvent.objects.count()) == before
    assert {row.state for row in Command.objects.all()} == set(CommandState)


def test_no_state_takes_a_reason_that_is_not_its_own():
    row = command()
    for to in sorted(COMMAND_MOVES[CommandState.AUTHORISED]):
        for code in set(CommandCode) - COMMAND_CODES[to]:
            with pytest.raises(ValueError, match="is no reason"), transaction.atomic():
                move(row, to, by=DELIVERY, code=code)
    row.refresh_from_db()
    assert row.state == CommandState.AUTHORISED


def test_who_moves_from_what_is_not_there_any_more_changes_nothing():
    row = command()
    late = Command.objects.get(pk=row.pk)
    move(row, CommandState.HELD, by=DELIVERY, code=CommandCode.FLAGGED)
    with pytest.raises(Conflict) as refused, transaction.atomic():
        move(late, CommandState.SENDING, by=DELIVERY)
    assert refused.value.code == "command_moved"
    assert [m.after for m in CommandMove.objects.filter(command=row).order_by("number")] == ["authorised", "held"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"state": "confirmed"},
        {"state": "exploded"},
        {"kind": "explode"},
        {"ended_at": "2026-03-02T12:00Z"},
        {"asked_as": "sync"},
        {"leased_by": "somebody"},
        {"sends": 1},
    ],
)
def test_the_database_refuses_rows_that_contradict_themselves(wrong):
    row = command()
    with pytest.raises(IntegrityError), transaction.atomic():
        Command.objects.filter(pk=row.pk).update(**wrong)


def test_every_state_can_be_reached_and_every_open_one_can_end():
    assert set(PATHS) == set(CommandState)
    for state in CommandState:
        reached, waiting = {state}, [state]
        while waiting:
            new = COMMAND_MOVES[waiting.pop()] - reached
            reached |= new
            waiting += new
        assert reached & FINAL_COMMAND_STATES
