"""What the API says of a release, and by what releases, attempts and approvals can be found."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from releases.models import Command, Release, SyncRun, User
from releases.states import ArtifactRole, CommandState, Role, TriggerKind
from releases.sync.store.texts import Text, write
from tests import factories
from tests.api.conftest import Harbour, Program, harbour, program_of
from tests.commands import command

NOON = factories.NOON


@pytest.fixture
def program(db: None) -> Program:
    """A program of somebody who reads everything."""
    return program_of(factories.user(role=Role.AUDITOR))


@pytest.fixture
def told(port: Harbour, program: Program) -> dict[str, Any]:
    """The release of the harbour as the API tells it."""
    answer: dict[str, Any] = program.get(f"releases/{port.ids['releases']}/").json()
    return answer


def test_a_release_tells_everything_the_contract_names(told: dict[str, Any], port: Harbour) -> None:
    release = Release.objects.get()
    facts = {name: told[name] for name in ("id", "azure_id", "name", "status", "created_on", "gone_at", "project")}
    assert facts == {
        "id": release.pk,
        "azure_id": release.azure_id,
        "name": release.name,
        "status": "active",
        "created_on": "2026-03-02T12:00:00Z",
        "gone_at": None,
        "project": port.project.slug,
    }
    assert told["created_by"] == {"name": "Åsa Öberg", "email": "asa@harbour.example", "kind": "unknown"}
    base = f"{port.project.organization.url}/{port.project.name.replace(' ', '%20')}"
    assert told["web_url"] == f"{base}/_release?releaseId={release.azure_id}&_a=release-summary"


def test_the_trigger_is_a_kind_a_sentence_and_an_alias(told: dict[str, Any]) -> None:
    run = told["trigger"].pop("sentence")
    assert told["trigger"] == {"kind": "model", "artifact_alias": "model"}
    assert run.startswith("Created because model support-vector-classifier v8 was registered by training run port-")


def test_artifacts_stages_attempts_approvals_and_steps(told: dict[str, Any]) -> None:
    [artifact] = told["artifacts"]
    wanted = {"alias", "role", "type", "name", "version", "is_triggering"}
    assert {name: artifact[name] for name in wanted} == {
        "alias": "model",
        "role": "model",
        "type": "AzureML",
        "name": "support-vector-classifier",
        "version": "8",
        "is_triggering": True,
    }
    [stage] = told["stages"]
    assert (stage["rank"], stage["status"]) == (1, "notStarted")
    [attempt] = stage["attempts"]
    assert (attempt["attempt"], attempt["status"], attempt["finished_on"]) == (1, "succeeded", "2026-03-02T12:10:00Z")
    assert [approval["status"] for approval in attempt["approvals"]] == ["pending"]
    assert [step["status"] for step in attempt["steps"]] == ["succeeded"]


@pytest.mark.django_db
def test_each_approval_stands_with_its_own_attempt_and_automated_ones_with_none(program: Program) -> None:
    row = factories.release_stage()
    for attempt in (1, 2):
        factories.deployment(release_stage=row, attempt=attempt)
        factories.approval(release_stage=row, attempt=attempt, azure_id=100 + attempt)
        factories.approval(release_stage=row, attempt=attempt, is_automated=True)
    [stage] = program.get(f"releases/{row.release_id}/").json()["stages"]
    told = [(a["attempt"], [p["azure_id"] for p in a["approvals"]]) for a in stage["attempts"]]
    assert told == [(1, [101]), (2, [102])]
    assert len(program.get("approvals/").json()["results"]) == 2
    assert len(program.get("approvals/", is_automated="true").json()["results"]) == 2


@pytest.mark.django_db
def test_links_from_synced_text_are_shown_only_when_they_are_safe(program: Program) -> None:
    release = factories.release()
    for number, url in enumerate(
        ("javascript:alert(1)", "https://dev.azure.com.evil.example/x", "https://github.com/x")
    ):
        factories.artifact(release=release, alias=f"a{number}", web_url=url)
    artifacts = program.get(f"releases/{release.pk}/").json()["artifacts"]
    assert [artifact["web_url"] for artifact in artifacts] == [None, None, "https://github.com/x"]


@pytest.mark.django_db
def test_a_release_that_azure_no_longer_has_is_still_told_and_marked(program: Program) -> None:
    release = factories.release(gone_at=NOON + timedelta(days=30))
    assert program.get(f"releases/{release.pk}/").json()["gone_at"] == "2026-04-01T12:00:00Z"


@pytest.mark.django_db
def test_a_schedule_is_told_in_its_own_zone(program: Program) -> None:
    release = factories.release(trigger_kind=TriggerKind.SCHEDULE, created_on=NOON - timedelta(hours=3))
    schedule = {"daysToRelease": 1, "startHours": 11, "startMinutes": 0, "timeZoneId": "FLE Standard Time"}
    release.pipeline.triggers.create(kind=TriggerKind.SCHEDULE, ordinal=0, settings={"schedule": schedule})
    sentence = program.get(f"releases/{release.pk}/").json()["trigger"]["sentence"]
    assert "Mondays 11:00 Europe/" in sentence
    [trigger] = program.get("pipelines/").json()["results"][0]["triggers"]
    assert trigger["schedule"].startswith("Mondays 11:00 Europe/")


def found(program: Program, noun: str, **given: Any) -> list[int]:
    """Ids that this question finds."""
    answer = program.get(f"{noun}/", **given)
    assert answer.status_code == 200, answer.json()
    return [row["id"] for row in answer.json()["results"]]


def matching(port: Harbour) -> dict[str, list[dict[str, Any]]]:
    """For each noun, every one of its filters with a value that finds the harbour's row and no other."""
    pipeline, release = port.ids["pipelines"], Release.objects.get(pk=port.ids["releases"])
    when = {"created_after": "2026-03-02T12:00:00Z", "created_before": "2026-03-02T12:00:01"}
    carried = {"model": "support-vector-classifier", "model_version": "8"}
    place = {"project": port.project.slug, "pipeline": pipeline}
    workspace = port.project.workspaces.get().name
    run = port.ids["training-runs"]
    organization = port.project.organization.name
    of_release, by_trigger = {"release": release.pk}, {"trigger": "model", **when}
    by_stage = {"stage": release.stages.get().stage_id, "status": "succeeded", "trigger": "model"}
    by_kind = {"status": "pending", "type": "preDeploy", "is_automated": "false"}
    return {
        "projects": [{"organization": organization}],
        "pipelines": [{"project": port.project.slug}, {"name": release.pipeline.name.upper()}],
        "releases": [place, carried, by_trigger, {"status": "active"}, {"person": "ASA@Harbour.example"}],
        "deployments": [place, carried, by_stage, when, of_release, {"person": "Åsa Öberg"}],
        "approvals": [place, when, of_release, by_kind, {"person": "asa@harbour.example"}],
        "model-versions": [{"name": carried["model"], "version": "8"}, {"workspace": workspace}, {"training_run": run}],
        "training-runs": [{"workspace": workspace, "status": "completed"}, {"model": carried["model"]}],
        "sync-runs": [{"project": port.project.slug, "kind": "listed", "state": "running"}],
    }


@pytest.mark.django_db
def test_every_filter_finds_its_row_and_not_the_one_beside_it(port: Harbour, program: Program) -> None:
    beside = harbour()
    Release.objects.filter(pk=beside.ids["releases"]).update(
        created_on=NOON + timedelta(days=1), trigger_kind="manual", status="abandoned", created_by=None
    )
    for noun, questions in matching(port).items():
        for given in questions:
            assert port.ids[noun] in found(program, noun, **given), (noun, given)
    for given in (
        {"status": "active"},
        {"trigger": "model"},
        {"person": "Åsa Öberg"},
        {"created_before": NOON + timedelta(1)},
    ):
        assert found(program, "releases", **given) == [port.ids["releases"]], given
    assert found(program, "releases", pipeline=beside.ids["pipelines"]) == [beside.ids["releases"]]


@pytest.mark.django_db
def test_model_and_version_are_looked_for_in_one_artifact(program: Program) -> None:
    release = factories.release()
    factories.artifact(release=release, name="classifier", version="7")
    factories.artifact(release=release, name="scaler", version="8", role=ArtifactRole.SCALER)
    factories.artifact(release=release, name="code", version="9", role=ArtifactRole.CODE)
    assert found(program, "releases", model="classifier", model_version="7") == [release.pk]
    assert found(program, "releases", model="scaler") == [release.pk]
    assert found(program, "releases", model="classifier", model_version="8") == []
    assert found(program, "releases", model_version="9") == []


@pytest.mark.django_db
def test_what_the_list_of_the_pages_finds_the_api_finds_too(program: Program) -> None:
    one, other = factories.release(), factories.release()
    factories.artifact(release=one, name="scaler", version="3", role=ArtifactRole.SCALER)
    factories.artifact(release=one, alias="repo", role=ArtifactRole.CODE, name="repo", version_id="e04d5aa9" + "0" * 32)
    factories.release_stage(release=one, status="rejected")
    write([Text(one.pk, NOON, "for the regatta"), Text(other.pk, NOON, "for nothing")])
    assert found(program, "releases", scaler="scaler", scaler_version="3") == [one.pk]
    assert found(program, "releases", scaler="scaler", scaler_version="4") == []
    assert found(program, "releases", scaler_version="3") == [one.pk]
    assert found(program, "releases", commit="E04D5AA") == [one.pk]
    assert found(program, "releases", stage_status="failed") == [one.pk]
    assert found(program, "releases", text="Regatta") == [one.pk]
    assert found(program, "releases", text="for") == [other.pk, one.pk]
    assert found(program, "releases", text="* OR (") == []


QUESTIONS = [
    ("releases", {"colour": "blue"}),
    ("releases", {"status": "sleeping"}),
    ("releases", {"pipeline": "one"}),
    ("releases", {"pipeline": 2**63}),
    ("releases", {"limit": 0}),
    ("releases", {"limit": 101}),
    ("releases", {"person": "a\0b"}),
    ("releases", {"text": "a\0b"}),
    ("releases", {"commit": "e04d5"}),
    ("releases", {"commit": "nothexa"}),
    ("releases", {"stage_status": "asleep"}),
    ("releases", {"created_after": "yesterday"}),
    ("deployments", {"created_before": "0001-01-01T00:00:00+14:00"}),
    ("approvals", {"type": "midDeploy"}),
    ("sync-runs", {"created_after": "2026-01-01"}),
]


@pytest.mark.parametrize(("noun", "given"), QUESTIONS)
def test_a_question_that_makes_no_sense_is_refused_and_named(
    noun: str, given: dict[str, Any], program: Program
) -> None:
    answer = program.get(f"{noun}/", **given)
    assert answer.status_code == 400
    body, [name] = answer.json(), given
    assert body["code"] == "invalid"
    assert body["sentence"].startswith(f"{name}: ")
    assert list(body["detail"]) == [name]


PER_LIST = {
    "projects": 3,
    "pipelines": 5,
    "releases": 6,
    "deployments": 4,
    "live-spans": 5,
    "logs": 3,
    "approvals": 3,
    "model-versions": 3,
    "training-runs": 4,
    "sync-runs": 3,
}
"""Queries of each list: the key, the memberships, the rows, one for each level below them, and one for proofs."""


def queries(program: Program, path: str) -> int:
    """How many queries the answer takes, once the key's use has been noted."""
    with CaptureQueriesContext(connection) as captured:
        assert program.get(path).status_code == 200
    return len(captured)


@pytest.mark.django_db
def test_lists_take_a_fixed_number_of_queries(port: Harbour, program: Program) -> None:
    program.get("projects/")
    assert {noun: queries(program, f"{noun}/") for noun in PER_LIST} == PER_LIST
    for _ in range(3):
        harbour()
    assert {noun: queries(program, f"{noun}/") for noun in PER_LIST} == PER_LIST


@pytest.mark.django_db
def test_a_release_takes_a_fixed_number_of_queries(port: Harbour, program: Program) -> None:
    path = f"releases/{port.ids['releases']}/"
    program.get(path)
    before = queries(program, path)
    release = Release.objects.get()
    for number in range(3):
        factories.artifact(release=release)
        row = factories.release_stage(release=release, rank=number)
        for attempt in (1, 2):
            factories.step(deployment=factories.deployment(release_stage=row, attempt=attempt))
            factories.approval(release_stage=row, attempt=attempt)
    assert queries(program, path) == before == 13  # three for what goes back with a command, one for who asked


@pytest.mark.django_db
def test_a_sync_run_tells_its_figures(program: Program, user: User) -> None:
    run = SyncRun.objects.create(
        kind="listed", state="failed", started_at=NOON, heartbeat_at=NOON, read=7, code="throttled", sentence="Wait."
    )
    told = program.get(f"sync-runs/{run.pk}/").json()
    assert (told["project"], told["workspace"]) == (None, None)
    assert (told["state"], told["read"], told["code"], told["sentence"]) == ("failed", 7, "throttled", "Wait.")


@pytest.mark.django_db
def test_an_attempt_says_who_asked_for_it_in_slipway(program: Program) -> None:
    made = command(CommandState.CONFIRMED, fields={"attempt": 1, "is_roll_back": True})
    [attempt] = program.get("deployments/").json()["results"]
    told = attempt["asked_in_slipway"]
    assert made.asked_by is not None
    assert (told["by"], told["reason"], told["is_roll_back"]) == (made.asked_by.name, made.reason, True)
    [stage] = program.get(f"releases/{made.release_id}/").json()["stages"]
    assert [one["asked_in_slipway"] for one in stage["attempts"]] == [told]
    Command.objects.update(attempt=7)
    assert program.get("deployments/").json()["results"][0]["asked_in_slipway"] is None
