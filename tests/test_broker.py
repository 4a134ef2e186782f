"""The alarm clock for real: a worker in its own process takes what the web process sends, on both brokers."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from celery import Celery, current_app
from django.conf import settings
from django.core.cache.backends.redis import RedisCache

from dashboard.broker import Channel
from releases import tasks
from tests.servers import wait_until

NUDGES = re.compile(r"""nudge\(\s*["']([a-z_.]+)["']""")


def client_of(worker_folder: Path, redis_url: str) -> Celery:
    """A sender that talks to the broker of the running worker."""
    app = Celery("sender", broker=redis_url or "filesystem://localhost//")
    options: dict[str, object] = {"global_keyprefix": "slipway:"}
    if not redis_url:
        app.conf.broker_transport = "dashboard.broker.Transport"
        messages = str(worker_folder / "broker" / "messages")
        control = str(worker_folder / "broker" / "control")
        options = {"data_folder_in": messages, "data_folder_out": messages, "control_folder": control}
    app.conf.update(broker_transport_options=options, task_default_queue="slipway")
    return app


@pytest.mark.django_db(transaction=True)
def test_a_task_sent_through_the_folder_is_taken(worker, tmp_path):
    with worker() as log:
        client_of(tmp_path, "").send_task("sync.tick")
        wait_until(lambda: b"sync.tick" in log.read_bytes(), seconds=10, what="the worker takes sync.tick")


@pytest.mark.redis
@pytest.mark.django_db(transaction=True)
def test_a_task_sent_through_redis_is_taken(worker, tmp_path, redis_url):
    with worker(redis_url=redis_url) as log:
        client_of(tmp_path, redis_url).send_task("sync.tick")
        wait_until(lambda: b"sync.tick" in log.read_bytes(), seconds=10, what="the worker takes sync.tick")


def test_a_message_has_its_name_only_when_it_is_whole(tmp_path, monkeypatch):
    """What kombu does itself: name first, then write. A reader in between would take an empty file and die of it."""
    channel = Channel.__new__(Channel)
    channel.__dict__["data_folder_out"] = str(tmp_path)
    seen = []

    def slow_dumps(message):
        seen.extend(tmp_path.glob("*.msg"))
        return json.dumps(message)

    monkeypatch.setattr("dashboard.broker.dumps", slow_dumps)
    channel._put("slipway", {"task": "sync.tick"})
    assert seen == []
    assert [json.loads(path.read_text()) for path in tmp_path.glob("*.slipway.msg")] == [{"task": "sync.tick"}]


@pytest.mark.redis
def test_the_shared_cache_carries_json_and_counts(redis_url):
    cache = RedisCache(redis_url, {"OPTIONS": {"serializer": "dashboard.cache.JsonSerializer"}})
    cache.set("attempts", 1)
    cache.incr("attempts")
    cache.set("times", [1.5, "x"])
    assert (cache.get("attempts"), cache.get("times")) == (2, [1.5, "x"])
    with pytest.raises(TypeError):
        cache.set("object", object())


@pytest.mark.redis
@pytest.mark.django_db
def test_health_with_redis_is_ok(client, settings, redis_url):
    settings.REDIS_URL = redis_url
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": redis_url}}
    assert client.get("/health").json()["state"] == "ok"


def test_no_beat_entry_piles_up_while_no_worker_is_there():
    entries: list[Any] = list(settings.CELERY_BEAT_SCHEDULE.values())
    assert entries
    assert all(entry["options"]["expires"] <= entry["schedule"] for entry in entries)


def test_every_task_that_is_called_by_name_exists():
    named = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    called = {name for path in Path(tasks.__file__).parent.rglob("*.py") for name in NUDGES.findall(path.read_text())}
    assert "sync.project" in called
    assert named | called <= set(current_app.tasks)
