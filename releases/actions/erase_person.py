"""Erases the personal values that the trail keeps apart of one person, and legal holds that forbid it.

The events stay, with commitments that nobody can tie to the person any more. Called by commands; the account itself is
closed by `releases.actions.users`.
"""

from collections.abc import Iterator
from itertools import groupby

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from releases import audit
from releases.actions.acting import acting
from releases.audit import Actor, Via
from releases.audit.verifier.rules import owners
from releases.audit.verify import readable
from releases.errors import Conflict, Invalid
from releases.models import AuditEvent, AuditPrivate, LegalHold, User
from releases.policies.roles import check_can_erase_people

CHUNK = 500
LEAST_REASON = 10


def erase_person(ref: str, *, legal_basis: str, by: Actor, via: Via | None = None) -> int:
    """Delete every personal value of the person whom the trail calls `ref`; how many. The event says which and why.

    Values that come while it runs are kept until it is called again. Raises Denied, Invalid (the legal basis),
    Conflict (a legal hold).
    """
    if not legal_basis.strip():
        raise Invalid("Say on what legal basis, such as: Art. 17 (1) (a) GDPR.", code="legal_basis_missing")
    check_can_erase_people(by)
    found = list(_values_of(ref))
    with acting(by):
        check_can_erase_people(by)
        if hold := LegalHold.objects.filter(ref=ref).first():
            raise Conflict(f"There is a legal hold on this person: {hold.reason}", code="legal_hold")
        erased = [(pk, seq, field) for pk, seq, field, _ in found if AuditPrivate.objects.filter(pk=pk).delete()[0]]
        if erased:
            named = {pk for pk, _, _, is_named in found if is_named}
            also: list[audit.JSON] = [[seq, field] for pk, seq, field in erased if pk in named]
            fields: list[audit.JSON] = [*sorted({field for _, _, field in erased})]
            subject: dict[str, audit.JSON] = {"ref": ref, "fields": fields, "also": also, "rows": len(erased)}
            subject["legal_basis"] = legal_basis.strip()
            audit.append("audit.erased", by=by, object=("user", ref), more={"subject": subject}, via=via)
    return len(erased)


def place_hold(ref: str, *, reason: str, by: Actor, via: Via | None = None) -> None:
    """Forbid that the personal values of this person are erased. Raises Denied, Invalid (the reason), Conflict."""
    reason = reason.strip()
    if len(reason) < LEAST_REASON:
        raise Invalid(f"A reason has at least {LEAST_REASON} characters.", code="reason_too_short")
    try:
        with acting(by):
            check_can_erase_people(by)
            with transaction.atomic():
                LegalHold.objects.create(ref=ref, reason=reason, placed_at=timezone.now())
            audit.append("legal_hold.placed", by=by, object=("user", ref), private={"reason": reason}, via=via)
    except IntegrityError:
        raise Conflict("There already is a legal hold on this person.", code="legal_hold") from None


def lift_hold(ref: str, *, by: Actor, via: Via | None = None) -> None:
    """Allow erasing again. Raises Denied, Conflict where there is no hold."""
    with acting(by):
        check_can_erase_people(by)
        if not LegalHold.objects.filter(ref=ref).delete()[0]:
            raise Conflict("There is no legal hold on this person.", code="no_legal_hold")
        audit.append("legal_hold.lifted", by=by, object=("user", ref), via=via)


def _values_of(ref: str) -> Iterator[tuple[int, int, str, bool]]:
    """Each value as (row, event, field, whether the event must name it): what cannot be told from the event itself."""
    about = Q(actor_ref=ref) | Q(object_kind="user", object_id=ref) | Q(type="identity.placed")
    bodies = AuditEvent.objects.filter(about).order_by("seq").values_list("seq", "body").iterator(chunk_size=CHUNK)
    for _, group in groupby(enumerate(bodies), key=lambda one: one[0] // CHUNK):
        by_seq = {seq: readable(text) for _, (seq, text) in group}
        rows = AuditPrivate.objects.filter(seq__in=by_seq).order_by("seq", "field")
        for pk, seq, field in rows.values_list("pk", "seq", "field"):
            if by_seq[seq] and ref in owners(by_seq[seq], field):
                yield pk, seq, field, False
    yield from _typed_at_sign_in(ref)


def _typed_at_sign_in(ref: str) -> Iterator[tuple[int, int, str, bool]]:
    """Refused sign-ins hold the address that was typed, and do not know whose it is."""
    email = User.objects.filter(subject=ref).values_list("email", flat=True).first()
    failed = AuditEvent.objects.filter(type="signin.failed")
    rows = AuditPrivate.objects.filter(field="email", value__iexact=email or "-", seq__in=failed.values("seq"))
    for pk, seq, field in rows.values_list("pk", "seq", "field"):
        yield pk, seq, field, True
