"""One command: its sentence in every state, its page, its line that refreshes itself, and taking it back."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from releases.actions.commands import settling
from releases.actions.commands.asked import Asked
from releases.actions.commands.moving import DELIVERY, move
from releases.delivery import leasing
from releases.delivery.leasing import LeaseLost
from releases.errors import Conflict
from releases.models import AuditEvent, Command
from releases.queries.commands import WORDS, command_seen, commands_of, seen
from releases.states import CommandCode, CommandKind, CommandState, Role
from tests import factories
from tests.commands import REASON, asked_for, command, stage_of
from tests.pages.reading import HTMX, words

pytestmark = [pytest.mark.django_db, pytest.mark.on_sqlite]
LATER = datetime(2031, 3, 3, 14, 20, 40, tzinfo=UTC)

SAID: list[tuple[CommandState, str, dict[str, Any], str]] = [
    (CommandState.AUTHORISED, "", {}, "Sent as soon as a sender is free. You can still take it back."),
    (CommandState.AUTHORISED, "", {"sentence": "Waits for Release-9."}, "Waits for Release-9. Sent "),
    (
        CommandState.HELD,
        "sending_stopped",
        {},
        "Sending is stopped. Goes on by itself when sending is started again; expires ",
    ),
    (CommandState.HELD, "permission_missing", {}, "when Azure lets Slipway do it; somebody must act there;"),
    (CommandState.SENDING, "", {}, "Azure has 90 s to answer. Nobody needs to act."),
    (CommandState.UNKNOWN, "no_answer", {"due_at": LATER}, "Read again at Mon 3 Mar, 14:20:40. Nobody needs to act."),
    (
        CommandState.UNKNOWN,
        "no_answer",
        {"due_at": LATER, "absences": 1},
        "Read once without a trace. Read again at Mon 3 Mar, 14:20:40, sent again only if it is absent then too.",
    ),
    (CommandState.UNKNOWN, "worker_lost", {}, "The sender died before it heard Azure's answer."),
    (
        CommandState.UNKNOWN,
        "accepted_without_effect",
        {"absences": 1},
        "if it does not show then either, somebody must look.",
    ),
    (CommandState.NEEDS_ATTENTION, "ambiguous", {}, "An operator must look in Azure, then check again, send again"),
    (CommandState.CONFIRMED, "done", {}, "Sending is stopped."),
    (CommandState.REFUSED, "rejected_by_azure", {}, "Nothing was done."),
    (CommandState.REFUSED, "stale", {}, "Look at it again, and ask anew if you still want it."),
    (CommandState.SUPERSEDED, "same_result_by", {}, "Nothing was sent."),
    (CommandState.CONFLICT, "target_changed", {}, "Nothing more is sent."),
]


@pytest.mark.parametrize(("state", "code", "fields", "said"), SAID)
def test_its_sentence_says_what_happens_next(state, code, fields, said):
    by = factories.user(role=Role.OPERATOR)
    row = command(
        state, code=code, sentence="" if state == "authorised" else "Sending is stopped.", fields=fields, by=by
    )
    one = command_seen(by, row.pk)
    assert one is not None and said in one.sentence
    assert one.needs_a_person is (state == CommandState.NEEDS_ATTENTION)


def test_every_state_has_a_word_and_two_tell_more_than_the_state():
    by = factories.user(role=Role.OPERATOR)
    assert set(WORDS) == set(CommandState)
    rows = [command(CommandState.REFUSED, code="stale"), command(CommandState.CANCELLED, code="expired")]
    assert [one.word for one in seen(rows, reader=by)] == ["Not sent", "Expired"]


def test_the_page_shows_every_move_with_its_entry_and_what_was_seen():
    by = factories.user(role=Role.OPERATOR, name="Ada Berg")
    row = command(CommandState.NEEDS_ATTENTION, sentence="Azure shows attempt 2.", by=by)
    page = factories.browser_of(factories.user(role=Role.AUDITOR)).get(f"/commands/{row.pk}/")
    text = words(page)
    assert row.release_stage is not None
    assert f"Redeploy {row.release_stage.name} of {row.release}" in text and "Needs you" in text
    assert "Asked by Ada Berg" in text and REASON in text and row.marker in text
    assert "Newest attempt 1" in text and row.snapshot_hash in text
    entries = AuditEvent.objects.filter(type__startswith="command.", object_id=str(row.pk)).values_list(
        "seq", flat=True
    )
    assert len(entries) == 4
    assert all(f'href="/audit/log/{seq}/"' in page.content.decode() for seq in entries)


def test_the_line_asks_for_itself_while_it_is_open_and_tells_that_it_moved():
    by = factories.user(role=Role.OPERATOR)
    row, browser = asked_for(by=by), factories.browser_of(by)
    line = browser.get(f"/commands/{row.pk}/line/", headers=HTMX)
    assert f'id="command-{row.pk}" data-poll="3"' in line.content.decode() and "Take back" in words(line)
    assert "Recorded" in line["X-News"]
    move(row, CommandState.REFUSED, by=DELIVERY, code=CommandCode.STALE, sentence="It changed.")
    line = browser.get(f"/commands/{row.pk}/line/", headers=HTMX)
    assert "data-poll" not in line.content.decode() and "Not sent" in words(line) and "Take back" not in words(line)
    assert browser.get(f"/commands/{row.pk}/line/")["Location"] == f"/commands/{row.pk}/"


def test_its_author_takes_it_back_and_comes_back():
    by = factories.user(role=Role.OPERATOR)
    row = asked_for(by=by)
    back = factories.browser_of(by).post(f"/commands/{row.pk}/take-back/", {"next": "/releases/"}, follow=True)
    assert back.redirect_chain == [("/releases/", 302)] and "Taken back, and nothing was sent" in words(back)
    row.refresh_from_db()
    assert (row.state, row.code) == ("cancelled", "by_author")


def test_it_is_taken_back_under_the_hands_of_who_claimed_it_but_not_after_it_was_sent():
    by = factories.user(role=Role.OPERATOR)
    claimed = asked_for(by=by)
    Command.objects.filter(pk=claimed.pk).update(leased_by="worker", leased_until=timezone.now() + timedelta(minutes=1))
    browser = factories.browser_of(by)
    assert browser.post(f"/commands/{claimed.pk}/take-back/").status_code == 302
    sent = command(CommandState.SENDING, by=by)
    late = browser.post(f"/commands/{sent.pk}/take-back/")
    assert late.status_code == 409 and "It was sent to Azure already and cannot be taken back." in words(late)
    sent.refresh_from_db()
    assert sent.state == "sending"


def test_a_sender_that_had_it_in_hand_sends_nothing_after_it_was_taken_back():
    row = asked_for(by=factories.user(role=Role.OPERATOR))
    lease = leasing.claim(str(row.pk))
    assert lease is not None and row.asked_by is not None
    settling.take_back(row, by=row.asked_by, asked=Asked(key=""))
    with pytest.raises(LeaseLost), transaction.atomic():
        lease.keep()
    with pytest.raises(Conflict, match="moved on meanwhile"), transaction.atomic():
        move(lease.command, CommandState.SENDING, by=DELIVERY)


def test_an_entry_of_the_trail_leads_to_the_command():
    row, auditor = asked_for(), factories.browser_of(factories.user(role=Role.AUDITOR))
    event = AuditEvent.objects.get(type="command.recorded")
    assert f'href="/commands/{row.pk}/"' in auditor.get(f"/audit/log/{event.seq}/").content.decode()


def test_nobody_else_takes_it_back_and_who_tries_is_in_the_trail():
    row = asked_for(by=factories.user(role=Role.OPERATOR, name="Ada Berg"))
    other = factories.browser_of(factories.user(role=Role.OPERATOR))
    assert "Take back" not in words(other.get(f"/commands/{row.pk}/"))
    refused = other.post(f"/commands/{row.pk}/take-back/")
    assert refused.status_code == 403 and "Ada Berg asked for this" in words(refused)
    assert AuditEvent.objects.get(type="action.refused").object_id == "take_back"


def test_a_command_of_another_project_is_not_there():
    row = asked_for()
    stranger = factories.browser_of(factories.user(role=Role.OPERATOR, project=factories.project()))
    for path in ("", "line/"):
        assert stranger.get(f"/commands/{row.pk}/{path}", headers=HTMX).status_code == 404
    assert stranger.post(f"/commands/{row.pk}/take-back/").status_code == 404


def test_what_was_asked_of_a_release_is_read_with_the_same_queries_however_much_it_is():
    by = factories.user(role=Role.OPERATOR)
    stage = stage_of()

    def asked() -> int:
        with CaptureQueriesContext(connection) as found:
            told = commands_of(stage.release, reader=by)
            assert all(one.title and one.sentence and one.entry for one in told)
        return len(found)

    command(CommandState.CONFIRMED, stage=stage, sentence="Azure shows attempt 2.")
    few = asked()
    for _ in range(4):
        command(CommandState.REFUSED, stage=stage)
    asked_for(stage)
    assert asked() == few
    assert [one.row.state for one in commands_of(stage.release, reader=by)] == ["authorised", *["refused"] * 3]
    assert commands_of(stage.release, reader=factories.user(role=Role.QA, project=factories.project())) == []
    assert {CommandKind(one.row.kind) for one in commands_of(stage.release, reader=by)} == {CommandKind.REDEPLOY}
