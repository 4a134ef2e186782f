"""One thread at a time loads Azure's client libraries. Used by `releases.azure` wherever one of them is first imported.

They share packages: two threads that import them from different ends wait for each other, and Python ends that with an
error in one of them. What they share is therefore loaded first, under one lock.
"""

import importlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager

SHARED = ("azure.core.exceptions", "azure.core.pipeline", "msrest.authentication")

_lock = threading.RLock()


@contextmanager
def loading() -> Iterator[None]:
    """Hold this while an Azure library is imported or its first client is made; ask nothing of Azure inside."""
    with _lock:
        for name in SHARED:
            importlib.import_module(name)
        yield
