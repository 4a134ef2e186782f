"""Reads pages as people do: without tags and with single blanks. Counts the queries a page asks."""

import re
from html import unescape
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

HTMX = {"HX-Request": "true"}


def words(response: Any) -> str:
    """The page's text, of an answer or of its content."""
    html = response if isinstance(response, str) else response.content.decode()
    text = unescape(re.sub(r"<[^>]*>", " ", html))
    return re.sub(r" ([.,;:)])", r"\1", " ".join(text.split()))


def queries(client: Client, path: str) -> int:
    """How many queries the page asks; it must answer. Asked once before, so that the session is not counted."""
    client.get(path)
    with CaptureQueriesContext(connection) as asked:
        response = client.get(path)
    assert response.status_code == 200, path
    return len(asked)
