"""The answer to whatever has no address of its own."""

from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from releases.api.base import ApiView
from releases.api.permissions import ANY


class NotHere(ApiView):
    """Whatever else is asked for below /api/v1/: a 404 in the API's own form, and 401 for who is not signed in."""

    scope = ANY
    schema = None

    def get(self, _request: Request, **_parts: str) -> Response:
        """Never answers."""
        raise NotFound
