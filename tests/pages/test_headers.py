"""What every answer tells the browser, and what health tells monitors."""

from unittest.mock import patch

import pytest
from django.db import OperationalError, connection
from django.urls import reverse

pytestmark = [pytest.mark.django_db, pytest.mark.on_sqlite]
ALWAYS = {
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


@pytest.mark.parametrize("address", ["/health", "/accounts/login/", "/no/such/page"])
def test_every_answer_is_private_and_framed_by_nobody(client, address):
    response = client.get(address)
    for name, value in ALWAYS.items():
        assert value in response[name]
    assert "camera=()" in response["Permissions-Policy"]
    assert "default-src 'none'" in response["Content-Security-Policy"]


def test_another_host_is_refused(client):
    assert client.get("/health", headers={"Host": "evil.example"}).status_code == 400


def test_another_origin_is_not_let_in(client):
    response = client.get("/health", headers={"Origin": "https://evil.example"})
    assert not [name for name in response.headers if name.startswith("Access-Control")]


def test_a_post_without_a_token_is_refused():
    from django.test import Client

    assert Client(enforce_csrf_checks=True).post(reverse("account_login")).status_code == 403


def test_health_says_ok(client):
    response = client.get("/health")
    healthy = {"state": "ok", "database": True, "broker": True, "checkpoints": True}
    assert (response.status_code, response.json()) == (200, healthy)


def test_health_without_the_database_is_503(client):
    with patch.object(connection, "cursor", side_effect=OperationalError):
        assert client.get("/health").status_code == 503


def test_health_without_redis_is_degraded(client, settings):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    response = client.get("/health")
    assert (response.status_code, response.json()["state"]) == (200, "degraded")
