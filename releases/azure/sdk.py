"""Loads the `azure-devops` client, late and tamed. Used by `releases.azure.asking` only.

Importing it costs a second and 50 MB, writes to the home folder and keeps what servers say of themselves on disk for
12 hours; here it is loaded at the first connection, and remembers locations in memory only.
"""

import logging
import os
import shutil
import tempfile
from functools import cache
from typing import Any

from releases.azure.loading import loading

_CACHE_VARIABLE = "AZURE_DEVOPS_CACHE_DIR"


class NotRegistered(ValueError):
    """The server does not list a location that is asked for."""


def connection(organization_url: str, signed: Any) -> Any:
    """An `azure.devops.connection.Connection`; makes no request yet."""
    with loading():
        client = _load()
    return client(base_url=organization_url, creds=signed, user_agent="slipway")


def forget_locations() -> None:
    """Drop what servers said of themselves, so that the next call asks again."""
    with loading():
        from azure.devops._file_cache import OPTIONS_CACHE, RESOURCE_CACHE
        from azure.devops.client import Client

        Client._locations_cache.clear()
        OPTIONS_CACHE.data.clear()
        RESOURCE_CACHE.data.clear()


@cache
def _load() -> Any:
    given = os.environ.get(_CACHE_VARIABLE)
    folder = None if given else tempfile.mkdtemp(prefix="slipway-")
    if folder:
        os.environ[_CACHE_VARIABLE] = folder
    try:
        from azure.devops._file_cache import OPTIONS_CACHE, RESOURCE_CACHE
        from azure.devops.connection import Connection
        from msrest.universal_http.requests import ClientRetryPolicy
    finally:
        if folder:
            os.environ.pop(_CACHE_VARIABLE, None)
            shutil.rmtree(folder, ignore_errors=True)
    for remembered in (OPTIONS_CACHE, RESOURCE_CACHE):
        remembered.file_name = ""  # a cache without a file is never written
    # Each client that is made looks 999 codes up in this list of 501, which took 3 ms.
    ClientRetryPolicy.safe_codes = frozenset(ClientRetryPolicy.safe_codes)
    for name in ("azure.devops", "msrest"):
        logging.getLogger(name).setLevel(logging.WARNING)  # at DEBUG they log whole answers
    return Connection
