"""Finding releases: each filter and combinations of them, from an index in order, the same on both databases."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models import QuerySet
from django.test.utils import CaptureQueriesContext

from releases.models import Artifact, Commit, Pipeline, Release, ReleaseCommit
from releases.queries.filters import STATES, Filters, narrowed, releases_of_commit
from releases.queries.finding import Lead, lead_of
from releases.queries.words import kept
from releases.states import ArtifactRole, DeploymentStatus, Role, StageStatus, TriggerKind
from releases.sync.store.texts import Text, write
from tests import factories
from tests.domain import many
from tests.factories import NOON

pytestmark = pytest.mark.django_db

SHA = "e04d5aa9f00112233445566778899aabbccddeeff0"[:40]


@pytest.fixture
def reader():
    return factories.user(role=Role.MANAGER)


def made(number: int, pipeline: Pipeline, *, text: str = "", **fields: Any) -> Release:
    """A release, older the greater its number, with its words; several are of the same moment."""
    created_on = fields.pop("created_on", NOON - timedelta(minutes=number // 3))
    release = factories.release(pipeline=pipeline, name=f"R-{number}", created_on=created_on, **fields)
    write([Text(release.pk, created_on, kept([release.name, text]))])
    return release


def carrying(release: Release, version: str, *, name: str = "svc", role: ArtifactRole = ArtifactRole.MODEL) -> Artifact:
    return factories.artifact(release=release, role=role, name=name, version=version, version_id=version)


def from_commit(release: Release, sha: str, *, role: ArtifactRole = ArtifactRole.CODE) -> Artifact:
    source = sha if role is ArtifactRole.BUILD else ""
    version = "20260302.1" if role is ArtifactRole.BUILD else sha
    return factories.artifact(
        release=release,
        role=role,
        alias=role,
        name="repo",
        version=version[:7],
        version_id=version,
        source_version=source,
    )


@pytest.fixture
def company():
    """Nine releases of two pipelines; which of them each filter finds stands in FOUND."""
    first, second = factories.pipeline(), factories.pipeline()
    aino = factories.identity(name="Aino Öberg", email="aino@port.example")
    service = factories.identity(name="Release Management")
    rows = [made(number, second if number in (3, 4) else first, created_by=service) for number in range(9)]
    Release.objects.filter(pk=rows[0].pk).update(trigger_kind=TriggerKind.PUSH)
    Release.objects.filter(pk__in=[rows[1].pk, rows[4].pk]).update(created_for=aino)
    for number, version in ((0, "7"), (2, "7"), (3, "70"), (4, "7")):
        carrying(rows[number], version)
    factories.artifact(release=rows[2], alias="twice", name="svc", version="7")
    carrying(rows[5], "7", role=ArtifactRole.SCALER)
    carrying(rows[4], "3", name="scaler", role=ArtifactRole.SCALER)
    from_commit(rows[6], SHA)
    from_commit(rows[7], SHA, role=ArtifactRole.BUILD)
    from_commit(rows[8], "e04d5ab" + "0" * 33)
    commit = Commit.objects.create(project=first.project, sha=SHA, repository="repo")
    ReleaseCommit.objects.create(release=rows[5], commit=commit)
    stages = [
        (0, StageStatus.REJECTED),
        (1, StageStatus.CANCELED),
        (2, StageStatus.PARTIALLY_SUCCEEDED),
        (3, StageStatus.IN_PROGRESS),
        (4, StageStatus.SCHEDULED),
        (5, StageStatus.SUCCEEDED),
        (6, StageStatus.NOT_STARTED),
    ]
    for number, status in stages:
        factories.release_stage(release=rows[number], status=status)
    Release.objects.filter(pk__in=[rows[3].pk, rows[4].pk, rows[6].pk]).update(is_unfinished=True)
    factories.approval(release_stage=rows[6].stages.get())
    attempt = factories.deployment(release_stage=rows[5].stages.get(), status=DeploymentStatus.SUCCEEDED)
    factories.live_span(opened_by=attempt)
    return rows


FOUND: list[tuple[dict[str, Any], set[int]]] = [
    ({}, set(range(9))),
    ({"pipeline": 3}, {3, 4}),
    ({"trigger": "push"}, {0}),
    ({"model": "svc"}, {0, 2, 3, 4}),
    ({"model": "svc", "version": "7"}, {0, 2, 4}),
    ({"model": "svc", "version": "8"}, set()),
    ({"scaler": "svc", "scaler_version": "7"}, {5}),
    ({"scaler": "scaler"}, {4}),
    ({"commit": SHA[:7]}, {5, 6, 7}),
    ({"commit": SHA.upper()}, {5, 6, 7}),
    ({"commit": SHA[:6]}, set()),
    ({"commit": "e04d5ab"}, {8}),
    ({"person": "Aino Öberg"}, {1, 4}),
    ({"person": "aino@port.example"}, {1, 4}),
    ({"person": "aino"}, {1, 4}),
    ({"person": "Release Management"}, {0, 2, 3, 5, 6, 7, 8}),
    ({"person": "nobody"}, set()),
    ({"text": "R-4"}, {4}),
    ({"text": "r"}, set(range(9))),
    ({"text": "***"}, set()),
    ({"state": "live"}, {5}),
    ({"state": "waiting"}, {6}),
    ({"state": "running"}, {3}),
    ({"state": "queued"}, {4}),
    ({"state": "failed"}, {0}),
    ({"state": "canceled"}, {1}),
    ({"state": "partly_succeeded"}, {2}),
    ({"state": "succeeded"}, {5}),
    ({"since": NOON - timedelta(minutes=1)}, set(range(6))),
    ({"until": NOON - timedelta(minutes=1)}, {6, 7, 8}),
    ({"since": NOON - timedelta(minutes=1), "until": NOON}, {3, 4, 5}),
    ({"model": "svc", "scaler": "scaler"}, {4}),
    ({"model": "svc", "version": "7", "pipeline": 0}, {0, 2}),
    ({"model": "svc", "since": NOON}, {0, 2}),
    ({"text": "r", "model": "svc", "version": "7"}, {0, 2, 4}),
    ({"text": "r", "pipeline": 3}, {3, 4}),
    ({"text": "r", "since": NOON - timedelta(minutes=1), "until": NOON}, {3, 4, 5}),
    ({"text": "r", "state": "failed"}, {0}),
    ({"text": "R-6", "state": "waiting"}, {6}),
    ({"text": "R-5", "state": "waiting"}, set()),
    ({"text": "r", "commit": SHA, "pipeline": 0}, {5, 6, 7}),
    ({"text": "R-7", "commit": SHA}, {7}),
    ({"commit": SHA, "state": "live"}, {5}),
    ({"person": "aino", "model": "svc"}, {4}),
    ({"person": "aino", "state": "canceled", "pipeline": 0, "trigger": "manual"}, {1}),
]


def filters(given: dict[str, Any], rows: list[Release]) -> Filters:
    return Filters(**{**given, **({"pipeline": rows[given["pipeline"]].pipeline} if "pipeline" in given else {})})


@pytest.mark.parametrize(("given", "numbers"), FOUND)
def test_each_filter_finds_its_releases_newest_first(company, reader, given, numbers):
    asked = filters(given, company)
    lead = lead_of(reader, asked)
    in_order = [company[number].pk for number in sorted(numbers, key=lambda number: (number // 3, -number))]
    assert lead.page(before=None, after=None, size=50) == in_order
    assert lead.count(50) == len(numbers)
    assert set(narrowed(Release.objects.all(), filters=asked).values_list("pk", flat=True)) == set(in_order)
    assert asked.is_set is bool(given)


@pytest.mark.parametrize(("given", "numbers"), [one for one in FOUND if len(one[1]) > 1])
def test_pages_lose_and_double_nothing_in_either_direction(company, reader, given, numbers):
    lead = lead_of(reader, filters(given, company))
    there = _walk(lead, size=2, back=False)
    assert [pk for page in there for pk in page] == lead.page(before=None, after=None, size=50)
    assert [pk for page in _walk(lead, size=2, back=True) for pk in page] == [pk for page in there for pk in page][::-1]


def _walk(lead: Lead, *, size: int, back: bool) -> list[list[int]]:
    """Every page from the newest to the oldest, or back from beyond the oldest."""
    place = (NOON - timedelta(days=1), 0)
    pages = [lead.page(before=None, after=place if back else None, size=size)]
    while len(pages[-1]) == size:
        last = Release.objects.get(pk=pages[-1][-1])
        at = (last.created_on, last.pk)
        pages.append(lead.page(before=None if back else at, after=at if back else None, size=size))
    return pages


@pytest.mark.parametrize("given", [given for given, _ in FOUND])
def test_nobody_finds_what_is_not_theirs(company, given):
    stranger = factories.user(role=Role.MANAGER, project=factories.project())
    assert lead_of(stranger, filters(given, company)).page(before=None, after=None, size=50) == []
    member = factories.user(role=Role.MANAGER, project=company[0].project)
    found = lead_of(member, filters(given, company)).page(before=None, after=None, size=50)
    assert not Release.objects.filter(pk__in=found).exclude(project=company[0].project).exists()


INDEXES = [
    ({}, "release_newest"),
    ({"pipeline": 3}, "release_pipeline_newest"),
    ({"trigger": "push"}, "release_trigger_newest"),
    ({"model": "svc", "version": "7"}, "artifact_version_newest"),
    ({"model": "svc"}, "artifact_name_newest"),
    ({"scaler": "svc", "scaler_version": "7"}, "artifact_version_newest"),
    ({"person": "Aino Öberg"}, "release_person_newest"),
    ({"state": "failed"}, "release_failed_newest"),
    ({"state": "canceled"}, "release_canceled_newest"),
    ({"state": "partly_succeeded"}, "release_partly_newest"),
    ({"state": "succeeded"}, "release_succeeded_newest"),
    ({"since": NOON}, "release_newest"),
    ({"since": NOON, "pipeline": 3}, "release_pipeline_newest"),
]


@pytest.fixture
def many_versions(company):
    many.versions(company[8])


@pytest.fixture
def many_releases(company):
    many.releases(company[8])


@pytest.mark.parametrize("is_deep", [False, True])
@pytest.mark.parametrize(("given", "index"), INDEXES)
def test_an_index_has_them_in_order(company, reader, given, index, is_deep, request):
    request.getfixturevalue("many_versions" if index.startswith("artifact_") else "many_releases")
    lead = lead_of(reader, filters(given, company))
    plan = planned(lead.beyond(before=(NOON - timedelta(minutes=1), 1) if is_deep else None)[:50])
    assert index in plan
    assert "TEMP B-TREE" not in plan and "Sort" not in plan


def test_words_are_found_by_their_index(company, reader):
    plan = planned(lead_of(reader, Filters(text="R-4")).beyond()[:50])
    assert "VIRTUAL TABLE INDEX" in plan if connection.vendor == "sqlite" else "releasetext_words" in plan
    assert "TEMP B-TREE" not in plan


def test_a_commit_is_found_by_its_first_letters(company):
    many.commits(company[8])
    with CaptureQueriesContext(connection) as asked:
        releases_of_commit(SHA)
    [one] = asked.captured_queries
    plan = _explain(one["sql"], None)
    assert "artifact_by_commit" in plan and "commit_beginning" in plan


def planned(rows: "QuerySet[Any, Any]") -> str:
    return _explain(*rows.query.sql_with_params())


def _explain(sql: str, params: Any) -> str:
    """How the database would go about it; PostgreSQL as if the tables were too great to be read whole or sorted."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(f"EXPLAIN QUERY PLAN {sql}", params)
        else:
            cursor.execute(
                "SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off; SET LOCAL enable_bitmapscan = off"
            )
            if "@@" in sql or "SUBSTR" in sql:
                cursor.execute(
                    "SET LOCAL enable_bitmapscan = on; SET LOCAL enable_indexscan = off; SET LOCAL enable_sort = on"
                )
            cursor.execute(f"EXPLAIN {sql}", params)
        return "\n".join(str(row) for row in cursor.fetchall())


def test_every_state_is_tried():
    assert {given["state"] for given, _ in FOUND if "state" in given} == set(STATES)
