"""Erasing a person: their values go, the chain stays whole, and nobody can pass off a deletion as one."""

import random

import pytest
from django.core.management import CommandError, call_command

from releases import audit
from releases.actions.erase_person import erase_person, lift_hold, place_hold
from releases.actions.users import create_user
from releases.errors import Conflict, Denied, Invalid
from releases.models import AuditEvent, AuditPrivate, User
from releases.states import Role
from tests import factories
from tests.audit.trail import SHELL, Trail, offline, online

pytestmark = pytest.mark.django_db
BASIS = "Art. 17 (1) (a) GDPR"


@pytest.fixture
def person() -> User:
    """Somebody with events of several kinds, among those of others."""
    person = create_user("asa@harbour.example", name="Åsa Öberg", by=SHELL)
    audit.append("signin.succeeded", by=person, object=("user", person.subject), private={"address": "192.0.2.7"})
    audit.append("action.refused", by=person, object=("address", "people"), private={"reason": "You cannot, Åsa."})
    audit.append("signin.failed", by=SHELL, private={"email": "Asa@harbour.example"})
    audit.append("signin.failed", by=SHELL, private={"email": "other@harbour.example"})
    placed = {"user": (None, person.subject)}
    identity = {"identity": "azure|7|Åsa Öberg"}
    audit.append("identity.placed", by=factories.user(), object=("identity", "a:7"), change=placed, private=identity)
    return person


def kept() -> str:
    return " ".join(AuditPrivate.objects.values_list("value", flat=True))


def test_what_is_personal_goes_what_is_of_others_stays_and_both_agree(person, administrator, tmp_path) -> None:
    trail = Trail(tmp_path)
    signer = trail.sign()
    assert erase_person(person.subject, legal_basis=BASIS, by=administrator) == 8
    assert not any(word in kept() for word in ("Åsa", "asa@", "Asa@", "192.0.2.7"))
    assert "other@harbour.example" in kept()
    event = AuditEvent.objects.get(type="audit.erased")
    assert event.actor_ref == administrator.subject
    assert BASIS in event.body and "Åsa" not in event.body
    signer.sign()
    assert online(known=trail.known(), pinned=signer.vkey) == []
    assert offline(trail.export(), pinned=signer.vkey, known=trail.known())[0] == 0
    assert erase_person(person.subject, legal_basis=BASIS, by=administrator) == 0, "nothing is left, and no event more"


def test_an_erasure_covers_nobody_else_and_nothing_later(person, administrator) -> None:
    erase_person(person.subject, legal_basis=BASIS, by=administrator)
    later = audit.append("signin.succeeded", by=person, object=("user", person.subject))
    other = AuditPrivate.objects.get(value="other@harbour.example")
    AuditPrivate.objects.filter(seq=later.seq).delete()
    AuditPrivate.objects.filter(pk=other.pk).delete()
    assert [(seq, part) for seq, part, _ in online()] == [(other.seq, "private email"), (later.seq, "private actor")]


@pytest.mark.parametrize("chance", [1, 2, 3])
def test_whoever_is_erased_in_whatever_order_the_chain_stays_whole(administrator, chance: int) -> None:
    rolled = random.Random(chance)
    people = [factories.user(name=f"P{number}") for number in range(4)]
    for _ in range(25):
        one, two = rolled.choice(people), rolled.choice(people)
        if rolled.random() < 0.15:
            erase_person(one.subject, legal_basis=BASIS, by=administrator)
        else:
            thing = rolled.choice([("user", two.subject), ("address", "x")])
            audit.append("action.refused", by=one, object=thing, private={"reason": f"{two.name} and {one.name}"})
    assert AuditEvent.objects.filter(type="audit.erased").exists()
    assert online() == []


def test_a_hold_forbids_it_until_it_is_lifted(person, administrator) -> None:
    place_hold(person.subject, reason="Case 12 of the works council", by=administrator)
    with pytest.raises(Conflict, match="Case 12"):
        erase_person(person.subject, legal_basis=BASIS, by=administrator)
    with pytest.raises(Conflict, match="already"):
        place_hold(person.subject, reason="Case 13 of the works council", by=administrator)
    assert "Åsa" in kept()
    lift_hold(person.subject, by=administrator)
    assert erase_person(person.subject, legal_basis=BASIS, by=administrator) == 9, "the reason of the hold too"
    with pytest.raises(Conflict, match="no legal hold"):
        lift_hold(person.subject, by=administrator)
    rows = AuditEvent.objects.filter(type__startswith="legal_hold").order_by("seq")
    assert list(rows.values_list("type", flat=True)) == ["legal_hold.placed", "legal_hold.lifted"]
    assert online() == []


@pytest.mark.parametrize("role", [role for role in Role if role != Role.ADMINISTRATOR])
def test_only_administrators_erase_and_hold(person, role: Role) -> None:
    somebody = factories.user(role=role)
    for act in (
        lambda: erase_person(person.subject, legal_basis=BASIS, by=somebody),
        lambda: place_hold(person.subject, reason="A long enough reason", by=somebody),
        lambda: lift_hold(person.subject, by=somebody),
    ):
        with pytest.raises(Denied):
            act()
    assert "Åsa" in kept()


def test_a_basis_and_a_reason_are_asked_for(person, administrator) -> None:
    with pytest.raises(Invalid, match="legal basis"):
        erase_person(person.subject, legal_basis=" ", by=administrator)
    with pytest.raises(Invalid, match="at least 10"):
        place_hold(person.subject, reason="case", by=administrator)


def test_the_command_takes_an_address_or_a_name_of_the_trail(person, capsys) -> None:
    call_command("erase_person", "ASA@harbour.example", hold="Case 12 of the works council")
    with pytest.raises(CommandError, match="legal hold"):
        call_command("erase_person", person.subject, legal_basis=BASIS)
    call_command("erase_person", person.subject, lift_hold=True)
    call_command("erase_person", "asa@harbour.example", legal_basis=BASIS)
    assert f"{person.subject}: 9 values erased." in capsys.readouterr().out
