"""An authenticator app and recovery codes: set up, asked for at sign-in, used once, lost, never readable at rest."""

import re
import time
from io import StringIO

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.test import Client

from releases import audit
from releases.models import AuditEvent, User
from releases.policies.codes import STEP_SECONDS, code_at
from releases.secrets import Unreadable, decrypt, encrypt, is_current
from releases.states import Role
from tests import factories
from tests.pages.reading import words

pytestmark = [pytest.mark.django_db, pytest.mark.on_sqlite]


def events(prefix: str = "") -> list[str]:
    rows = AuditEvent.objects.filter(type__startswith=prefix, seq__gt=1).order_by("seq")
    return list(rows.values_list("type", flat=True))


def code_now(seed: str, steps: int = 0) -> str:
    return code_at(int(time.time()) // STEP_SECONDS + steps, seed=seed)


def set_up(browser: Client) -> tuple[str, list[str]]:
    """Add an app as a person does: its key, and the recovery codes."""
    assert browser.post("/account/app/begin/").headers["Location"] == "/account/app/"
    seed = shown_seed(browser)
    answer = browser.post("/account/app/", {"code": code_now(seed)})
    assert answer.status_code == 200, words(answer)
    return seed, re.findall(r"<code>([a-z2-7-]{19})</code>", answer.content.decode())


def shown_seed(browser: Client) -> str:
    page = browser.get("/account/app/").content.decode()
    assert 'src="data:image/svg+xml;base64,' in page
    return str(re.findall(r'readonly value="([A-Z2-7]{32})"', page)[0])


def first_step(user: User) -> Client:
    browser = Client()
    answer = browser.post("/accounts/login/", {"login": user.email, "password": factories.PASSWORD})
    assert answer.headers["Location"] == "/accounts/code/"
    assert "_auth_user_id" not in browser.session
    return browser


def code_given(browser: Client, code: str):
    return browser.post("/accounts/code/", {"code": code})


@pytest.fixture
def clock():
    """Time stands still until it is shifted."""
    with time_machine.travel(time.time(), tick=False) as clock:
        yield clock


def test_a_person_adds_an_app_and_signs_in_with_it(user, clock):
    seed, codes = set_up(factories.browser_of(user))
    assert len(set(codes)) == 10
    assert events() == ["user.second_factor_added"]
    clock.shift(STEP_SECONDS)
    browser = first_step(user)
    assert "One more step" in words(browser.get("/accounts/code/"))
    before = browser.session.session_key
    assert code_given(browser, code_now(seed)).headers["Location"] == "/"
    assert browser.session.session_key != before
    assert browser.get("/account/").status_code == 200
    assert events("signin") == ["signin.succeeded"]
    assert '"auth":{"age_s":0,"method":"totp","mfa":true}' in AuditEvent.objects.get(type="signin.succeeded").body
    assert "10 left" in words(browser.get("/account/"))


def test_a_wrong_or_used_code_does_not_sign_in(user, clock):
    seed, _ = set_up(factories.browser_of(user))
    browser = first_step(user)
    for wrong in (code_now(seed), code_now(seed, -1), code_now(seed, 2), "", "x" * 60):
        answer = code_given(browser, wrong)
        assert answer.status_code == 422 and "_auth_user_id" not in browser.session
    assert events("signin") == ["signin.failed"] * 4
    assert AuditEvent.objects.filter(type="signin.failed", object_id=user.subject, outcome="denied").count() == 4
    assert browser.get("/account/").status_code == 302


def test_guesses_of_codes_are_limited(user, clock):
    seed, _ = set_up(factories.browser_of(user))
    clock.shift(STEP_SECONDS)
    browser = first_step(user)
    for _ in range(5):
        code_given(browser, "000000")
    answer = code_given(browser, code_now(seed))
    assert answer.status_code == 422 and "Too many attempts failed." in words(answer)


def test_a_recovery_code_signs_in_once(user, clock):
    _, codes = set_up(factories.browser_of(user))
    assert code_given(first_step(user), codes[3].upper().replace("-", " ")).status_code == 302
    assert code_given(first_step(user), codes[3]).status_code == 422
    assert '"method":"recovery_code","mfa":true' in AuditEvent.objects.get(type="signin.succeeded").body
    assert "9 left" in words(factories.browser_of(user).get("/account/"))


def test_a_code_confirms_too(user, clock):
    seed, _ = set_up(factories.browser_of(user))
    clock.shift(STEP_SECONDS)
    browser = factories.browser_of(user, is_fresh=False)
    page = browser.post("/account/app/codes/")
    assert "Or the code of your authenticator app" in words(page)
    wrong = browser.post("/account/app/codes/", {"confirm-code": "000000", "confirm-password": ""})
    assert wrong.status_code == 422 and "This code is not right." in words(wrong)
    shown = browser.post("/account/app/codes/", {"confirm-code": code_now(seed), "confirm-password": ""})
    assert "Keep these recovery codes" in words(shown)
    assert events()[-3:] == ["signin.confirmation_failed", "signin.confirmed", "user.recovery_codes_renewed"]
    assert '"auth":{"age_s":0,"method":"totp","mfa":true}' in AuditEvent.objects.get(type=events()[-1]).body


def test_new_recovery_codes_end_the_old_ones(user, clock):
    browser = factories.browser_of(user)
    _, codes = set_up(browser)
    browser.post("/account/app/codes/")
    assert code_given(first_step(user), codes[0]).status_code == 422


def test_a_code_that_shows_nothing_adds_no_app(user, clock):
    browser = factories.browser_of(user)
    browser.post("/account/app/begin/")
    seed = shown_seed(browser)
    answer = browser.post("/account/app/", {"code": code_now(seed, 5)})
    assert answer.status_code == 422 and "not the code the app shows now" in words(answer)
    assert shown_seed(browser) == seed, "the app has it already"
    assert not Authenticator.objects.exists() and events() == []


def test_an_app_is_added_once_and_only_after_its_beginning(user, clock):
    browser = factories.browser_of(user)
    assert browser.get("/account/app/").headers["Location"] == "/account/"
    set_up(browser)
    assert browser.get("/account/app/").headers["Location"] == "/account/"
    browser.post("/account/app/begin/")
    again = browser.post("/account/app/", {"code": code_now(shown_seed(browser))})
    assert again.status_code == 409 and events() == ["user.second_factor_added"]


def test_an_app_that_is_removed_is_asked_for_no_more(user, clock):
    browser = factories.browser_of(user)
    set_up(browser)
    for _ in range(2):
        assert browser.post("/account/app/remove/").status_code == 302
    assert events() == ["user.second_factor_added", "user.second_factor_removed"]
    answer = Client().post("/accounts/login/", {"login": user.email, "password": factories.PASSWORD})
    assert answer.headers["Location"] == "/"


def test_an_administrator_takes_a_lost_one_away_and_nobody_else(user, administrator, clock):
    set_up(factories.browser_of(user))
    address = f"/people/{user.pk}/second-factors/remove/"
    assert factories.browser_of(factories.user(role=Role.QA)).post(address).status_code == 403
    assert Authenticator.objects.count() == 2
    browser = factories.browser_of(administrator)
    assert "Take the authenticator app away" in words(browser.get(f"/people/{user.pk}/"))
    assert browser.post(address).status_code == 302
    assert not Authenticator.objects.exists()
    assert AuditEvent.objects.get(type="user.second_factor_removed").actor_ref == administrator.subject


def test_the_shell_takes_a_lost_one_away(user, clock):
    set_up(factories.browser_of(user))
    call_command("remove_second_factors", user.email.upper(), stdout=StringIO())
    assert not Authenticator.objects.exists() and events()[-1] == "user.second_factor_removed"
    with pytest.raises(CommandError, match="no account"):
        call_command("remove_second_factors", "nobody@harbour.example")


def test_nothing_at_rest_shows_the_key_or_a_code(user, clock):
    browser = factories.browser_of(user)
    browser.post("/account/app/begin/")
    pending = shown_seed(browser)
    assert pending not in str([session.get_decoded() for session in Session.objects.all()])
    seed, codes = set_up(browser)
    rest = str(list(Authenticator.objects.values())) + str(list(AuditEvent.objects.values_list("body", flat=True)))
    rest += str([session.get_decoded() for session in Session.objects.all()])
    for secret in (seed, *codes, *(code.replace("-", "") for code in codes)):
        assert secret not in rest
    assert list(audit.findings()) == []


def test_a_kept_secret_opens_in_its_own_row_only():
    kept = encrypt("seed", row="mfa_authenticator:1")
    assert decrypt(kept, row="mfa_authenticator:1") == "seed"
    assert encrypt("seed", row="mfa_authenticator:1") != kept
    spoilt = kept[:-6] + ("A" if kept[-6] != "A" else "B") + kept[-5:]
    for text, row in [(kept, "mfa_authenticator:2"), (spoilt, "mfa_authenticator:1"), ("seed", "mfa_authenticator:1")]:
        with pytest.raises(Unreadable):
            decrypt(text, row=row)


def test_secrets_are_encrypted_anew_with_the_first_key(user, clock, settings):
    seed, _ = set_up(factories.browser_of(user))
    old, new = settings.SLIPWAY_SECRET_KEYS[0], "A" * 43
    settings.SLIPWAY_SECRET_KEYS = [new]
    with pytest.raises(CommandError, match="not in the environment"):
        call_command("rotate_secrets")
    settings.SLIPWAY_SECRET_KEYS = [new, old]
    for _ in range(2):
        call_command("rotate_secrets", stdout=StringIO())
    assert events("secrets") == ["secrets.rotated"]
    assert is_current(Authenticator.objects.get(type="totp").data["secret"])
    settings.SLIPWAY_SECRET_KEYS = [new]
    clock.shift(STEP_SECONDS)
    assert code_given(first_step(user), code_now(seed)).status_code == 302
