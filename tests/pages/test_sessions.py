"""Sessions end: after 30 idle minutes, after 12 hours in all; a page that polls does not count as a person."""

import time

import pytest
import time_machine
from django.conf import settings
from django.urls import reverse

from tests import factories
from tests.api.conftest import program_of

pytestmark = [pytest.mark.django_db, pytest.mark.on_sqlite]
PAGE = "account_change_password"
MINUTE, HOUR = 60, 3600


def is_in(client, **headers) -> bool:
    return not client.get(reverse(PAGE), headers=headers).headers.get("Location", "").startswith("/accounts/login")


def test_one_who_reads_every_20_minutes_stays_until_12_hours_are_over(signed_in):
    began = time.time()
    with time_machine.travel(began, tick=False) as clock:
        for _ in range(36):
            assert is_in(signed_in)
            clock.shift(20 * MINUTE)
        clock.shift(1)
        assert not is_in(signed_in)


def test_one_who_leaves_for_half_an_hour_signs_in_again(signed_in):
    began = time.time()
    with time_machine.travel(began, tick=False) as clock:
        assert is_in(signed_in)
        clock.shift(settings.SESSION_IDLE_SECONDS + 1)
        assert not is_in(signed_in)


def test_a_page_left_open_that_polls_does_not_keep_the_session(signed_in):
    began = time.time()
    with time_machine.travel(began, tick=False) as clock:
        assert is_in(signed_in)
        for _ in range(3):
            clock.shift(10 * MINUTE)
            assert is_in(signed_in, **{"X-Poll": "1"})
        clock.shift(1)
        assert not is_in(signed_in, **{"X-Poll": "1"})


def test_a_deactivated_person_is_out_at_the_next_request(signed_in, user):
    assert is_in(signed_in)
    user.is_active = False
    user.save()
    assert not is_in(signed_in)


def test_a_fragment_sends_the_whole_page_to_sign_in(client):
    response = client.get("/health", headers={"HX-Request": "true"})
    assert response.status_code == 200
    headers = {"HX-Request": "true", "HX-Current-URL": "http://testserver/releases/?page=2"}
    response = client.get(reverse(PAGE), headers=headers)
    assert response["HX-Redirect"] == "/accounts/login/?next=%2Freleases%2F%3Fpage%3D2"


def test_closing_an_account_ends_every_session_and_every_key_at_once(user, administrator):
    """Fault 55, as far as anything waits for a person today."""
    browsers = [factories.browser_of(user) for _ in range(2)]
    program = program_of(user, "read")
    assert all(is_in(one) for one in browsers) and program.get("releases/").status_code == 200
    assert factories.browser_of(administrator).post(f"/people/{user.pk}/close/").status_code == 302
    assert not any(is_in(one) for one in browsers) and program.get("releases/").status_code == 401
    answer = browsers[0].post("/account/", {"name": "Still here", "time_zone": "UTC"})
    assert answer.headers["Location"].startswith("/accounts/login/")
