"""What the tests of connecting ask, and how they read the answer."""

from dataclasses import replace
from typing import Any

from releases.actions.connect import Wish, ask
from releases.models import Inquiry, User
from releases.sync import inquiries
from tests.company import VARIABLE, Company


def wish(company: Company, **more: Any) -> Wish:
    """To connect the company's project and workspace."""
    there = company.addresses
    whole = Wish(
        organization_url=there["organization_url"],
        project=there["project"],
        credential_variable=VARIABLE,
        ca_file=there["ca_file"],
        subscription_id=there["subscription"],
        resource_group=there["resource_group"],
        workspace=there["workspace"],
        resource_manager_url=there["ml_url"],
    )
    return replace(whole, **more)


def answered(asked: Wish, *, by: User) -> Inquiry:
    """The inquiry with its answer."""
    inquiry = inquiries.answer(ask(asked, by=by))
    assert inquiry.state == Inquiry.State.ANSWERED
    return inquiry


def states(inquiry: Inquiry) -> dict[str, str]:
    return {one["need"]: one["state"] for one in inquiry.answer["needs"]}


def sentence(inquiry: Inquiry, need: str) -> str:
    return str(next(one["sentence"] for one in inquiry.answer["needs"] if one["need"] == need))


NEEDS = ["read releases", "approve", "deploy", "read the registry"]
