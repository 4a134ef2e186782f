"""The reader's own account: name, time zone, theme, keyboard shortcuts, roles and API keys."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_POST

from dashboard.forms import ThemeForm, zones
from dashboard.forms_account import AccountForm, KeyForm
from dashboard.fresh import ask_first
from dashboard.reader import reader
from releases.actions.api_keys import NewKey, create_api_key, revoke_api_key
from releases.actions.own_account import change_account
from releases.models import ApiKey, User
from releases.queries.people import own_keys, own_roles
from releases.queries.second_factors import factors_of

YEAR_SECONDS = 365 * 24 * 60 * 60


@require_http_methods(["GET", "POST"])
def account(request: HttpRequest) -> HttpResponse:
    """Show the account, or store what was decided about it."""
    user = reader(request)
    decided = {name: getattr(user, name) for name in ("name", "time_zone", "has_shortcuts")}
    form = AccountForm(request.POST or None, initial=decided)
    if not form.is_valid():
        return _page(request, form=form, status=422 if form.errors else 200)
    change_account(user, **form.cleaned_data, by=user)
    messages.success(request, "Saved.")
    response = redirect("account")
    _keep(response, settings.KEYS_COOKIE_NAME, "on" if form.cleaned_data["has_shortcuts"] else "off")
    return response


@login_not_required
@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Keep the theme in a cookie, and with the account, so that it is there on the next machine too."""
    form = ThemeForm(request.POST)
    if not form.is_valid():
        return redirect("overview")
    chosen, target = form.cleaned_data["theme"], form.cleaned_data["next"]
    if isinstance(request.user, User):
        User.objects.filter(pk=request.user.pk).update(theme=chosen)
    is_ours = target.startswith("/") and url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()})
    response = redirect(target if is_ours else "overview")
    _keep(response, settings.THEME_COOKIE_NAME, chosen)
    return response


@require_POST
def make_key(request: HttpRequest) -> HttpResponse:
    """Make a key of one's own. It is shown once, on the page that answers."""
    user = reader(request)
    form = KeyForm(request.POST, taken={key.name for key in own_keys(user, now=timezone.now())})
    if not form.is_valid():
        return _page(request, key_form=form, status=422)
    if asking := ask_first(request, "to make a key"):
        return asking
    return _page(request, new_key=create_api_key(user, by=user, **form.cleaned_data))


@require_POST
def revoke_key(request: HttpRequest, prefix: str) -> HttpResponse:
    """End a key of one's own."""
    user = reader(request)
    key = ApiKey.objects.filter(user=user, prefix=prefix).first()
    if key is None:
        raise Http404("There is no such key here")
    revoke_api_key(key, by=user)
    messages.success(request, f"The key {key.name} no longer works.")
    return redirect("account")


def _page(
    request: HttpRequest,
    *,
    form: AccountForm | None = None,
    key_form: KeyForm | None = None,
    new_key: NewKey | None = None,
    status: int = 200,
) -> HttpResponse:
    user = reader(request)
    decided = {name: getattr(user, name) for name in ("name", "time_zone", "has_shortcuts")}
    context = {
        "form": form or AccountForm(initial=decided),
        "key_form": key_form or KeyForm(),
        "new_key": new_key,
        "zones": zones(),
        "now": timezone.now(),
        "roles": own_roles(user),
        "factors": factors_of(user),
        "keys": own_keys(user, now=timezone.now()),
    }
    return render(request, "pages/account/account.html", context, status=status)


def _keep(response: HttpResponse, cookie: str, word: str) -> None:
    response.set_cookie(cookie, word, max_age=YEAR_SECONDS, secure=settings.IS_HTTPS, httponly=True, samesite="Lax")
