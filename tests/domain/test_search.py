"""The search: what each way of asking finds, in which order, for whom, at what cost, and that nothing breaks it."""

from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext

from releases.models import (
    Commit,
    Identity,
    ModelVersion,
    Release,
    ReleaseCommit,
    ReleaseWorkItem,
    TrainingRun,
    User,
    WorkItem,
)
from releases.queries.search import SHOWN, Found, Kind, search
from releases.queries.search.asked import asked
from releases.states import IdentityKind, Role
from tests import factories
from tests.api.conftest import harbour
from tests.domain import many
from tests.pages.company import Company, company

pytestmark = pytest.mark.django_db
SHA = "e04d5aa91c3b7f02d6a8e1b4c5f60718293a4b5c"
HOSTILE = [
    "",
    " ",
    "\0",
    "%",
    "_",
    "\\",
    "'",
    '"; DROP TABLE releases_release; --',
    "<script>alert(1)</script>",
    "Release-\0",
    "v",
    ":",
    "::::",
    "9" * 400,
    "99999999999",
    "²",
    "٣",
    "\ud800",
    "\U0010ffff",
    "İ",
    "a" * 10_000,
    "(((((",
    "[a-",
    "name:v",
    "v7 v7 v7",
]


@pytest.fixture
def made() -> Company:
    """The example company with a registry, a commit, a work item and people."""
    made = company()
    workspace = factories.workspace(name="mlops_ws")
    made.project.workspaces.add(workspace)
    run = factories.training_run(workspace=workspace, name="port-weather-train-118", display_name="Night", commit=SHA)
    for number in ("6", "7", "8"):
        factories.model_version(workspace=workspace, version=number, training_run=run)
    factories.model_version(workspace=workspace, name="scaler", version="7")
    somebody = factories.identity(name="Jonas Lindqvist", email="jonas@harbour.example", key="aad.jonas")
    git = factories.identity(
        source=Identity.Source.GIT, key="jonas@harbour.example", name="Jonas", email="Jonas@harbour.example"
    )
    commit = Commit.objects.create(
        project=made.project, sha=SHA, repository="Learn_MLOps", author=git, message="Warn of storms\n\nLong story"
    )
    ReleaseCommit.objects.create(release=made.waiting, commit=commit)
    item = WorkItem.objects.create(project=made.project, azure_id="412", title="Storms are missed", type="Bug")
    ReleaseWorkItem.objects.create(release=made.waiting, work_item=item)
    Release.objects.filter(pk=made.waiting.pk).update(created_for=somebody)
    return made


def titles(found: Found, kind: Kind) -> list[str]:
    return [hit.title for group in found.groups if group.kind == kind for hit in group.hits]


@pytest.mark.parametrize(
    ("text", "kind", "first"),
    [
        ("Release-2", Kind.RELEASE, "Release-2"),
        ("release-2", Kind.RELEASE, "Release-2"),
        ("  RELEASE-2 ", Kind.RELEASE, "Release-2"),
        ("2", Kind.RELEASE, "Release-2"),
        ("#2", Kind.RELEASE, "Release-2"),
        ("rele", Kind.RELEASE, "Release-1"),
        ("support-vector-classifier v7", Kind.MODEL_VERSION, "support-vector-classifier v7"),
        ("support-vector-classifier:7", Kind.MODEL_VERSION, "support-vector-classifier v7"),
        ("Support-Vector-Classifier:V7", Kind.MODEL_VERSION, "support-vector-classifier v7"),
        ("svc:7", Kind.MODEL_VERSION, "support-vector-classifier v7"),
        ("classifier v8", Kind.MODEL_VERSION, "support-vector-classifier v8"),
        ("classifier v", Kind.MODEL_VERSION, "support-vector-classifier v8"),
        ("vector support", Kind.MODEL_VERSION, "support-vector-classifier v8"),
        ("scaler:", Kind.MODEL_VERSION, "scaler v7"),
        ("e04d", Kind.COMMIT, "e04d5aa Warn of storms"),
        ("E04D5AA", Kind.COMMIT, "e04d5aa Warn of storms"),
        (SHA, Kind.COMMIT, "e04d5aa Warn of storms"),
        (SHA[:12], Kind.TRAINING_RUN, "Night"),
        ("port-weather-train-1", Kind.TRAINING_RUN, "Night"),
        ("NIGHT", Kind.TRAINING_RUN, "Night"),
        ("lindqvist", Kind.PERSON, "Jonas Lindqvist"),
        ("JONAS@harbour.example", Kind.PERSON, "Jonas Lindqvist"),
        ("aad.jonas", Kind.PERSON, "Jonas Lindqvist"),
        ("weather", Kind.PIPELINE, "Port Weather ML Pipeline"),
        ("412", Kind.WORK_ITEM, "#412 Storms are missed"),
        ("#412", Kind.WORK_ITEM, "#412 Storms are missed"),
    ],
)
def test_each_way_of_asking_finds_what_is_meant(made: Company, user: User, text: str, kind: Kind, first: str) -> None:
    assert titles(search(user, text), kind)[:1] == [first]


def test_a_version_alone_is_every_models(made: Company, user: User) -> None:
    assert sorted(titles(search(user, "v7"), Kind.MODEL_VERSION)) == ["scaler v7", "support-vector-classifier v7"]


def test_what_was_typed_exactly_comes_first(made: Company, user: User) -> None:
    for number in (20, 21, 2000):
        factories.release(
            pipeline=made.pipeline, name=f"Release-{number}", created_on=factories.NOON.replace(year=2030)
        )
    found = search(user, "Release-2")
    assert titles(found, Kind.RELEASE) == ["Release-2", "Release-20", "Release-2000", "Release-21"]
    assert found.best is not None and found.best.row == made.waiting
    exact = search(user, "support-vector-classifier:7")
    assert exact.groups[0].kind == Kind.MODEL_VERSION and exact.groups[0].is_exact


def test_each_hit_says_what_tells_it_apart(made: Company, user: User) -> None:
    other = factories.pipeline(project=made.project, name="Tide Gauge Pipeline")
    factories.release(pipeline=other, name="Release-2")
    lines = [hit.detail for hit in search(user, "Release-2").groups[0].hits]
    assert len(lines) == len(set(lines)) == 2
    assert any("Tide Gauge Pipeline, Learn_MLOps, Azure release" in line for line in lines)
    (commit,) = search(user, "e04d5aa").groups[0].hits
    assert commit.detail == "Learn_MLOps, by Jonas, in Release-2"
    person = next(group for group in search(user, "jonas").groups if group.kind == Kind.PERSON).hits[0]
    assert person.detail == "jonas@harbour.example, Azure DevOps and git, newest release Release-2"


def test_one_person_with_two_names_is_one_hit(made: Company, user: User) -> None:
    assert titles(search(user, "jonas@harbour"), Kind.PERSON) == ["Jonas Lindqvist"]


def test_a_service_is_said_to_be_one(user: User) -> None:
    harbour()
    factories.identity(name="svc-retrain", kind=IdentityKind.SERVICE)
    assert search(user, "svc-retrain").groups[0].hits[0].detail.startswith("a service")


def test_a_group_shows_only_so_many_and_says_that_there_are_more(user: User) -> None:
    pipeline = factories.pipeline(name="Tide")
    for _ in range(SHOWN + 3):
        factories.release(pipeline=pipeline)
    (group,) = search(user, "release-").groups
    assert len(group.hits) == SHOWN and group.has_more


@pytest.mark.parametrize("text", ["Release-", "support", "e04d", "jonas", "pipeline", "port", "412", "Person"])
def test_another_project_is_not_found(made: Company, text: str) -> None:
    harbour()
    elsewhere = factories.user(role=Role.ADMINISTRATOR, project=factories.project())
    assert search(elsewhere, text).groups == []
    assert search(factories.user(), text).groups == []
    here = search(factories.user(role=Role.QA, project=made.project), text)
    assert not {hit.release.project_id for group in here.groups for hit in group.hits if hit.release} - {
        made.project.pk
    }


def test_people_of_another_project_are_not_found(made: Company) -> None:
    theirs = harbour()
    member = factories.user(role=Role.QA, project=made.project)
    assert titles(search(member, "Åsa"), Kind.PERSON) == []
    assert titles(search(factories.user(role=Role.QA, project=theirs.project), "Åsa"), Kind.PERSON) == ["Åsa Öberg"]
    assert titles(search(member, "jonas"), Kind.PERSON) == ["Jonas Lindqvist"]


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_that_is_typed_breaks_it(made: Company, user: User, text: str) -> None:
    search(user, text)
    assert len(asked(text).text) <= 200


@pytest.mark.parametrize("text", ["%", "_", "Release_2", "\\", "jonas%"])
def test_a_wildcard_is_a_letter(made: Company, user: User, text: str) -> None:
    assert search(user, text).groups == []


@pytest.mark.parametrize("text", ["2", "Release-", "support-vector-classifier v7", "e04d5aa", "jonas", "412"])
def test_the_number_of_queries_does_not_grow_with_what_is_found(made: Company, user: User, text: str) -> None:
    before = cost(user, text)
    for _ in range(4):
        again = factories.release(pipeline=made.pipeline, created_for=factories.identity(name="Jonas Berg"))
        sha = f"{SHA[:8]}{again.pk:032x}"
        commit = Commit.objects.create(project=made.project, sha=sha, author=factories.identity())
        ReleaseCommit.objects.create(release=again, commit=commit)
    assert cost(user, text) == before <= 26


def cost(user: User, text: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        search(user, text)
    return len(queries)


INDEXES = [
    ("Release-2", "release_by_name (project_id=? AND <expr>", "release_by_name"),
    ("2", "releases_release_1 (project_id=? AND azure_id=?", "release_once"),
    ("svc:7", "(name>?", "model_version_by_name"),
    ("svc:7", "name=? AND version=?", "model_version_"),
    ("e04d5aa", "commit_by_sha (project_id=? AND sha>? AND sha<?", "commit_by_sha"),
    ("e04d5aa", "training_run_by_commit (workspace_id=? AND commit>", "training_run_by_commit"),
    ("port-weather-train-118", "training_run_by_name (workspace_id=? AND <expr>", "training_run_by_name"),
    ("Night", "training_run_by_title (workspace_id=? AND <expr>", "training_run_by_title"),
    ("412", "releases_workitem_1 (project_id=? AND azure_id=?", "work_item_once"),
    ("jonas", "release_person_newest (<expr>=?", "release_person_newest"),
]
MANY = 2500
"""So many rows that PostgreSQL takes an index where there is one."""

NEVER_ASKED = ("releases_audit", "releases_sync")
"""No search reads these tables; that they are small here must not be known where their own plans are looked at."""


@pytest.mark.parametrize("is_member", [False, True])
def test_history_is_looked_up_in_an_index(made: Company, is_member: bool) -> None:
    user = factories.user(role=Role.QA, project=made.project if is_member else None)
    many_more(made)
    for text, sqlite, postgresql in INDEXES:
        plans = "\n".join(explained(user, text))
        assert (sqlite if connection.vendor == "sqlite" else postgresql) in plans, f"{text}: {plans}"
        grown = ("release", "commit", "workitem", "trainingrun", "modelversion")
        read = [line for name in grown for line in plans.splitlines() if f"Scan on releases_{name} " in f"{line} "]
        assert not [line for line in read if "Seq Scan" in line], f"{text}: {plans}"
        assert not [name for name in grown if f"SCAN releases_{name} " in plans], f"{text}: {plans}"


def many_more(made: Company) -> None:
    """A history, and figures about it for PostgreSQL."""
    workspace = made.project.workspaces.get()
    numbers = range(1_000_000, 1_000_000 + MANY)  # beyond what factories count to
    same: dict[str, Any] = {"project": made.project, "created_on": factories.NOON, "changed_at": factories.NOON}
    Release.objects.bulk_create(
        Release(pipeline=made.pipeline, azure_id=n, name=f"Release-{n}", status="active", **same) for n in numbers
    )
    Commit.objects.bulk_create(Commit(project=made.project, sha=f"{n * 7919:040x}"[::-1]) for n in numbers)
    WorkItem.objects.bulk_create(WorkItem(project=made.project, azure_id=str(n)) for n in numbers)
    run: dict[str, Any] = {"workspace": workspace, "changed_at": factories.NOON}
    TrainingRun.objects.bulk_create(
        TrainingRun(name=f"run-{n}", display_name=f"Title {n}", commit=f"{n * 7919:040x}"[::-1], **run) for n in numbers
    )
    ModelVersion.objects.bulk_create(ModelVersion(name=f"model-{n % 9}", version=str(n), **run) for n in numbers)
    ours = apps.get_app_config("releases").get_models()
    many.counted(*(one for one in ours if not one._meta.db_table.startswith(NEVER_ASKED)))


def explained(user: User, text: str) -> list[str]:
    """How the database answers each question of a search."""
    with CaptureQueriesContext(connection) as asked_for:
        search(user, text)
    plans: list[str] = []
    words = "EXPLAIN" if connection.vendor == "postgresql" else "EXPLAIN QUERY PLAN"
    with connection.cursor() as cursor:
        for query in asked_for:
            # How the list finds words (and counts to a thousand before) is held by its own tests.
            is_of_list = "releases_releasetext" in query["sql"] or "COUNT(" in query["sql"]
            if query["sql"].lstrip().startswith(("SELECT", "WITH")) and not is_of_list:
                cursor.execute(f"{words} {query['sql']}")
                plans += [str(row[-1]) for row in cursor.fetchall()]
    return plans
