"""Storing list pages: what is written, what is left alone, and what it costs."""

from datetime import UTC, datetime
from hashlib import sha256

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from releases.models import (
    Approval,
    Artifact,
    Deployment,
    Identity,
    LiveSpan,
    ModelVersion,
    Pipeline,
    PipelineRevision,
    Project,
    Release,
    ReleaseStage,
    SourceDocument,
    Stage,
    Workspace,
)
from releases.sync.store import store_listed
from tests.sync import told
from tests.sync.documents import text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def project(db: None) -> Project:
    return told.project()


def test_a_page_becomes_rows(project: Project) -> None:
    stored = store_listed(project, told.items(told.two_stages(1), told.two_stages(2)), now=told.NOW)
    assert (stored.read, stored.changed, stored.set_aside) == (2, 2, [])
    assert Release.objects.count() == 2 and ReleaseStage.objects.count() == 4 and Deployment.objects.count() == 4
    assert Artifact.objects.count() == 6 and Approval.objects.count() == 2 and SourceDocument.objects.count() == 2
    release = Release.objects.get(azure_id=2)
    assert (release.depth, release.trigger_kind, release.trigger_alias) == ("listed", "model", "model")
    assert release.created_by is not None and release.created_by.name == "aino"
    assert set(release.artifacts.values_list("role", "version")) == {
        ("code", "e04d5aa"),
        ("model", "2"),
        ("scaler", "2"),
    }
    assert stored.stages_touched == set(Stage.objects.values_list("id", flat=True))


def test_the_pipeline_and_its_stages_are_made_from_the_release(project: Project) -> None:
    store_listed(project, told.items(told.two_stages(1)), now=told.NOW)
    pipeline = Pipeline.objects.get()
    assert (pipeline.azure_id, pipeline.name, pipeline.revision) == (1, "Pipeline 1", 0)
    stages = pipeline.stages.order_by("rank").values_list("name", "is_production", "headline", "gone_at")
    assert list(stages) == [("DEV TEST", False, False, None), ("PROD", True, True, None)]


def test_a_stage_is_the_same_whatever_it_is_called(project: Project) -> None:
    store_listed(project, told.items(told.two_stages(1)), now=told.NOW)
    renamed = told.two_stages(2)
    renamed["environments"][1]["name"] = "Production"
    store_listed(project, told.items(renamed), now=told.NOW)
    assert Stage.objects.count() == 2
    assert set(ReleaseStage.objects.filter(stage__name="PROD").values_list("name", flat=True)) == {"PROD", "Production"}


def test_an_unchanged_page_writes_nothing_and_asks_once(project: Project) -> None:
    page = told.items(*(told.two_stages(number) for number in range(1, 6)))
    store_listed(project, page, now=told.NOW)
    before = Release.objects.get(azure_id=3).changed_at
    with CaptureQueriesContext(connection) as asked:
        again = store_listed(project, page, now=datetime.now(UTC))
    assert (again.read, again.changed, again.rows_written, again.manifest) == (5, 0, 0, [])
    assert len(asked) == 1 and asked.captured_queries[0]["sql"].startswith("SELECT")
    assert Release.objects.get(azure_id=3).changed_at == before


def test_one_changed_attempt_writes_only_its_own_rows(project: Project) -> None:
    one, other = told.two_stages(1), told.two_stages(2)
    store_listed(project, told.items(one, other), now=told.NOW)
    two_more = told.attempt(2, deployment=99, at=200, status="failed")
    other["environments"][1]["deploySteps"].append(two_more)
    stored = store_listed(project, told.items(one, other), now=told.NOW)
    # The release (its hash), its document, the new attempt, and the span that became uncertain.
    assert (stored.changed, stored.rows_written) == (1, 4)
    span = LiveSpan.objects.get(stage__name="PROD", live_until=None)
    assert span.release.azure_id == 2 and span.uncertain_since is not None


def test_the_number_of_queries_does_not_grow_with_the_page(project: Project) -> None:
    counts = []
    for numbers in (range(1, 3), range(3, 43)):
        page = told.items(*(told.two_stages(number) for number in numbers))
        with CaptureQueriesContext(connection) as asked:
            store_listed(project, page, now=told.NOW)
        changed = [told.two_stages(number, description="changed") for number in numbers]
        with CaptureQueriesContext(connection) as asked_again:
            store_listed(project, told.items(*changed), now=told.NOW)
        counts.append((len(asked), len(asked_again)))
    # The first page also made the people, the pipeline and its stages.
    assert counts[1][0] <= counts[0][0] <= 40
    assert counts[1][1] == counts[0][1] <= 20


def test_a_release_twice_on_one_page_is_stored_once(project: Project) -> None:
    stored = store_listed(
        project, told.items(told.two_stages(1), told.two_stages(1, description="later")), now=told.NOW
    )
    assert (stored.read, stored.changed) == (2, 1)
    assert Release.objects.get().description == "later"


def test_what_a_shallow_page_leaves_out_is_kept(project: Project) -> None:
    store_listed(project, told.items(told.two_stages(1)), now=told.NOW)
    before = Release.objects.get()
    shallow = told.two_stages(1, name="Renamed", variables={})
    del shallow["environments"], shallow["artifacts"]
    store_listed(project, told.items(shallow), now=told.NOW)
    after = Release.objects.get()
    assert after.name == "Renamed" and after.variables == before.variables
    assert (after.versions_hash, after.trigger_kind) == (before.versions_hash, "model")
    assert (Artifact.objects.count(), Deployment.objects.count(), LiveSpan.objects.count()) == (3, 2, 2)


def test_a_release_that_came_back_is_no_longer_gone(project: Project) -> None:
    page = told.items(told.two_stages(1))
    store_listed(project, page, now=told.NOW)
    Release.objects.update(gone_at=told.NOW)
    assert store_listed(project, page, now=told.NOW).changed == 1
    assert Release.objects.get().gone_at is None


def test_an_answer_older_than_what_is_held_does_not_undo_it(project: Project) -> None:
    newer, older = told.two_stages(1), told.two_stages(1)
    older["environments"][0]["deploySteps"][0] |= {"status": "inProgress", "lastModifiedOn": told.moment(1)}
    store_listed(project, told.items(newer), now=told.NOW)
    store_listed(project, told.items(older), now=told.NOW)
    assert Deployment.objects.filter(stage__name="DEV TEST").get().status == "succeeded"


def test_artifacts_that_the_release_has_no_longer_go(project: Project) -> None:
    one = told.two_stages(1)
    store_listed(project, told.items(one), now=told.NOW)
    before = Release.objects.get().versions_hash
    one["artifacts"] = one["artifacts"][:2]
    store_listed(project, told.items(one), now=told.NOW)
    assert set(Artifact.objects.values_list("alias", flat=True)) == {"Learn_MLOps", "model"}
    now_known_as = Release.objects.get().versions_hash
    assert now_known_as != before
    assert set(LiveSpan.objects.values_list("versions_hash", flat=True)) == {now_known_as}


@pytest.mark.parametrize(
    ("status", "approval", "unfinished"),
    [
        ("inProgress", "approved", True),
        ("queued", "approved", True),
        ("scheduled", "approved", True),
        ("succeeded", "pending", True),
        ("notStarted", "approved", False),
        ("rejected", "rejected", False),
    ],
)
def test_unfinished_is_what_runs_or_waits(project: Project, status: str, approval: str, unfinished: bool) -> None:
    one = told.two_stages(1)
    one["environments"][1] |= {"status": status, "preDeployApprovals": [told.approval(1, status=approval)]}
    store_listed(project, told.items(one), now=told.NOW)
    assert Release.objects.get().is_unfinished is unfinished


def test_one_release_that_no_row_can_hold_is_set_aside_and_the_rest_goes_on(project: Project) -> None:
    bad = told.two_stages(2)
    bad["environments"][0]["deploySteps"][0]["deploymentId"] = 2**40
    stored = store_listed(project, told.items(told.two_stages(1), bad, told.two_stages(3)), now=told.NOW)
    assert [one.key for one in stored.set_aside] == ["release:2"]
    assert "azure_id" in stored.set_aside[0].reason
    assert (stored.changed, {key for key, _ in stored.manifest}) == (2, {"release:1", "release:3"})
    assert set(Release.objects.values_list("azure_id", flat=True)) == {1, 3}


def test_an_approval_that_is_another_releases_is_set_aside(project: Project) -> None:
    store_listed(project, told.items(told.two_stages(1)), now=told.NOW)
    thief = told.two_stages(2)
    thief["environments"][1]["preDeployApprovals"] = told.two_stages(1)["environments"][1]["preDeployApprovals"]
    stored = store_listed(project, told.items(thief), now=told.NOW)
    assert [one.key for one in stored.set_aside] == ["release:2"]
    assert Release.objects.count() == 1


def test_both_databases_keep_the_same_odd_text(project: Project) -> None:
    odd = told.two_stages(1, name="nul\x00 wave \N{WATER WAVE}", description="e\u0301 and \u00e9", tags=["a\x00b"])
    odd["artifacts"][0]["alias"] = "x" * 300
    raw = told.item(odd).raw.replace(b"wave ", b"wave \\ud83c ")
    store_listed(project, [told.item(raw)], now=told.NOW)
    release = Release.objects.get()
    assert release.name == "nul\u2400 wave \ufffd \N{WATER WAVE}"
    assert (release.description, release.tags) == ("e\u0301 and \u00e9", ["a\u2400b"])
    assert release.artifacts.filter(alias="x" * 256).exists()


def test_the_manifest_names_the_document_as_kept(project: Project) -> None:
    page = told.items(told.two_stages(1))
    stored = store_listed(project, page, now=told.NOW)
    document = SourceDocument.objects.get()
    text = text_of(document)
    assert text == page[0].raw
    assert stored.manifest == [("release:1", sha256(text).hexdigest())]
    assert document.sha256 == stored.manifest[0][1]


def test_identities_are_known_by_what_azure_calls_them(project: Project) -> None:
    nobody = {"id": "00000000-0000-0000-0000-000000000000", "displayName": "Masked", "uniqueName": "masked@x.example"}
    store_listed(project, told.items(told.two_stages(1, createdFor=nobody)), now=told.NOW)
    kinds = dict(Identity.objects.values_list("key", "kind"))
    assert kinds["id-aino"] == "person" and kinds["id-release service"] == "service"
    assert kinds["masked@x.example"] == "unknown"
    assert Identity.objects.get(key="id-quality").is_group
    Identity.objects.filter(key="id-aino").update(kind="service")
    renamed = told.item(told.two_stages(2)).raw.replace(b'"displayName": "aino"', b'"displayName": "Aino A."')
    store_listed(project, [told.item(renamed)], now=told.NOW)
    aino = Identity.objects.get(key="id-aino")
    assert (aino.name, aino.kind) == ("Aino A.", "service")


def test_an_artifact_is_linked_to_the_version_the_registry_knows(project: Project) -> None:
    workspace = Workspace.objects.create(subscription_id="s", resource_group="g", name="mlops_ws")
    project.workspaces.add(workspace)
    known = ModelVersion.objects.create(
        workspace=workspace, name="support-vector-classifier", version="1", changed_at=told.NOW
    )
    store_listed(project, told.items(told.two_stages(1), told.two_stages(2)), now=told.NOW)
    linked = Artifact.objects.exclude(model_version=None)
    assert [(one.release.azure_id, one.alias, one.model_version) for one in linked] == [(1, "model", known)]
    ModelVersion.objects.filter(pk=known.pk).update(name="renamed")
    store_listed(project, told.items(told.two_stages(1, description="again")), now=told.NOW)
    assert Artifact.objects.get(release__azure_id=1, alias="model").model_version == known


def test_the_definition_of_that_revision_tells_what_started_a_release(project: Project) -> None:
    silent = told.two_stages(1)
    for artifact in silent["artifacts"]:
        artifact["definitionReference"].pop("IsTriggeringArtifact", None)
    store_listed(project, told.items(silent), now=told.NOW)
    assert Release.objects.get().trigger_kind == "unknown"
    triggers = [{"triggerType": "artifactSource", "artifactAlias": "Learn_MLOps"}]
    PipelineRevision.objects.create(pipeline=Pipeline.objects.get(), revision=3, document={"triggers": triggers})
    store_listed(project, told.items({**silent, "description": "again"}), now=told.NOW)
    release = Release.objects.get()
    assert (release.trigger_kind, release.trigger_alias) == ("push", "Learn_MLOps")
