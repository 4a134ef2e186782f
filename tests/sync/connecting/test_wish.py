"""What may be asked and saved at all, and how often an inquiry is answered."""

from datetime import timedelta

import pytest
from django.utils import timezone

from releases.actions.connect import Wish, ask, save
from releases.errors import Denied, Invalid
from releases.models import Inquiry, Organization, User
from releases.states import Role
from releases.sync import inquiries
from tests import factories
from tests.company import Company
from tests.sync.connecting.asking import answered, wish

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::UserWarning", "ignore::FutureWarning"),
    pytest.mark.on_sqlite,
]


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"organization_url": "http://169.254.169.254/latest"}, "never calls it"),
        ({"organization_url": "http://tfs.harbour.example/x"}, "not encrypted"),
        ({"organization_url": "https://user:secret@dev.azure.com/x"}, "is not an address"),
        ({"organization_url": "https://dev.azure.com/"}, "like https://dev.azure.com/Contoso"),
        ({"resource_manager_url": "http://10.0.0.5/"}, "not encrypted"),
        ({"credential_variable": "DATABASE_URL"}, "with the word PAT or TOKEN in it"),
        ({"credential_variable": "SECRET_KEY"}, "with the word PAT or TOKEN in it"),
        ({"credential_variable": "PATH"}, "with the word PAT or TOKEN in it"),
        ({"credential_variable": "PYTHONPATH"}, "with the word PAT or TOKEN in it"),
        ({"credential_variable": "TOKENIZER_KEY"}, "with the word PAT or TOKEN in it"),
        ({"credential_variable": "pat with spaces"}, "never the token"),
        ({"credential_kind": "password"}, "pat:VARIABLE or entra"),
        ({"project": "  "}, "Name the project"),
        ({"subscription_id": ""}, "needs its subscription"),
    ],
)
def test_a_wish_that_cannot_be_right_is_refused_before_anything_is_asked(
    company: Company, by: User, wrong: dict[str, str], says: str
) -> None:
    with pytest.raises(Invalid, match=says):
        ask(wish(company, **wrong), by=by)
    assert Inquiry.objects.count() == 0


@pytest.mark.parametrize("role", [Role.QA, Role.OPERATOR, Role.MANAGER, Role.AUDITOR, None])
def test_only_administrators_connect(company: Company, by: User, role: Role | None) -> None:
    inquiry = answered(wish(company), by=by)
    other = factories.user(role=role)
    with pytest.raises(Denied):
        ask(wish(company), by=other)
    with pytest.raises(Denied):
        save(inquiry, by=other)
    assert Organization.objects.count() == 0


@pytest.mark.parametrize(
    ("pasted", "kept"),
    [
        ("https://dev.azure.com/Contoso/", "https://dev.azure.com/Contoso"),
        (" https://dev.azure.com/Contoso/MLOps/_release?view=all ", "https://dev.azure.com/Contoso"),
        ("https://contoso.visualstudio.com/", "https://contoso.visualstudio.com"),
        ("https://TFS.harbour.example/tfs/Default/", "https://tfs.harbour.example/tfs/Default"),
    ],
)
def test_the_address_of_a_page_becomes_that_of_its_organization(by: User, pasted: str, kept: str) -> None:
    assert ask(Wish(pasted, "MLOps"), by=by).payload["organization_url"] == kept


def test_an_inquiry_is_answered_once(company: Company, by: User) -> None:
    inquiry = answered(wish(company), by=by)
    company.heal()
    assert inquiries.answer(inquiry).answered_at == inquiry.answered_at
    assert company.asked() == []


def test_an_inquiry_whose_worker_was_lost_is_answered_by_the_next(company: Company, by: User) -> None:
    inquiry = ask(wish(company), by=by)
    claimed = {"state": Inquiry.State.ANSWERING, "claimed_at": timezone.now()}
    Inquiry.objects.filter(pk=inquiry.pk).update(**claimed)
    assert inquiries.answer(inquiry).state == Inquiry.State.ANSWERING
    later = timezone.now() + timedelta(minutes=4)
    assert inquiries.answer(inquiry, now=later).state == Inquiry.State.ANSWERED


def test_a_question_nobody_knows_fails_with_a_sentence(by: User) -> None:
    inquiry = Inquiry.objects.create(kind="future", asked_by=by, asked_at=timezone.now())
    assert inquiries.answer(inquiry).state == Inquiry.State.FAILED
    assert "does not know" in inquiry.answer["sentence"]
