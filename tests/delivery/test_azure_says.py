"""What Azure may answer to a command, and what somebody else may do there meanwhile."""

from datetime import timedelta

import pytest

from releases.actions.commands.asked import Asked
from releases.actions.commands.settling import check_again, close, send_again, take_back
from releases.delivery import rounds
from releases.errors import Conflict, Denied
from releases.models import Command, Stage
from releases.states import CommandState
from tests.delivery.acting import (
    abandon_it,
    cancel_it,
    carried,
    effects,
    finished,
    operator,
    path,
    read_again,
    redeploy,
    stored,
    trail_is_whole,
)

pytestmark = pytest.mark.on_sqlite

PATCH = "environments.update"
HAND = Asked(key="by hand", auth={"method": "password", "mfa": False, "age_s": 3})
CHECKED = "looked in Azure: it is not there"


def sent(company) -> int:
    """How many requests to change a stage came in, without those that only ask for permission."""
    return sum(seen["status"] != 404 for seen in company.asked(PATCH))


def test_a_yes_without_effect_is_not_believed_and_comes_before_a_person(project, company):
    """Fault 16."""
    company.fault(PATCH, "accepted_without_effect", times=0)
    stage = stored(project)
    command = carried(redeploy(stage), until=CommandState.NEEDS_ATTENTION)
    assert path(command) == [
        "authorised",
        "sending",
        "unknown accepted_without_effect",
        "needs_attention accepted_without_effect",
    ]
    assert (sent(company), effects(company, stage)) == (1, 0)


def test_what_azure_refuses_ends_with_its_words_and_is_never_repeated(project, company):
    """Fault 35, for a redeployment."""
    company.fault(PATCH, "error", times=0, args={"status": 400, "message": "VS402962: The stage is locked."})
    command = carried(redeploy(stored(project)))
    assert path(command) == ["authorised", "sending", "refused rejected_by_azure"]
    assert "VS402962: The stage is locked." in command.sentence
    rounds.deliver()
    assert sent(company) == 1


@pytest.mark.parametrize(
    ("fault", "more"),
    [("throttle", {"args": {"retry_after": 1}}), ("unavailable", {}), ("drop", {})],
)
def test_a_failure_before_the_effect_is_made_good(project, company, fault, more):
    company.fault(PATCH, fault, **more)
    stage = stored(project)
    command = carried(redeploy(stage))
    assert (command.state, effects(company, stage)) == ("confirmed", 1)


def test_a_lost_answer_is_found_by_reading(project, company):
    company.fault(PATCH, "apply_then_drop")
    stage = stored(project)
    command = carried(redeploy(stage))
    assert path(command) == ["authorised", "sending", "unknown no_answer", "confirmed done"]
    assert (sent(company), effects(company, stage)) == (1, 1)


def test_a_colleagues_attempt_is_never_taken_for_ours(project, company):
    """Fault 38: our request was lost, and somebody redeployed in Azure's own page meanwhile."""
    company.fault(PATCH, "drop")
    stage = stored(project)
    command = carried(redeploy(stage), until=CommandState.UNKNOWN)
    company.act("deploy", release=stage.release.azure_id, environment=stage.azure_id)
    carried(command, until=CommandState.NEEDS_ATTENTION)
    assert (command.code, sent(company), command.sends) == ("ambiguous", 1, 1)
    rounds.deliver()
    assert sent(company) == 1


def test_a_missing_permission_holds_it_without_a_storm_until_it_is_back(project, company):
    """Fault 40."""
    company.fault(PATCH, "forbidden", times=0, args={"permission": "Manage deployments"})
    stage = stored(project)
    command = carried(redeploy(stage), until=CommandState.HELD)
    assert "Manage deployments" in command.sentence
    assert command.code == "permission_missing"
    asked = len(company.asked(PATCH))
    Command.objects.filter(pk=command.pk).update(due_at=command.asked_at)
    rounds.deliver()
    assert len(company.asked(PATCH)) == asked + 1  # one question that changes nothing
    company.heal()
    Command.objects.filter(pk=command.pk).update(due_at=command.asked_at)
    carried(command)
    assert (command.state, effects(company, stage)) == ("confirmed", 1)


def test_a_refusal_that_no_question_shows_comes_seldom_and_ends_after_a_day(project, company):
    """Azure may let us ask and not let us act: what it did not allow was no send, and each try comes later."""
    stage = stored(project)
    company.fault(PATCH, "forbidden", times=0, when={"environment": str(stage.azure_id)})
    command, asked = redeploy(stage), 0
    for tries in range(1, 4):
        Command.objects.filter(pk=command.pk).update(due_at=command.asked_at)
        rounds.deliver()
        command.refresh_from_db()
        assert (command.code, command.sends, command.tries) == ("permission_missing", 0, tries)
        asked = len([one for one in company.asked(PATCH) if one["path"].endswith(str(stage.azure_id))])
    assert asked == 3
    assert command.due_at and (command.due_at - command.moved_at).total_seconds() > 4
    command.history.filter(after="held").update(at=command.asked_at - timedelta(hours=25))
    Command.objects.filter(pk=command.pk).update(due_at=command.asked_at)
    rounds.deliver()
    command.refresh_from_db()
    assert (command.state, command.code) == ("cancelled", "expired")


def test_what_somebody_canceled_already_is_superseded_by_name(project, company):
    stage = stored(project)
    carried(redeploy(stage))
    command = cancel_it(read_again(stage))
    company.act("cancel", release=stage.release.azure_id, environment=stage.azure_id, by="Sofia Keller")
    carried(command)
    assert path(command) == ["authorised", "superseded same_result_by"]
    assert "Sofia Keller" in command.sentence


def test_an_abandoned_release_is_superseded_by_name(project, company):
    stage = stored(project)
    command = abandon_it(stage.release)
    company.act("abandon", release=stage.release.azure_id, by="Sofia Keller")
    carried(command)
    assert path(command) == ["authorised", "superseded same_result_by"]
    assert "Sofia Keller" in command.sentence


def test_a_dead_letter_is_checked_sent_again_or_closed_by_a_person(project, company):
    company.fault(PATCH, "accepted_without_effect", times=0)
    stage, by = stored(project), operator()
    command = carried(redeploy(stage), until=CommandState.NEEDS_ATTENTION)
    check_again(command, by=by, asked=HAND)
    carried(command, until=CommandState.NEEDS_ATTENTION)
    company.heal()
    send_again(command, by=by, asked=HAND, reason=CHECKED)
    carried(command)
    assert (command.state, effects(company, stage), trail_is_whole()) == ("confirmed", 1, True)


def test_a_dead_letter_can_be_closed_as_done_or_given_up(project, company):
    company.fault(PATCH, "accepted_without_effect", times=0)
    by = operator()
    ends = []
    for is_done in (True, False):
        command = carried(redeploy(stored(project)), until=CommandState.NEEDS_ATTENTION)
        close(command, by=by, asked=HAND, is_done=is_done, reason=CHECKED)
        command.refresh_from_db()
        ends.append((command.state, command.code))
    assert ends == [("confirmed", "done"), ("cancelled", "by_author")]


def test_in_production_a_second_person_settles_it(project, company):
    company.fault(PATCH, "accepted_without_effect", times=0)
    stage, by = stored(project), operator()
    Stage.objects.filter(pk=stage.stage_id).update(is_production=True)
    command = carried(redeploy(stage, by=by), until=CommandState.NEEDS_ATTENTION)
    with pytest.raises(Denied, match="second operator") as refused:
        send_again(command, by=by, asked=HAND, reason=CHECKED)
    assert refused.value.code == "second_person"
    close(command, by=operator(), asked=HAND, is_done=False, reason=CHECKED)


def test_its_author_takes_it_back_before_it_is_sent_and_nobody_else(project, company):
    stage, by = stored(project), operator()
    command = redeploy(stage, by=by)
    with pytest.raises(Denied, match="only who asked"):
        take_back(command, by=operator(), asked=HAND)
    take_back(command, by=by, asked=HAND)
    rounds.deliver()
    command.refresh_from_db()
    assert (path(command), effects(company, stage)) == (["authorised", "cancelled by_author"], 0)


def test_what_was_sent_cannot_be_taken_back(project, company):
    by = operator()
    command = carried(redeploy(stored(project), by=by))
    with pytest.raises(Conflict) as refused:
        take_back(command, by=by, asked=HAND)
    assert refused.value.code == "sent_already"


def test_a_deployment_waits_for_the_one_that_runs_in_its_stage(project, company):
    """One deployment of a stage at a time; the one that waits says for whom."""
    first = stored(project)
    carried(redeploy(first))
    same = first.release.pipeline.azure_id, first.name
    other = stored(project, lambda of, stage: (of.release_definition.id, stage.name) == same and finished(of, stage))
    command = redeploy(other)
    rounds.deliver()
    command.refresh_from_db()
    assert (command.state, command.sends) == ("authorised", 0)
    assert command.sentence == f"Waits for {first.release}, which is being deployed there."
    carried(cancel_it(read_again(first)))
    Command.objects.filter(pk=command.pk).update(due_at=command.asked_at)
    carried(command)
    assert (command.state, effects(company, other)) == ("confirmed", 1)
