"""One URL answers a page or its fragment: which of them, and "unchanged" to a page that has it already."""

from hashlib import sha256
from typing import Any
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.template.context import make_context
from django.template.loader import get_template
from django.utils.cache import patch_vary_headers

from dashboard.middleware import HtmxRequest


def page_or_fragment(
    request: HttpRequest, page: str, fragment: str, context: dict[str, Any], *, news: str = "", status: int = 200
) -> HttpResponse:
    """The fragment to htmx, the page to everybody else. `news` is read out when a fragment changed."""
    if not wants_fragment(request):
        response = render(request, page, context, status=status)
        patch_vary_headers(response, ["HX-Request"])
        return response
    response = render(request, fragment, context, status=status)
    etag = f'"{sha256(response.content).hexdigest()[:20]}"'
    if request.headers.get("If-None-Match", "").removeprefix("W/") == etag:  # packing an answer makes its tag weak
        response = HttpResponseNotModified()
    response.headers["ETag"] = etag
    if news:
        response.headers["X-News"] = quote(news)
    patch_vary_headers(response, ["HX-Request"])
    return response


def render(request: HttpRequest, template: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    """Django's, but what was read for the answer goes with it.

    Contexts, and a request with its user, hold themselves: their rows would stay until Python searches everything for
    garbage.
    """
    bound = make_context(context, request)
    try:
        return HttpResponse(get_template(template).template.render(bound), status=status)  # type: ignore[attr-defined]
    finally:
        bound.dicts.clear()
        vars(request).pop("shell", None)


def wants_fragment(request: HttpRequest) -> bool:
    """Whether htmx asks for a part of a page it shows already."""
    htmx = request.htmx if isinstance(request, HtmxRequest) or hasattr(request, "htmx") else None
    return bool(htmx) and not getattr(htmx, "boosted", False)
