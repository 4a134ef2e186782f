"""An administrator says where a stage is served: allowed, refused, too late, and the trail of it."""

import pytest

from releases import audit
from releases.actions import bind_stage as binding
from releases.actions.bind_stage import bind_stage, unbind_stage
from releases.errors import Conflict, Denied, Invalid
from releases.models import AuditEvent, Endpoint, Stage, StageBinding, User
from releases.queries.bindings import binding_of, standing
from releases.states import BindingOrigin, Role
from tests import factories
from tests.factories import NOON

pytestmark = pytest.mark.django_db


@pytest.fixture
def stage() -> Stage:
    """A stage of a project that uses a workspace."""
    project = factories.project()
    project.workspaces.add(factories.workspace())
    return factories.stage(pipeline=factories.pipeline(project=project))


@pytest.fixture
def admin(stage: Stage) -> User:
    return factories.user(role=Role.ADMINISTRATOR, project=stage.pipeline.project, name="Ada")


def endpoint_for(stage: Stage) -> Endpoint:
    return factories.endpoint(workspace=stage.pipeline.project.workspaces.get())


def seen(stage: Stage) -> str:
    return standing(binding_of(Stage.objects.get(pk=stage.pk)))


def test_a_stage_without_a_binding_is_bound(stage, admin):
    endpoint = endpoint_for(stage)
    bind_stage(stage, to=endpoint, by=admin, seen="nothing", now=NOON)
    row = StageBinding.objects.get(stage=stage)
    assert (row.endpoint, row.cluster, row.origin, row.bound_by, row.bound_at) == (
        endpoint,
        None,
        BindingOrigin.PERSON,
        admin,
        NOON,
    )
    event = AuditEvent.objects.get(type="stage.bound")
    assert event.project_id == stage.pipeline.project_id
    assert f'"served_by":[null,"{endpoint.workspace}/{endpoint}"]' in event.body


def test_a_binding_by_rule_is_replaced_and_may_name_a_legacy_cluster(stage, admin):
    endpoint = endpoint_for(stage)
    factories.stage_binding(stage=stage, endpoint=endpoint)
    cluster = factories.cluster(workspace=endpoint.workspace, kind="AKS")
    bind_stage(stage, to=cluster, by=admin, seen=seen(stage))
    row = StageBinding.objects.get(stage=stage)
    assert (row.endpoint, row.cluster, row.origin) == (None, cluster, BindingOrigin.PERSON)
    assert (
        f'["{endpoint.workspace}/{endpoint}","{cluster.workspace}/{cluster}"]' in AuditEvent.objects.latest("seq").body
    )


def test_a_binding_taken_back_is_left_to_the_rules(stage, admin):
    endpoint = endpoint_for(stage)
    bind_stage(stage, to=endpoint, by=admin, seen="nothing")
    unbind_stage(stage, by=admin, seen=seen(stage))
    assert not StageBinding.objects.filter(stage=stage).exists()
    assert AuditEvent.objects.filter(type="stage.unbound").count() == 1
    assert list(audit.findings()) == []


def test_what_goes_by_rule_cannot_be_taken_back(stage, admin):
    factories.stage_binding(stage=stage, endpoint=endpoint_for(stage))
    with pytest.raises(Invalid, match="goes by rule already"):
        unbind_stage(stage, by=admin, seen=seen(stage))
    assert StageBinding.objects.filter(stage=stage).exists()


@pytest.mark.parametrize("role", set(Role) - {Role.ADMINISTRATOR})
def test_other_roles_are_refused_and_nothing_is_changed(stage, role):
    person = factories.user(role=role, project=stage.pipeline.project)
    with pytest.raises(Denied, match="You cannot bind a stage to an endpoint: administrators can"):
        bind_stage(stage, to=endpoint_for(stage), by=person, seen="nothing")
    assert not StageBinding.objects.exists() and not AuditEvent.objects.filter(type="stage.bound").exists()


def test_an_administrator_of_another_project_is_refused(stage):
    person = factories.user(role=Role.ADMINISTRATOR, project=factories.project())
    with pytest.raises(Denied):
        bind_stage(stage, to=endpoint_for(stage), by=person, seen="nothing")


def test_who_saves_after_somebody_else_is_told_where_it_is_bound_now(stage, admin):
    first, second = endpoint_for(stage), endpoint_for(stage)
    looked = seen(stage)
    bind_stage(stage, to=first, by=admin, seen=looked)
    with pytest.raises(Conflict, match=f"was bound to {first} meanwhile"):
        bind_stage(stage, to=second, by=admin, seen=looked)
    with pytest.raises(Conflict):
        unbind_stage(stage, by=admin, seen=looked)
    assert StageBinding.objects.get(stage=stage).endpoint == first


def test_a_place_that_the_project_does_not_use_is_refused(stage, admin):
    with pytest.raises(Invalid, match="does not use the workspace"):
        bind_stage(stage, to=factories.endpoint(), by=admin, seen="nothing")


def test_without_its_event_nothing_is_bound(stage, admin, monkeypatch):
    monkeypatch.setattr(audit, "append", lambda *_, **__: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        bind_stage(stage, to=endpoint_for(stage), by=admin, seen="nothing")
    assert not StageBinding.objects.exists()


def test_the_sync_is_woken_for_every_workspace_of_the_project(
    stage, admin, monkeypatch, django_capture_on_commit_callbacks
):
    woken = []
    monkeypatch.setattr(binding, "nudge", lambda task, **given: woken.append((task, given)))
    with django_capture_on_commit_callbacks(execute=True):
        bind_stage(stage, to=endpoint_for(stage), by=admin, seen="nothing")
    assert woken == [("sync.serving", {"workspace": stage.pipeline.project.workspaces.get().pk})]
