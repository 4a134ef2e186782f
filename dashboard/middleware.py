"""What holds for every request: pages are private, sessions end, and everything needs a sign-in unless it says not.

Named by `dashboard.settings`. Holds no rule about who may do what: that is `releases.policies`.
"""

import logging
import time
from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import resolve_url
from django.utils.http import urlencode
from django_htmx.http import HttpResponseClientRedirect
from django_htmx.middleware import HtmxDetails
from rest_framework.permissions import SAFE_METHODS


class HtmxRequest(HttpRequest):
    """A request after django-htmx looked at it."""

    htmx: HtmxDetails


log = logging.getLogger(__name__)
Answer = Callable[[HttpRequest], HttpResponseBase]

PERMISSIONS = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"
STARTED = "slipway.started"
SEEN = "slipway.seen"
SEEN_STEP_SECONDS = 60
"""How often a session notes that it is used; writing on every request would make readers write."""


def private_pages(get_response: Answer) -> Answer:
    """No page is kept by a browser or a proxy, and none may use the devices of its reader."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        response.headers.setdefault("Cache-Control", "no-store")
        response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        return response

    return middleware


def session_limits(get_response: Answer) -> Answer:
    """End a session that was idle for 30 minutes or is 12 hours old. A page that polls (`X-Poll`) is not a person."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if request.user.is_authenticated:
            _keep_or_end(request, now=time.time())
        return get_response(request)

    return middleware


def _keep_or_end(request: HttpRequest, *, now: float) -> None:
    session = request.session
    started, seen = session.setdefault(STARTED, now), session.setdefault(SEEN, now)
    if now - started > settings.SESSION_COOKIE_AGE or now - seen > settings.SESSION_IDLE_SECONDS:
        logout(request)
    elif now - seen > SEEN_STEP_SECONDS and "X-Poll" not in request.headers:
        session[SEEN] = now


class Sessions(SessionMiddleware):
    """Django's, but a page is read also where the database takes no rows, and the session's note of it is lost."""

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        """The answer, with its cookie where that was stored. Raises OperationalError where something was sent."""
        try:
            return super().process_response(request, response)
        except OperationalError as error:
            if request.method not in SAFE_METHODS:
                raise
            log.warning("A session could not be stored: %s", error)
            return response


class SignInRequired(LoginRequiredMiddleware):
    """Django's, but a fragment sends the whole page to sign in instead of showing that page inside itself."""

    def handle_no_permission(  # type: ignore[override]
        self, request: HtmxRequest, view_func: Callable[..., HttpResponseBase]
    ) -> HttpResponseBase:
        """To the sign-in page, and back to where the reader was."""
        if not request.htmx:
            return super().handle_no_permission(request, view_func)
        where = {self.get_redirect_field_name(view_func): request.htmx.current_url_abs_path or "/"}
        return HttpResponseClientRedirect(f"{resolve_url(self.get_login_url(view_func))}?{urlencode(where)}")
