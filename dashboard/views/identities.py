"""Who is this? Identities of Azure DevOps, git and Azure ML, placed by administrators of everything."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from dashboard.forms_people import PlaceForm, page_number, searched
from dashboard.reader import reader
from releases.actions.identities import Standing, place_identity
from releases.errors import Invalid
from releases.models import Identity, User
from releases.policies.people import check_can_place_identities
from releases.queries.identities import SHOWS, identities_page
from releases.states import IdentityKind

ACCOUNTS_OFFERED = 300
SHOWS_NAMED = (("open", "To place"), ("people", "People"), ("services", "Services"), ("all", "All"))


@require_GET
def show(request: HttpRequest) -> HttpResponse:
    """A page of identities: those that belong to nobody yet, or people, services, all."""
    check_can_place_identities(reader(request))
    wanted, text = request.GET.get("show", ""), searched(request.GET)
    shown = wanted if wanted in SHOWS else SHOWS[0]
    context = {
        "page": identities_page(show=shown, text=text, number=page_number(request.GET)),
        "show": shown,
        "shows": SHOWS_NAMED,
        "text": text,
        "accounts": User.objects.filter(is_active=True).order_by("name", "id")[:ACCOUNTS_OFFERED],
    }
    return render(request, "pages/people/identities.html", context)


@require_POST
def place(request: HttpRequest, pk: int) -> HttpResponse:
    """Say who it is."""
    by, form = reader(request), PlaceForm(request.POST)
    check_can_place_identities(by)
    identity = Identity.objects.filter(pk=pk).first()
    if identity is None:
        raise Http404("There is no such identity here")
    if not form.is_valid():
        raise Invalid("Choose whose it is.", code="no_choice")
    kind, account = _chosen(form.cleaned_data["to"])
    user, _, was = form.cleaned_data["seen"].partition(":")
    place_identity(identity, kind=kind, user=account, seen=Standing(int(user) if user else None, was), by=by)
    messages.success(request, f"{identity} is placed.")
    return redirect("identities")


def _chosen(word: str) -> tuple[IdentityKind, User | None]:
    kind, _, number = word.partition(":")
    if kind != "user":
        return IdentityKind(kind), None
    account = User.objects.filter(pk=int(number), is_active=True).first()
    if account is None:
        raise Http404("There is no such account here")
    return IdentityKind.PERSON, account
