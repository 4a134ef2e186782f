"""Azure Monitor's figures become one sample for each deployment and quarter of an hour."""

from datetime import timedelta

import pytest

from releases.azure.monitor import Measured
from releases.sync.health.reading import ready_until
from releases.sync.health.samples import is_failure, samples_of
from tests.factories import NOON

LATER = NOON + timedelta(minutes=15)


def told(sample):
    return (sample.at, sample.deployment, sample.requests_per_minute, sample.latency_p95, sample.error_share)


def test_requests_of_all_codes_are_added_up_and_those_that_failed_are_their_share():
    requests = [
        Measured(NOON, "blue", 90.0, "200"),
        Measured(NOON, "blue", 6.0, "404"),
        Measured(NOON, "blue", 3.0, "424"),
        Measured(NOON, "blue", 1.0, "503"),
        Measured(LATER, "green", 5.0, "200"),
    ]
    latency = [Measured(NOON, "blue", 61.0)]
    assert [told(one) for one in samples_of(1, requests, latency)] == [
        (NOON, "blue", 100.0, 61.0, 0.04),
        (LATER, "green", 5.0, None, 0.0),
    ]


def test_what_was_not_reported_stays_empty():
    assert [told(one) for one in samples_of(1, [], [Measured(NOON, "blue", 61.0)])] == [
        (NOON, "blue", None, 61.0, None)
    ]
    assert samples_of(1, [Measured(NOON, "blue", 0.0, "200")], [])[0].error_share is None
    assert samples_of(1, [Measured(NOON, "blue", 7.0)], [])[0].error_share is None
    assert samples_of(1, [], []) == []


@pytest.mark.parametrize("status", ["200", "302", "401", "404", ""])
def test_an_error_of_the_caller_is_no_failure_of_the_endpoint(status):
    assert not is_failure(status)


@pytest.mark.parametrize("status", ["408", "424", "429", "500", "503"])
def test_an_error_of_the_model_or_the_service_is_one(status):
    assert is_failure(status)


@pytest.mark.parametrize(("minutes", "ready"), [(0, -15), (3, -15), (4, 0), (14, 0), (18, 0), (19, 15)])
def test_a_quarter_of_an_hour_is_read_when_its_figures_have_settled(minutes, ready):
    assert ready_until(NOON + timedelta(minutes=minutes)) == NOON + timedelta(minutes=ready)
