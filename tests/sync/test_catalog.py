"""Definitions as pipelines, stages and triggers, and what is never taken from an administrator."""

import json
from pathlib import Path

import pytest

from releases.azure.answers import DefinitionAnswer, Item, Malformed
from releases.azure.answers.pages import read_item
from releases.models import Pipeline, PipelineRevision, Project, Stage, Trigger
from releases.sync import catalog
from releases.sync.store import store_listed
from tests.sync import told

pytestmark = pytest.mark.django_db


@pytest.fixture
def project(db: None) -> Project:
    return told.project()


def environment(number: int, name: str, *, after: str = "") -> told.Json:
    """A stage of a definition that waits for another one, or starts with the release."""
    start = {"name": "ReleaseStarted", "conditionType": "event", "value": ""}
    wait = {"name": after, "conditionType": "environmentState", "value": "4"}
    return {"id": number, "name": name, "rank": number, "conditions": [wait if after else start]}


def definition(revision: int = 1, **more: object) -> Item[DefinitionAnswer]:
    """The definition of pipeline 1."""
    body = {
        "id": 1,
        "name": "Port Weather",
        "path": "\\ml",
        "revision": revision,
        "modifiedBy": told.person("aino"),
        "variables": {"apiKey": {"value": "c4n4ry"}},
        "artifacts": told.artifacts("1"),
        "environments": [environment(1, "DEV TEST"), environment(2, "PROD", after="DEV TEST")],
        "triggers": [
            {"triggerType": "artifactSource", "artifactAlias": "model", "triggerConditions": []},
            {"triggerType": "sourceRepo", "alias": "Learn_MLOps", "branchFilters": ["+refs/heads/main"]},
            {"triggerType": 2, "schedule": {"daysToRelease": 1, "startHours": 11, "timeZoneId": "FLE Standard Time"}},
        ],
        **more,
    }
    read = read_item(json.dumps(body).encode(), DefinitionAnswer, noun="definition")
    assert not isinstance(read, Malformed), read.reason
    return read


def stages() -> list[tuple[str, bool, bool, bool]]:
    """Name, production, headline, gone."""
    rows = Stage.objects.order_by("definition_environment_id")
    return [(one.name, one.is_production, one.headline, one.gone_at is not None) for one in rows]


def test_a_definition_becomes_a_pipeline_with_stages_triggers_and_its_document(project: Project) -> None:
    assert catalog.store_definition(project, definition(), now=told.NOW) > 0
    pipeline = Pipeline.objects.get()
    assert (pipeline.name, pipeline.path, pipeline.revision) == ("Port Weather", "\\ml", 1)
    assert stages() == [("DEV TEST", False, False, False), ("PROD", True, True, False)]
    triggers = Trigger.objects.order_by("id").values_list("kind", "ordinal", "alias")
    assert list(triggers) == [("model", 0, "model"), ("push", 0, "Learn_MLOps"), ("schedule", 0, "")]
    assert Trigger.objects.get(kind="schedule").settings["schedule"]["timeZoneId"] == "FLE Standard Time"
    revision = PipelineRevision.objects.get()
    assert revision.changed_by is not None and revision.changed_by.name == "aino"
    assert revision.document["variables"] == {"apiKey": {"value": "[masked]"}}


def test_an_unchanged_definition_writes_nothing(project: Project) -> None:
    catalog.store_definition(project, definition(), now=told.NOW)
    assert catalog.store_definition(project, definition(), now=told.NOW) == 0


def test_a_renamed_stage_is_the_same_and_a_removed_one_is_kept_as_gone(project: Project) -> None:
    catalog.store_definition(project, definition(), now=told.NOW)
    before = Stage.objects.get(name="PROD").pk
    changed = [environment(2, "Live"), environment(3, "EDGE", after="Live")]
    catalog.store_definition(project, definition(2, environments=changed), now=told.NOW)
    assert stages() == [("DEV TEST", False, False, True), ("Live", True, False, False), ("EDGE", False, True, False)]
    assert Stage.objects.get(name="Live").pk == before
    catalog.store_definition(project, definition(3), now=told.NOW)
    assert stages()[0] == ("DEV TEST", False, False, False)
    assert PipelineRevision.objects.count() == 3


def test_what_an_administrator_chose_stays(project: Project) -> None:
    catalog.store_definition(project, definition(), now=told.NOW)
    Stage.objects.filter(name="PROD").update(headline=False, is_production=False)
    Stage.objects.filter(name="DEV TEST").update(headline=True, is_production=True)
    more = [environment(1, "DEV TEST"), environment(2, "PROD", after="DEV TEST"), environment(3, "EDGE", after="PROD")]
    catalog.store_definition(project, definition(2, environments=more), now=told.NOW)
    assert stages()[:2] == [("DEV TEST", True, True, False), ("PROD", False, False, False)]


def test_a_stage_only_an_old_release_knows_is_gone_from_the_start(project: Project) -> None:
    catalog.store_definition(project, definition(), now=told.NOW)
    old = told.two_stages(1)
    old["environments"].append(told.stage(99, of=9, name="STAGING"))
    store_listed(project, told.items(old), now=told.NOW)
    assert stages()[-1] == ("STAGING", False, False, True)
    assert stages()[1] == ("PROD", True, True, False)


def test_triggers_follow_the_newest_revision(project: Project) -> None:
    catalog.store_definition(project, definition(), now=told.NOW)
    catalog.store_definition(project, definition(2, triggers=[{"triggerType": "schedule"}]), now=told.NOW)
    assert list(Trigger.objects.values_list("kind", flat=True)) == ["schedule"]


def test_an_older_revision_only_adds_its_document(project: Project) -> None:
    catalog.store_definition(project, definition(2), now=told.NOW)
    pipeline = Pipeline.objects.get()
    assert catalog.store_revision(pipeline, definition(1, name="Old name")) == 1
    assert catalog.store_revision(pipeline, definition(1)) == 0
    pipeline.refresh_from_db()
    assert (pipeline.name, pipeline.revision) == ("Port Weather", 2)


def test_pipelines_missing_from_a_complete_list_are_marked_and_come_back(project: Project) -> None:
    catalog.store_definition(project, definition(), now=told.NOW)
    assert catalog.mark_gone(project, present=[1], now=told.NOW) == 0
    assert catalog.mark_gone(project, present=[], now=told.NOW) == 1
    assert catalog.mark_gone(project, present=[], now=told.NOW) == 0
    catalog.store_definition(project, definition(), now=told.NOW)
    assert Pipeline.objects.get().gone_at is None


def test_the_real_definition(project: Project, samples: Path) -> None:
    recorded = json.loads((samples / "azure-devops/real/definition_list_expanded_1.json").read_bytes())
    body = recorded["value"][0] if "value" in recorded else recorded
    read = read_item(json.dumps(body).encode(), DefinitionAnswer, noun="definition")
    assert not isinstance(read, Malformed), read.reason
    catalog.store_definition(project, read, now=told.NOW)
    assert Stage.objects.count() == len(body["environments"]) == 19
    assert Stage.objects.filter(headline=True).count() == 1
    assert Trigger.objects.count() == len(body["triggers"])
