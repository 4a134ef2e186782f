"""The shared cache: JSON only, never pickle, so that nobody who reaches Redis can run code here. Named by settings.

It counts sign-ins and API requests and holds nothing that matters, so a Redis that is away takes no page with it.
"""

import json
import time
from collections.abc import Callable
from typing import Any, ClassVar

from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache, RedisCacheClient
from redis.exceptions import RedisError

AWAY_SECONDS = 10.0
"""How long Redis is left alone after it did not answer: each question to a frozen one takes 3 s."""


class JsonSerializer:
    """Django's Redis serializer contract in JSON. Whole numbers stay readable for Redis, which counts with them."""

    def dumps(self, value: object) -> bytes | int:
        """The bytes to store; int as it is, because INCR needs it."""
        return value if type(value) is int else json.dumps(value).encode()

    def loads(self, value: bytes) -> object:
        """The value that was stored."""
        return json.loads(value)


def _or_here(name: str) -> Callable[..., Any]:
    """The operation of that name: in Redis, or among what this process counts for itself while Redis is away."""

    def operation(self: "Client", *args: Any, **options: Any) -> Any:
        if time.monotonic() >= Client.away_until:
            try:
                return getattr(RedisCacheClient, name)(self, *args, **options)
            except RedisError:
                Client.away_until = time.monotonic() + AWAY_SECONDS
        return getattr(self.here, name)(*args, **options)

    return operation


class Client(RedisCacheClient):
    """Django's client. While Redis is away limits go on to hold, for each process by itself."""

    away_until: ClassVar[float] = 0.0
    here: ClassVar[LocMemCache] = LocMemCache("while Redis is away", {})

    add, get, set, touch, delete = (_or_here(name) for name in ("add", "get", "set", "touch", "delete"))
    has_key, incr, clear = (_or_here(name) for name in ("has_key", "incr", "clear"))
    get_many, set_many, delete_many = (_or_here(name) for name in ("get_many", "set_many", "delete_many"))


class SharedCache(RedisCache):
    """Redis through that client."""

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._class = Client
