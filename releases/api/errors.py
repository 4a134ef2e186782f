"""The one place where errors become API answers: `{code, sentence, detail}`, with the status that fits.

An unexpected error is logged with its trace and answered without one, under an id that finds it in the log.
"""

import logging
from typing import Any
from uuid import uuid4

from django.core.exceptions import PermissionDenied
from django.db import OperationalError
from django.http import Http404
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import exception_handler, set_rollback

from releases.api.refused import note_refusal
from releases.errors import NOTED, AzureError, Conflict, DatabaseUnavailable, Denied, Invalid, ReleasesError

log = logging.getLogger(__name__)

STATUS_OF: list[tuple[type[ReleasesError], int]] = [(Denied, 403), (Conflict, 409), (Invalid, 400), (AzureError, 502)]
SENTENCES = {
    400: "This request cannot be understood.",
    401: "Sign in, or send a key: Authorization: Bearer KEY.",
    403: "You may not do this.",
    404: "There is nothing here that you can see.",
    405: "This address does not take this method.",
    406: "This address cannot answer in the form you accept.",
    415: "Send JSON.",
    429: "Too many requests. Wait a little.",
}
CODES = {404: "not_found", 405: "method_not_allowed", 429: "throttled"}


def answered(error: Exception, context: dict[str, Any]) -> Response:
    """The answer for any error that a view raised."""
    if isinstance(error, ReleasesError):
        set_rollback()
        if isinstance(error, Denied) or error.code in NOTED:
            note_refusal(context["request"], error)
        detail = {"changes": list(error.changes)} if isinstance(error, Conflict) and error.changes else None
        return _answer(_status(error), code=error.code, sentence=error.sentence, detail=detail)
    known = exception_handler(error, context)
    if known is not None:
        return _reshaped(known, error)
    set_rollback()
    return _unexpected(error)


def _status(error: ReleasesError) -> int:
    return next((status for kind, status in STATUS_OF if isinstance(error, kind)), 500)


def _reshaped(known: Response, error: Exception) -> Response:
    """REST framework's answer with its headers kept (WWW-Authenticate, Retry-After, Allow) and its body in our form."""
    status = known.status_code
    sentence, detail, code = SENTENCES.get(status, SENTENCES[400]), None, CODES.get(status)
    if isinstance(error, exceptions.ValidationError):
        code, sentence, detail = "invalid", _first(error.detail) or sentence, known.data
    elif isinstance(error, exceptions.AuthenticationFailed):
        code, sentence = str(error.get_codes()), str(error.detail)
    elif isinstance(error, exceptions.ParseError):
        code, sentence = "unreadable", str(error.detail)
    elif isinstance(error, Http404 | PermissionDenied):
        code = code or "denied"
    elif isinstance(error, exceptions.APIException):
        code = code or str(error.get_codes())
    known.data = _body(code or "error", sentence, detail)
    return known


def _first(detail: object, field: str = "") -> str:
    """The first of the messages, with the field it is about."""
    if isinstance(detail, dict):
        name, inner = next(iter(detail.items()))
        return _first(inner, "" if name == "non_field_errors" else str(name))
    if isinstance(detail, list):
        return _first(detail[0], field) if detail else ""
    return f"{field}: {detail}" if field else str(detail)


def _unexpected(error: Exception) -> Response:
    if isinstance(error, OperationalError):
        log.warning("The database did not answer: %s", error)
        told = DatabaseUnavailable.told_by(error)
        return _answer(503, code=told.code, sentence=told.sentence)
    number = uuid4().hex
    log.error("Unexpected error %s", number, exc_info=error)
    sentence = f"Something went wrong here. It is in our log as {number}."
    return _answer(500, code="unexpected", sentence=sentence, detail={"id": number})


def _answer(status: int, *, code: str, sentence: str, detail: object = None) -> Response:
    return Response(_body(code, sentence, detail), status=status)


def _body(code: str, sentence: str, detail: object) -> dict[str, object]:
    return {"code": code, "sentence": sentence, "detail": detail}
