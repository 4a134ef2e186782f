"""The people, services and groups of the company, and how Azure names each of them.

Used by every module of the company; it holds who exists, never what they do.
"""

import base64
import uuid
from dataclasses import dataclass
from typing import Literal

Kind = Literal["person", "service", "group"]

_TENANT = "2c895908-04e0-4952-89fd-54b0046d6288"
_NAMES = uuid.UUID("6f1f3b3e-7a6b-4c52-9a55-0c3f7a1d5e10")


@dataclass(frozen=True)
class Person:
    """One identity: a human, a service or a group (then `members` may decide for it)."""

    key: str
    display_name: str
    unique_name: str
    kind: Kind = "person"
    members: tuple["Person", ...] = ()

    @property
    def id(self) -> str:
        """The identity's GUID, the same in every run."""
        return str(uuid.uuid5(_NAMES, self.key))

    @property
    def descriptor(self) -> str:
        """Azure's subject descriptor: the prefix says person (aad), service (svc, s2s) or group (vssgp)."""
        prefix = {"person": "aad", "service": "svc", "group": "vssgp"}[self.kind]
        if self is RELEASE_MANAGEMENT:
            prefix = "s2s"
        body = base64.urlsafe_b64encode(f"{self.id}@{_TENANT}".encode()).decode().rstrip("=")
        return f"{prefix}.{body}"


def _person(key: str, name: str) -> Person:
    return Person(key, name, f"{key}@port.example")


SOFIA = _person("sofia.keller", "Sofia Keller")
PRIYA = _person("priya.raman", "Priya Raman")
JONAS = _person("jonas.lindqvist", "Jonas Lindqvist")
AYLA = _person("ayla.demir", "Ayla Demir")
MARCO = _person("m.bianchi", "Marco Bianchi")
TOMAS = _person("tomas.novak", "Tomás Novák")
INGRID = _person("ingrid.aaltonen", "Ingrid Aaltonen")
WEI = _person("wei.zhang", "Zhang Wei (张伟)")

RELEASE_MANAGEMENT = Person(
    "release-management",
    "Microsoft.VisualStudio.Services.ReleaseManagement",
    f"0000000d-0000-8888-8000-000000000000@{_TENANT}",
    "service",
)
AZURE_ML = Person("azure-ml", "Azure ML (mlops_ws)", "azure-ml-mlops_ws@port.example", "service")
BUILD_SERVICE = Person("build-service", "MLOps Build Service (harbour)", "build@port.example", "service")
SLIPWAY = Person("svc-slipway", "svc-slipway", "svc-slipway@port.example", "service")

QA_APPROVERS = Person(
    "qa-approvers",
    "[MLOps]\\QA Approvers",
    "vstfs:///Classification/TeamProject/mlops\\QA Approvers",
    "group",
    (JONAS, AYLA, INGRID, SLIPWAY),
)

ADMINISTRATORS = (MARCO,)
DEVELOPERS = (SOFIA, PRIYA, TOMAS, WEI)
EVERYBODY = (
    SOFIA,
    PRIYA,
    JONAS,
    AYLA,
    MARCO,
    TOMAS,
    INGRID,
    WEI,
    RELEASE_MANAGEMENT,
    AZURE_ML,
    BUILD_SERVICE,
    SLIPWAY,
    QA_APPROVERS,
)
BY_ID = {person.id: person for person in EVERYBODY}


def anybody(identity: str) -> Person:
    """The person with this GUID, key, unique name or display name; KeyError if nobody has it."""
    wanted = identity.lower()
    for person in EVERYBODY:
        if wanted in (person.id, person.key, person.unique_name.lower(), person.display_name.lower()):
            return person
    raise KeyError(identity)
