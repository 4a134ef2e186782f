"""A pipeline's definition as Azure DevOps keeps it, read with care: its JSON is stored as it came, old, odd or hostile.

Whatever is not of the shape expected counts as not told. Pure; asked by the pipeline page.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

NO_ID = "00000000-0000-0000-0000-000000000000"
LONGEST = 400
SOURCES = {"azureml": "Azure ML", "mlmodel": "Azure ML", "github": "GitHub", "tfvc": "TFVC", "git": "Azure Repos"}
GROUPS = frozenset({"aadgp", "vssgp", "wingp"})


@dataclass(frozen=True)
class Seat:
    """Somebody a stage asks: a person, a service or a group. `key` is as of `Identity`."""

    name: str
    key: str = ""
    is_group: bool = False


@dataclass(frozen=True)
class Asking:
    """Whom a stage asks on one side; automated approvals are left out. Of the seats so many must say yes, 0 is all."""

    seats: tuple[Seat, ...] = ()
    required: int = 0


@dataclass(frozen=True)
class StageTold:
    """One stage of the definition: whom it asks, when it starts by the clock, whether pull requests reach it."""

    before: Asking = Asking()
    after: Asking = Asking()
    schedules: tuple[Mapping[str, Any], ...] = ()
    takes_pull_requests: bool = False
    name: str = ""


@dataclass(frozen=True)
class ArtifactTold:
    """One artifact of the definition; `where` is the workspace, repository or project it comes from.

    `default_type` is Azure's word, in small letters, for how a version is chosen when nobody does.
    """

    alias: str
    type: str = ""
    name: str = ""
    where: str = ""
    branch: str = ""
    default_type: str = ""

    @property
    def source(self) -> str:
        """Where it comes from, in words; a type nobody knows stays as it is called."""
        type_ = self.type.lower()
        known = next((words for part, words in SOURCES.items() if part in type_), self.type)
        return f"{known}, {self.where}" if self.where else known or "Azure DevOps does not say"


@dataclass(frozen=True)
class Definition:
    """What a revision tells; `is_known` is False where the revision was not read or is no definition at all."""

    is_known: bool = False
    stages: Mapping[int, StageTold] = field(default_factory=dict)
    artifacts: tuple[ArtifactTold, ...] = ()


def read(document: object) -> Definition:
    """The definition in a revision's JSON, whatever that holds."""
    if not isinstance(document, Mapping):
        return Definition()
    stages = {number: _stage(one) for one in mappings(document.get("environments")) if (number := whole(one.get("id")))}
    artifacts = tuple(_artifact(one) for one in mappings(document.get("artifacts")))
    return Definition(True, stages, tuple(one for one in artifacts if one.alias))


def mappings(value: object) -> Iterator[Mapping[str, Any]]:
    """The objects in a list; nothing for what is none."""
    yield from (one for one in value if isinstance(one, Mapping)) if isinstance(value, list) else ()


def mapping(value: object) -> Mapping[str, Any]:
    """The object, or an empty one."""
    return value if isinstance(value, Mapping) else {}


def text(value: object) -> str:
    """The text, cut to what a name may be; nothing for lists and objects."""
    if value is None or isinstance(value, list | Mapping):
        return ""
    return str(value).strip()[:LONGEST]


def texts(value: object) -> list[str]:
    """The texts in a list."""
    return [found for one in value if (found := text(one))] if isinstance(value, list) else []


def whole(value: object) -> int:
    """The whole number, also where it is written as text; 0 for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | str):
        return 0
    try:
        return int(value)
    except ValueError:
        return 0


def _stage(told: Mapping[str, Any]) -> StageTold:
    return StageTold(
        before=_asking(told.get("preDeployApprovals")),
        after=_asking(told.get("postDeployApprovals")),
        schedules=tuple(mappings(told.get("schedules"))),
        takes_pull_requests=mapping(told.get("environmentOptions")).get("pullRequestDeploymentEnabled") is True,
        name=text(told.get("name")),
    )


def _asking(told: object) -> Asking:
    approvals = [one for one in mappings(mapping(told).get("approvals")) if one.get("isAutomated") is not True]
    seats = tuple(seat for one in approvals if (seat := _seat(mapping(one.get("approver")))))
    required = whole(mapping(mapping(told).get("approvalOptions")).get("requiredApproverCount"))
    return Asking(seats, required if 0 < required < len(seats) else 0)


def _seat(told: Mapping[str, Any]) -> Seat | None:
    known = text(told.get("id"))
    unique, name = text(told.get("uniqueName")), text(told.get("displayName"))
    key = (known if known != NO_ID else "") or unique or name
    kind = text(told.get("descriptor")).partition(".")[0].lower()
    is_group = told.get("isContainer") is True or kind in GROUPS
    return Seat(name or unique or key, key, is_group) if key else None


def _artifact(told: Mapping[str, Any]) -> ArtifactTold:
    """Keys of the reference differ in case between real answers and documentation."""
    values = {str(key).lower(): mapping(one) for key, one in mapping(told.get("definitionReference")).items()}

    def said(*keys: str) -> str:
        found = (text(values[key].get(part)) for key in keys if key in values for part in ("name", "id"))
        return next((one for one in found if one), "")

    type_ = text(told.get("type"))
    return ArtifactTold(
        alias=text(told.get("alias")),
        type=type_,
        name=said("definition"),
        where=said("connection") if "ml" in type_.lower() else said("repository", "project"),
        branch=said("branch", "branches", "defaultversionbranch"),
        default_type=text(values.get("defaultversiontype", {}).get("id")).lower(),
    )
