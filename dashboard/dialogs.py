"""One dialog that acts: a page of its own without scripts, shown inside a <dialog> where htmx asks. Used by its views.

What a person typed is never lost: a reason that is too short, and a release that changed meanwhile, bring it back.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from dashboard.forms_acts import ActForm
from dashboard.offers import Offer
from dashboard.proofs import proof_of
from dashboard.reader import reader
from dashboard.refused import note_refusal
from dashboard.views.answers import page_or_fragment, wants_fragment
from releases.actions.commands.asked import Asked
from releases.errors import NOTED, Conflict, Invalid
from releases.models import Organization
from releases.policies.fresh import told
from releases.queries.snapshot import Seen, read, token

FIELDS = {
    "reason_too_short": "reason",
    "reason_too_long": "reason",
    "wrong_name": "typed_name",
}
"""The field that an error belongs to; others stand above the form."""

Do = Callable[[dict[str, Any], Asked, Seen], object]
"""The act: from what was filled in, how it was asked for, and what the person saw."""


@dataclass(frozen=True)
class Dialog:
    """`fragment` is its template's name, `offer` whether it may be sent, `seen` what it shows, `back` where it leads.

    `title` names the page; `fixed` are hidden fields that say what is meant; `organization` is who it is sent to, which
    may be stopped: then the dialog says that it will wait.
    """

    request: HttpRequest
    fragment: str
    title: str
    offer: Offer
    form: type[ActForm]
    seen: Seen
    back: str
    context: Mapping[str, Any]
    fixed: Mapping[str, Any] = field(default_factory=dict)
    organization: Organization | None = None

    def show(self) -> HttpResponse:
        """As it is opened."""
        return self._answer(self._new({}))

    def act(self, do: Do) -> HttpResponse:
        """Do it, and go to where it shows; or the dialog again with what is wrong and everything that was typed."""
        form = self.form(self.request.POST)
        if not form.is_valid():
            return self._answer(form, status=422)
        given = form.cleaned_data
        try:
            do(given, self._asked(given["key"]), read(given["seen"]))
        except Invalid as invalid:
            name = FIELDS.get(invalid.code, "")
            form.add_error(name if name in form.fields else None, invalid.sentence)
            return self._answer(form, status=422)
        except Conflict as conflict:
            if conflict.code in NOTED:
                note_refusal(self.request, conflict, by=reader(self.request))
            typed: dict[str, Any] = {name: given[name] for name in ("reason", "typed_name") if name in given}
            return self._answer(self._new(typed), conflict=conflict.sentence, status=409)
        return redirect(self.back)

    def _asked(self, key: str) -> Asked:
        proved = told(proof_of(self.request), now=timezone.now()).get("auth")
        return Asked(key=key, auth=proved if isinstance(proved, dict) else None)

    def _new(self, typed: Mapping[str, Any]) -> ActForm:
        return self.form(initial={"key": uuid4().hex, "seen": token(self.seen), **self.fixed, **typed})

    def _answer(self, form: forms.Form, *, conflict: str = "", status: int = 200) -> HttpResponse:
        fragment = f"pages/acts/{self.fragment}.html"
        context = {
            **self.context,
            "form": form,
            "offer": self.offer,
            "title": self.title,
            "conflict": conflict,
            "back": self.back,
            "organization": self.organization,
            "fragment": fragment,
            "is_dialog": wants_fragment(self.request),
        }
        return page_or_fragment(self.request, "pages/acts/act.html", fragment, context, status=status)
