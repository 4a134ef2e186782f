"""Whom Azure DevOps asks before and after a stage, and whether Slipway could pass a decision on. Pure.

A decision can be passed on only where the identity Slipway signs in as is the approver (decision 11).
"""

from dataclasses import dataclass

from releases.models import Organization
from releases.queries.definition import Asking, Definition, Seat
from releases.queries.starting import listed

YES, NO, UNKNOWN = "yes", "no", "unknown"


@dataclass(frozen=True)
class Asked:
    """One side of a stage: who is asked, how many must say yes, and what that means for Slipway."""

    side: str
    seats: tuple[Seat, ...]
    names: str
    rule: str
    passes: str
    sentence: str


def asked(definition: Definition, number: int, organization: Organization) -> list[Asked]:
    """Those a stage asks, before and after its deployment; nothing where nobody is asked."""
    told = definition.stages.get(number)
    if told is None:
        return []
    sides = (("before deployment", told.before), ("after deployment", told.after))
    return [_asked(side, asking, organization) for side, asking in sides if asking.seats]


def _asked(side: str, asking: Asking, organization: Organization) -> Asked:
    names = listed([f"{seat.name} (group)" if seat.is_group else seat.name for seat in asking.seats])
    several = len(asking.seats) > 1
    rule = f"any {asking.required} of {len(asking.seats)}" if asking.required else "all of them" if several else ""
    passes, sentence = _passes(asking, organization)
    return Asked(side, asking.seats, names, rule, passes, sentence)


def _passes(asking: Asking, organization: Organization) -> tuple[str, str]:
    own = organization.own_identity_key
    if not own:
        return UNKNOWN, "Which identity Slipway signs in as was not read yet."
    if any(seat.key.lower() == own.lower() for seat in asking.seats):
        who = "It is" if len(asking.seats) == 1 else f"{organization.own_identity_name or own} is"
        return YES, f"{who} the identity Slipway signs in as, so decisions can be passed on."
    if any(seat.is_group for seat in asking.seats):
        own_name = organization.own_identity_name or "the identity Slipway signs in as"
        return UNKNOWN, f"Whether {own_name} is a member, Azure DevOps does not tell here."
    return NO, "Slipway cannot pass a decision on: it signs in as somebody else."
