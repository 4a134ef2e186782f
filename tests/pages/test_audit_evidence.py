"""The evidence: a ZIP with which the auditor's own program finds the trail whole, and one altered byte."""

import json
import subprocess
import sys
import zipfile
from hashlib import sha256
from io import BytesIO

import pytest

from releases.models import AuditVerification
from releases.queries.audit_log import entries_of, last_number
from releases.states import Role
from tests import factories
from tests.audit.trail import Trail
from tests.pages.reading import words
from tests.pages.test_audit_export import content
from tests.pages.test_audit_log import append, log, run_event

pytestmark = [pytest.mark.django_db, pytest.mark.on_sqlite]
ZIP = "/audit/log/evidence.zip"


def unpacked(response, folder):
    folder.mkdir(exist_ok=True)
    with zipfile.ZipFile(BytesIO(content(response))) as file:
        file.extractall(folder)
    return folder


def verified(folder):
    """What the program in the export says, started as its README tells; the key is the one of the export here."""
    program = [sys.executable, "-I", "-S", "verify_slipway_audit.py", "--public-key", "public-key.txt", "."]
    return subprocess.run(program, cwd=folder, capture_output=True, text=True, check=False)


def lines(folder, name="events.jsonl"):
    return [json.loads(line) for line in (folder / name).read_text().splitlines()]


@pytest.fixture
def browser():
    return factories.browser_of(factories.user(role=Role.AUDITOR, name="Aino Salmi"))


@pytest.fixture
def project(tmp_path):
    project = factories.project(slug="learn")
    run_event(project)
    append("signin.succeeded", by=factories.user(name="Ada"), object=("user", "x"))
    Trail(tmp_path / "trail").sign()
    return project


def test_the_whole_trail_is_found_whole_by_the_program_in_it_and_a_changed_byte_is_named(browser, project, tmp_path):
    folder = unpacked(browser.get(ZIP), tmp_path / "evidence")
    first = verified(folder)
    assert first.returncode == 0, first.stdout + first.stderr
    sums = dict(reversed(line.split("  ")) for line in (folder / "SHA256SUMS").read_text().splitlines())
    assert set(sums) == {path.name for path in folder.iterdir()} - {"SHA256SUMS"}
    assert all(sha256((folder / name).read_bytes()).hexdigest() == digest for name, digest in sums.items())
    assert "Ada" in (folder / "private.jsonl").read_text()
    readme = (folder / "README.txt").read_text()
    assert "Entries 1 to 4; 4 of them with their bodies." in readme and "What it does not prove" in readme
    events = folder / "events.jsonl"
    events.write_text(events.read_text().replace("incremental", "incrementaL"))
    altered = verified(folder)
    assert altered.returncode == 1 and "Event 2, body" in altered.stdout


def test_it_is_an_event_and_what_came_after_it_is_not_in_it(browser, project, tmp_path):
    response = browser.get(ZIP)
    name = response["Content-Disposition"].partition("filename=")[2].strip('"')
    assert name.startswith("slipway-evidence-to-4-") and response["Content-Type"] == "application/zip"
    data = content(response)
    [entry] = entries_of([last_number()])
    assert entry.body["evidence"] == [{"name": name, "sha256": sha256(data).hexdigest()}]
    assert entry.body["figures"] == {"bytes": len(data), "rows": 4}


def test_filtered_the_chain_is_still_whole_and_other_bodies_stay_away(browser, project, tmp_path):
    folder = unpacked(browser.get(f"{ZIP}?type=sync"), tmp_path / "evidence")
    assert verified(folder).returncode == 0
    bodies = {row["seq"]: row["body"] for row in lines(folder)}
    assert [seq for seq, body in bodies.items() if body is None] == [3]
    assert "Ada" not in "".join(path.read_text() for path in folder.iterdir())
    assert "(asked for: type sync)" in (folder / "README.txt").read_text()


def test_an_auditor_of_one_project_gets_its_bodies_and_no_personal_values(project, tmp_path):
    run_event(factories.project(name="Secret"))
    browser = factories.browser_of(factories.user(role=Role.AUDITOR, project=project))
    assert browser.get(ZIP).status_code == 403
    folder = unpacked(browser.get(f"{ZIP}?project=learn"), tmp_path / "evidence")
    assert verified(folder).returncode == 0
    assert not (folder / "private.jsonl").exists()
    assert "Secret" not in (folder / "events.jsonl").read_text()
    assert [row["seq"] for row in lines(folder) if row["body"]] == [1, 2, 4]


def test_verify_again_asks_for_a_verification_and_the_banner_follows_it(browser):
    append()
    page = log(browser)
    assert 'action="/audit/verify/"' in page.content.decode()
    answer = browser.post("/audit/verify/", {"next": "/audit/log/?type=sync"})
    assert answer.status_code == 302 and answer["Location"] == "/audit/log/?type=sync"
    assert AuditVerification.objects.get().is_open
    assert browser.post("/audit/verify/", {"next": "https://evil.example/"})["Location"] == "/audit/log/"
    assert AuditVerification.objects.count() == 1
    banner = browser.get("/audit/chain/")
    assert "Being verified now" in words(banner) and 'data-poll="3"' in banner.content.decode()
    for shown in (banner, log(browser)):
        assert 'class="btn s" disabled>Being verified</button>' in shown.content.decode()
    assert 'name="next" value="/audit/log/"' in browser.get("/audit/chain/?next=/audit/log/").content.decode()


def test_who_may_not_have_it_verified_reads_why_and_is_refused():
    browser = factories.browser_of(factories.user(role=Role.AUDITOR, project=factories.project()))
    append()
    assert "You cannot verify the trail" in words(log(browser))
    assert browser.post("/audit/verify/").status_code == 403
    assert not AuditVerification.objects.exists()
