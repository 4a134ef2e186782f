"""The release page says how endpoints did in the first 24 hours, against the day before, or why that is not known."""

from datetime import timedelta

import pytest
import time_machine

from releases.models import HealthSample, LiveSpan, Watermark
from releases.states import Role
from tests import factories
from tests.factories import NOON
from tests.pages.reading import queries, words

pytestmark = [pytest.mark.django_db, pytest.mark.on_sqlite]
DAY = timedelta(hours=24)


@pytest.fixture
def span():
    """A release that went live in PROD at NOON, on an endpoint."""
    pipeline = factories.pipeline()
    stage = factories.stage(pipeline=pipeline, name="PROD", rank=2)
    row = factories.release_stage(release=factories.release(pipeline=pipeline), stage=stage)
    opened = factories.deployment(release_stage=row, finished_on=NOON)
    workspace = factories.workspace()
    pipeline.project.workspaces.add(workspace)
    factories.stage_binding(stage=stage, endpoint=factories.endpoint(workspace=workspace, name="eta-prod"))
    return factories.live_span(opened_by=opened)


def address(span):
    return f"/p/{span.release.project.slug}/releases/{span.release.azure_id}/"


def sample(span, *, at, rpm=10.0, p95=40.0, errors=0.01, deployment="blue"):
    endpoint = span.stage.binding.endpoint
    figures = {"requests_per_minute": rpm, "latency_p95": p95, "error_share": errors}
    return HealthSample.objects.create(endpoint=endpoint, deployment=deployment, at=at, minutes=15, **figures)


def shown(signed_in, span, *, after):
    with time_machine.travel(NOON + after, tick=False):
        signed_in.force_login(factories.user(role=Role.QA))  # a session does not outlast half an hour
        return words(signed_in.get(address(span)))


def test_the_first_hours_stand_beside_the_day_before(signed_in, span):
    sample(span, at=NOON - timedelta(hours=1), rpm=8, p95=40, errors=0.001)
    sample(span, at=NOON - timedelta(hours=25), rpm=999)
    sample(span, at=NOON + timedelta(hours=1), rpm=30, p95=60, errors=0.02)
    sample(span, at=NOON + timedelta(hours=2), rpm=10, p95=100, errors=0.10)
    sample(span, at=NOON + timedelta(hours=25), rpm=999)
    text = shown(signed_in, span, after=timedelta(hours=3))
    assert "First 24 hours" in text
    assert "PROD eta-prod, so far 3 h 20 before 8.0 70 ms before 40 ms 4.0 % before 0.1 %" in text
    assert "PROD eta-prod, 1 d 20 before 8.0" in shown(signed_in, span, after=timedelta(days=3))


def test_another_release_ends_the_hours_that_count(signed_in, span):
    sample(span, at=NOON + timedelta(hours=1), rpm=30)
    sample(span, at=NOON + timedelta(hours=5), rpm=999)
    LiveSpan.objects.update(live_until=NOON + timedelta(hours=4))
    assert "PROD eta-prod, 4 h 30 " in shown(signed_in, span, after=timedelta(hours=9))


def test_figures_that_are_not_there_come_with_a_reason(signed_in, span):
    assert "no data: not read yet" in shown(signed_in, span, after=timedelta(hours=3))
    mark = Watermark.objects.create(
        workspace=span.stage.binding.endpoint.workspace, feed="health", cursor={"until": {"eta-prod": "x"}}
    )
    assert "no data: not read yet" in shown(signed_in, span, after=timedelta(minutes=10))
    assert "so far 3 h no requests" in shown(signed_in, span, after=timedelta(hours=3))
    mark.cursor = {"refused": {"eta-prod": "Azure refuses it."}}
    mark.save()
    assert "no data: Azure Monitor is not allowed" in shown(signed_in, span, after=timedelta(hours=3))
    binding = span.stage.binding
    binding.endpoint, binding.cluster = None, factories.cluster(kind="AKS")
    binding.save()
    assert "what a legacy cluster serves cannot be seen" in shown(signed_in, span, after=timedelta(hours=3))


def test_without_a_binding_or_after_thirty_days_nothing_is_claimed(signed_in, span):
    assert "First 24 hours" not in shown(signed_in, span, after=timedelta(days=31))
    span.stage.binding.delete()
    assert "First 24 hours" not in shown(signed_in, span, after=timedelta(hours=3))


def test_the_newest_time_in_each_stage_counts_and_the_cost_stays(signed_in, span):
    sample(span, at=NOON + timedelta(hours=1), rpm=30)
    with time_machine.travel(NOON + timedelta(days=9), tick=False):
        signed_in.force_login(factories.user(role=Role.QA))
        before = queries(signed_in, address(span))
        for number in range(5):
            row = factories.release_stage(
                release=span.release, stage=factories.stage(pipeline=span.release.pipeline, rank=1)
            )
            start = NOON + timedelta(days=number)
            opened = factories.deployment(release_stage=row, finished_on=start)
            factories.live_span(opened_by=opened, live_until=start + timedelta(hours=1))
            factories.stage_binding(stage=row.stage, endpoint=span.stage.binding.endpoint)
            for hour in range(4):
                sample(span, at=NOON + timedelta(days=number, minutes=15 * hour), deployment=f"d{number}")
        assert queries(signed_in, address(span)) == before
    text = shown(signed_in, span, after=timedelta(days=9))
    assert text.count("eta-prod, 1 h") == 2 and "PROD eta-prod, 1 d" in text
