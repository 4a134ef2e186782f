"""Everything the edge asks, of a whole small Azure in a process of its own, and each of its faults."""

from collections.abc import Iterator
from typing import Any

import pytest

from releases.azure.credentials import authentication, token_credential
from releases.azure.devops import Access, DevOps
from releases.azure.ml import MachineLearning, MlAccess
from releases.errors import (
    AzureError,
    AzureNoAnswer,
    AzureThrottled,
    AzureUnreadable,
    CredentialRefused,
    NotThere,
    PermissionMissing,
)
from tests.company import VARIABLE, Company, living_company

pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::UserWarning", "ignore::FutureWarning"),
]


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Company]:
    with living_company(tmp_path_factory.mktemp("company"), releases=130) as company:
        yield company


@pytest.fixture
def company(running: Company) -> Company:
    running.heal()
    return running


@pytest.fixture
def devops(company: Company) -> Iterator[DevOps]:
    access = Access(company.addresses["organization_url"], authentication("pat", VARIABLE), total_seconds=10)
    made = DevOps(access)
    yield made
    made.close()


@pytest.fixture
def learning(company: Company) -> MachineLearning:
    there = company.addresses
    place = (there["subscription"], there["resource_group"], there["workspace"])
    return MachineLearning(MlAccess(*place, token_credential(there["ml_url"]), there["ml_url"], there["ca_file"], 10))


PROJECT = "MLOps"


def test_all_pages_of_releases_are_read_without_a_malformed_one(company: Company, devops: DevOps) -> None:
    ids: list[int] = []
    token: str | None = None
    for _ in range(20):
        page = devops.releases(PROJECT, token=token)
        assert page.malformed == []
        ids += [item.value.id for item in page.items]
        token = page.token
        if token is None:
            break
    assert ids == sorted(one["id"] for one in company.books()["releases"] if not one["deleted"])
    assert len(ids) > 100


def test_each_kind_of_thing_is_read(devops: DevOps) -> None:
    who = devops.connection_data().authenticated_user
    assert who is not None
    assert who.name
    assert [one.name for one in devops.projects()] == [PROJECT]
    project = devops.project(PROJECT).id
    newest = devops.releases(project, ascending=False, top=5).items[0].value
    detail = devops.release(project, newest.id).value
    assert [stage.name for stage in detail.environments or []] == [stage.name for stage in newest.environments or []]
    deployments = devops.deployments(project)
    assert (len(deployments.items), deployments.malformed) == (100, [])
    approvals = devops.approvals(project, status="approved")
    assert approvals.malformed == []
    definitions = devops.definitions(project)
    assert (len(definitions.items), definitions.malformed) == (4, [])
    number = definitions.items[0].value.id
    assert devops.definition(project, number).value.environments
    revisions = devops.definition_revisions(project, number)
    assert devops.definition_revision(project, number, revisions[0].revision).value.id == number
    assert isinstance(devops.changes(project, newest.id), list)
    assert isinstance(devops.work_items(project, newest.id), list)


def test_steps_of_a_finished_attempt_are_read_from_the_detail(devops: DevOps) -> None:
    old = devops.releases(PROJECT, top=10).items
    details = [devops.release(PROJECT, item.value.id).value for item in old]
    attempts = [a for one in details for stage in one.environments or [] for a in stage.deploy_steps]
    tasks = [t for a in attempts for p in a.release_deploy_phases for j in p.deployment_jobs for t in j.tasks]
    assert tasks
    assert all(task.started_on for task in tasks if task.status in ("succeeded", "failed"))


def test_the_registry_is_read(learning: MachineLearning) -> None:
    assert learning.workspace().location == "westeurope"
    models = learning.models()
    assert models.malformed == []
    name = models.items[0].value.name
    versions = learning.model_versions(name)
    assert versions.malformed == []
    one = versions.items[0].value
    assert learning.model_version(name, one.version).value.version == one.version
    job = next(v.value.properties.job_name for v in versions.items if v.value.properties.job_name)
    assert learning.job(job).commit
    for missing in (lambda: learning.job("nothing"), lambda: learning.model_version(name, "0")):
        with pytest.raises(NotThere):
            missing()


@pytest.mark.parametrize(
    ("kind", "args", "error"),
    [
        ("throttle", {"retry_after": 7}, AzureThrottled),
        ("throttle", {"retry_after": 60, "form": "date"}, AzureThrottled),
        ("throttle", {"retry_after": None}, AzureThrottled),
        ("unavailable", {}, AzureNoAnswer),
        ("unavailable", {"envelope": False}, AzureNoAnswer),
        ("unavailable", {"envelope": "bom"}, AzureNoAnswer),
        ("error", {"status": 500}, AzureNoAnswer),
        ("sign_in", {}, CredentialRefused),
        ("html", {}, CredentialRefused),
        ("redirect", {}, CredentialRefused),
        ("unauthorized", {}, CredentialRefused),
        ("unauthorized", {"shape": "list"}, CredentialRefused),
        ("unauthorized", {"shape": "empty"}, CredentialRefused),
        ("unauthorized", {"shape": "html"}, CredentialRefused),
        ("forbidden", {}, PermissionMissing),
        ("not_found", {}, NotThere),
        ("not_found", {"shape": "text"}, NotThere),
        ("drop", {}, AzureNoAnswer),
        ("apply_then_drop", {}, AzureNoAnswer),
        ("truncated", {"how": "length"}, AzureUnreadable),
        ("truncated", {"how": "string"}, AzureUnreadable),
        ("huge", {"shape": "text", "size": 70_000_000}, AzureUnreadable),
        ("huge", {"shape": "gzip", "size": 100_000_000}, AzureUnreadable),
        ("huge", {"shape": "nesting", "size": 20_000}, AzureUnreadable),
    ],
)
def test_each_fault_is_one_error_after_one_request(
    company: Company, devops: DevOps, kind: str, args: dict[str, Any], error: type[AzureError]
) -> None:
    devops.releases(PROJECT, top=1)
    company.heal()
    company.fault("releases.list", kind, args=args, times=5)
    with pytest.raises(error) as raised:
        devops.releases(PROJECT, top=10)
    assert type(raised.value) is error
    assert len(company.asked("releases.list")) == 1
    if kind == "throttle":
        wanted = args["retry_after"] or 30
        assert isinstance(raised.value, AzureThrottled)
        assert raised.value.retry_after == pytest.approx(wanted, abs=2)


def test_a_slow_answer_is_waited_for(company: Company, devops: DevOps) -> None:
    company.fault("releases.list", "slow", args={"seconds": 1.5})
    assert devops.releases(PROJECT, top=5).items


@pytest.mark.parametrize("kind", ["hang", "drip"])
def test_what_takes_longer_than_allowed_is_cut(company: Company, kind: str) -> None:
    access = Access(company.addresses["organization_url"], authentication("pat", VARIABLE), total_seconds=1)
    impatient = DevOps(access)
    company.fault("releases.list", kind, args={} if kind == "drip" else {"seconds": 5})
    with pytest.raises(AzureNoAnswer):
        impatient.releases(PROJECT, top=5)
    impatient.close()


MALFORMED = ["environments", "missing_id", "text_id", "definition", "date", "status", "not_an_object"]


@pytest.mark.parametrize("what", MALFORMED)
def test_a_malformed_release_is_set_aside_alone(company: Company, devops: DevOps, what: str) -> None:
    company.fault("releases.list", "malformed", args={"what": what})
    page = devops.releases(PROJECT, top=10)
    assert (len(page.items), len(page.malformed)) == (9, 1)


@pytest.mark.parametrize("what", ["nul", "surrogate"])
def test_odd_text_is_read_all_the_same(company: Company, devops: DevOps, what: str) -> None:
    company.fault("releases.list", "malformed", args={"what": what})
    assert devops.releases(PROJECT, top=10).malformed == []


def test_a_nested_release_is_set_aside_alone(company: Company, devops: DevOps) -> None:
    company.fault("releases.list", "malformed", args={"what": "nested", "depth": 300})
    page = devops.releases(PROJECT, top=10)
    assert [one.reason for one in page.malformed] == ["it is nested deeper than 200 levels"]
    assert len(page.items) == 9


def test_a_permission_question_touches_nothing(company: Company, devops: DevOps) -> None:
    devops.check_can_approve(PROJECT)
    devops.check_can_deploy(PROJECT)
    company.fault("approvals.update", "forbidden")
    with pytest.raises(PermissionMissing):
        devops.check_can_approve(PROJECT)
