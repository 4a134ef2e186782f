"""How the trail stands: the banner on every page of the audit; and what it holds of one release."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.template import loader
from django.utils import timezone

from dashboard.chain import chain_shown
from releases.models import AuditCheckpoint, AuditVerification, Command
from releases.queries.trail import checkpoint_alarm
from releases.states import Role
from tests import factories
from tests.domain.test_proofs import run_naming
from tests.factories import NOON
from tests.pages.company import company
from tests.pages.reading import queries, words
from tests.pages.test_audit_log import append, log

pytestmark = [pytest.mark.django_db, pytest.mark.on_sqlite]


@pytest.fixture
def client_of_auditor():
    return factories.browser_of(factories.user(role=Role.AUDITOR))


def test_a_release_shows_the_runs_that_noted_it_and_what_was_asked_of_azure(client_of_auditor):
    made = company()
    address = f"/p/{made.project.slug}/releases/{made.live.azure_id}/audit/"
    assert "Nothing is recorded about this release yet" in words(client_of_auditor.get(address))
    noted = run_naming(made.live, made.waiting, began=NOON, ended=NOON + timedelta(minutes=30))
    run_naming(made.waiting, began=NOON + timedelta(hours=1), ended=NOON + timedelta(hours=2))
    page = client_of_auditor.get(address)
    assert [entry.seq for entry in page.context["noted"].page.entries] == [noted]
    assert "this release abababa…" in words(page)
    assert f"/audit/log/{noted}/" in page.content.decode()
    before = queries(client_of_auditor, address)
    for minutes in range(3):
        began = NOON + timedelta(days=1, minutes=minutes)
        run_naming(made.live, began=began, ended=began + timedelta(minutes=1))
    assert queries(client_of_auditor, address) == before
    member = factories.browser_of(factories.user(role=Role.QA, project=factories.project()))
    assert member.get(address).status_code == 404


def test_the_entries_of_a_command_stand_with_its_release(client_of_auditor):
    made = company()
    command = Command.objects.create(
        kind="redeploy",
        organization=made.project.organization,
        project=made.project,
        target="release:1/stage:2/attempt:2",
        release=made.live,
        release_stage=made.live.stages.get(stage=made.prod),
        asked_as="shell",
        asked_via="shell",
        asked_at=NOON,
        moved_at=NOON,
        state="authorised",
        due_at=NOON,
        key="k",
    )
    more = {"azure": {"kind": "redeploy", "target": "release:1/stage:2/attempt:2"}}
    told = {"private": {"reason": "Start-up timed out"}, "change": {"state": (None, "authorised")}, "more": more}
    event = append("command.recorded", project=made.project, object=("command", str(command.pk)), **told)
    text = words(client_of_auditor.get(f"/p/{made.project.slug}/releases/{made.live.azure_id}/audit/"))
    assert f"Entry {event.seq}" in text
    assert "Redeploy PROD of Release-1: asked for. Start-up timed out" in text


def verified(**fields):
    told = {"by": "audit", "asked_at": NOON, "finished_at": timezone.now(), "is_open": False, "is_whole": True}
    return AuditVerification.objects.create(**{**told, **fields})


def test_the_banner_says_whether_the_chain_is_verified_and_how_much_lies_under_a_checkpoint(client_of_auditor):
    assert "The audit chain is empty." in words(log(client_of_auditor))
    event = append()
    for address in ("/audit/", "/audit/live-at/", "/audit/log/", "/audit/chain/"):
        assert "Audit chain not verified yet. 2 entries since" in words(client_of_auditor.get(address)), address
    verified(size=1)
    signed = AuditCheckpoint.objects.create(size=1, root=b"r" * 32, note="n", key_id="k", made_at=timezone.now())
    signed.copies.create(place="/srv/witness", written_at=timezone.now())
    text = words(log(client_of_auditor))
    assert "Audit chain verified. 1 entry since" in text and "none missing or changed" in text
    assert "by Slipway, as every night. 1 written since." in text
    assert f"Head {bytes(event.link).hex()[:7]}…" in text
    assert "Last signed checkpoint: 1 entry, today" in text and "copied to /srv/witness" in text
    assert "1 entry is younger than it." in text
    first = client_of_auditor.get("/audit/log/1/").context["whole"]
    assert first.covered_by == signed
    assert "None covers it yet." in words(client_of_auditor.get(f"/audit/log/{event.seq}/"))


def test_the_banner_alarms_where_something_is_wrong_and_says_what_to_do(client_of_auditor):
    append()
    found = [{"seq": 2, "field": "body", "sentence": "The body is not the one that was hashed."}]
    verified(size=2, is_whole=False, found=1, findings=found)
    page = log(client_of_auditor)
    assert "The audit chain is not intact. 1 finding among 2 entries" in words(page)
    assert "#2, body: The body is not the one that was hashed." in words(page)
    assert "What to do: keep the database as it is" in words(page)
    assert 'data-variant="bad"' in page.content.decode()


def test_a_checkpoint_that_is_late_and_a_verification_that_is_old_are_told(client_of_auditor):
    append()
    later = timezone.now() + timedelta(days=2)
    verified(size=2)
    shown = replace(chain_shown(), now=later)
    assert shown.is_old and shown.hue == "wait"
    alarm = checkpoint_alarm(None, now=later)
    said = loader.render_to_string(
        "components/chain_banner.html", {"chain": replace(shown, standing=replace(shown.standing, alarm=alarm))}
    )
    assert "longer ago than a night" in words(said)
    assert "Events wait for 48 hours for the first signed checkpoint" in words(said)
    assert "not protected against somebody who controls the database" in words(said)
