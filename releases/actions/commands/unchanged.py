"""What somebody saw must still hold when they act on it. Called by the verbs after their checks, before `record`."""

from collections.abc import Sequence

from releases.errors import Conflict


def check_nothing_changed(thing: object, told: Sequence[str]) -> None:
    """Raise Conflict (`changed`) with what changed of this thing since the person looked; `told` holds it in words."""
    if told:
        sentence = f"{thing} changed since you looked: {'; '.join(told)}. Look again."
        raise Conflict(sentence, code="changed", changes=told)
