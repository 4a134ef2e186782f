"""Each act from its recording to what Azure shows, with the sandbox: one effect, one command, whole trail."""

import json

import pytest

from releases.actions.commands.asked import ITSELF
from releases.actions.flag import flag, lift
from releases.errors import Conflict, Denied, Invalid
from releases.models import AuditEvent, Command, Release, ReleaseFlag, SyncRun
from releases.queries.snapshot import seen_of
from releases.states import CommandState, Role
from tests import factories
from tests.delivery.acting import (
    REASON,
    abandon_it,
    cancel_it,
    carried,
    effects,
    never_started,
    operator,
    path,
    read_again,
    redeploy,
    stored,
    trail_is_whole,
)


def test_a_redeployment_is_confirmed_by_its_attempt_and_leaves_its_mark(project, company):
    stage = stored(project)
    before = stage.deployments.count()
    command = carried(redeploy(stage))
    assert path(command) == ["authorised", "sending", "confirmed done"]
    assert (command.kind, command.attempt, effects(company, stage)) == ("redeploy", before + 1, 1)
    assert stage.deployments.filter(attempt=before + 1).exists()
    sending = AuditEvent.objects.get(type="command.sending", object_id=str(command.pk))
    assert command.marker == f"[slipway cmd={command.pk.hex[:8]} audit={sending.seq}:{sending.link.hex()[:16]}]"
    assert trail_is_whole()


def test_a_read_back_has_its_run_and_its_proof(project, company):
    stage = stored(project)
    carried(redeploy(stage))
    runs = SyncRun.objects.filter(kind="read_back", project=project)
    lines = [line.key for run in runs for line in run.manifest.all()]
    assert lines == [f"release:{stage.release.azure_id}"] * runs.count()
    assert AuditEvent.objects.filter(type="sync.run").count() == runs.count() > 1


def test_a_stage_that_never_ran_is_deployed(project, company):
    command = carried(redeploy(stored(project, never_started)))
    assert (command.kind, command.attempt, command.state) == ("deploy", 1, "confirmed")


def test_what_runs_is_canceled(project, company):
    stage = stored(project)
    carried(redeploy(stage))
    command = carried(cancel_it(read_again(stage)))
    assert path(command) == ["authorised", "sending", "confirmed done"]
    assert read_again(stage).status == "canceled"


def test_a_release_is_abandoned_after_what_runs_of_it_is_canceled(project, company):
    stage = stored(project)
    carried(redeploy(stage))
    release = read_again(stage).release
    parent = abandon_it(release)
    child = Command.objects.get(parent=parent)
    carried(parent)
    child.refresh_from_db()
    assert (child.kind, child.state, parent.state) == ("cancel", "confirmed", "confirmed")
    release.refresh_from_db()
    assert release.status == "abandoned"
    assert child.ended_at and parent.first_sent_at and child.ended_at <= parent.first_sent_at
    assert trail_is_whole()


def test_abandoning_wants_the_name_of_the_release(project):
    release = stored(project).release
    wrong = Release.objects.get(pk=release.pk)
    wrong.name += "0"
    with pytest.raises(Invalid, match="Type the name"):
        abandon_it(wrong)
    assert not Command.objects.exists()


def test_nothing_else_is_asked_of_a_release_on_its_way_out(project):
    stage = stored(project)
    abandon_it(stage.release)
    with pytest.raises(Conflict) as refused:
        redeploy(stage)
    assert refused.value.code == "being_abandoned"


def test_the_same_key_is_one_command_even_after_its_end(project, company):
    stage, by = stored(project), operator()
    seen = seen_of(stage)
    first = carried(redeploy(stage, by=by, key="form-1", seen=seen))
    assert redeploy(stage, by=by, key="form-1", seen=seen) == first
    assert (Command.objects.count(), effects(company, stage)) == (1, 1)


def test_the_same_key_with_another_reason_is_refused(project):
    stage, by = stored(project), operator()
    redeploy(stage, by=by, key="form-1")
    with pytest.raises(Conflict) as refused:
        redeploy(stage, by=by, key="form-1", reason="another reason altogether")
    assert refused.value.code == "key_reused"


def test_a_second_person_is_told_who_was_first_and_when(project):
    stage, first = stored(project), factories.user(role=Role.OPERATOR, name="Ada Berg")
    redeploy(stage, by=first)
    with pytest.raises(Conflict, match=r"asked for already, at \d\d:\d\d by Ada Berg") as refused:
        redeploy(stage)
    assert refused.value.code == "already_open"


def test_one_deployment_of_a_stage_is_open_whatever_the_release(project):
    stage = stored(project)
    other = factories.release_stage(release=factories.release(pipeline=stage.stage.pipeline), stage=stage.stage)
    redeploy(stage)
    with pytest.raises(Conflict) as refused:
        redeploy(other)
    assert refused.value.code == "already_open"


def test_a_release_that_changed_since_is_refused_with_what_changed(project):
    stage = stored(project)
    seen = seen_of(stage)
    stage.release.artifacts.filter(role="model").update(version_name="99")
    with pytest.raises(Conflict, match="is 99 now, it was ") as refused:
        redeploy(stage, seen=seen)
    assert refused.value.code == "changed"
    assert not Command.objects.exists()


@pytest.mark.parametrize("role", [Role.QA, Role.MANAGER, Role.AUDITOR])
def test_only_those_who_operate_act(project, role):
    release = factories.release(project=project, pipeline=factories.pipeline(project=project))
    stage, by = factories.release_stage(release=release, status="succeeded"), factories.user(role=role)
    for act in (redeploy, cancel_it):
        with pytest.raises(Denied, match="operators and administrators can"):
            act(stage, by=by)


def test_a_flagged_release_goes_nowhere(project):
    stage, by = stored(project), operator()
    ReleaseFlag.objects.create(release=stage.release, reason="bad on night data", set_by=by, set_at=factories.NOON)
    with pytest.raises(Denied, match="bad on night data") as refused:
        redeploy(stage)
    assert refused.value.code == "flagged"


def test_the_reason_is_kept_for_people_and_committed_to_in_the_trail(project):
    command = redeploy(stored(project))
    body = json.loads(AuditEvent.objects.get(type="command.recorded").body)
    assert REASON not in json.dumps(body)
    assert (command.reason, "reason_c" in body) == (REASON, True)


def test_a_flag_holds_what_was_asked_for_and_lifting_it_lets_that_go(project, company):
    stage, by = stored(project), operator()
    command = redeploy(stage)
    flag(stage.release, by=by, reason="bad on night data", asked=ITSELF)
    assert carried(command, until=CommandState.HELD).code == "flagged"
    assert effects(company, stage) == 0
    lift(stage.release, by=by, reason="night data was wrong", asked=ITSELF)
    assert path(carried(command)) == ["authorised", "held flagged", "authorised", "sending", "confirmed done"]
    assert trail_is_whole()
