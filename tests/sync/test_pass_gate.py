"""The organization's rate gate: a row that every worker obeys, and closes for all others."""

import threading
from datetime import timedelta

import pytest
from django.utils import timezone

from releases.azure.throttle import Limits
from releases.errors import AzureThrottled
from releases.models import Organization
from releases.sync.gate import BACKOFF_CAP_SECONDS, Gate, backoff


@pytest.fixture
def organization(db: None) -> Organization:
    return Organization.objects.create(url="https://dev.azure.com/harbour", name="harbour")


def test_another_worker_waits_for_what_this_one_was_told(organization: Organization) -> None:
    Gate(organization.pk).heard(Limits(retry_after=7.0))
    other = Gate(organization.pk)
    other.look()
    with pytest.raises(AzureThrottled) as error:
        other.check()
    assert 6.0 < error.value.retry_after <= 7.0


def test_a_longer_wait_is_never_shortened(organization: Organization) -> None:
    gate = Gate(organization.pk)
    gate.close(60)
    gate.close(5)
    other = Gate(organization.pk)
    other.look()
    assert other.seconds_left > 55
    assert gate.seconds_left > 55


def test_an_open_gate_lets_through_and_tells_the_time(organization: Organization) -> None:
    gate = Gate(organization.pk)
    now = gate.look()
    gate.check()
    assert abs(now - timezone.now()) < timedelta(seconds=5)
    assert now.tzinfo is not None


@pytest.mark.django_db(transaction=True)
def test_a_fetching_thread_closes_the_gate_at_once() -> None:
    organization = Organization.objects.create(url="https://dev.azure.com/harbour", name="harbour")
    gate = Gate(organization.pk)
    thread = threading.Thread(target=gate.heard, args=(Limits(retry_after=9.0),))
    thread.start()
    thread.join(10)
    organization.refresh_from_db()
    assert organization.gate_until is not None
    assert organization.gate_until > timezone.now() + timedelta(seconds=7)


def test_quota_and_clock_difference_are_kept(organization: Organization) -> None:
    gate = Gate(organization.pk)
    gate.heard(Limits(limit=200, remaining=12, reset_at=timezone.now(), skew_seconds=601.4))
    gate.save_limits()
    organization.refresh_from_db()
    assert (organization.quota_limit, organization.quota_remaining) == (200, 12)
    assert organization.clock_skew_seconds == 601
    assert organization.quota_read_at is not None


def test_waits_grow_and_have_an_end() -> None:
    assert all(0 <= backoff(1) <= 1 for _ in range(50))
    assert max(backoff(5) for _ in range(200)) > 8
    assert all(backoff(99) <= BACKOFF_CAP_SECONDS for _ in range(50))
