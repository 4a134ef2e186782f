"""People, roles, invitations, identities: who sees the pages, what each door does, what it leaves in the trail."""

import pytest
from django.test import Client
from django.utils.html import escape

from releases.actions.api_keys import create_api_key
from releases.models import AuditEvent, Identity, Invitation, Membership, User
from releases.states import IdentityKind, Role
from tests import factories
from tests.pages.reading import queries, words

pytestmark = [pytest.mark.django_db, pytest.mark.on_sqlite]


@pytest.fixture
def admin(administrator: User) -> Client:
    """A browser of an administrator of everything."""
    return factories.browser_of(administrator)


def events() -> list[str]:
    return list(AuditEvent.objects.filter(seq__gt=1).order_by("seq").values_list("type", flat=True))


@pytest.mark.parametrize("role", [role for role in Role if role != Role.ADMINISTRATOR])
def test_only_administrators_see_people_and_the_refusal_names_who_can(role, administrator):
    somebody = factories.user()
    browser = factories.browser_of(factories.user(role=role))
    identity = factories.identity()
    for path in ("/people/", f"/people/{somebody.pk}/", "/people/identities/"):
        assert browser.get(path).status_code == 403
    refused = browser.get("/people/")
    assert "administrators can" in words(refused)
    assert "Who can" in words(refused) and escape(administrator.name) in refused.content.decode()
    doors = ("invite/", f"{somebody.pk}/grant/", f"{somebody.pk}/revoke/", f"{somebody.pk}/close/")
    for door in (*doors, f"{somebody.pk}/reopen/", f"identities/{identity.pk}/"):
        form = {"role": "qa", "where": "everywhere", "to": "service", "seen": ":unknown"}
        assert browser.post(f"/people/{door}", form).status_code == 403, door
    assert set(events()) == {"action.refused"} and len(events()) == 6
    assert '<a href="/people/">' not in browser.get("/").content.decode()


def test_the_list_tells_roles_by_place_and_whose_identities_are_known(admin):
    project = factories.project(name="Learn_MLOps")
    person = factories.user(role=Role.QA, project=project, name="Ayla Demir")
    person.memberships.create(role=Role.OPERATOR, project=project)
    for number in range(2):
        factories.identity(source=Identity.Source.GIT, user=person, key=f"k{number}")
    text = words(admin.get("/people/"))
    assert "2 people in 1 project" in text
    assert "Learn_MLOps Operator, QA specialist" in text
    assert "Git ×2" in text
    assert "Every project Administrator" in text


def test_a_thousand_people_are_paged_and_found(admin):
    User.objects.bulk_create(User(email=f"p{n}@harbour.example", name=f"Person {n:04}") for n in range(1000))
    assert "Page 1 of 21" in words(admin.get("/people/"))
    assert "Person 0060" in words(admin.get("/people/?page=2"))
    assert "1 person with “P777@”" in words(admin.get("/people/?q=P777@"))
    assert "Nobody found" in words(admin.get("/people/?q=%00nobody"))
    for odd in ("0", "-1", "x", "9" * 30, "²"):
        assert admin.get("/people/", {"page": odd}).status_code == 200


def test_the_list_asks_a_fixed_number_of_queries(admin):
    factories.identity(user=factories.user(role=Role.QA, project=factories.project()))
    before = queries(admin, "/people/")
    for _ in range(5):
        person = factories.user(role=Role.QA, project=factories.project())
        factories.identity(user=person)
    assert queries(admin, "/people/") == before < 30


def test_roles_are_given_and_taken_each_with_its_event(admin):
    project, person = factories.project(), factories.user()
    form = {"role": "operator", "where": str(project.pk)}
    for _ in range(2):
        answer = admin.post(f"/people/{person.pk}/grant/", form, follow=True)
    assert f"{person} is operator in {project} now." in words(answer)
    assert Membership.objects.filter(user=person, role=Role.OPERATOR, project=project).count() == 1
    for _ in range(2):
        admin.post(f"/people/{person.pk}/revoke/", form)
    assert not person.memberships.exists()
    assert events() == ["user.role_granted", "user.role_revoked"]
    for odd in ({}, {"role": "king", "where": "everywhere"}, {"role": "qa", "where": "999999"}):
        assert admin.post(f"/people/{person.pk}/grant/", odd).status_code == 400


def test_nobody_changes_their_own_roles_or_account_and_the_last_administrator_stays(admin, administrator):
    own = f"/people/{administrator.pk}"
    form = {"role": "administrator", "where": "everywhere"}
    assert admin.post(f"{own}/revoke/", form).status_code == 409
    assert admin.post(f"{own}/close/").status_code == 409
    factories.user(role=Role.ADMINISTRATOR)
    page = admin.get(f"{own}/")
    assert "You cannot change your own roles or account: another administrator can." in words(page)
    assert "revoke/" not in page.content.decode() and "close-account" not in page.content.decode()
    for door in (f"{own}/revoke/", f"{own}/grant/"):
        assert admin.post(door, form).status_code == 403
    assert administrator.memberships.count() == 1


def test_an_account_is_closed_and_opened_again(admin):
    person = factories.user(role=Role.QA)
    create_api_key(person, name="notebook", by=person)
    browser = factories.browser_of(person)
    assert "1 key stops working" in words(admin.get(f"/people/{person.pk}/"))
    admin.post(f"/people/{person.pk}/close/")
    assert browser.get("/").status_code == 302
    assert "This account is closed." in words(admin.get(f"/people/{person.pk}/"))
    admin.post(f"/people/{person.pk}/reopen/")
    assert User.objects.get(pk=person.pk).is_active
    assert events() == ["api_key.created", "user.deactivated", "user.reactivated"]


def test_a_key_of_somebody_is_revoked(admin):
    person = factories.user(role=Role.QA)
    key = create_api_key(person, name="notebook", by=person).key
    admin.post(f"/people/{person.pk}/keys/{key.prefix}/revoke/")
    key.refresh_from_db()
    assert key.revoked_at is not None
    assert admin.post(f"/people/{person.pk}/keys/nothing/revoke/").status_code == 404


def test_a_link_invites_one_person_to_a_project_and_is_shown_once(admin):
    project = factories.project(name="Learn_MLOps")
    page = admin.post("/people/invite/", {"role": "qa", "where": str(project.pk)})
    link = page.content.decode().split('value="http://testserver')[1].split('"')[0]
    assert "is not shown again" in words(page)
    assert link not in admin.get("/people/").content.decode()
    assert "QA specialist, Learn_MLOps" in words(admin.get("/people/"))
    form = {"name": "Ayla Demir", "email": "ayla@harbour.example", "password": factories.PASSWORD}
    assert Client().post(link, form).status_code == 302
    assert Client().get(link).status_code == 410
    made = User.objects.get(email="ayla@harbour.example")
    assert [(one.role, one.project) for one in made.memberships.all()] == [("qa", project)]
    assert events()[0] == "invitation.created"


def test_two_links_work_beside_each_other_and_one_can_be_withdrawn(admin):
    for _ in range(2):
        admin.post("/people/invite/", {"role": "qa", "where": "everywhere"})
    first = Invitation.objects.earliest("pk")
    for status in (302, 404):
        assert admin.post(f"/people/invitations/{first.pk}/withdraw/").status_code == status
    assert Invitation.objects.count() == 1
    assert events() == ["invitation.created", "invitation.created", "invitation.withdrawn"]


def test_an_administrator_of_one_project_sees_and_changes_only_that():
    mine, other = factories.project(name="Mine"), factories.project(name="Other")
    browser = factories.browser_of(factories.user(role=Role.ADMINISTRATOR, project=mine))
    here = factories.user(role=Role.QA, project=mine, name="Hanna Here")
    here.memberships.create(role=Role.MANAGER, project=other)
    there = factories.user(role=Role.QA, project=other, name="Tom There")
    text = words(browser.get("/people/"))
    assert "Hanna Here" in text and "Tom There" not in text and "Other" not in text
    assert browser.get(f"/people/{there.pk}/").status_code == 404
    assert browser.post(f"/people/{there.pk}/grant/", {"role": "qa", "where": str(mine.pk)}).status_code == 404
    assert browser.post(f"/people/{here.pk}/grant/", {"role": "qa", "where": "everywhere"}).status_code == 400
    assert browser.post(f"/people/{here.pk}/grant/", {"role": "operator", "where": str(mine.pk)}).status_code == 302
    assert browser.post(f"/people/{here.pk}/close/").status_code == 403
    assert browser.get("/people/identities/").status_code == 403


def test_identities_are_suggested_by_address_and_placed_with_an_event(admin):
    person = factories.user(name="Priya Raman", email="priya@harbour.example")
    git = factories.identity(source=Identity.Source.GIT, name="priya-laptop", email="Priya@harbour.example")
    robot = factories.identity(name="svc-retrain")
    factories.identity(name="A group", is_group=True)
    page = admin.get("/people/identities/")
    text = words(page)
    assert "2 identities from Azure DevOps, git and Azure ML belong to nobody yet" in text
    assert text.index("Priya Raman, same address") < text.index("svc-retrain")
    assert "A group" not in text
    form = {"to": f"user:{person.pk}", "seen": ":unknown"}
    for _ in range(2):
        assert admin.post(f"/people/identities/{git.pk}/", form).status_code == 302
    admin.post(f"/people/identities/{robot.pk}/", {"to": "service", "seen": ":unknown"})
    git.refresh_from_db()
    robot.refresh_from_db()
    assert (git.user, git.kind, robot.kind) == (person, IdentityKind.PERSON, IdentityKind.SERVICE)
    assert events() == ["identity.placed", "identity.placed"]
    event = AuditEvent.objects.get(seq=2)
    assert "priya" not in event.body.lower() and person.subject in event.body
    assert "Nothing to place" in words(admin.get("/people/identities/"))
    assert "svc-retrain" in words(admin.get("/people/identities/?show=services"))


def test_an_identity_that_somebody_else_placed_meanwhile_is_left_alone(admin):
    identity = factories.identity(kind=IdentityKind.SERVICE)
    answer = admin.post(f"/people/identities/{identity.pk}/", {"to": "person", "seen": ":unknown"})
    assert answer.status_code == 409
    identity.refresh_from_db()
    assert identity.kind == IdentityKind.SERVICE
    for odd, status in (({"to": "king", "seen": ":unknown"}, 400), ({"to": "user:999999", "seen": ":service"}, 404)):
        assert admin.post(f"/people/identities/{identity.pk}/", odd).status_code == status
    assert admin.post("/people/identities/999999/", {"to": "person", "seen": ":unknown"}).status_code == 404


def test_the_identities_ask_a_fixed_number_of_queries(admin):
    factories.identity()
    before = queries(admin, "/people/identities/")
    for _ in range(5):
        factories.identity()
    assert queries(admin, "/people/identities/") == before < 30
