"""Reads the release_*.json of a directory and keeps their bytes beside what they say."""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

Json = dict[str, Any]
NO_VALUE = "0001-01-01T00:00:00"


class Unreadable(Exception):
    """The directory holds nothing that could be replayed."""


@dataclass(frozen=True)
class RecordedRelease:
    """One answer of GET release: `raw` is the file, to the byte."""

    raw: bytes
    said: Json

    @property
    def id(self) -> int:
        """Azure's release id."""
        return int(self.said["id"])

    @property
    def definition_id(self) -> int:
        """The id of its definition; 0 where the recording names none."""
        return int((self.said.get("releaseDefinition") or {}).get("id") or 0)

    @property
    def environments(self) -> list[Json]:
        """Its stages, as recorded."""
        return [stage for stage in self.said.get("environments") or [] if isinstance(stage, dict)]

    def environment(self, number: int) -> Json | None:
        """One of its stages by environment id."""
        return next((stage for stage in self.environments if stage.get("id") == number), None)

    def approvals(self) -> list[Json]:
        """All approvals of all its stages."""
        kinds = ("preDeployApprovals", "postDeployApprovals")
        return [one for stage in self.environments for kind in kinds for one in stage.get(kind) or []]


@dataclass
class Recording:
    """All releases of a directory in the order of their ids; `skipped` says of each other file why it is not served."""

    releases: dict[int, RecordedRelease] = field(default_factory=dict)
    skipped: dict[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, directory: Path) -> "Recording":
        """Raises Unreadable when there is no release to serve."""
        recording = cls()
        for path in sorted(directory.glob("release_*.json")):
            recording._take(path)
        if not recording.releases:
            reasons = "; ".join(f"{name}: {why}" for name, why in recording.skipped.items())
            raise Unreadable(f"{directory} holds no recorded release (release_*.json). {reasons}".strip())
        recording.releases = dict(sorted(recording.releases.items()))
        return recording

    def _take(self, path: Path) -> None:
        try:
            raw = path.read_bytes()
            said = json.loads(raw.removeprefix(b"\xef\xbb\xbf"))
        except (OSError, ValueError, RecursionError) as error:
            self.skipped[path.name] = str(error)
            return
        if not isinstance(said, dict) or not isinstance(said.get("id"), int):
            self.skipped[path.name] = "has no release id, so it is no answer of GET release"
        elif said["id"] in self.releases:
            self.skipped[path.name] = f"release {said['id']} was already read from another file"
        else:
            self.releases[said["id"]] = RecordedRelease(raw, said)

    @property
    def project_id(self) -> str:
        """The project's GUID as the recording names it (recordings often leave out its name)."""
        for release in self.releases.values():
            project = release.said.get("projectReference") or {}
            if project.get("id"):
                return str(project["id"])
        return "00000000-0000-0000-0000-000000000000"

    def of_definition(self, number: int, *, revision: int | None = None) -> list[RecordedRelease]:
        """The releases of a definition, or of one revision of it, oldest first."""
        found = [release for release in self.releases.values() if release.definition_id == number]
        if revision is None:
            return found
        return [release for release in found if release.said.get("releaseDefinitionRevision") == revision]


def time_of(text: Any) -> datetime:
    """A recorded time, aware; the sentinel 0001-01-01 and what is no time count as the beginning of time."""
    try:
        time = datetime.fromisoformat(str(text))
    except ValueError:
        return datetime.min.replace(tzinfo=UTC)
    return time if time.tzinfo else time.replace(tzinfo=UTC)
