"""Do not promote: who flags and lifts, what it takes, what it stops, and what the trail tells of it."""

import json

import pytest

from releases.actions.commands.asked import Asked
from releases.actions.flag import flag, lift
from releases.errors import Conflict, Denied, Invalid
from releases.models import AuditEvent, Release, ReleaseFlag
from releases.policies.commands import check_can_deploy
from releases.queries.audit_log.sentences import sentence_of
from releases.states import Role
from tests import factories

pytestmark = pytest.mark.django_db
WHY, WELL = "bad on night data", "night data was wrong, not the model"
ASKED = Asked(key="")


@pytest.fixture
def release() -> Release:
    """A release of a project."""
    return factories.release(name="Release-24")


@pytest.mark.parametrize("role", Role)
def test_qa_operators_and_administrators_flag_and_lift(release: Release, role: Role) -> None:
    by, other = factories.user(role=role, project=release.project), factories.user(role=Role.OPERATOR)
    if role in {Role.QA, Role.OPERATOR, Role.ADMINISTRATOR}:
        flag(release, by=by, reason=WHY, asked=ASKED)
        lift(release, by=by, reason=WELL, asked=ASKED)
        return
    with pytest.raises(Denied, match="QA, operators and administrators can"):
        flag(release, by=by, reason=WHY, asked=ASKED)
    flag(release, by=other, reason=WHY, asked=ASKED)
    with pytest.raises(Denied, match="QA, operators and administrators can"):
        lift(release, by=by, reason=WELL, asked=ASKED)
    assert ReleaseFlag.objects.get().lifted_at is None


def test_it_stops_deployments_until_it_is_lifted(release: Release) -> None:
    by, row = factories.user(role=Role.OPERATOR, name="Ada Berg"), factories.release_stage(release=release)
    flag(release, by=by, reason=WHY, asked=ASKED)
    with pytest.raises(Denied, match="Release-24 is flagged “do not promote” by Ada Berg: bad on night data"):
        check_can_deploy(by, row)
    lift(release, by=by, reason=WELL, asked=ASKED)
    check_can_deploy(by, row)


def test_both_want_a_reason_and_happen_once(release: Release) -> None:
    by = factories.user(role=Role.QA, name="Ada Berg")
    for act in (flag, lift):
        with pytest.raises(Invalid, match="at least 10 characters"):
            act(release, by=by, reason="too short", asked=ASKED)
    with pytest.raises(Conflict, match="not flagged"):
        lift(release, by=by, reason=WELL, asked=ASKED)
    flag(release, by=by, reason=WHY, asked=ASKED)
    other = factories.user(role=Role.OPERATOR)
    with pytest.raises(Conflict, match="Ada Berg flagged Release-24 already: bad on night data"):
        flag(release, by=other, reason=WHY, asked=ASKED)
    assert flag(release, by=by, reason=WHY, asked=ASKED) == ReleaseFlag.objects.get()  # the form was sent twice
    for _ in range(2):
        lift(release, by=other, reason=WELL, asked=ASKED)
    with pytest.raises(Conflict, match="not flagged"):
        lift(release, by=by, reason=WELL, asked=ASKED)
    flag(release, by=by, reason=WHY, asked=ASKED)
    assert ReleaseFlag.objects.filter(release=release).count() == 2


def test_the_trail_tells_of_both_with_their_reasons(release: Release) -> None:
    by = factories.user(role=Role.QA)
    flag(release, by=by, reason=WHY, asked=ASKED)
    lift(release, by=by, reason=WELL, asked=ASKED)
    events = list(AuditEvent.objects.filter(type__startswith="flag.").order_by("seq"))
    assert [one.object_id for one in events] == [f"{release.project.azure_id}/release:{release.azure_id}"] * 2
    pairs = zip(events, (WHY, WELL), strict=True)
    told = [sentence_of(json.loads(one.body), private={"reason": why}, names={}) for one, why in pairs]
    number = release.azure_id
    assert told == [
        f"Set the flag “do not promote” of release {number}: {WHY}",
        f"Lifted the flag “do not promote” of release {number}: {WELL}",
    ]
