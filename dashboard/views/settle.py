"""The answers to a command that needs somebody: a page that asks first, a fresh proof, then the act."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from dashboard.forms_commands import NothingForm, ReasonForm
from dashboard.fresh import OURS, ask_first
from dashboard.offers import Offer
from dashboard.proofs import proof_of
from dashboard.reader import reader
from dashboard.views.answers import render
from dashboard.views.command import found
from releases.actions.commands import settling
from releases.actions.commands.asked import Asked
from releases.errors import Conflict
from releases.models import Command, User
from releases.policies.commands import check_can_operate, check_can_settle
from releases.policies.fresh import told
from releases.policies.roles import refusal
from releases.queries.commands import shown_of


@dataclass(frozen=True)
class Act:
    """One answer: its button, what it does in words, what a proof is asked for, and the act itself."""

    label: str
    icon: str
    text: str
    to: str
    form: type[forms.Form]
    check: Callable[[User, Command], None]
    run: Callable[..., Command]
    done: str


ACTS = {
    "check_again": Act(
        "Check again",
        "refresh-cw",
        "Azure is read once more. Nothing is sent unless two reads show no trace of it.",
        "to have Azure read again",
        NothingForm,
        lambda user, command: check_can_operate(user, command.project),
        settling.check_again,
        "Azure is read once more.",
    ),
    "send_again": Act(
        "Send again",
        "send",
        "It is sent once more, as if it had never been sent. Do this only after you looked in Azure and saw that it "
        "was not done.",
        "to send a command again",
        ReasonForm,
        check_can_settle,
        settling.send_again,
        "It is sent once more.",
    ),
    "close_command": Act(
        "Close as done in Azure",
        "check",
        "The command ends as confirmed, by your word. Do this only after you looked in Azure and saw that it was done.",
        "to close a command as done",
        ReasonForm,
        check_can_settle,
        lambda command, **more: settling.close(command, is_done=True, **more),
        "Closed as done in Azure.",
    ),
    "give_up": Act(
        "Give up",
        "x",
        "The command ends and nothing more is sent. What Azure did already stays done.",
        "to give a command up",
        ReasonForm,
        check_can_settle,
        lambda command, **more: settling.close(command, is_done=False, **more),
        "Given up. Nothing more is sent.",
    ),
}


@require_http_methods(["GET", "POST"])
@sensitive_post_parameters(f"{OURS}password", f"{OURS}code")
def answer(request: HttpRequest, pk: UUID, act: str) -> HttpResponse:
    """The page that asks, or, posted with a fresh proof, the act. Raises Conflict when it waits for nobody."""
    one, chosen, user = found(request, pk), ACTS[act], reader(request)
    if not one.needs_a_person:
        raise Conflict("Somebody else dealt with it meanwhile. Look again.", code="not_waiting")
    form = chosen.form(request.POST if request.method == "POST" else None)
    if form.is_valid():
        chosen.check(user, one.row)  # nobody proves who they are for what would be refused anyway
        if (asking := ask_first(request, chosen.to)) is not None:
            return asking
        chosen.run(one.row, by=user, asked=asked_of(request), **form.cleaned_data)
        messages.success(request, f"{one.title}: {chosen.done}")
        return redirect("commands")
    no = refusal(chosen.check, user, one.row) or ""
    context = {"one": one, "act": chosen, "form": form, "offer": Offer(chosen.label, no)}
    context["shown"] = shown_of([one])[0]
    status = 422 if form.errors else 200
    return render(request, "pages/commands/settle.html", context, status=status)


def asked_of(request: HttpRequest) -> Asked:
    """How it was asked for: on a page, with this proof."""
    auth: Any = told(proof_of(request), now=timezone.now()).get("auth")
    return Asked(key="", auth=auth)
