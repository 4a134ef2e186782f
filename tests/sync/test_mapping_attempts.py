"""When an attempt started and ended, which Azure tells in pieces."""

from datetime import timedelta

import msgspec
import pytest

from releases.azure.answers import AttemptAnswer, IdentityAnswer
from releases.states import IdentityKind
from releases.sync.mapping.attempts import finished_on, mapped_attempts, started_on
from releases.sync.mapping.identities import identity_row, is_group, kind_of
from releases.sync.mapping.known import Known
from releases.sync.roles import role_of
from tests.sync import told


def read(**more: object) -> AttemptAnswer:
    """An attempt as the edge hands it over."""
    return msgspec.convert(told.attempt(1, deployment=5, at=30, **more), AttemptAnswer)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("status", "operation", "ended"),
    [
        ("succeeded", "Approved", True),
        ("partiallySucceeded", "Approved", True),
        ("failed", "PhaseFailed", True),
        ("notDeployed", "Rejected", True),
        ("notDeployed", "Canceled", True),
        ("inProgress", "Approved", False),
        ("inProgress", "PhaseInProgress", False),
        ("notDeployed", "Pending", False),
        ("undefined", "Queued", False),
    ],
)
def test_an_attempt_ends_when_azure_touched_it_last(status: str, operation: str, ended: bool) -> None:
    attempt = read(status=status, operationStatus=operation)
    assert finished_on(attempt) == (told.START + timedelta(minutes=30) if ended else None)


def test_it_starts_with_its_first_phase() -> None:
    assert started_on(read()) is None
    phases = [told.phase(2, at=28), told.phase(1, at=27)]
    assert started_on(read(releaseDeployPhases=phases)) == told.START + timedelta(minutes=27)


def test_steps_are_counted_through_phases_and_jobs_in_the_order_they_ran() -> None:
    late = told.phase(2, told.task(1, "third"), at=28) | {"rank": 2}
    early = told.phase(1, told.task(2, "second"), told.task(1, "first"), at=27)
    stage = told.item(
        told.release(1, told.stage(1, told.attempt(1, deployment=5, at=30, releaseDeployPhases=[late, early]), of=1))
    )
    assert stage.value.environments is not None
    attempts = mapped_attempts(stage.value.environments[0], Known(project=1, role_of=role_of), stage_id=1)
    assert [(key, row[4], row[5]) for key, row in attempts[1].steps.items()] == [
        ((1, 1), "first", 1),
        ((1, 2), "second", 2),
        ((2, 1), "third", 3),
    ]


@pytest.mark.parametrize(
    ("descriptor", "kind", "group"),
    [
        ("aad.x", IdentityKind.PERSON, False),
        ("msa.x", IdentityKind.PERSON, False),
        ("svc.x", IdentityKind.SERVICE, False),
        ("s2s.x", IdentityKind.SERVICE, False),
        ("aadgp.x", IdentityKind.UNKNOWN, True),
        ("vssgp.x", IdentityKind.UNKNOWN, True),
        ("", IdentityKind.UNKNOWN, False),
    ],
)
def test_descriptors_tell_people_services_and_groups(descriptor: str, kind: IdentityKind, group: bool) -> None:
    who = IdentityAnswer(id="1", display_name="x", unique_name="x@y.example", descriptor=descriptor)
    assert (kind_of(who), is_group(who)) == (kind, group)
    assert identity_row(who)[3] == ("" if kind is IdentityKind.SERVICE else "x@y.example")
