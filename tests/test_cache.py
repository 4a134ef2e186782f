"""The shared cache counts; while Redis is away each process counts for itself, and pages go on."""

from collections.abc import Iterator

import pytest
from django.core.cache import caches
from django.urls import reverse

from dashboard.cache import AWAY_SECONDS, Client, SharedCache
from releases.api.authentication import REFUSALS_A_MINUTE
from tests.api.conftest import Program, program_of
from tests.servers import free_port

OPTIONS = {"OPTIONS": {"serializer": "dashboard.cache.JsonSerializer", "socket_connect_timeout": 3}}


@pytest.fixture(autouse=True)
def _redis_is_back() -> Iterator[None]:
    yield
    Client.away_until = 0.0
    Client.here.clear()


@pytest.fixture
def _redis_is_away(settings) -> Iterator[None]:
    address = f"redis://127.0.0.1:{free_port()}/0"
    settings.CACHES = {"default": {"BACKEND": "dashboard.cache.SharedCache", "LOCATION": address, **OPTIONS}}
    yield
    caches["default"].close()


@pytest.mark.django_db
@pytest.mark.usefixtures("_redis_is_away")
def test_pages_sign_in_and_api_answer_without_redis(client, user):
    assert program_of(user).get("releases/").status_code == 200
    wrong = client.post(reverse("account_login"), {"login": user.email, "password": "not the one at all"})
    assert wrong.status_code in {200, 422}


@pytest.mark.django_db
@pytest.mark.usefixtures("_redis_is_away")
def test_limits_hold_without_redis():
    answers = [Program("slipway_no_key").get("releases/").status_code for _ in range(REFUSALS_A_MINUTE + 2)]
    assert answers.count(401) == REFUSALS_A_MINUTE
    assert answers[-1] == 429


@pytest.mark.redis
def test_redis_counts_again_once_it_is_back(redis_url):
    there = SharedCache(redis_url, OPTIONS)
    away = SharedCache(f"redis://127.0.0.1:{free_port()}/0", OPTIONS)
    there.set("kept", {"a": 1})
    away.set("kept", {"a": 2})
    assert there.get("kept") == {"a": 2}, "a frozen Redis is not asked again and again"
    Client.away_until -= AWAY_SECONDS
    assert there.get("kept") == {"a": 1}
    there.close()
