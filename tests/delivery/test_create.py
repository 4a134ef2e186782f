"""A release is made once, whatever happens on the way, and a draft is started once; the mark tells which one it was."""

import pytest

from releases.actions.create import KEPT, ask_versions
from releases.actions.sending import stop_sending
from releases.delivery.crash import Point
from releases.errors import Conflict, Denied, Invalid
from releases.models import AuditEvent, Command, Inquiry, Project, Release
from releases.queries.marks import without_marks
from releases.states import CommandState, Role
from releases.sync import inquiries
from tests import factories
from tests.delivery.acting import carried, operator, path, trail_is_whole
from tests.delivery.making import (
    created,
    delivered_by_another,
    draft_of,
    make,
    newest,
    offered,
    pipeline_of,
    start_it,
    started_in_azure,
)

pytestmark = pytest.mark.on_sqlite

WHY = "The model of November goes to the test stage"


def test_a_release_is_confirmed_by_its_mark_and_is_here_at_that_moment(project, company):
    command = carried(make(pipeline_of(project), description=WHY))
    assert path(command) == ["authorised", "sending", "confirmed done"]
    release = Release.objects.get(commands=command)
    chosen = {one["alias"]: one["version_id"] for one in command.payload["artifacts"]}
    assert {one.alias: one.version_id for one in release.artifacts.all()} == chosen
    assert command.result == {"release": release.azure_id, "name": release.name}
    assert command.marker in release.description
    assert without_marks(release.description).startswith(WHY)
    assert command.marker not in without_marks(release.description)
    assert (created(company), release.status) == (1, "active")
    assert {stage.status for stage in release.stages.all()} == {"notStarted"}
    assert trail_is_whole()


def test_the_trail_names_the_versions_that_were_chosen(project, company):
    command = make(pipeline_of(project))
    body = AuditEvent.objects.get(type="command.recorded", object_id=str(command.pk)).body
    assert all(one["version_id"] in body for one in command.payload["artifacts"])


@pytest.mark.parametrize(
    ("fault", "sends"),
    [
        ({"kind": "apply_then_drop"}, 1),
        ({"kind": "unavailable"}, 2),
        ({"kind": "throttle", "args": {"retry_after": 0}}, 1),
    ],
)
def test_a_lost_answer_never_makes_a_second_release(project, company, fault, sends):
    command = make(pipeline_of(project))
    company.fault("releases.create", times=1, **fault)
    carried(command, seconds=40)
    assert (command.state, command.sends, created(company)) == ("confirmed", sends, 1)


@pytest.mark.parametrize(
    "point", [Point.APPLIED, *(pytest.param(one, marks=pytest.mark.soak) for one in Point if one != Point.APPLIED)]
)
def test_a_worker_that_dies_never_makes_a_second_release(project, company, point):
    command = make(pipeline_of(project))
    assert delivered_by_another(SLIPWAY_CRASH_AT=point) == -9
    carried(command, seconds=40)
    assert (command.state, created(company)) == ("confirmed", 1)


def test_two_releases_with_one_mark_need_a_person(project, company):
    command = make(pipeline_of(project))
    company.fault("releases.list", kind="unavailable", times=0)
    carried(command, until=CommandState.UNKNOWN)
    draft_of(project, description=f"copied {command.marker}")
    company.heal()
    carried(command, until=CommandState.NEEDS_ATTENTION)
    assert command.code == "ambiguous"
    assert "2 times" in command.sentence


def test_a_release_of_ours_without_its_mark_is_never_made_again(project, company):
    with_identity(project)
    command = make(pipeline_of(project))
    company.fault("releases.create", kind="unavailable", times=1)
    carried(command, until=CommandState.UNKNOWN)
    draft_of(project)
    carried(command, until=CommandState.NEEDS_ATTENTION, seconds=40)
    assert (command.code, command.sends) == ("ambiguous", 1)


def with_identity(project: Project) -> None:
    """Our own identity is known, as it is after the first day."""
    known = draft_of(project).created_by
    assert known is not None
    project.organization.own_identity_key = known.key
    project.organization.save()


def test_what_azure_refuses_ends_as_refused(project, company):
    command = make(pipeline_of(project))
    company.fault("releases.create", kind="error", times=1, args={"status": 400})
    carried(command)
    assert (command.state, command.code, created(company)) == ("refused", "rejected_by_azure", 0)


def test_a_missing_permission_holds_it(project, company):
    command = make(pipeline_of(project))
    company.fault("releases.create", kind="forbidden", times=0)
    carried(command, until=CommandState.HELD)
    assert command.code == "permission_missing"


def test_a_pipeline_that_changed_is_refused_with_what_changed(project, company):
    pipeline, by = pipeline_of(project), operator()
    command = make(pipeline, by=by)
    Command.objects.filter(pk=command.pk).update(snapshot={**command.snapshot, "revision": 1})
    carried(command)
    assert (command.state, command.code) == ("refused", "stale")
    assert "revision" in command.sentence
    stage = pipeline.stages.order_by("rank")[0]
    _, seen = offered(pipeline, by=by)
    stage.conditions = [{"conditionType": "event", "name": "ReleaseStarted"}, {"conditionType": "x", "name": "y"}]
    stage.save()
    with pytest.raises(Conflict, match=f"{stage.name} starts otherwise") as refused:
        make(pipeline, by=by, seen=seen)
    assert refused.value.code == "changed"


@pytest.mark.parametrize(
    ("order", "code"),
    [
        ({"versions": {}}, "version_missing"),
        ({"manual_stages": ("Nowhere",)}, "no_stage"),
        ({"description": "x" * 2001}, "description_too_long"),
    ],
)
def test_what_cannot_be_made_is_refused_before_anything_is_recorded(project, order, code):
    with pytest.raises(Invalid) as refused:
        make(pipeline_of(project), **order)
    assert (refused.value.code, Command.objects.count()) == (code, 0)


def test_only_what_is_on_offer_can_be_chosen_unless_azure_could_not_tell(project, company):
    pipeline, by = pipeline_of(project), operator()
    offers, seen = offered(pipeline, by=by)
    typed = {**newest(offers), offers.sources[0].alias: "4711"}
    with pytest.raises(Invalid, match="has no version 4711 on offer"):
        make(pipeline, by=by, seen=seen, versions=typed)
    row = Inquiry.objects.get()
    row.answer["artifacts"][0] |= {"versions": [], "error": "no permission to read builds"}
    row.save()
    command = make(pipeline, by=by, seen=seen, versions=typed)
    assert "4711" in [one["version_id"] for one in command.payload["artifacts"]]


def test_one_release_of_a_pipeline_is_made_at_a_time(project, company):
    pipeline = pipeline_of(project)
    make(pipeline, by=factories.user(role=Role.OPERATOR, name="Ada Berg"))
    with pytest.raises(Conflict, match=r"asked for already, at \d\d:\d\d by Ada Berg"):
        make(pipeline)


@pytest.mark.parametrize("role", [Role.QA, Role.MANAGER, Role.AUDITOR])
def test_only_those_who_operate_ask_and_create(project, role):
    pipeline = factories.pipeline(project=project)
    with pytest.raises(Denied, match="operators and administrators can"):
        ask_versions(pipeline, by=factories.user(role=role))


def test_what_is_asked_for_while_sending_is_stopped_is_recorded_and_held(project, company):
    pipeline, by = pipeline_of(project), operator()
    stop_sending(project.organization, by=by, reason="the service account is replaced")
    command = make(pipeline, by=by)
    command = carried(command, until=CommandState.HELD)
    assert (command.code, command.sends) == ("sending_stopped", 0)


def test_many_who_look_cost_one_call(project, company):
    pipeline = pipeline_of(project)
    first = ask_versions(pipeline, by=operator())
    assert ask_versions(pipeline, by=operator()) == first
    inquiries.answer(first)
    assert ask_versions(pipeline, by=operator()) == first
    assert len(company.asked("artifacts.versions")) == 1
    assert ask_versions(pipeline, by=operator(), anew=True) != first
    Inquiry.objects.update(asked_at=first.asked_at - KEPT)
    ask_versions(pipeline, by=operator())
    assert Inquiry.objects.count() == 1


def test_azure_that_does_not_answer_is_told_as_a_sentence(project, company):
    pipeline, by = pipeline_of(project), operator()
    company.fault("artifacts.versions", kind="unavailable", times=0)
    offers, _ = offered(pipeline, by=by)
    assert offers.sentence
    assert not any(source.versions for source in offers.sources)


@pytest.mark.parametrize("fault", [{}, {"kind": "apply_then_drop"}])
def test_a_draft_is_started_once(project, company, fault):
    release = draft_of(project)
    command = start_it(release)
    if fault:
        company.fault("releases.update", times=1, **fault)
    carried(command, seconds=40)
    release.refresh_from_db()
    assert (command.state, command.code, release.status) == ("confirmed", "done", "active")
    assert sum(count for name, count in company.effects().items() if name.startswith("start ")) == 1
    assert trail_is_whole()


def test_a_draft_somebody_started_in_azure_is_superseded(project, company):
    release = draft_of(project)
    command = start_it(release)
    started_in_azure(release)
    carried(command)
    assert (command.state, command.code) == ("superseded", "same_result_by")


def test_only_a_draft_can_be_started(project):
    release = draft_of(project)
    Release.objects.filter(pk=release.pk).update(status="active")
    with pytest.raises(Denied, match="not a draft"):
        start_it(release)
