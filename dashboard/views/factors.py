"""The second factor of one's own account, and the step of sign-in that asks for it. What it means is in the actions."""

from base64 import b64encode
from io import BytesIO
from urllib.parse import quote, urlencode

import qrcode
from allauth.account.internal.decorators import login_stage_required
from allauth.mfa.stages import AuthenticateStage
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST
from qrcode.image.svg import SvgPathFillImage

from dashboard.forms_confirm import CodeForm
from dashboard.forms_factors import NewCodeForm
from dashboard.fresh import fresh_sign_in
from dashboard.proofs import note_proof, proof_of
from dashboard.reader import reader
from dashboard.views.answers import render
from releases.actions import second_factors
from releases.errors import Invalid
from releases.models import User
from releases.policies.codes import new_seed
from releases.secrets import decrypt, encrypt

SEED = "slipway.seed"


@login_stage_required(stage=AuthenticateStage.key, redirect_urlname="account_login")  # type: ignore[untyped-decorator]
@sensitive_post_parameters("code")
@require_http_methods(["GET", "POST"])
def authenticate(request: HttpRequest) -> HttpResponse:
    """The second step of signing in. The step itself is django-allauth's, as is what follows."""
    stage = request._login_stage  # type: ignore[attr-defined]  # set by the decorator
    form = CodeForm(request.POST if request.method == "POST" else None, user=stage.login.user)
    if not form.is_valid() or form.method is None:
        return render(request, "mfa/authenticate.html", {"form": form}, status=422 if form.errors else 200)
    note_proof(request, stage.login.user, form.method)
    response: HttpResponse = stage.exit()
    return response


@require_POST
@fresh_sign_in("to add an authenticator app")
def begin(request: HttpRequest) -> HttpResponse:
    """Make the key that the app will share, kept with the session until the app shows that it has it."""
    request.session[SEED] = encrypt(new_seed(), row=_kept_for(reader(request)))
    return redirect("add_app")


@require_http_methods(["GET", "POST"])
@sensitive_variables("seed")
@fresh_sign_in("to add an authenticator app")
def add(request: HttpRequest) -> HttpResponse:
    """Show the key, or add the app that has it and show the recovery codes, this once."""
    user = reader(request)
    if SEED not in request.session:
        return redirect("account")
    seed = decrypt(request.session[SEED], row=_kept_for(user))
    form = NewCodeForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            codes = second_factors.add_totp(
                user, seed=seed, code=form.cleaned_data["code"], by=user, proof=proof_of(request)
            )
        except Invalid as invalid:
            form.add_error("code", invalid.sentence)
        else:
            del request.session[SEED]
            return render(request, "pages/account/codes.html", {"codes": codes})
    context = {"form": form, "seed": seed, "picture": _picture(request, user, seed)}
    return render(request, "pages/account/app.html", context, status=422 if form.errors else 200)


@require_POST
@fresh_sign_in("to make new recovery codes")
def renew_codes(request: HttpRequest) -> HttpResponse:
    """New recovery codes, shown once on the page that answers."""
    user = reader(request)
    codes = second_factors.renew_recovery_codes(user, by=user, proof=proof_of(request))
    return render(request, "pages/account/codes.html", {"codes": codes})


@require_POST
@fresh_sign_in("to remove your authenticator app")
def remove(request: HttpRequest) -> HttpResponse:
    """The password alone is enough again."""
    user = reader(request)
    second_factors.remove_second_factors(user, by=user, proof=proof_of(request))
    messages.success(request, "The authenticator app is removed.")
    return redirect("account")


def _kept_for(user: User) -> str:
    return f"session_seed:{user.pk}"


@sensitive_variables()
def _picture(request: HttpRequest, user: User, seed: str) -> str:
    """The key as a QR code on white: cameras need the contrast, whatever the theme."""
    issuer = f"Slipway ({request.get_host()})"
    label = quote(f"{issuer}:{user.email}")
    address = f"otpauth://totp/{label}?{urlencode({'secret': seed, 'issuer': issuer}, quote_via=quote)}"
    file = BytesIO()
    qrcode.make(address, image_factory=SvgPathFillImage).save(file)
    return f"data:image/svg+xml;base64,{b64encode(file.getvalue()).decode()}"
