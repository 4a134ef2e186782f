"""An authenticator app in a browser: added from the account page, then asked for by sign-in."""

import re
import time

import pytest
from playwright.sync_api import Page, expect

from releases.models import User
from releases.policies.codes import STEP_SECONDS, code_at
from tests import factories
from tests.browser.driving import axe_violations, explained

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def code(seed: str, *, steps: int) -> str:
    return code_at(int(time.time()) // STEP_SECONDS + steps, seed=seed)


def has_no_barrier(page: Page) -> None:
    found = axe_violations(page)
    assert not found, explained(found)


def test_a_person_adds_an_app_and_signs_in_with_its_code(reader):
    reader.goto("/account/")
    reader.get_by_role("button", name="Add an authenticator app").click()
    seed = reader.get_by_label("Key", exact=True).input_value()
    reader.get_by_label("Code the app shows").fill(code(seed, steps=0))
    reader.get_by_role("button", name="Add the app").click()
    expect(reader.locator(".codes code")).to_have_count(10)
    has_no_barrier(reader)
    reader.get_by_role("link", name="I have kept them").click()
    expect(reader.get_by_text("10 left")).to_be_visible()
    has_no_barrier(reader)
    reader.context.clear_cookies()
    reader.goto("/account/")
    reader.locator("input[name=login]").fill(User.objects.get().email)
    reader.locator("input[name=password]").fill(factories.PASSWORD)
    reader.get_by_role("button", name="Sign in").click()
    expect(reader.get_by_role("heading", name="One more step")).to_be_visible()
    has_no_barrier(reader)
    reader.locator("input[name=code]").fill(code(seed, steps=1))  # the next one: the first was used a moment ago
    reader.get_by_role("button", name="Sign in").click()
    reader.wait_for_url(re.compile("/account/$"))
