"""Answers that are CSV files: sent as they are made, saved by the browser and never shown by it."""

from collections.abc import Iterator
from datetime import date

from django.http import StreamingHttpResponse

POLICY = "default-src 'none'; frame-ancestors 'none'; sandbox"


def csv_answer(lines: Iterator[str], *, of: str, day: date) -> StreamingHttpResponse:
    """A file named after what it lists and the day; nothing in its name comes from the request."""
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="slipway-{of}-{day:%Y-%m-%d}.csv"'
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
