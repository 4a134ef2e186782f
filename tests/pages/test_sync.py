"""The Sync page: what is read from where, what could not be read, what to do, and the button."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from releases.models import AuditEvent, AuditPrivate, Organization, Project, SetAside, SyncGap, SyncRun, Watermark
from releases.queries import runs_seen
from releases.queries.sources import workspaces
from releases.states import Role, SyncRunState
from tests import factories
from tests.pages.reading import HTMX, queries, words

pytestmark = [pytest.mark.django_db, pytest.mark.on_sqlite]


@pytest.fixture
def project() -> Project:
    organization = factories.organization(name="port-authority", credential_variable="AZURE_DEVOPS_EXT_PAT")
    return factories.project(name="Learn_MLOps", organization=organization)


def read(project: Project, *, ago: timedelta = timedelta(seconds=12), is_complete: bool = True, **cursor) -> Watermark:
    now = timezone.now()
    completed = now - timedelta(days=1) if is_complete else None
    return Watermark.objects.create(
        project=project, feed="history", checked_at=now - ago, completed_at=completed, cursor=cursor
    )


def run(project: Project, **fields) -> SyncRun:
    now = timezone.now()
    given = {"kind": "incremental", "state": SyncRunState.SUCCEEDED, "started_at": now, "heartbeat_at": now}
    return SyncRun.objects.create(project=project, **{**given, **fields})


def test_fresh_history_is_up_to_date(signed_in, project):
    with time_machine.travel(timezone.now(), tick=False):
        read(project)
        run(project, finished_at=timezone.now(), read=6, changed=3)
        text = words(signed_in.get("/sync/"))
    assert "port-authority / Learn_MLOps Azure DevOps releases Up to date 12 s ago" in text
    assert "Every answer so far could be read." in text
    assert "synced 12 s ago" in text


@pytest.mark.parametrize(
    ("state", "code", "sentence", "said"),
    [
        (SyncRunState.PAUSED, "permission_missing", "The token may not read releases.", "Give the identity"),
        (SyncRunState.FAILED, "no_answer", "Azure DevOps gave no answer in 45 s.", "Slipway asks again"),
        (SyncRunState.PAUSED, "not_found", "There is no such project.", "Check that the project still has this name"),
    ],
)
def test_a_run_that_stopped_says_why_and_what_to_do(signed_in, project, state, code, sentence, said):
    read(project)
    run(project, state=state, code=code, sentence=sentence, finished_at=timezone.now())
    text = words(signed_in.get("/sync/"))
    assert sentence in text
    assert said in text


def test_a_refused_credential_names_the_variable(signed_in, project):
    read(project)
    state = {"state": Organization.State.AUTH_FAILED, "state_sentence": "Azure DevOps does not accept the credential."}
    Organization.objects.update(**state)
    text = words(signed_in.get("/sync/"))
    assert "Sign-in refused" in text
    assert "Renew the token in AZURE_DEVOPS_EXT_PAT" in text


def test_history_that_nobody_reads_any_more_is_behind(signed_in, project):
    read(project, ago=timedelta(hours=2))
    assert "Behind 2 h ago" in words(signed_in.get("/sync/"))


def test_progress_of_the_backfill_is_counted(signed_in, project):
    stretches = {"all": [[None, "2026-05-01T00:00:00+00:00", None, None, "token", 10, 1, False]]}
    late = ["2026-05-01T00:00:00+00:00", None, None, None, None, 202, 3, True]
    stretches["all"].append(late)
    read(
        project,
        is_complete=False,
        read=212,
        expected=600,
        recent_since="2026-06-01T00:00:00+00:00",
        stretches=stretches,
    )
    text = words(signed_in.get("/sync/"))
    assert "history read back to 1 May 2026." in text
    assert "212 of about 600 releases" in text


def test_gaps_and_set_aside_answers_are_listed_with_their_reasons(signed_in, project):
    now = timezone.now()
    SetAside.objects.create(
        project=project, key="release:912", reason="rank is a text", first_seen_at=now, last_seen_at=now
    )
    SetAside.objects.create(
        project=project, key="release:7", reason="mended", first_seen_at=now, last_seen_at=now, resolved_at=now
    )
    SyncGap.objects.create(project=project, feed="changes", gap_from=now, reason="Not given.")
    text = words(signed_in.get("/sync/"))
    assert "Set aside, 1" in text
    assert "Release 912" in text and "rank is a text" in text
    assert "release:7" not in text
    assert "Known gaps, 1 open of 1" in text and "still open not yet Not given." in text


@time_machine.travel("2026-02-02T12:00:00Z", tick=False)
def test_filled_gaps_stay_listed_after_the_open_ones(signed_in, project):
    day = timezone.now().replace(hour=0)
    filled = {"gap_from": day.replace(hour=3), "gap_until": day.replace(hour=5), "filled_at": day.replace(hour=6)}
    SyncGap.objects.create(project=project, feed="changes", reason="Azure asked to wait.", **filled)
    SyncGap.objects.create(
        project=project,
        feed="history",
        gap_from=day.replace(hour=1),
        gap_until=day.replace(hour=2),
        reason="In circles.",
    )
    other = factories.project(name="Secret project")
    SyncGap.objects.create(project=other, feed="changes", gap_from=day, reason="Secret reason.")
    client = factories.browser_of(factories.user(role=Role.AUDITOR, project=project))
    text = words(client.get("/sync/"))
    assert "Known gaps, 1 open of 2" in text
    assert text.index("Releases created Today, 01:00 Today, 02:00 not yet In circles.") < text.index(
        "Changes Today, 03:00 Today, 05:00 Today, 06:00 Azure asked to wait."
    )
    assert "Secret reason." not in text


def test_runs_that_found_nothing_new_are_one_line_between_the_others(signed_in, project):
    began = timezone.now() - timedelta(hours=1)
    done = {"started_at": began, "finished_at": began + timedelta(seconds=0.42)}
    for _ in range(18):
        run(project, **done)
    run(project, **done, kind="details", changed=3, retries=2, read=7)
    run(project, **done)
    text = words(signed_in.get("/sync/"))
    assert "18 runs found nothing new, the first" in text
    assert "1 run found nothing new" in text
    assert text.index("1 run found") < text.index("Steps and approvals Learn_MLOps") < text.index("18 runs found")
    assert "0.4 s 2 retries." in text


def test_quiet_runs_older_than_the_oldest_shown_are_not_counted(signed_in, project):
    run(project)
    for _ in range(runs_seen.RUNS_SHOWN + 1):
        run(project, changed=1)
    text = words(signed_in.get("/sync/"))
    assert "found nothing new" not in text
    assert text.count("Changes Learn_MLOps Succeeded") == runs_seen.RUNS_SHOWN


@pytest.mark.parametrize(("skew", "said"), [(600, "10 min behind Azure's"), (-600, "10 min ahead of Azure's")])
def test_a_clock_that_is_wrong_is_said_with_what_to_do(signed_in, project, skew, said):
    read(project)
    Organization.objects.update(clock_skew_seconds=skew)
    text = words(signed_in.get("/sync/"))
    assert f"This machine's clock is {said}" in text
    assert "Set this machine's clock" in text


@pytest.mark.parametrize("path", ["/", "/releases/", "release"])
def test_what_may_be_out_of_date_says_since_when_and_why(signed_in, project, path):
    release = factories.release(pipeline=factories.pipeline(project=project))
    path = path if path != "release" else f"/p/{project.slug}/releases/{release.azure_id}/"
    read(project, ago=timedelta(minutes=1))
    run(project, finished_at=timezone.now())
    assert "stale since" not in words(signed_in.get(path))
    run(project, state=SyncRunState.FAILED, code="no_answer", sentence="Azure DevOps gave no answer in 45 s.")
    text = words(signed_in.get(path))
    assert "port-authority / Learn_MLOps: stale since" in text
    assert "Azure DevOps gave no answer in 45 s. Everything below was right then. What to do" in text


def test_the_quota_is_azures_own_figure(signed_in, project):
    read(project)
    Organization.objects.update(quota_limit=200, quota_remaining=124)
    assert "38 % used" in words(signed_in.get("/sync/"))


def test_sync_now_wakes_the_worker_for_every_project_the_person_acts_in(
    signed_in, project, monkeypatch, django_capture_on_commit_callbacks
):
    woken = []
    monkeypatch.setattr("releases.actions.sync_now.nudge", lambda task, **given: woken.append((task, given)))
    with django_capture_on_commit_callbacks(execute=True):
        response = signed_in.post("/sync/now/", follow=True)
    assert woken == [("sync.project", {"project": project.pk, "insist": True})]
    event = AuditEvent.objects.get(type="sync.requested")
    assert (event.project_id, event.outcome) == (project.pk, "ok")
    assert "Asked for a sync of Learn_MLOps." in words(response)


def test_two_presses_at_once_ask_once_and_a_later_one_asks_again(
    project, monkeypatch, django_capture_on_commit_callbacks
):
    woken = []
    monkeypatch.setattr("releases.actions.sync_now.nudge", lambda task, **_: woken.append(task))
    first, second = (factories.browser_of(factories.user(role=Role.OPERATOR)) for _ in range(2))
    with django_capture_on_commit_callbacks(execute=True):
        for _ in range(3):
            first.post("/sync/now/")
        assert AuditEvent.objects.filter(type="sync.requested").count() == 1
        second.post("/sync/now/")
        monkeypatch.setattr("releases.actions.sync_now.SAME_PRESS", timedelta(0))
        first.post("/sync/now/")
    assert woken == ["sync.project"] * 3
    assert AuditEvent.objects.filter(type="sync.requested").count() == 3


def test_an_auditor_reads_why_the_button_is_closed_and_a_forged_post_is_refused(project):
    person = factories.user(role=Role.AUDITOR)
    auditor = factories.browser_of(person)
    page = auditor.get("/sync/")
    sentence = "You cannot ask for a sync"
    assert sentence in words(page)
    refused = auditor.post("/sync/now/")
    assert refused.status_code == 403
    assert sentence in words(refused)
    event = AuditEvent.objects.get(type="action.refused")
    assert (event.outcome, event.actor_ref, event.object_id) == ("denied", person.subject, "sync_now")
    assert sentence in AuditPrivate.objects.get(seq=event.seq, field="reason").value
    assert sentence not in event.body


def test_another_projects_sources_are_not_there(project):
    other = factories.project(name="Secret project")
    run(other, sentence="secret sentence")
    client = factories.browser_of(factories.user(role=Role.QA, project=project))
    text = words(client.get("/sync/"))
    assert "Learn_MLOps" in text
    assert "Secret project" not in text and "secret sentence" not in text


def test_the_cost_does_not_grow_with_projects_and_runs(signed_in, project):
    read(project)
    run(project)
    before = queries(signed_in, "/sync/")
    for _ in range(5):
        other = factories.project()
        read(other)
        for _ in range(5):
            run(other)
    assert queries(signed_in, "/sync/") == before
    assert before <= 27  # one for the commands that need somebody, in the navigation


def test_the_frame_asks_how_long_ago(signed_in, project):
    read(project)
    part = signed_in.get("/sync/ago/", headers=HTMX)
    assert "12 s ago" in words(part)
    assert 'id="_synced"' in part.content.decode()


def test_endpoints_are_a_source_of_their_own_and_say_what_stands_in_the_way(signed_in, project):
    read(project)
    workspace = factories.workspace(name="mlops_ws", read_at=timezone.now())
    project.workspaces.add(workspace)
    assert "mlops_ws endpoints" in words(signed_in.get("/sync/"))
    now = timezone.now()
    SyncRun.objects.create(
        workspace=workspace,
        kind="serving",
        state="paused",
        code="permission_missing",
        sentence="The identity may not list endpoints.",
        started_at=now,
        heartbeat_at=now,
        finished_at=now,
    )
    text = words(signed_in.get("/sync/"))
    assert "mlops_ws endpoints. The identity may not list endpoints. Give the identity the permission named" in text
    assert "Endpoints and computes" in text
    registry = next(one for one in workspaces(factories.user(role=Role.QA)) if one.name == "mlops_ws")
    assert registry.state == "current", "the registry is none the older for it"
