"""The Commands page by role, the answers to what needs somebody, and the switch."""

from datetime import timedelta
from time import time

import pytest
from django.utils import timezone

from releases.actions.sending import stop_sending
from releases.models import AuditEvent, Command, Organization
from releases.states import CommandState, Role
from tests import factories
from tests.commands import asked_for, command, stage_of
from tests.pages.reading import HTMX, queries, words
from tests.proving import prove

pytestmark = [pytest.mark.django_db, pytest.mark.on_sqlite]
PAGE = "/commands/"
WHY = "I looked in Azure: it is not there"


@pytest.fixture
def operator():
    return factories.user(role=Role.OPERATOR, name="Ada Berg")


def waiting(**more):
    """A command that needs somebody; asked by somebody else than who reads."""
    said = "Azure shows attempt 1, but nothing says that it is this one."
    return command(CommandState.NEEDS_ATTENTION, sentence=said, **more)


def test_the_page_shows_what_needs_somebody_what_is_open_and_what_ended(operator):
    row = waiting()
    Command.objects.filter(pk=row.pk).update(result={"marks": 2})
    asked_for(by=operator)
    command(CommandState.CONFIRMED, sentence="Azure shows attempt 2.")
    command(CommandState.REFUSED, sentence="Azure DevOps refused the request (status 400).")
    text = words(factories.browser_of(operator).get(PAGE))
    assert "1 open, 1 needs you. 1 was confirmed in Azure today, 1 was refused." in text
    assert "Attempt before 1 Attempt now 1, queued" in text and "Our mark found 2 times" in text
    assert "Azure did it 2 times. Sending again now would start attempt 2." in text
    assert "Check again Send again (I checked Azure) Close as done in Azure Give up" in text
    assert "Sent as soon as a sender is free. You can still take it back. Take back" in text
    assert "Ended today All 2 Confirmed in Azure 1 Refused by Azure 1" in text
    assert "Commands 1 need you" in text


@pytest.mark.parametrize("role", [Role.QA, Role.MANAGER, Role.AUDITOR])
def test_others_see_it_with_the_sentence_why_and_no_button(role):
    waiting()
    asked_for()
    page = factories.browser_of(factories.user(role=role)).get(PAGE)
    text = words(page)
    assert "You cannot act on releases: operators and administrators can." in text
    assert "Send again (I checked Azure)" not in text and "Take back" not in text and "Stop sending" not in text


def test_nothing_at_all_says_what_comes_here(operator):
    browser = factories.browser_of(operator)
    assert "Nothing is connected yet" in words(browser.get(PAGE))
    factories.project()
    text = words(browser.get(PAGE))
    assert "Nothing is open" in text and "Nothing ended today" in text
    assert "Nothing ended so" in words(browser.get(f"{PAGE}?days=all&state=refused"))


def test_what_ended_before_today_is_found_by_state_page_by_page(operator):
    stage = stage_of()
    for _ in range(22):
        command(CommandState.REFUSED, stage=stage, sentence="Azure said no.", by=operator)
    command(CommandState.SUPERSEDED, stage=stage, by=operator)
    Command.objects.update(ended_at=timezone.now() - timedelta(days=3))
    browser = factories.browser_of(operator)
    assert "Nothing ended today" in words(browser.get(PAGE))
    first = browser.get(f"{PAGE}?days=all&state=refused")
    assert words(first).count("Azure said no.") == 20 and "Superseded: " not in words(first)
    older = browser.get(f"{PAGE}?days=all&state=refused&cursor={first.context['ended'].older}")
    assert words(older).count("Azure said no.") == 2 and not older.context["ended"].older
    assert browser.get(f"{PAGE}?cursor=none-of-ours").status_code == 400


def test_it_asks_the_same_queries_of_five_hundred_commands(operator):
    stage, browser = stage_of(), factories.browser_of(operator)
    for state in (CommandState.REFUSED, CommandState.CONFIRMED):
        command(state, stage=stage, by=operator)
    waiting(stage=stage)
    asked_for(stage_of(stage.release.project), by=operator)
    before = queries(browser, PAGE)
    row = Command.objects.filter(state="authorised").get()
    for number in range(500):
        row.pk, row.key, row.target, row.stage_id = None, f"key-{number}", f"target-{number}", None
        row.state = "needs_attention" if number % 2 else "authorised"
        row.code = "ambiguous" if number % 2 else ""
        row._state.adding = True
        row.save()
    assert queries(browser, PAGE) == before
    text = words(browser.get(PAGE))
    assert "The newest 50 of 251 are shown." in text and "10 of 251 are shown" in text


def test_the_navigation_counts_what_the_reader_may_see_alone(operator):
    row = waiting()
    there = factories.browser_of(factories.user(role=Role.QA, project=row.project))
    elsewhere = factories.browser_of(factories.user(role=Role.QA, project=factories.project()))
    assert "Commands 1 need you" in words(there.get("/account/"))
    assert "need you" not in words(elsewhere.get("/account/"))


def test_a_fragment_tells_that_something_needs_somebody(operator):
    browser = factories.browser_of(operator)
    waiting()
    part = browser.get(PAGE, headers=HTMX)
    assert part["X-News"] == "0%20commands%20open%2C%201%20need%20somebody"
    assert 'id="_commands" data-poll="5"' in part.content.decode()


ANSWERS = [
    ("check-again", {}, "unknown", "no_answer"),
    ("send-again", {"reason": WHY}, "authorised", ""),
    ("close", {"reason": WHY}, "confirmed", "done"),
    ("give-up", {"reason": WHY}, "cancelled", "by_author"),
]


@pytest.mark.parametrize(("path", "typed", "state", "code"), ANSWERS)
def test_each_answer_asks_first_then_acts_and_its_proof_is_in_the_trail(operator, path, typed, state, code):
    row, browser = waiting(), factories.browser_of(operator)
    address = f"/commands/{row.pk}/{path}/"
    assert "What Azure shows" in words(browser.get(address))
    if typed:
        short = browser.post(address, {"reason": "no"})
        assert short.status_code == 422 and "Give a reason of at least 10 characters." in words(short)
    assert browser.post(address, typed)["Location"] == PAGE
    row.refresh_from_db()
    assert (row.state, row.code) == (state, code)
    event = AuditEvent.objects.get(type=f"command.{state}", object_id=str(row.pk), actor_ref=operator.subject)
    assert '"auth":{"age_s":' in event.body and WHY not in event.body
    late = browser.post(address, typed)
    assert late.status_code == 409 and "Somebody else dealt with it meanwhile" in words(late)


def test_an_old_proof_is_asked_for_and_what_was_typed_is_kept(operator):
    row = waiting()
    browser = factories.browser_of(operator, is_fresh=False)
    prove(browser, operator, at=time() - 3600)
    asking = browser.post(f"/commands/{row.pk}/send-again/", {"reason": WHY})
    assert "Confirm it is you" in words(asking) and WHY in asking.content.decode()
    done = browser.post(
        f"/commands/{row.pk}/send-again/", {"reason": WHY, "confirm-password": factories.PASSWORD}, follow=True
    )
    row.refresh_from_db()
    assert row.state == "authorised" and "It is sent once more." in words(done)


def test_production_wants_a_second_person_and_a_forged_form_is_refused_and_noted(operator):
    row = waiting(stage=stage_of(is_production=True), by=operator)
    browser = factories.browser_of(operator)
    text = words(browser.get(PAGE))
    assert "you asked for this: a second operator must settle it." in text
    assert "Send again (I checked Azure)" not in text and "Check again" in text
    forged = browser.post(f"/commands/{row.pk}/close/", {"reason": WHY})
    assert forged.status_code == 403
    assert AuditEvent.objects.get(type="action.refused").object_id == "close_command"
    other = factories.browser_of(factories.user(role=Role.OPERATOR))
    assert other.post(f"/commands/{row.pk}/close/", {"reason": WHY}).status_code == 302


def test_who_may_only_read_cannot_answer(user):
    row = waiting()
    forged = factories.browser_of(user).post(f"/commands/{row.pk}/check-again/")
    assert forged.status_code == 403 and "operators and administrators can" in words(forged)
    row.refresh_from_db()
    assert row.state == "needs_attention"


def test_sending_is_stopped_with_a_reason_and_let_go_on_by_an_administrator(operator, administrator):
    row = asked_for()
    browser, address = factories.browser_of(operator, is_fresh=False), f"/commands/sending/{row.organization_id}"
    assert row.release and row.release.name in words(browser.get(f"{address}/stop/"))
    assert browser.post(f"{address}/stop/", {"reason": "no"}).status_code == 422
    assert browser.post(f"{address}/stop/", {"reason": "The account is being replaced."}).status_code == 302
    text = words(browser.get(PAGE))
    assert "by Ada Berg: “The account is being replaced.”" in text and "Stopped" in text
    assert "administrators can" in text and "Start sending" not in text
    assert browser.post(f"{address}/stop/", {"reason": "The account is being replaced."}).status_code == 409
    assert factories.browser_of(operator).post(f"{address}/start/").status_code == 403
    other = factories.browser_of(administrator)
    assert "What goes out: 1" in words(other.get(f"{address}/start/"))
    assert other.post(f"{address}/start/").status_code == 302
    assert Organization.objects.get(pk=row.organization_id).sending_stopped_at is None
    assert '"auth"' in AuditEvent.objects.get(type="sending.started").body


def test_an_organization_of_which_one_sees_nothing_is_not_there(operator):
    stop_sending(factories.project().organization, by=operator, reason="The account is being replaced.")
    stranger = factories.user(role=Role.OPERATOR, project=factories.project())
    browser = factories.browser_of(stranger)
    foreign = Organization.objects.get(sending_stopped_at__isnull=False)
    assert browser.get(f"/commands/sending/{foreign.pk}/start/").status_code == 404
    assert foreign.name not in words(browser.get(PAGE))
