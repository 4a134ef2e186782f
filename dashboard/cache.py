"""What the shared cache carries: JSON only, never pickle, so that nobody who reaches Redis can run code here."""

import json


class JsonSerializer:
    """Django's Redis serializer contract in JSON. Whole numbers stay readable for Redis, which counts with them."""

    def dumps(self, value: object) -> bytes | int:
        """The bytes to store; int as it is, because INCR needs it."""
        return value if type(value) is int else json.dumps(value).encode()

    def loads(self, value: bytes) -> object:
        """The value that was stored."""
        return json.loads(value)
