"""Who asked must still be allowed to when it is sent; a switch, a flag and a day's wait hold or end it."""

from datetime import timedelta

import pytest

from releases.actions.commands.asked import Asked
from releases.actions.commands.settling import take_back
from releases.actions.sending import start_sending, stop_sending
from releases.delivery import rounds
from releases.errors import Denied
from releases.models import AuditEvent, Command, Membership, ReleaseFlag, User
from releases.states import CommandState, Role
from tests import factories
from tests.delivery.acting import carried, effects, operator, path, redeploy, stored

WHY = "the service account is being replaced"


def due(command: Command) -> Command:
    """Looked at now."""
    Command.objects.filter(pk=command.pk).update(due_at=command.asked_at)
    rounds.deliver()
    command.refresh_from_db()
    return command


def test_a_role_taken_away_holds_it_until_it_is_given_back(project, company):
    """Fault 54, at the send."""
    stage, by = stored(project), operator()
    command = redeploy(stage, by=by)
    Membership.objects.filter(user=by).delete()
    assert due(command).code == "role_lost"
    assert (due(command).state, effects(company, stage)) == ("held", 0)
    Membership.objects.create(user=by, role=Role.OPERATOR)
    assert due(command).state == "confirmed"
    assert path(command)[:3] == ["authorised", "held role_lost", "authorised"]


def test_an_account_that_is_closed_holds_what_was_not_sent(project, company):
    """Fault 55."""
    stage, by = stored(project), operator()
    command = redeploy(stage, by=by)
    User.objects.filter(pk=by.pk).update(is_active=False)
    assert (due(command).code, effects(company, stage)) == ("needs_reauthorisation", 0)


def test_what_was_sent_completes_though_its_account_is_closed(project, company):
    """Fault 55."""
    company.fault("environments.update", "apply_then_drop")
    stage, by = stored(project), operator()
    command = carried(redeploy(stage, by=by), until=CommandState.UNKNOWN)
    User.objects.filter(pk=by.pk).update(is_active=False)
    carried(command)
    assert (command.state, effects(company, stage)) == ("confirmed", 1)


def test_a_flag_set_meanwhile_holds_it(project, company):
    stage = stored(project)
    command = redeploy(stage)
    flag = ReleaseFlag.objects.create(
        release=stage.release, reason="bad on night data", set_by=operator(), set_at=factories.NOON
    )
    assert due(command).code == "flagged"
    assert "bad on night data" in command.sentence
    flag.delete()
    assert due(command).state == "confirmed"


def test_the_switch_stops_all_sending_and_lets_it_go_on(project, company):
    stage, by = stored(project), operator()
    command = redeploy(stage, by=by)
    stop_sending(project.organization, by=by, reason=WHY)
    assert due(command).code == "sending_stopped"
    assert (WHY in command.sentence, effects(company, stage)) == (True, 0)
    with pytest.raises(Denied, match="administrators can"):
        start_sending(project.organization, by=by)
    start_sending(project.organization, by=factories.user(role=Role.ADMINISTRATOR))
    assert due(command).state == "confirmed"


def test_what_is_held_for_a_day_is_not_sent_any_more(project, company):
    stage, by = stored(project), operator()
    command = redeploy(stage, by=by)
    stop_sending(project.organization, by=by, reason=WHY)
    due(command)
    command.history.filter(after="held").update(at=command.moved_at - timedelta(hours=25))
    assert (due(command).state, command.code, effects(company, stage)) == ("cancelled", "expired", 0)


def test_the_proof_of_a_fresh_sign_in_stands_in_the_trail(project):
    stage, by = stored(project), operator()
    asked = Asked(key="k", auth={"method": "password", "mfa": False, "age_s": 3})
    take_back(redeploy(stage, by=by), by=by, asked=asked)
    body = AuditEvent.objects.get(type="command.cancelled").body
    assert '"auth":{"age_s":3,"method":"password","mfa":false}' in body
