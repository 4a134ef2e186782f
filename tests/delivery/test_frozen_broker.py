"""Redis takes connections and answers nothing: acts are recorded all the same, at once, and health says degraded."""

import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import uuid4

import pytest
import requests
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.urls import reverse

from releases.models import Command, Project, ReleaseStage, User
from releases.queries.snapshot import seen_of, token
from tests.company import Company
from tests.delivery.acting import operator
from tests.delivery.crew import running_quays, stored_stages
from tests.redis import RedisServer, redis_server
from tests.servers import accepts, free_port, running, wait_until
from tests.workers import database_url

pytestmark = [pytest.mark.redis, pytest.mark.on_redis]
THREADS = 8
CSRF = "a" * 32


@pytest.fixture
def quays(tmp_path: Path) -> Iterator[Company]:
    with running_quays(tmp_path) as company:
        yield company


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[RedisServer]:
    with redis_server(tmp_path) as server:
        yield server


@pytest.fixture
def web(transactional_db: None, redis: RedisServer, tmp_path: Path) -> Iterator[str]:
    """A web server of eight threads on this Redis."""
    port = free_port()
    command = [
        *[sys.executable, "-m", "gunicorn", "dashboard.wsgi", "--bind", f"127.0.0.1:{port}", "--no-control-socket"],
        *["--worker-class", "gthread", "--workers", "1", "--threads", str(THREADS)],
    ]
    env = {
        "DATABASE_URL": database_url(),
        "REDIS_URL": redis.url,
        "SLIPWAY_VAR_DIR": str(tmp_path),
        "DJANGO_SETTINGS_MODULE": "dashboard.settings",
        "SECRET_KEY": settings.SECRET_KEY,
    }
    with running(command, log=tmp_path / "web.log", env=env):
        wait_until(lambda: accepts(port), seconds=30, what="the web server listens")
        yield f"http://127.0.0.1:{port}"


def signed_in(person: User) -> dict[str, str]:
    """The cookies of a browser in which this person is signed in."""
    session = SessionStore()
    session[SESSION_KEY] = str(person.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session.save()
    return {settings.SESSION_COOKIE_NAME: str(session.session_key), settings.CSRF_COOKIE_NAME: CSRF}


def form_of(stage: ReleaseStage) -> tuple[str, dict[str, str]]:
    """The address of a dialog and what it sends."""
    address = reverse("redeploy", args=[stage.release.project.slug, stage.release.azure_id, stage.azure_id])
    fields = {"key": uuid4().hex, "seen": token(seen_of(stage)), "reason": "the broker does not answer"}
    return address, fields | {"csrfmiddlewaretoken": CSRF}


def test_acts_are_recorded_within_two_seconds(quays: Company, web: str, redis: RedisServer) -> None:
    """Fault 23."""
    project: Project = quays.project()
    stages, cookies = stored_stages(project, 2 * THREADS), signed_in(operator())
    requests.get(f"{web}/health", timeout=30)
    redis.freeze()

    def confirm(form: tuple[str, dict[str, str]]) -> float:
        address, fields = form
        began = time.monotonic()
        answer = requests.post(
            web + address,
            data=fields,
            cookies=cookies,
            allow_redirects=False,
            timeout=30,
        )
        assert answer.status_code == 302, answer.text[:300]
        return time.monotonic() - began

    with ThreadPoolExecutor(4) as people:
        seconds = list(people.map(confirm, [form_of(stage) for stage in stages]))
    assert max(seconds) < 2
    assert Command.objects.filter(state="authorised").count() == len(stages)
    health = requests.get(f"{web}/health", timeout=30)
    assert (health.status_code, health.json()["state"], health.json()["broker"]) == (200, "degraded", False)
