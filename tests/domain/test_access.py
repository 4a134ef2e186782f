"""What a person may see, noun by noun; a new model without a rule fails here."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db.models import Model

from releases.models import (
    Approval,
    Artifact,
    Deployment,
    ModelVersion,
    Pipeline,
    Project,
    Release,
    ReleaseStage,
    Stage,
    Step,
    SyncRun,
    TrainingRun,
    User,
    Workspace,
)
from releases.queries.access import TO_PROJECT, TO_PROJECT_OR_WORKSPACE, TO_WORKSPACE, visible_projects, visible_to
from releases.states import Role
from tests import factories
from tests.api.conftest import harbour

SHOWN = [Project, Pipeline, Stage, Release, ReleaseStage, Artifact, Deployment, Step, Approval, SyncRun]
OF_REGISTRY = [Workspace, ModelVersion, TrainingRun]


@pytest.mark.parametrize("rows", [*SHOWN, *OF_REGISTRY])
@pytest.mark.django_db
def test_a_member_sees_the_rows_of_the_project_and_no_others(rows: type[Model]) -> None:
    here = harbour()
    harbour()
    assert rows._default_manager.count() == 2
    assert visible_to(factories.user(role=Role.QA, project=here.project), rows).count() == 1
    assert visible_to(factories.user(role=Role.AUDITOR), rows).count() == 2
    assert visible_to(factories.user(), rows).count() == 0
    assert visible_to(AnonymousUser(), rows).count() == 0


@pytest.mark.django_db
def test_a_closed_account_sees_nothing() -> None:
    harbour()
    closed = factories.user(role=Role.ADMINISTRATOR)
    closed.is_active = False
    assert not visible_projects(closed).exists()


@pytest.mark.django_db
def test_a_workspace_shared_by_two_projects_is_seen_once_through_either() -> None:
    first, second = harbour(), harbour()
    second.project.workspaces.set(first.project.workspaces.all())
    member = factories.user(role=Role.QA, project=first.project)
    member.memberships.create(project=second.project, role=Role.MANAGER)
    assert visible_to(member, ModelVersion).count() == 1
    assert visible_to(member, Project).count() == 2


@pytest.mark.django_db
def test_a_noun_without_a_rule_is_refused_even_to_who_sees_everything() -> None:
    with pytest.raises(KeyError):
        visible_to(factories.user(role=Role.ADMINISTRATOR), User)


def test_every_rule_names_fields_that_exist() -> None:
    for rows, path in [*TO_PROJECT.items(), *TO_WORKSPACE.items()]:
        str(rows._default_manager.filter(**{f"{path}__in": [1]}).query)
    assert {*TO_WORKSPACE, *TO_PROJECT_OR_WORKSPACE, *TO_PROJECT} >= {*SHOWN, *OF_REGISTRY}
