"""The page behind a one-time link: the person makes their own account and is signed in. Needs no sign-in, of course."""

from allauth.account.adapter import get_adapter
from django import forms
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from dashboard.proofs import note_proof
from releases.actions import invitations
from releases.errors import Denied, ReleasesError
from releases.policies.fresh import Method


class AccountForm(forms.Form):
    """What an account needs."""

    name = forms.CharField(label="Your name", max_length=200, widget=forms.TextInput({"autocomplete": "name"}))
    email = forms.EmailField(label="E-mail", widget=forms.EmailInput({"autocomplete": "username"}))
    password = forms.CharField(
        label="Password",
        help_text="At least 15 characters, and not a common one.",
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
        strip=False,
    )


@login_not_required
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def first(request: HttpRequest, secret: str) -> HttpResponse:
    """Show the form, or make the account, sign its person in and go to the Connect page."""
    form = AccountForm(request.POST or None)
    try:
        invitations.find_open(secret)
        if form.is_valid():
            user = invitations.accept(secret, **form.cleaned_data)
            user.backend = "allauth.account.auth_backends.AuthenticationBackend"
            note_proof(request, user, Method.PASSWORD)  # just chosen
            get_adapter().login(request, user)
            return redirect("connect")
    except Denied as denied:
        return render(request, "pages/account/link_over.html", {"sentence": denied.sentence}, status=410)
    except ReleasesError as error:
        form.add_error(None, error.sentence)
    return render(request, "pages/account/first.html", {"form": form}, status=422 if form.errors else 200)
