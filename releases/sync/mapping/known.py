"""What a release refers to and the database already holds. Filled by `sync.store.parents`, read by the mapping."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from releases.azure.answers import IdentityAnswer, ReleaseAnswer, StageAnswer
from releases.sync.roles import RoleOf

StageKey = tuple[int, int]
"""Azure's definition id and the stage's number within it."""


def stage_number(stage: StageAnswer) -> int:
    """What tells a stage apart within its pipeline; its rank, below zero, where old data has no number."""
    return stage.definition_environment_id or -(stage.rank or stage.id)


@dataclass(frozen=True, slots=True)
class Known:
    """Our ids for everything the releases of one page refer to, and the project's rules."""

    project: int
    role_of: RoleOf
    pipelines: Mapping[int, int] = field(default_factory=dict)
    stages: Mapping[StageKey, int] = field(default_factory=dict)
    identities: Mapping[str, int] = field(default_factory=dict)
    cd_aliases: Mapping[tuple[int, int], frozenset[str]] = field(default_factory=dict)

    def identity(self, who: IdentityAnswer | None) -> int | None:
        """Our id of an identity, None where Azure names nobody."""
        return self.identities.get(who.key) if who is not None else None

    def stage(self, release: ReleaseAnswer, stage: StageAnswer) -> int:
        """Our id of a stage, the same whatever it is called."""
        return self.stages[release.release_definition.id, stage_number(stage)]
