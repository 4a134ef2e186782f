"""What counts as a fresh sign-in, word by word."""

from datetime import timedelta

import pytest
from rest_framework.request import Request
from rest_framework.test import APIRequestFactory

from releases import audit
from releases.api.authentication import proof_of
from releases.errors import Denied
from releases.models import ApiKey, User
from releases.policies.codes import code_at, step_of
from releases.policies.fresh import Method, Proof, check_is_fresh, told
from tests.factories import NOON

PERSON = User(email="a@harbour.example", name="A")
SECOND = timedelta(seconds=1)
QUARTER = timedelta(minutes=15)


@pytest.mark.parametrize("method", set(Method) - {Method.KEY})
@pytest.mark.parametrize("age", [-59 * SECOND, timedelta(0), QUARTER])
def test_a_proof_of_the_last_quarter_of_an_hour_is_fresh(method, age):
    check_is_fresh(PERSON, Proof(method, mfa=False, at=NOON - age), now=NOON)


@pytest.mark.parametrize(
    ("proof", "sentence"),
    [
        (None, "confirm first"),
        (Proof(Method.PASSWORD, mfa=True, at=NOON - QUARTER - SECOND), "older than 15 minutes"),
        (Proof(Method.PASSWORD, mfa=True, at=NOON + 61 * SECOND), "older than 15 minutes"),
        (Proof(Method.KEY, mfa=False, at=NOON), "A key cannot do this"),
    ],
)
def test_anything_else_is_not_also_without_a_password(proof, sentence):
    person = User(email="b@harbour.example", name="B")
    person.set_unusable_password()
    for by in (PERSON, person):
        with pytest.raises(Denied, match=sentence) as denied:
            check_is_fresh(by, proof, now=NOON)
        assert denied.value.code == "needs_fresh_sign_in"


def test_whoever_has_the_machine_needs_none():
    check_is_fresh(audit.System("shell"), None, now=NOON)


def test_a_request_with_a_key_proves_only_that_it_has_a_key():
    request = Request(APIRequestFactory().get("/"))
    request.auth = ApiKey()
    proof = proof_of(request)
    assert proof is not None and proof.method == Method.KEY


def test_an_event_says_how_and_how_long_ago():
    proof = Proof(Method.TOTP, mfa=True, at=NOON - timedelta(seconds=90.7))
    assert told(proof, now=NOON) == {"auth": {"method": "totp", "mfa": True, "age_s": 90}}
    assert told(None, now=NOON) == {}


def test_codes_are_those_of_the_standard():
    """RFC 6238, appendix B, the last six of its eight digits; the seed is 12345678901234567890."""
    seed = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
    for second, code in [(59, "287082"), (1111111109, "081804"), (2000000000, "279037")]:
        assert code_at(second // 30, seed=seed) == code


def test_a_code_counts_one_step_around_now_and_once():
    seed, present = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", int(NOON.timestamp()) // 30
    found = [step_of(code_at(present + off, seed=seed), seed=seed, now=NOON) for off in (-2, -1, 0, 1, 2)]
    assert found == [None, present - 1, present, present + 1, None]
    spaced = code_at(present, seed=seed)
    assert step_of(f"{spaced[:3]} {spaced[3:]}", seed=seed, now=NOON) == present
    assert step_of(spaced, seed=seed, now=NOON, after=present) is None
    assert step_of("\u0663" * 6, seed=seed, now=NOON) is None
