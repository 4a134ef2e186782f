"""What was live at a moment: boundaries, clocks that were put forward and back, and every kind of not knowing."""

from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import pytest

from releases.models import LiveSpan, PipelineRevision, SyncGap, Watermark
from releases.states import DeploymentStatus, Role
from tests import factories
from tests.factories import NOON
from tests.pages.company import company, deployed
from tests.pages.reading import queries, words

pytestmark = pytest.mark.django_db


def ask(client, at="", **more):
    return client.get("/audit/live-at/?" + urlencode({**({"at": at} if at else {}), **more}))


def said(client, at="", **more) -> str:
    answer = ask(client, at, **more)
    assert answer.status_code == 200
    return words(answer).partition("Show ")[2]


def test_each_stage_says_what_it_ran_since_when_until_when_and_what_it_runs_now(signed_in):
    made = company()
    text = said(signed_in, "2026-03-02T18:00")
    assert "Mon 2 Mar 2026, 18:00:00 UTC" in text
    assert "2 of 2 stages have a record." in text
    dev = text.partition("DEV TEST")[2].partition("PROD")[0]
    assert "Release-1 model v7 scaler v1 Mon 2 Mar 2026, 12:10:00 Tue 3 Mar 2026, 12:10:00" in dev
    assert "replaced by Release-2 Release-2" in dev
    assert "from v7 to v8" in dev
    assert "Release-1" in text.partition("PROD")[2] and "still live the same" in text
    assert made.live.name in text


def test_the_start_belongs_to_a_release_and_the_end_does_not(signed_in):
    company()
    text = said(signed_in, "2026-03-03T12:10:00Z")
    assert "DEV TEST of Port Weather ML Pipeline changed at this very moment." in text
    assert "The start belongs to a release, the end does not: Release-2 is what counts." in text
    just_before = said(signed_in, "2026-03-03T12:09:59.999Z")
    assert "changed at this very moment" not in just_before
    assert "replaced by Release-2" in just_before


def test_the_time_is_of_the_zone_named_and_utc_stands_beside_it(signed_in):
    company()
    text = said(signed_in, "2026-03-02T14:00", zone="Europe/Berlin")
    assert "Mon 2 Mar 2026, 14:00:00 Europe/Berlin Mon 2 Mar 2026, 13:00:00 UTC." in text
    assert "Mon 2 Mar 2026, 13:10:00" in text  # since, by the same clocks


def test_a_time_that_no_clock_showed_is_told(signed_in):
    company()
    text = said(signed_in, "2026-03-29T02:30", zone="Europe/Berlin")
    assert "No clock in Europe/Berlin showed 02:30 that day" in text
    assert "Sun 29 Mar 2026, 01:30:00 UTC" in text


def test_a_time_that_was_twice_is_told_and_both_can_be_asked_for(signed_in):
    company()
    first = said(signed_in, "2025-10-26T02:30", zone="Europe/Berlin")
    assert "showed 02:30 twice that day" in first
    assert "Shown is the first time, Sun 26 Oct 2025, 00:30:00 UTC" in first
    assert "Show the second" in first
    second = said(signed_in, "2025-10-26T02:30", zone="Europe/Berlin", fold="1")
    assert "Shown is the second time, Sun 26 Oct 2025, 01:30:00 UTC" in second


def test_before_the_first_record_it_says_no_record_and_never_nothing(signed_in):
    company()
    text = said(signed_in, "2026-03-01T12:00")
    assert "0 of 2 stages have a record." in text
    assert text.count("No record The first record is Release-1") == 2
    assert "Release-1, live from Mon 2 Mar 2026, 12:10:00." in text
    assert "Whether something ran before is not known" in text


def test_history_that_is_not_read_is_the_reason_and_makes_old_rows_unsure(signed_in):
    made = company()
    back = NOON + timedelta(hours=12)
    cursor = {"recent_since": back.isoformat()}
    Watermark.objects.create(project=made.project, feed="history", cursor=cursor, checked_at=NOON)
    text = said(signed_in, "2026-03-01T12:00")
    assert text.count("No record The history is read back to Tue 3 Mar 2026, 00:00:00 only.") == 2
    assert "What went live before may be missing here" in text
    between = said(signed_in, "2026-03-03T06:00")
    assert "What went live before" not in between
    assert between.count("May be incomplete") == 2  # live since before what is read: another may have come between
    assert said(signed_in, "2026-03-03T18:00").count("May be incomplete") == 1  # Release-2 in DEV TEST is surely right


def test_a_pipeline_that_did_not_exist_is_no_gap_in_the_record(signed_in):
    made = company()
    PipelineRevision.objects.create(pipeline=made.pipeline, revision=1, document={}, changed_on=NOON)
    text = said(signed_in, "2026-02-01T12:00")
    assert text.count("Did not exist The pipeline was made on Mon 2 Mar 2026, 12:00:00.") == 2
    assert "No record" not in text.partition("“No record”")[0]


def test_a_stage_that_nothing_reached_says_whether_anything_was_tried(signed_in):
    made = company()
    factories.stage(pipeline=made.pipeline, name="QUIET", rank=3)
    tried = factories.stage(pipeline=made.pipeline, name="UNLUCKY", rank=4)
    row = factories.release_stage(release=made.live, stage=tried)
    factories.deployment(release_stage=row, status=DeploymentStatus.FAILED)
    text = said(signed_in, "2026-03-02T18:00")
    assert "QUIET No record No deployment to this stage is known." in text
    assert "UNLUCKY No record Deployments were tried from Mon 2 Mar 2026, 12:00:00 on; none has succeeded." in text


def test_a_gap_that_is_not_filled_is_named_and_a_filled_one_too(signed_in):
    made = company()
    gap = {"project": made.project, "feed": "changes", "gap_from": NOON + timedelta(hours=1), "reason": "Nobody asked."}
    row = SyncGap.objects.create(**gap)
    text = said(signed_in, "2026-03-02T18:00")
    assert "Learn_MLOps: changes since Mon 2 Mar, 13:00 were not read. Nobody asked." in text
    assert text.count("May be incomplete") == 2
    assert "Nobody asked." not in said(signed_in, "2026-03-02T12:30")
    row.gap_until, row.filled_at = NOON + timedelta(hours=7), NOON + timedelta(hours=8)
    row.save()
    text = said(signed_in, "2026-03-02T18:00")
    assert "a gap from Mon 2 Mar, 13:00 to Mon 2 Mar, 19:00 was filled" in text
    assert "May be incomplete" not in text
    assert "a gap" not in said(signed_in, "2026-03-02T20:00")


def test_what_is_uncertain_partly_done_removed_or_deleted_is_flagged(signed_in):
    made = company()
    span = LiveSpan.objects.get(stage=made.prod)
    span.uncertain_since, span.is_partial = NOON + timedelta(hours=3), True
    span.save()
    made.live.gone_at = NOON
    made.live.save()
    made.prod.gone_at = NOON + timedelta(hours=2)
    made.prod.save()
    text = said(signed_in, "2026-03-02T18:00")
    for word in ("Uncertain", "Partly succeeded", "deleted in Azure DevOps, kept here", "removed from the pipeline"):
        assert word in text
    assert "Uncertain" not in said(signed_in, "2026-03-02T14:00")


def test_a_stage_that_was_removed_before_and_has_no_record_is_left_out(signed_in):
    made = company()
    factories.stage(pipeline=made.pipeline, name="OLD STAGE", rank=9, gone_at=NOON - timedelta(days=9))
    assert "OLD STAGE" not in said(signed_in, "2026-03-02T18:00").partition("Mon 2 Mar")[2]


def test_a_roll_back_is_told_from_having_stayed(signed_in):
    made = company()
    for number, release in enumerate((made.waiting, made.live), start=2):
        row = release.stages.filter(stage=made.prod).first() or factories.release_stage(
            release=release, stage=made.prod
        )
        end = NOON + timedelta(days=number)
        LiveSpan.objects.filter(stage=made.prod, live_until=None).update(live_until=end)
        factories.live_span(opened_by=factories.deployment(release_stage=row, attempt=number + 5, finished_on=end))
    text = said(signed_in, "2026-03-02T18:00", stage=made.prod.pk)
    assert "replaced by Release-2 Release-1 again" in text


def test_stages_are_chosen_in_the_address(signed_in):
    made = company()
    made.prod.is_production = True
    made.prod.save()
    for word in ("production", str(made.prod.pk)):
        text = said(signed_in, "2026-03-02T18:00", stage=word)
        assert "1 of 1 stage has a record" in text
    assert ask(signed_in, "2026-03-02T18:00", stage="nonsense").status_code == 404


@pytest.mark.parametrize(
    "at", ["yesterday", "2026-13-01", "0001-01-01T00:00", "9999-12-31T23:59", "\0", "2026-03-03T14"]
)
def test_whatever_is_typed_has_an_answer(signed_in, at):
    for zone in ("Pacific/Kiritimati", "Pacific/Pago_Pago", "Nowhere/Nothing", ""):
        assert ask(signed_in, at, zone=zone).status_code in {200, 400}


def test_what_is_no_moment_is_said_at_the_field(signed_in):
    answer = ask(signed_in, "yesterday")
    assert answer.status_code == 400
    assert "“yesterday” is no date and time. Write it like 2026-03-03T14:00." in words(answer)
    assert 'aria-invalid="true"' in answer.content.decode()


def test_a_moment_to_come_has_no_answer_yet(signed_in):
    company()
    text = said(signed_in, (datetime.now(UTC) + timedelta(days=2)).isoformat())
    assert "That moment is still to come." in text
    assert "Release-1" not in text.partition("still to come")[2]


def test_without_a_moment_it_is_now(signed_in):
    company()
    text = said(signed_in)
    assert "Now, " in text and "still live the same" in text


def test_another_projects_stages_do_not_exist():
    here, there = company(), company(factories.project(name="Secret project"))
    mine = factories.browser_of(factories.user(role=Role.AUDITOR, project=here.project))
    assert "Secret" not in said(mine, "2026-03-02T18:00")
    assert ask(mine, "2026-03-02T18:00", stage=there.prod.pk).status_code == 404


def test_the_cost_does_not_grow_with_stages_and_history(signed_in):
    made = company()
    path = "/audit/live-at/?at=2026-03-02T18:00"
    before = queries(signed_in, path), queries(signed_in, "/audit/live-at/?at=2026-03-01T18:00")
    for number in range(4):
        stage = factories.stage(pipeline=made.pipeline, rank=5 + number)
        for day in range(1, 4):
            one = factories.release(pipeline=made.pipeline, created_on=NOON + timedelta(days=day + 5))
            factories.artifact(release=one)
            deployed(one, stage)
    assert (queries(signed_in, path) - before[0]) in {0, 3}  # new stages have no record yet: three look-ups for all
    assert queries(signed_in, "/audit/live-at/?at=2026-03-01T18:00") == before[1]
    assert max(before) <= 36


def test_what_the_endpoint_was_seen_to_serve_then_stands_beside_what_was_deployed(signed_in):
    made = company()
    endpoint = factories.endpoint(name="prod-webservice")
    factories.stage_binding(stage=made.prod, endpoint=endpoint)
    noon, later = NOON + timedelta(hours=1), NOON + timedelta(hours=5)
    factories.endpoint_check(endpoint=endpoint, seen_from=noon, seen_until=later)
    other = [{"deployment": "blue", "model": "support-vector-classifier", "version": "5", "percent": 100}]
    factories.endpoint_check(endpoint=endpoint, seen_from=later, served=other)
    text = said(signed_in, "2026-03-02T14:00")
    assert "prod-webservice was seen to serve v7 " in text
    assert "not what was deployed" not in text
    text = said(signed_in, (later).isoformat())
    assert "prod-webservice was seen to serve v5 : not what was deployed" in text.replace("v5:", "v5 :")
    assert "was seen to serve" not in said(signed_in, "2026-03-02T12:45")
