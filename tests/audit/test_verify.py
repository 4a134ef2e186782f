"""The verification finds each tampering that the rows themselves can show, and names event and part."""

import json
from collections.abc import Callable

import pytest
from django.db import transaction

from releases import audit
from releases.audit.appending import _event
from releases.audit.chain import canonical, leaf_of, link_of
from releases.models import AuditEvent, AuditPrivate
from tests import audit_triggers


def change_body() -> None:
    event = AuditEvent.objects.get(seq=3)
    AuditEvent.objects.filter(seq=3).update(body=event.body.replace('"ok"', '"no"'))


def change_body_and_its_leaf() -> None:
    change_body()
    AuditEvent.objects.filter(seq=3).update(leaf=leaf_of(AuditEvent.objects.get(seq=3).body))


def change_body_leaf_and_link() -> None:
    change_body_and_its_leaf()
    event = AuditEvent.objects.get(seq=3)
    AuditEvent.objects.filter(seq=3).update(link=link_of(bytes(event.prev), 3, bytes(event.leaf)))


def change_an_index_column() -> None:
    AuditEvent.objects.filter(seq=3).update(object_id="another")


def swap_two() -> None:
    third, fourth = AuditEvent.objects.filter(seq__in=[3, 4]).order_by("seq")
    AuditEvent.objects.filter(seq=3).update(body=fourth.body, leaf=fourth.leaf)
    AuditEvent.objects.filter(seq=4).update(body=third.body, leaf=third.leaf)


def delete_a_middle_one() -> None:
    AuditEvent.objects.filter(seq=3).delete()


def delete_the_first() -> None:
    AuditEvent.objects.filter(seq=1).delete()


def write_something_unreadable() -> None:
    AuditEvent.objects.filter(seq=3).update(body="[1, 2]")


def write_a_body_without(*names: str) -> Callable[[], None]:
    def tamper() -> None:
        body = json.loads(AuditEvent.objects.get(seq=3).body)
        for name in names:
            body.pop(name)
        AuditEvent.objects.filter(seq=3).update(body=canonical(body))

    tamper.__name__ = f"write_a_body_without_{'_and_'.join(names)}"
    return tamper


def write_an_actor_that_is_none() -> None:
    body = {**json.loads(AuditEvent.objects.get(seq=3).body), "actor": "somebody", "object": "something"}
    AuditEvent.objects.filter(seq=3).update(body=canonical(body))


def change_a_personal_value() -> None:
    AuditPrivate.objects.filter(seq=3).update(value="somebody else")


TAMPERINGS: list[tuple[Callable[[], None], set[tuple[int, str]]]] = [
    (change_body, {(3, "body"), (3, "outcome")}),
    (change_body_and_its_leaf, {(3, "link"), (3, "outcome")}),
    (change_body_leaf_and_link, {(4, "prev"), (3, "outcome")}),
    (change_an_index_column, {(3, "object_id")}),
    (swap_two, {(3, "seq"), (4, "seq"), (3, "link"), (4, "link")}),
    (delete_a_middle_one, {(4, "seq"), (4, "prev"), (3, "private address")}),
    (delete_the_first, {(2, "seq"), (2, "prev")}),
    (write_something_unreadable, {(3, "body"), (3, "private address")}),
    (write_a_body_without("outcome"), {(3, "body"), (3, "private address")}),
    (write_a_body_without("type", "ts", "seq"), {(3, "body"), (3, "private address")}),
    (write_an_actor_that_is_none, {(3, "body"), (3, "private address")}),
    (change_a_personal_value, {(3, "private address")}),
]


@pytest.fixture
def _five_events(db: None) -> None:
    for number in range(4):
        audit.append(
            "signin.failed",
            by=audit.System("shell"),
            object=("user", f"person-{number}"),
            private={"address": f"192.0.2.{number}"},
        )


@pytest.mark.usefixtures("_five_events")
@pytest.mark.parametrize(("tamper", "expected"), TAMPERINGS, ids=[t.__name__ for t, _ in TAMPERINGS])
def test_each_tampering_is_found(tamper: Callable[[], None], expected: set[tuple[int, str]]) -> None:
    assert list(audit.findings()) == []
    with audit_triggers.lifted():
        tamper()
    assert expected <= {(finding.seq, finding.part) for finding in audit.findings()}


@pytest.mark.usefixtures("_five_events")
def test_what_only_an_outside_checkpoint_can_find_is_not_claimed() -> None:
    """The newest rows cut off leave a chain that agrees with itself; docs/audit.md says so."""
    with audit_triggers.lifted():
        AuditPrivate.objects.filter(seq=5).delete()
        AuditEvent.objects.filter(seq=5).delete()
    assert list(audit.findings()) == []


@pytest.mark.usefixtures("_five_events")
def test_a_clock_that_went_backwards_is_reported() -> None:
    last = AuditEvent.objects.get(seq=5)
    body = {**json.loads(last.body), "seq": 6, "ts": "2001-01-01T00:00:00.000000Z"}
    body.pop("address_c")
    with transaction.atomic():
        _event(6, body, prev=bytes(last.link)).save(force_insert=True)
    assert [(f.seq, f.part) for f in audit.findings()] == [(6, "ts")]
