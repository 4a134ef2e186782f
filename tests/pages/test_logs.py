"""The logs page: opened where a step failed, searched, followed, downloaded; and what it says where there is no log."""

from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest
from django.utils import timezone

from releases.models import Inquiry, Release, Step, StepLog
from releases.queries.logs.lines import LONGEST_SHOWN, MOST_LINES
from releases.sync.logs import receiving
from tests import factories
from tests.factories import NOON
from tests.pages.reading import HTMX, queries, words

pytestmark = [pytest.mark.django_db, pytest.mark.on_sqlite]
STAMP = "2026-03-02T12:00:{:02}.0000000Z "
LINES = ["##[section]Starting: Deploy", *[f"line {n}" for n in range(2, 41)], "##[error]Timeout on port 5001", "tail"]


class Place:
    """A release with one attempt of three steps: one that went well, one that failed, one that did not run."""

    def __init__(self, *, status: str = "failed", ended: bool = True) -> None:
        self.release = factories.release(name="Release-24")
        stage = factories.stage(pipeline=self.release.pipeline, name="DEV TEST")
        self.row = factories.release_stage(release=self.release, stage=stage, azure_id=70)
        self.attempt = factories.deployment(release_stage=self.row, status="failed" if ended else "inProgress")
        self.first = self._step(1, "Initialize job", "succeeded")
        self.step = self._step(2, "Deploy to ACI", status, finished_on=NOON + timedelta(minutes=4) if ended else None)
        self.last = self._step(3, "Test", "skipped", started_on=None, finished_on=None)

    def _step(self, rank: int, name: str, status: str, **more: Any) -> Step:
        times = {"started_on": NOON, "finished_on": NOON + timedelta(seconds=3), **more}
        return factories.step(deployment=self.attempt, task_id=rank, rank=rank, name=name, status=status, **times)

    def address(self, step: Step | None = None, *, below: str = "", **more: Any) -> str:
        asked = {"stage": 70, "attempt": 1, "step": f"1-{(step or self.step).task_id}", **more}
        query = "&".join(f"{name}={value}" for name, value in asked.items())
        return f"/p/{self.release.project.slug}/releases/{self.release.azure_id}/logs/{below}?{query}"


@pytest.fixture
def place() -> Place:
    made = Place()
    factories.step_log(step=made.step, lines=[STAMP.format(n) + line for n, line in enumerate(LINES)])
    return made


def test_the_log_of_a_failed_step_is_opened_at_the_first_failing_line_and_the_address_says_so(signed_in, place):
    answer = signed_in.get(f"/p/{place.release.project.slug}/releases/{place.release.azure_id}/logs/")
    assert answer.status_code == 302
    assert answer["Location"] == place.address(line=41) + "#L41"
    page = signed_in.get(place.address(line=41)).content.decode()
    assert '<li id="L41" class="e hit"><a href="#L41" tabindex="-1">41</a><time>12:00:40</time>' in page
    text = words(page)
    assert "Failed at step 2" in text
    assert "1. Initialize job 3.0 s" in text and "2. Deploy to ACI 4 min" in text
    assert "First failing line: 41" in text
    release = signed_in.get(f"/p/{place.release.project.slug}/releases/{place.release.azure_id}/").content.decode()
    assert place.address().replace("&", "&amp;") not in release  # steps are read in the background, says the page
    Release.objects.update(depth="detailed")
    release = signed_in.get(f"/p/{place.release.project.slug}/releases/{place.release.azure_id}/").content.decode()
    assert f'href="{place.address().replace("&", "&amp;")}" aria-label="Log of Deploy to ACI"' in release


def test_a_text_is_found_in_whatever_case_with_the_hits_before_and_after(signed_in, place):
    page = signed_in.get(place.address(q="LINE 1")).content.decode()
    assert "1 of 10" in words(page)
    assert '<li id="L10" class="hit">' in page
    assert "<mark>line 1</mark>0" in page
    assert f"{place.address(q='LINE%201', hit=2)}#L11".replace("&", "&amp;").partition("?")[2] in page
    assert f"{place.address(q='LINE%201', hit=10)}#L19".replace("&", "&amp;").partition("?")[2] in page
    assert "3 of 10" in words(signed_in.get(place.address(q="line 1", hit=3)))
    assert "5 of 10" in words(signed_in.get(place.address(q="line 1", line=14)))
    assert "Not found" in words(signed_in.get(place.address(q="no such thing")))
    assert "10 of 10" in words(signed_in.get(place.address(q="line 1", hit=999)))


def test_what_stands_in_a_log_is_text_and_nothing_else(signed_in):
    made = Place()
    hostile = ["<script>alert(1)</script>", "\x1b[31mred\x1b[0m \x1b]8;;javascript:x\x07y\x1b]8;;\x07", "a\u202eb\0"]
    factories.step_log(step=made.step, lines=[*hostile, "x" * 1_000_000, '"><img src=x onerror=alert(1)>'])
    page = signed_in.get(made.address() + "&from=1").content.decode()
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page and "<script>alert" not in page
    assert '<code><span class="c-red">red</span> y</code>' in page
    assert '<span class="c-odd">&lt;U+202E&gt;</span>b\u2400' in page
    assert f"{1_000_000 - LONGEST_SHOWN:,} more letters are in the download" in page
    assert len(page) < 60_000
    assert "\x1b" not in page and "style=" not in page
    found = signed_in.get(made.address(q='"><img', line=5)).content.decode()
    assert "<mark>&quot;&gt;&lt;img</mark>" in found and "<img" not in found


def test_a_long_log_shows_a_part_of_it_and_leads_on(signed_in):
    made = Place(status="succeeded")
    factories.step_log(step=made.step, lines=[f"line {n}" for n in range(1, 5001)])
    page = signed_in.get(made.address()).content.decode()
    assert page.count("<li id=") == MOST_LINES
    assert "Lines 1 to 2,000 of 5,000" in words(page)
    assert "from=2001" in page
    assert '<li id="L3501"' in signed_in.get(made.address() + "&from=2001").content.decode()
    around = signed_in.get(made.address(line=4900)).content.decode()
    assert '<li id="L4900" class="hit">' in around and "from=2700" in around
    assert '<li id="L5000"' in around
    assert "Lines" not in words(signed_in.get(made.address(line=99999)))


def test_a_log_that_was_cut_says_so_where_it_was(signed_in, monkeypatch):
    monkeypatch.setattr(receiving, "MOST_BYTES", 40_000)
    monkeypatch.setattr(receiving, "PART_LINES", 100)
    made = Place()
    log = factories.step_log(step=made.step, lines=[f"line {n} of a long log" for n in range(1, 5001)])
    text = words(signed_in.get(made.address(line=log.head_lines)))
    assert f"[Slipway left out {log.left_out_lines:,} lines" in text
    body = b"".join(signed_in.get(made.address(below="download/")).streaming_content)
    assert sha256(body).hexdigest() == log.kept_sha256
    assert b"\n[Slipway left out" in body


def test_a_log_can_be_downloaded_as_it_was_kept(signed_in, place):
    answer = signed_in.get(place.address(below="download/"))
    body = b"".join(answer.streaming_content)
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    assert answer["Content-Disposition"] == ('attachment; filename="Release-24_DEV_TEST_attempt_1_2_Deploy_to_ACI.log"')
    assert body.decode().splitlines()[40] == STAMP.format(40) + LINES[40]
    log = StepLog.objects.get()
    assert sha256(body).hexdigest() == log.kept_sha256
    assert log.received_sha256 in words(signed_in.get(place.address(line=1)))
    assert signed_in.get(place.address(place.last, below="download/")).status_code == 404


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"state": "gone", "reason": "x"}, "Azure DevOps has this log no longer"),
        ({"state": "missing", "reason": "Azure cut it off.", "retry_at": NOON}, "Azure cut it off. It is asked for"),
        ({"state": "missing", "reason": "Azure cut it off."}, "It is not asked for again."),
        ({}, "The log is empty"),
    ],
)
def test_a_log_that_is_not_there_says_why(fields, said, signed_in):
    made = Place()
    StepLog.objects.filter(pk=factories.step_log(step=made.step).pk).update(
        **({"kept_sha256": "", "received_sha256": ""} if fields else {}), **fields
    )
    assert said in words(signed_in.get(made.address()))


def test_steps_that_did_not_run_and_releases_that_did_not_begin_say_so(signed_in):
    made = Place()
    assert "This step wrote no log" in words(signed_in.get(made.address(made.last)))
    idle = factories.release(project=made.release.project)
    text = words(signed_in.get(f"/p/{idle.project.slug}/releases/{idle.azure_id}/logs/"))
    assert "No stage of this release has begun." in text


def test_a_log_nobody_fetched_yet_is_asked_for_once_however_many_look(signed_in):
    made = Place()
    for _ in range(3):
        assert "Being fetched" in words(signed_in.get(made.address()))
    asked = Inquiry.objects.get()
    assert (asked.kind, asked.payload, asked.state) == ("step_log", {"step": made.step.pk}, "asked")
    Inquiry.objects.update(state="answered", asked_at=timezone.now() - timedelta(seconds=4))
    signed_in.get(made.address(), headers=HTMX)
    assert Inquiry.objects.get().state == "asked"


def test_a_log_that_grows_is_followed_paused_and_goes_on_without_a_jump(signed_in):
    made = Place(status="inProgress", ended=False)
    log = factories.step_log(step=made.step, lines=[f"line {n}" for n in range(1, 701)], growing=True)
    page = signed_in.get(made.address()).content.decode()
    assert "data-follow" in page and 'data-poll="3"' in page
    assert page.count("<li id=") == 500 and '<li id="L700"' in page
    assert "Waiting for line 701" in words(page)
    assert "paused=700" in page
    again = made.address(tail=1)
    StepLog.objects.filter(pk=log.pk).update(line_count=712)
    text = words(signed_in.get(made.address(paused=700)))
    assert "Paused at line 700. 12 new lines wait below." in text
    Step.objects.filter(pk=made.step.pk).update(status="succeeded", finished_on=timezone.now())
    page = signed_in.get(again, headers=HTMX).content.decode()
    assert "Its whole log is being fetched." in words(page) and "data-poll" in page
    StepLog.objects.all().delete()
    factories.step_log(step=made.step, lines=[f"line {n}" for n in range(1, 731)])
    page = signed_in.get(again, headers=HTMX).content.decode()
    assert "data-poll" not in page
    assert page.count("<li id=") == 500 and '<li id="L730"' in page


def test_what_azure_says_meanwhile_is_told(signed_in):
    made = Place(status="inProgress", ended=False)
    factories.step_log(step=made.step, lines=["one"], growing=True)
    signed_in.get(made.address())
    Inquiry.objects.update(state="answered", answer={"sentence": "Azure DevOps asked us to wait 30 s."})
    text = words(signed_in.get(made.address(), headers=HTMX))
    assert "Azure DevOps did not give more. Azure DevOps asked us to wait 30 s." in text


@pytest.mark.parametrize(
    "query", ["stage=x&attempt=-1&step=1", "line=0&from=99999999999999", "hit=1&paused=٣", "q=%00"]
)
def test_addresses_that_make_no_sense_open_the_log_all_the_same(query, signed_in, place):
    answer = signed_in.get(f"/p/{place.release.project.slug}/releases/{place.release.azure_id}/logs/?{query}")
    assert answer.status_code in (200, 302)


def test_the_page_takes_as_many_queries_for_many_steps_as_for_few(signed_in, place):
    before = queries(signed_in, place.address(line=1))
    for number in range(4, 30):
        place._step(number, f"Step {number}", "succeeded")
    assert queries(signed_in, place.address(line=1)) == before
