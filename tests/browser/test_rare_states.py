"""States that the demo does not come to, from rows made for them: accessible and fitting at both widths in both themes.

With RARE_PICTURES set to a folder each is left there as it was seen.
"""

import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page

from releases.models import AuditVerification, StepLog
from releases.states import CommandState
from tests import factories
from tests.browser.driving import THEMES, WIDTHS, axe_violations, explained, sideways_pixels
from tests.commands import command
from tests.factories import NOON
from tests.pages import test_audit_chain as chain
from tests.pages.offering import answered, made_company
from tests.pages.test_audit_log import append
from tests.pages.test_command import SAID
from tests.pages.test_logs import Place

pytestmark = pytest.mark.browser
WIDEST = max(WIDTHS)
PICTURES = os.environ.get("RARE_PICTURES", "")
FINDINGS = [
    {"seq": 2, "field": "body", "sentence": "The body is not the one that was hashed."},
    {"seq": 3, "field": "link", "sentence": "The entry does not follow on the one before it."},
]


def _command(state: CommandState, code: str, fields: dict[str, Any]) -> Callable[[], str]:
    said = "" if state == "authorised" else "Azure shows attempt 2, which began before this was sent."
    return lambda: f"/commands/{command(state, code=code, sentence=said, fields=fields).pk}/"


def _answer(act: str) -> Callable[[], str]:
    return lambda: f"/commands/{command(CommandState.NEEDS_ATTENTION, sentence='Azure shows attempt 2.').pk}/{act}/"


def _chain(**told: Any) -> Callable[[], str]:
    def made() -> str:
        append()
        chain.verified(**{"size": 2, **told})
        return "/audit/log/"

    return made


def _chain_that_nobody_verified_for_days() -> str:
    append()
    chain.verified(size=2)
    AuditVerification.objects.update(finished_at=timezone.now() - timedelta(days=3))
    return "/audit/log/"


def _log(**told: Any) -> Callable[[], str]:
    def made() -> str:
        place = Place()
        if told:
            kept = factories.step_log(step=place.step)
            StepLog.objects.filter(pk=kept.pk).update(kept_sha256="", received_sha256="", **told)
        return place.address()

    return made


def _new_release(**told: Any) -> Callable[[], str]:
    def made() -> str:
        pipeline = made_company().pipeline
        if told:
            answered(pipeline, **told)
        return f"/p/{pipeline.project.slug}/pipelines/{pipeline.azure_id}/new-release/"

    return made


STATES: dict[str, Callable[[], str]] = {
    **{f"command-{state}-{code or 'new'}": _command(state, code, fields) for state, code, fields, _ in SAID[::3]},
    "command-check-again": _answer("check-again"),
    "command-send-again": _answer("send-again"),
    "command-close": _answer("close"),
    "command-give-up": _answer("give-up"),
    "chain-broken": _chain(is_whole=False, found=2, findings=FINDINGS),
    "chain-being-verified": _chain(finished_at=None, is_open=True, is_whole=None),
    "chain-old": _chain_that_nobody_verified_for_days,
    "log-gone": _log(state="gone", reason="x"),
    "log-missing": _log(state="missing", reason="Azure cut it off.", retry_at=NOON),
    "log-asked": _log(),
    "new-release-asking": _new_release(),
    "new-release-refused": _new_release(sentence="Azure DevOps asked us to wait 30 s."),
}


@pytest.mark.parametrize("name", STATES)
def test_a_state_that_is_seldom_serves_everybody(name: str, administered: Page) -> None:
    page = administered
    page.goto(STATES[name]())
    for width, height in WIDTHS.items():
        page.set_viewport_size({"width": width, "height": height})
        for theme in THEMES:
            page.emulate_media(color_scheme=theme)
            if PICTURES:
                page.screenshot(path=Path(PICTURES) / f"{name}-{width}-{theme}.png", full_page=True)
            assert sideways_pixels(page) == 0, f"{name} is too wide at {width}"
            if (width == WIDEST) is (theme == THEMES[0]):
                violations = axe_violations(page)
                assert not violations, f"{name} {width} {theme}: {explained(violations)}"
