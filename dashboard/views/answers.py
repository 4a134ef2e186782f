"""One URL answers a page or its fragment: which of them, and "unchanged" to a page that has it already."""

from hashlib import sha256
from typing import Any
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.shortcuts import render
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


def wants_fragment(request: HttpRequest) -> bool:
    """Whether htmx asks for a part of a page it shows already."""
    htmx = request.htmx if isinstance(request, HtmxRequest) or hasattr(request, "htmx") else None
    return bool(htmx) and not getattr(htmx, "boosted", False)
