"""What a change of the endpoint rules is said to do is what saving it does, whatever stands there before."""

from dataclasses import asdict
from random import Random
from time import process_time

import pytest

from releases.actions import endpoint_rules as actions
from releases.actions.endpoint_rules import Wish
from releases.models import Endpoint, EndpointRule, Project, Stage, StageBinding, User
from releases.queries.endpoint_rules import standing
from releases.states import BindingOrigin
from releases.sync.serving.binds import bind, rebind
from releases.sync.serving.facts import Facts, reached
from releases.sync.serving.trying import tried
from tests import factories
from tests.factories import NOON

pytestmark = [pytest.mark.django_db, pytest.mark.on_sqlite]

PATTERNS = ("", "", "prod", "^test$", "weather", "tide|eta")
ENDPOINTS = ("{pipeline}", "^{pipeline}-{stage}$", "^prod", "^shared$", "^{stage}", "tide", "^nowhere$")
Bindings = dict[int, tuple[str, str, int | None, int | None]]


def company(dice: Random) -> list[Project]:
    """Projects that share workspaces or do not, with stages, endpoints, tags, bindings by hand and rules."""
    workspaces = [factories.workspace() for _ in range(3)]
    projects = [factories.project() for _ in range(3)]
    for project, fewest in zip(projects, (1, 1, 0), strict=True):
        project.workspaces.set(dice.sample(workspaces, dice.randint(fewest, 2)))
        for name in dice.sample(["Weather", "Tide", "ETA"], 2):
            pipeline = factories.pipeline(project=project, name=name)
            for stage in dice.sample(["PROD", "TEST", "DEV"], 2):
                factories.stage(pipeline=pipeline, name=stage)
    names = ["weather-prod", "prod-tide", "eta-test", "shared", "tide-dev", "weather-test"]
    for workspace in workspaces:
        for name in dice.sample(names, 4):
            tags = {"pipeline": "Tide", "stage": "PROD"} if dice.random() < 0.2 else {}
            factories.endpoint(workspace=workspace, name=name, tags=tags, gone_at=NOON if dice.random() < 0.1 else None)
    for project in projects:
        EndpointRule.objects.create(project=project, **rule(dice))
    EndpointRule.objects.create(**rule(dice))
    return projects


def something_is_read(dice: Random) -> None:
    """An endpoint comes, goes or comes back, and no look has bound anything since."""
    row = dice.choice(list(Endpoint.objects.order_by("pk")))
    row.gone_at = None if row.gone_at else dice.choice([None, NOON])
    row.save()


def rule(dice: Random) -> dict[str, object]:
    return {
        "priority": dice.choice([1, 50, 100]),
        "pipeline_pattern": dice.choice(PATTERNS),
        "stage_pattern": dice.choice(PATTERNS),
        "endpoint_pattern": dice.choice(ENDPOINTS),
    }


def wish(dice: Random, projects: list[Project]) -> Wish:
    """A rule more, another one, or one less."""
    verb = dice.choice(["add", "change", "delete"])
    row = None if verb == "add" else dice.choice(list(EndpointRule.objects.order_by("pk")))
    project = row.project if row else dice.choice([None, *projects])
    values = {"rule": row.pk if row else None, **rule(dice)}
    return Wish(verb, project.pk if project else None, standing(project), **values)  # type: ignore[arg-type]


def bindings() -> Bindings:
    rows = StageBinding.objects.all()
    return {row.stage_id: (row.origin, row.sentence, row.endpoint_id, row.cluster_id) for row in rows}


def after_the_try(wanted: Wish, before: Bindings) -> tuple[set[int], int]:
    """The stages that are said to be bound otherwise, and how many of them elsewhere."""
    found = tried(asdict(wanted))
    assert bindings() == before, "a try writes nothing"
    return {one.stage.pk for one in found.changes}, found.moving


@pytest.fixture(params=range(12))
def dice(request: pytest.FixtureRequest) -> Random:
    return Random(request.param)


def test_a_try_says_what_saving_does(dice: Random, administrator: User) -> None:
    projects = company(dice)
    rebind(None, now=NOON)
    by_hand = dice.choice(list(Stage.objects.order_by("pk")))
    StageBinding.objects.filter(stage=by_hand).delete()
    factories.stage_binding(stage=by_hand, origin=BindingOrigin.PERSON, bound_by=administrator)
    seen = 0
    for _ in range(8):
        something_is_read(dice)
        before, wanted = bindings(), wish(dice, projects)
        said, moving = after_the_try(wanted, before)
        actions.save(wanted, by=administrator)
        rebind(wanted.project, now=NOON)
        after = bindings()
        differ = {stage for stage in before.keys() | after.keys() if before.get(stage) != after.get(stage)}
        elsewhere = [
            one for one in differ if before.get(one, (0, 0, None, None))[2:] != after.get(one, (0, 0, None, None))[2:]
        ]
        assert (said, moving) == (differ, len(elsewhere))
        assert by_hand.pk not in differ
        seen += len(differ)
        assert tried(asdict(wanted) | {"verb": "delete", "rule": None}).changes == [], "saved is saved"
    assert seen, "a past in which nothing ever changes proves nothing"


def test_every_look_comes_to_what_was_saved(dice: Random, administrator: User) -> None:
    projects = company(dice)
    actions.save(wish(dice, projects), by=administrator)
    rebind(None, now=NOON)
    before = bindings()
    for project in projects:
        for workspace in project.workspaces.all():
            assert bind(Facts(workspace), now=NOON) == 0
    assert bindings() == before


def test_a_binding_made_by_hand_after_the_facts_were_read_is_kept(administrator: User) -> None:
    project = factories.project()
    project.workspaces.add(factories.workspace())
    stage = factories.stage(pipeline=factories.pipeline(project=project, name="Tide"), name="PROD")
    factories.endpoint(workspace=project.workspaces.get(), name="tide-prod")
    own = factories.endpoint(workspace=project.workspaces.get(), name="own")
    facts = Facts(project.workspaces.get())
    factories.stage_binding(stage=stage, endpoint=own, origin=BindingOrigin.PERSON, bound_by=administrator)
    assert bind(facts, now=NOON) == 0
    assert StageBinding.objects.get().endpoint == own


def test_projects_that_share_a_workspace_are_decided_together(dice: Random) -> None:
    company(dice)
    found = reached(None)
    groups = [set(Facts(workspace).uses) for workspace in found]
    assert all(not one & other for at, one in enumerate(groups) for other in groups[:at])
    assert set().union(*groups) == set(Project.workspaces.through.objects.values_list("workspace_id", flat=True))


def test_a_try_over_hundreds_of_stages_answers_while_somebody_waits() -> None:
    project = factories.project()
    project.workspaces.add(workspace := factories.workspace())
    for number in range(100):
        pipeline = factories.pipeline(project=project, name=f"Pipeline {number} Release")
        for name in ("DEV", "TEST", "PROD"):
            factories.stage(pipeline=pipeline, name=name)
        factories.endpoint(workspace=workspace, name=f"{number}-prod")
    for number in range(10):
        EndpointRule.objects.create(priority=number, endpoint_pattern=f"^x{number}-{{pipeline}}-{{stage}}$")
    wanted = Wish("add", None, "", endpoint_pattern="^{pipeline}-{stage}$")
    begun = process_time()
    found = tried(asdict(wanted))
    assert found.moving == 100
    assert process_time() - begun < 5
