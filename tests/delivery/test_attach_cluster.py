"""A cluster is found by its name or attached once, and it is done only when Azure says Succeeded."""

import os
import subprocess
import sys
from datetime import timedelta
from io import StringIO
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command

from releases.actions.attach_cluster import attach_cluster
from releases.actions.commands.asked import Asked
from releases.delivery import checking, rounds, sending
from releases.delivery.crash import Point
from releases.errors import AzureStopped, Conflict, Denied, Invalid
from releases.models import AuditEvent, Cluster, Command, Project, SyncRun, User
from releases.queries.commands import sentence_of
from releases.queries.wanted_cluster import Match, Wanted
from releases.states import CommandState, Role
from releases.sync.serving.one_cluster import opened
from tests import factories
from tests.delivery.acting import REASON, carried, operator, path, trail_is_whole
from tests.delivery.making import delivered_by_another
from tests.servers import wait_until
from tests.workers import database_url

pytestmark = pytest.mark.on_sqlite

AKS = "/subscriptions/0a/resourceGroups/harbour/providers/Microsoft.ContainerService/managedClusters/k8s-harbour"
LEGACY = "old-aks"
CLOUD = "AZUREML_CURRENT_CLOUD"
"""Where the client writes its cloud in the environment of its process; the next process must not take it over."""

ROUTE = "ml.computes.attach"


@pytest.fixture
def project(project, company):
    """With the company's workspace, of which nothing was read."""
    company.workspace(project)
    return project


def new_name() -> str:
    """Of a compute that no test of this process used before."""
    return f"k{uuid4().hex[:12]}"


def ask(project: Project, name: str, *, resource: str = AKS, namespace: str = "", by: User | None = None) -> Command:
    return attach_cluster(
        project.workspaces.get(),
        by=by or operator(),
        asked=Asked(key=uuid4().hex),
        project=project,
        wanted=Wanted(name, resource, namespace),
        reason=REASON,
    )


def attached(company) -> int:
    """How often a compute was attached in Azure, as the sandbox counts."""
    return sum(count for name, count in company.effects().items() if name.startswith("attach_compute"))


def test_an_absent_cluster_is_attached_and_on_the_page_when_it_is_confirmed(project, company):
    name = new_name()
    command = carried(ask(project, name, namespace="ml"))
    assert path(command) == ["authorised", "sending", "confirmed done"]
    row = Cluster.objects.get(name=name)
    told = (row.kind, row.resource_id, row.namespace, row.provisioning_state)
    assert told == ("Kubernetes", AKS, "ml", "Succeeded")
    assert command.result == {"cluster": name, "resource_id": AKS}
    assert attached(company) == 1
    assert SyncRun.objects.filter(kind="read_cluster", state="succeeded").exists()
    assert trail_is_whole()
    again = carried(ask(project, name.upper(), resource=AKS.upper()))
    assert (again.state, again.code, attached(company)) == ("superseded", "same_result_by", 1)
    assert "there already" in again.sentence
    for resource, namespace, words in ((f"{AKS}2", "", AKS), (AKS, "other", "namespace ml")):
        other = carried(ask(project, name, resource=resource, namespace=namespace))
        assert (other.state, other.code, other.sends) == ("refused", "stale", 0)
        assert words in other.sentence


def test_a_legacy_cluster_of_that_name_is_never_a_success(project, company):
    command = carried(ask(project, LEGACY))
    assert (command.state, command.code, attached(company)) == ("refused", "stale", 0)
    assert "legacy v1 cluster" in command.sentence


def test_what_ends_badly_tells_azures_words_and_can_be_asked_for_again(project, company):
    name = new_name()
    company.fault(ROUTE, kind="ends_badly", times=1)
    command = carried(ask(project, name))
    assert (command.state, command.code) == ("conflict", "opposite_result_by")
    assert "does not answer" in command.sentence
    assert Cluster.objects.get(name=name).provisioning_state == "Failed"
    assert carried(ask(project, name)).state == "confirmed"


@pytest.mark.parametrize(
    ("fault", "ends"),
    [("", ["confirmed done"]), ("ends_badly", ["unknown accepted_without_effect", "conflict opposite_result_by"])],
)
def test_while_azure_works_on_it_it_is_sending_and_read_until_that_is_over(project, company, monkeypatch, fault, ends):
    monkeypatch.setattr(checking, "READS_AFTER_A_SEND", (0.0,))
    if fault:
        company.fault(ROUTE, kind=fault, times=1)
    command = ask(project, new_name())
    rounds.deliver(seconds=0.1)
    command.refresh_from_db()
    assert (command.state, command.code, command.due_at is not None) == ("sending", "under_way", True)
    assert "Creating" in sentence_of(command) and "Nobody needs to act" in sentence_of(command)
    carried(command)
    assert path(command) == ["authorised", "sending", *ends]
    assert attached(company) == 1


def test_what_azure_works_on_for_too_long_needs_somebody(project, company, monkeypatch):
    monkeypatch.setattr(checking, "READS_AFTER_A_SEND", (0.0,))
    monkeypatch.setattr(checking, "UNDER_WAY_AT_MOST", timedelta(0))
    command = ask(project, new_name())
    wait_until(lambda: rounds.deliver(seconds=0.1), seconds=5, what="it is sent")
    monkeypatch.setattr("releases.delivery.kinds.attach_cluster.match", lambda *_: Match.WORKING)
    carried(command, until=CommandState.NEEDS_ATTENTION)
    assert (command.code, command.result) == ("accepted_without_effect", {"marks": None})


def test_nothing_is_sent_that_the_guard_of_the_lease_forbids(project, company):
    passed: list[int] = []

    def guard() -> None:
        passed.append(1)
        if len(passed) > 1:
            raise AzureStopped("no time left")

    with opened(project.workspaces.get(), seconds=5, guard=guard) as learning, pytest.raises(AzureStopped):
        learning.attach_cluster(new_name(), resource_id=AKS, namespace="ml")
    assert (len(company.asked("ml.workspace.get")), len(company.asked(ROUTE))) == (1, 0)


@pytest.mark.soak
@pytest.mark.parametrize("point", list(Point))
def test_a_worker_that_dies_attaches_it_once_all_the_same(project, company, point):
    command = ask(project, new_name())
    assert delivered_by_another(SLIPWAY_CRASH_AT=point, **{CLOUD: "AzureCloud"}) == -9
    carried(command, seconds=40)
    assert (command.state, attached(company)) == ("confirmed", 1)


@pytest.mark.parametrize(
    ("fault", "sends"), [({"kind": "apply_then_drop"}, 1), ({"kind": "unavailable"}, 2), ({"kind": "throttle"}, 1)]
)
def test_a_lost_answer_is_settled_by_what_azure_shows(project, company, fault, sends):
    command = ask(project, new_name())
    more = {"args": {"retry_after": 0}} if fault["kind"] == "throttle" else {}
    company.fault(ROUTE, times=1, **fault, **more)
    carried(command, seconds=40)
    assert (command.state, command.sends, attached(company)) == ("confirmed", sends, 1)


def test_a_missing_permission_holds_it_and_is_asked_again_without_a_change(project, company):
    command = ask(project, new_name())
    company.fault(ROUTE, kind="forbidden", times=0)
    carried(command, until=CommandState.HELD)
    assert command.code == "permission_missing"
    assert sending.is_still_held(command)
    company.heal()
    assert not sending.is_still_held(command)
    assert attached(company) == 0


def test_what_azure_refuses_ends_as_refused(project, company):
    company.fault(ROUTE, kind="error", times=1, args={"status": 400})
    command = carried(ask(project, new_name()))
    assert (command.state, command.code, attached(company)) == ("refused", "rejected_by_azure", 0)


@pytest.mark.parametrize(
    ("name", "more", "code"),
    [
        ("-x", {}, "bad_name"),
        ("x" * 25, {}, "bad_name"),
        ("k8s", {"resource": "/subscriptions/0a"}, "bad_resource"),
        ("k8s", {"namespace": "Über"}, "bad_namespace"),
    ],
)
def test_what_azure_would_not_take_is_refused_before_anything_is_recorded(project, name, more, code):
    with pytest.raises(Invalid) as refused:
        ask(project, name, **more)
    assert (refused.value.code, Command.objects.count()) == (code, 0)


def test_only_those_who_operate_a_project_that_uses_the_workspace_ask(project):
    with pytest.raises(Denied, match="operators and administrators can"):
        ask(project, "k8s", by=factories.user(role=Role.QA))
    ask(project, "k8s")
    with pytest.raises(Conflict, match="Attach the cluster k8s to "):
        ask(project, "K8S")
    with pytest.raises(Denied, match="does not use the workspace"):
        attach_cluster(
            project.workspaces.get(),
            by=operator(),
            asked=Asked(key="1"),
            project=factories.project(),
            wanted=Wanted("other", AKS),
            reason=REASON,
        )


def ensure(name: str, *, resource: str = AKS, **more: object) -> tuple[int, str]:
    """The exit code and the one sentence."""
    out = StringIO()
    try:
        call_command("ensure_cluster", name, aks_resource_id=resource, stdout=out, **more)
    except CommandError as error:
        return error.returncode, str(error)
    return 0, out.getvalue().strip()


def test_ensure_cluster_attaches_then_finds(project, company):
    name = new_name()
    code, told = ensure(name, timeout=30)
    assert (code, told) == (0, f"{name} is attached. Azure shows {name} attached and ready.")
    assert Command.objects.get().asked_as == "shell"
    types = AuditEvent.objects.filter(object_kind="command").order_by("seq").values_list("type", flat=True)
    assert (types.first(), types.last()) == ("command.recorded", "command.confirmed")
    code, told = ensure(name)
    assert (code, Command.objects.count(), attached(company)) == (0, 1, 1)
    assert told == f"{name} is there already, attached as a Kubernetes compute."
    code, told = ensure(name, resource=f"{AKS}2")
    assert code == 3 and "another cluster" in told


def test_ensure_cluster_never_takes_a_legacy_cluster_for_it(project, company):
    code, told = ensure(LEGACY)
    assert code == 2 and "legacy v1 cluster" in told
    assert not Command.objects.exists()


@pytest.mark.parametrize(
    ("fault", "code", "words"),
    [
        ({"kind": "error", "args": {"status": 400}}, 3, "Refused by Azure"),
        ({"kind": "ends_badly"}, 3, "does not answer"),
        ({"kind": "forbidden"}, 4, "not given up"),
    ],
)
def test_ensure_cluster_says_why_not(project, company, fault, code, words):
    company.fault(ROUTE, times=0, **fault)
    said = ensure(new_name(), timeout=10.0 if code == 3 else 2.0)
    assert said[0] == code and words in said[1], said


def test_ensure_cluster_refuses_what_there_is_not(project):
    code, told = ensure("k8s", workspace="nowhere")
    assert code == 3 and project.workspaces.get().name in told
    assert ensure("no_such_name")[0] == 3


@pytest.mark.soak
@pytest.mark.parametrize(("name", "code"), [("", 0), (LEGACY, 2)])
def test_ensure_cluster_says_one_line_in_a_process_of_its_own(project, company, name, code):
    env = {"DATABASE_URL": database_url(), "DJANGO_SETTINGS_MODULE": "dashboard.settings", CLOUD: "AzureCloud"}
    command = [sys.executable, "manage.py", "ensure_cluster", name or new_name(), "--aks-resource-id", AKS]
    done = subprocess.run(command, env={**os.environ, **env}, capture_output=True, text=True, timeout=60)
    assert done.returncode == code
    said, quiet = (done.stderr, done.stdout) if code else (done.stdout, done.stderr)
    assert (len(said.splitlines()), quiet) == (1, ""), (said, quiet)
