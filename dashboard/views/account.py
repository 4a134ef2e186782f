"""The reader's own account: name, time zone, theme."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_POST

from dashboard.forms import AccountForm, ThemeForm
from dashboard.reader import reader
from releases.models import User

YEAR_SECONDS = 365 * 24 * 60 * 60


@require_http_methods(["GET", "POST"])
def account(request: HttpRequest) -> HttpResponse:
    """Show the account, or store its name and time zone."""
    user = reader(request)
    form = AccountForm(request.POST or None, initial={"name": user.name, "time_zone": user.time_zone})
    if form.is_valid():
        User.objects.filter(pk=user.pk).update(**form.cleaned_data)
        messages.success(request, "Saved.")
        return redirect("account")
    return render(request, "pages/account/account.html", {"form": form}, status=422 if form.errors else 200)


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
    cookie = settings.THEME_COOKIE_NAME
    response.set_cookie(cookie, chosen, max_age=YEAR_SECONDS, secure=settings.IS_HTTPS, httponly=True, samesite="Lax")
    return response
