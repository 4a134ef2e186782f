"""People and roles, for administrators: who is here, what they may do where, and links that invite somebody."""

from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from dashboard import offers
from dashboard.forms_people import InviteForm, RoleForm, page_number, searched
from dashboard.fresh import fresh_sign_in
from dashboard.proofs import proof_of
from dashboard.reader import reader
from releases.actions import users
from releases.actions.api_keys import revoke_api_key
from releases.actions.invitations import invite, withdraw
from releases.actions.second_factors import remove_second_factors
from releases.errors import Invalid
from releases.policies.people import check_can_see_people
from releases.policies.roles import SINGULARS
from releases.queries import people as query
from releases.queries.identities import open_identities
from releases.queries.second_factors import factors_of


@require_GET
def show(request: HttpRequest) -> HttpResponse:
    """A page of people, the links that are open, and the form for one more."""
    return _page(request, form=InviteForm(where=_where(request)))


@require_GET
def person(request: HttpRequest, pk: int) -> HttpResponse:
    """One person: roles by place, identities, keys, and what may be done about them."""
    user, where = reader(request), _where(request)
    seen = _person(where, pk)
    context = {
        "seen": seen,
        "form": RoleForm(where=where),
        "where": where,
        "administered": {project.pk for project in where.projects},
        "offer": offers.change_person(user, seen.user),
        "factors": factors_of(seen.user),
        "closing": offers.close_account(user, seen.user),
    }
    return render(request, "pages/people/person.html", context)


@require_POST
@fresh_sign_in("to invite somebody")
def invite_person(request: HttpRequest) -> HttpResponse:
    """Make a link. It is shown once, on the page that answers."""
    where = _where(request)
    form = InviteForm(request.POST, where=where)
    if not form.is_valid():
        return _page(request, form=form, status=422)
    new = invite(form.role_given, project=form.project, by=reader(request))
    link = request.build_absolute_uri(reverse("first", args=[new.secret]))
    return _page(request, form=InviteForm(where=where), link=link, invitation=new.row)


@require_POST
def withdraw_link(request: HttpRequest, pk: int) -> HttpResponse:
    """A link stops working."""
    found = next((row for row in query.open_invitations(_where(request), now=timezone.now()) if row.pk == pk), None)
    if found is None:
        raise Http404("There is no such link here")
    withdraw(found, by=reader(request))
    messages.success(request, "The link no longer works.")
    return redirect("people")


@require_POST
@fresh_sign_in("to give a role")
def grant(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a role."""
    return _change_role(request, pk, users.grant_role, "{} is {} now.")


@require_POST
@fresh_sign_in("to take a role away")
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a role away."""
    return _change_role(request, pk, users.revoke_role, "{} is no longer {}.")


@require_POST
@fresh_sign_in("to close an account")
def close(request: HttpRequest, pk: int) -> HttpResponse:
    """Close the account."""
    found = _person(_where(request), pk).user
    users.deactivate(found, by=reader(request))
    messages.success(request, f"The account of {found} is closed. Sessions and keys ended with it.")
    return redirect("person", pk=pk)


@require_POST
@fresh_sign_in("to open an account again")
def reopen(request: HttpRequest, pk: int) -> HttpResponse:
    """Open the account again."""
    found = _person(_where(request), pk).user
    users.reactivate(found, by=reader(request))
    messages.success(request, f"The account of {found} is open again. Its keys stay revoked.")
    return redirect("person", pk=pk)


@require_POST
@fresh_sign_in("to take somebody's second factor away")
def remove_factors(request: HttpRequest, pk: int) -> HttpResponse:
    """For whoever lost phone and recovery codes."""
    found = _person(_where(request), pk).user
    remove_second_factors(found, by=reader(request), proof=proof_of(request))
    messages.success(request, f"{found} signs in with the password alone now.")
    return redirect("person", pk=pk)


@require_POST
def revoke_key(request: HttpRequest, pk: int, prefix: str) -> HttpResponse:
    """End a key of somebody."""
    keys = _person(_where(request), pk).keys
    found = next((key for key in keys if key.prefix == prefix), None)
    if found is None:
        raise Http404("There is no such key here")
    revoke_api_key(found, by=reader(request))
    messages.success(request, f"The key {found.name} no longer works.")
    return redirect("person", pk=pk)


def _page(request: HttpRequest, *, form: InviteForm, status: int = 200, **more: object) -> HttpResponse:
    where = _where(request)
    text = searched(request.GET)
    context = {
        "page": query.people_page(where, text=text, number=page_number(request.GET)),
        "text": text,
        "form": form,
        "where": where,
        "open_count": open_identities().count() if where.is_everything else 0,
        "invitations": query.open_invitations(where, now=timezone.now()),
        **more,
    }
    return render(request, "pages/people/people.html", context, status=status)


def _where(request: HttpRequest) -> query.Administered:
    """Where the reader is administrator. Raises Denied for everybody else."""
    check_can_see_people(reader(request))
    return query.administered(reader(request))


def _person(where: query.Administered, pk: int) -> query.PersonSeen:
    found = query.person_seen(where, pk)
    if found is None:
        raise Http404("There is no such person here")
    return found


def _change_role(request: HttpRequest, pk: int, change: Callable[..., object], told: str) -> HttpResponse:
    where = _where(request)
    found, form = _person(where, pk).user, RoleForm(request.POST, where=where)
    if not form.is_valid():
        raise Invalid("Choose a role, and a place where you are administrator.", code="no_role")
    change(found, role=form.role_given, project=form.project, by=reader(request))
    messages.success(request, told.format(found, f"{SINGULARS[form.role_given]} in {form.project or 'every project'}"))
    return redirect("person", pk=pk)
