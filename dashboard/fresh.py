"""Asks for a fresh sign-in before a POST goes on, and loses nothing of what was filled in. Worn by views that need it.

The page "Confirm it is you" carries the form along in hidden fields and posts it, with the proof, to the address it was
going to: no replay by GET, no address from outside, CSRF as for any form, no script. Whether a proof is fresh enough
decides `releases.policies.fresh`.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters

from dashboard.back import back_of
from dashboard.forms_confirm import ConfirmForm
from dashboard.proofs import note_proof, proof_of
from dashboard.reader import reader
from dashboard.views.answers import render
from releases import audit
from releases.audit import Outcome
from releases.errors import Denied
from releases.models import User
from releases.policies.fresh import check_is_fresh, told

View = Callable[..., HttpResponse]

OURS = f"{ConfirmForm.prefix}-"


def fresh_sign_in(to: str) -> Callable[[View], View]:
    """A decorator for views that act on POST; `to` says what for: `to give a role`. Other methods pass."""

    def decorator(view: View) -> View:
        @wraps(view)
        @sensitive_post_parameters(f"{OURS}password", f"{OURS}code")
        def asked(request: HttpRequest, *args: Any, **parts: Any) -> HttpResponse:
            if request.method != "POST":
                return view(request, *args, **parts)
            return ask_first(request, to) or view(request, *args, **parts)

        return asked

    return decorator


def ask_first(request: HttpRequest, to: str) -> HttpResponse | None:
    """The page that asks, or None when it is proved: `request.POST` is then what was filled in at first.

    For views that look at their form first: nobody proves who they are for a form with a mistake in it.
    """
    user, kept = reader(request), _kept(request.POST)
    if any(name.startswith(OURS) for name in request.POST):
        form = ConfirmForm(request.POST, user=user)
        if not form.is_valid():
            if form.was_wrong:
                _append("signin.confirmation_failed", request, user, outcome=Outcome.DENIED)
            return _page(request, to, form, kept, status=422)
        _confirm(request, user, form)
        request.POST = kept  # type: ignore[assignment]  # Django's own setter
        return None
    try:
        check_is_fresh(user, proof_of(request), now=timezone.now())
    except Denied as denied:
        return _page(request, to, ConfirmForm(user=user), kept, sentence=denied.sentence)
    return None


def _confirm(request: HttpRequest, user: User, form: ConfirmForm) -> None:
    """The session gets a new key with the proof: whoever had the old one has nothing."""
    assert form.method is not None
    with transaction.atomic():
        note_proof(request, user, form.method)
        request.session.cycle_key()
        _append("signin.confirmed", request, user)


def _append(type: str, request: HttpRequest, user: User, *, outcome: Outcome = Outcome.OK) -> None:
    asked = request.resolver_match.view_name if request.resolver_match else ""
    more = told(proof_of(request), now=timezone.now())
    with transaction.atomic():
        audit.append(type, by=user, outcome=outcome, object=("address", asked), more=more)


def _kept(posted: QueryDict) -> QueryDict:
    kept = posted.copy()
    for name in list(kept):
        if name.startswith(OURS):
            del kept[name]
    return kept


def _page(
    request: HttpRequest, to: str, form: ConfirmForm, kept: QueryDict, *, sentence: str = "", status: int = 200
) -> HttpResponse:
    hidden = [(name, value) for name, values in kept.lists() if name != "csrfmiddlewaretoken" for value in values]
    context = {"form": form, "to": to, "hidden": hidden, "sentence": sentence, "back": back_of(request)}
    return render(request, "pages/account/confirm.html", {**context, "action": request.get_full_path()}, status=status)
