"""A registry that answers badly, late or not at all. Real MLClient, real TLS."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from releases.models import ModelVersion, SetAside, TrainingRun, Watermark, Workspace
from releases.sync.registry import sync_workspace
from tests.sync.registry.reading import synced, version
from tests.sync.registry_server import RegistryServer

pytestmark = [
    pytest.mark.django_db(transaction=True),
    # The package warns of its own deprecations while it is imported.
    pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::UserWarning", "ignore::FutureWarning"),
    pytest.mark.filterwarnings("ignore:.*marshmallow.*", "ignore:.*experimental.*"),
    pytest.mark.on_sqlite,
]


def test_one_odd_row_is_set_aside_and_does_not_hide_the_rest(there: RegistryServer, workspace: Workspace) -> None:
    for number in range(1, 4):
        there.version(number)
    there.fault("ml.versions.list", "malformed", set={"properties": "oops"})
    run = synced(workspace)
    assert (run.set_aside, ModelVersion.objects.count()) == (1, 2)
    aside = SetAside.objects.get()
    assert "Expected `object`" in aside.reason
    assert not ModelVersion.objects.filter(gone_at__isnull=False).exists()
    synced(workspace)
    aside.refresh_from_db()
    assert aside.resolved_at is not None
    assert ModelVersion.objects.count() == 3


def test_rows_that_the_clients_own_objects_refuse_are_read_all_the_same(
    there: RegistryServer, workspace: Workspace
) -> None:
    """MLClient raises for a whole page over one version without flavors, and for a job of an unknown type."""
    there.job("train-1")
    for number in range(1, 40):
        there.version(number, job="train-1")
    there.fault("ml.versions.list", "malformed", times=9, set={"properties": {"jobName": "train-1"}})
    there.fault("ml.jobs.get", "malformed", set={"properties": {"jobType": "Quantum", "status": "Completed"}})
    synced(workspace)
    assert ModelVersion.objects.filter(training_run__isnull=False).count() == 39
    assert TrainingRun.objects.get().job_type == "Quantum"


@pytest.mark.parametrize(
    ("kind", "args", "state", "code"),
    [
        ("unauthorized", {}, "paused", "auth_failed"),
        ("forbidden", {}, "paused", "permission_missing"),
        ("not_found", {}, "paused", "not_found"),
        ("throttle", {"retry_after": 7}, "failed", "throttled"),
        ("unavailable", {}, "failed", "no_answer"),
        ("error", {}, "failed", "no_answer"),
        ("drop", {}, "failed", "no_answer"),
        ("truncated", {}, "failed", "unreadable"),
        ("html", {}, "paused", "auth_failed"),
    ],
)
def test_a_failing_registry_leaves_a_state_a_sentence_and_what_was_known(
    there: RegistryServer, workspace: Workspace, kind: str, args: dict[str, Any], state: str, code: str
) -> None:
    there.version(1)
    synced(workspace)
    there.fault("ml.models.list", kind, times=9, **args)
    before = there.asked()
    run = sync_workspace(workspace, full=True)
    assert (run.state, run.code) == (state, code)
    assert run.sentence.endswith((".", '"'))
    assert there.asked() - before == 1, "nothing below may repeat a request"
    workspace.refresh_from_db()
    assert workspace.state_sentence == run.sentence
    assert version(1).gone_at is None
    there.heal()
    synced(workspace)
    workspace.refresh_from_db()
    assert workspace.state_sentence == ""


def test_after_a_refused_credential_azure_is_left_alone_for_a_while(
    there: RegistryServer, workspace: Workspace
) -> None:
    there.fault("ml.models.list", "unauthorized", times=9)
    first = sync_workspace(workspace)
    before = there.asked()
    assert sync_workspace(workspace).pk == first.pk
    assert there.asked() == before
    there.heal()
    later = timezone.now() + timedelta(minutes=6)
    assert sync_workspace(workspace, now=later).state == "succeeded"


def test_a_turn_that_runs_out_of_time_goes_on_where_it_was(there: RegistryServer, workspace: Workspace) -> None:
    for number in range(1, 12):
        there.job(f"train-{number}")
        there.version(number, job=f"train-{number}")
        there.version(1, model=f"model-{number}")
    states: list[str] = []
    while "succeeded" not in states and len(states) < 30:
        states.append(sync_workspace(workspace, seconds=0).state)
    assert states == ["stopped"] * (len(states) - 1) + ["succeeded"]
    assert 12 <= len(states) <= 20  # one model, or a few jobs, a turn
    assert (ModelVersion.objects.count(), TrainingRun.objects.count()) == (22, 11)


def test_two_workers_do_not_read_the_same_workspace(there: RegistryServer, workspace: Workspace) -> None:
    there.version(1)
    run = synced(workspace)
    Watermark.objects.update(leased_by="another:1:1:x", leased_until=timezone.now() + timedelta(minutes=2))
    before = there.asked()
    assert sync_workspace(workspace).pk == run.pk
    assert there.asked() == before


def test_an_untrusted_certificate_is_unreachable_with_a_sentence(there: RegistryServer, tmp_path: Path) -> None:
    row = there.row(ca_file="")
    run = sync_workspace(row)
    assert (run.state, run.code) == ("failed", "unreachable")
    assert "certificate is not trusted" in run.sentence


def test_secrets_and_nul_do_not_reach_the_database(there: RegistryServer, workspace: Workspace) -> None:
    there.version(1, tags={"api_key": "hunter2", "note": "a\x00b"}, description="x\x00y")
    synced(workspace)
    row = version(1)
    assert "hunter2" not in str(row.tags)
    assert (row.tags["note"], row.description) == ("a\u2400b", "x\u2400y")
