"""Connecting, second part: what a good answer saves, and that saving again changes the same rows."""

from datetime import timedelta
from threading import Thread

import pytest
from django.db import connection, transaction
from django.utils import timezone

from releases.actions.connect import ask, save
from releases.errors import Conflict
from releases.models import AuditEvent, Organization, Project, User, Watermark, Workspace
from releases.sync import inquiries
from tests import factories
from tests.company import VARIABLE, Company
from tests.sync.connecting.asking import answered, wish

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::UserWarning", "ignore::FutureWarning"),
]


def test_what_was_found_is_saved_with_one_event(company: Company, by: User) -> None:
    project = save(answered(wish(company), by=by), by=by)
    organization = project.organization
    assert (organization.url, organization.name) == (company.addresses["organization_url"], "harbour")
    assert (organization.credential_kind, organization.credential_variable) == ("pat", VARIABLE)
    assert (organization.state, bool(organization.own_identity_key)) == ("connected", True)
    assert (project.name, project.slug, project.is_followed) == (company.addresses["project"], "mlops", True)
    assert len(project.azure_id) == 36
    workspace = project.workspaces.get()
    assert (workspace.name, workspace.location) == (company.addresses["workspace"], "westeurope")
    event = AuditEvent.objects.get(type="connection.saved")
    assert event.object_id == f"harbour/{project.azure_id}"
    assert "a-token-for-tests" not in event.body


def test_saving_again_changes_the_same_rows_and_lets_sync_go_on(company: Company, by: User) -> None:
    first = save(answered(wish(company), by=by), by=by)
    Organization.objects.update(
        state="auth_failed", state_sentence="The token is expired.", credential_variable="OLD_PAT"
    )
    Watermark.objects.create(project=first, feed="history", failures=3, due_at=timezone.now() + timedelta(hours=1))
    again = save(answered(wish(company), by=by), by=by)
    assert (again.pk, Project.objects.count(), Workspace.objects.count()) == (first.pk, 1, 1)
    assert (again.organization.state, again.organization.credential_variable) == ("connected", VARIABLE)
    mark = Watermark.objects.get()
    assert (mark.due_at, mark.failures) == (None, 0)


def test_saving_again_does_not_write_over_the_rate_gate_that_a_worker_sets_meanwhile(
    company: Company, by: User
) -> None:
    save(answered(wish(company), by=by), by=by)
    again, until = answered(wish(company), by=by), timezone.now() + timedelta(minutes=5)

    def save_again() -> None:
        save(again, by=by)
        connection.close()

    other = Thread(target=save_again)
    with transaction.atomic():
        Organization.objects.update(gate_until=until)
        other.start()
        other.join(timeout=1)  # it has read the row by now, or waits for us
    other.join(timeout=30)
    assert Organization.objects.get().gate_until == until


def test_a_project_of_the_same_name_elsewhere_gets_another_slug(company: Company, by: User) -> None:
    factories.project(slug="mlops")
    assert save(answered(wish(company), by=by), by=by).slug == "harbour-mlops"


def test_an_answer_is_saved_only_while_it_is_fresh(company: Company, by: User) -> None:
    asked = ask(wish(company), by=by)
    with pytest.raises(Conflict, match="not been tried"):
        save(asked, by=by)
    inquiry = inquiries.answer(asked)
    with pytest.raises(Conflict, match="too long ago"):
        save(inquiry, by=by, now=timezone.now() + timedelta(hours=1))
