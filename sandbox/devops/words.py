"""Azure DevOps's way of writing times, people and links. Used by everything that renders; knows no request."""

import zlib
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sandbox.company.harbour import ORGANIZATION, PROJECT, PROJECT_ID
from sandbox.company.people import RELEASE_MANAGEMENT, Person

Json = dict[str, Any]
NEVER = "0001-01-01T00:00:00"


def stamp(moment: datetime | None) -> str | None:
    """Milliseconds without trailing zeros, as .NET writes them: 0 to 3 digits."""
    if moment is None:
        return None
    digits = f"{moment.microsecond // 1000:03d}".rstrip("0")
    return f"{moment:%Y-%m-%dT%H:%M:%S}" + (f".{digits}Z" if digits else "Z")


def stamp_or_never(moment: datetime | None) -> str:
    """The time, or the sentinel that means there is none."""
    return stamp(moment) or NEVER


def fine(moment: datetime | None, *, about: str) -> str | None:
    """Seven digits, as agents report: the four below a millisecond belong to the thing it is about."""
    if moment is None:
        return None
    below = zlib.crc32(about.encode()) % 10_000
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}{below:04d}Z"


@dataclass(frozen=True)
class Links:
    """Addresses as this client reaches us. `base` is scheme://host:port."""

    base: str

    @property
    def release_area(self) -> str:
        """Where the Release API of the project lives."""
        return f"{self.base}/vsrm/{ORGANIZATION}/{PROJECT_ID}/_apis/Release"

    @property
    def web(self) -> str:
        """Where people look at releases."""
        return f"{self.base}/{ORGANIZATION}/{PROJECT_ID}"

    def release(self, release_id: int) -> str:
        """The release's own address."""
        return f"{self.release_area}/releases/{release_id}"

    def definition(self, definition_id: int) -> str:
        """The definition's own address."""
        return f"{self.release_area}/definitions/{definition_id}"

    def of_release(self, release_id: int) -> Json:
        """The `_links` of a release."""
        web = f"{self.web}/_release?releaseId={release_id}&_a=release-summary"
        return {"self": {"href": self.release(release_id)}, "web": {"href": web}}

    def of_definition(self, definition_id: int) -> Json:
        """The `_links` of a definition."""
        web = f"{self.web}/_release?definitionId={definition_id}"
        return {"self": {"href": self.definition(definition_id)}, "web": {"href": web}}


@lru_cache(maxsize=256)
def _identity(base: str, person: Person) -> Json:
    if person is RELEASE_MANAGEMENT:
        return {
            "displayName": person.display_name,
            "id": person.id,
            "uniqueName": person.unique_name,
            "descriptor": person.descriptor,
        }
    avatar = f"{base}/{ORGANIZATION}/_apis/GraphProfile/MemberAvatars/{person.descriptor}"
    body = {
        "displayName": person.display_name,
        "url": f"{base}/{ORGANIZATION}/_apis/Identities/{person.id}",
        "_links": {"avatar": {"href": avatar}},
        "id": person.id,
        "uniqueName": person.unique_name,
        "imageUrl": avatar,
        "descriptor": person.descriptor,
    }
    return body | {"isContainer": True} if person.kind == "group" else body


def identity(links: Links, person: Person | None) -> Json | None:
    """An IdentityRef; None where Azure leaves it null."""
    return _identity(links.base, person) if person else None


def project_reference() -> Json:
    """The project, as lists show it."""
    return {"id": PROJECT_ID, "name": PROJECT}


def variables(values: dict[str, str | None]) -> Json:
    """Variables; a None is a secret, whose value nobody gets back."""
    return {n: {"value": v} if v is not None else {"value": None, "isSecret": True} for n, v in values.items()}
