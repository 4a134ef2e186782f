"""Answers that are files: sent a piece at a time, saved by the browser and never shown by it."""

from typing import IO

from django.http import FileResponse

POLICY = "default-src 'none'; frame-ancestors 'none'; sandbox"


def file_answer(file: IO[bytes], *, name: str, kind: str) -> FileResponse:
    """The file under a name of ours: nothing in it comes from the request."""
    response = FileResponse(file, as_attachment=True, filename=name, content_type=kind)
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "no-store"
    return response
