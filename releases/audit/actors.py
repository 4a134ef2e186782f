"""Who can do something here: a signed-in person, or Slipway itself. Actions, policies, sync and the trail say it so."""

from dataclasses import dataclass

from releases.models import User


@dataclass(frozen=True)
class System:
    """Slipway acting by itself; `name` says which part (`sync`, `shell`, `gates`)."""

    name: str

    def __str__(self) -> str:
        return f"Slipway ({self.name})"


Actor = User | System
