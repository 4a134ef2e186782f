"""Keeps `EndpointCheck`: a row for each thing an endpoint was seen to serve. Used by `reading`, in its transactions."""

import json
from datetime import datetime
from hashlib import sha256

from releases.models import Endpoint, EndpointCheck
from releases.sync.serving.looking import Look


def note(
    endpoint: Endpoint, held: EndpointCheck | None, look: Look, *, answered_at: datetime, before: datetime | None
) -> EndpointCheck | None:
    """Store a look that saw something new. `held` is the open row, `before` the time of the look before this one.

    A look that saw the same stores nothing. A row ends with the last look that saw it: what came between the two looks
    is known only where Azure's own time of the change lies there.
    """
    if held and (held.state, held.served, held.sentence) == (look.state, list(look.served), look.sentence):
        return None
    if held:
        last_seen = max(held.seen_from, min(before or held.seen_from, answered_at))
        EndpointCheck.objects.filter(pk=held.pk).update(seen_until=last_seen)
    return EndpointCheck.objects.create(
        endpoint=endpoint,
        seen_from=answered_at,
        since=_since(look, held, answered_at=answered_at, before=before),
        state=look.state,
        served=list(look.served),
        sentence=look.sentence,
    )


def line_of(check: EndpointCheck) -> tuple[str, str]:
    """The manifest line of what was seen: the proof of a drift is the run's event together with it."""
    told = json.dumps([check.state, check.served, check.since.isoformat()], sort_keys=True)
    return f"endpoint-check:{check.endpoint.name}"[:200], sha256(told.encode()).hexdigest()


def _since(look: Look, held: EndpointCheck | None, *, answered_at: datetime, before: datetime | None) -> datetime:
    """Azure's own time, where it fits between the looks; at the first look ever any time before it fits."""
    time = look.changed_on
    earliest = max(held.seen_from, before or held.seen_from) if held else None
    fits = time is not None and time <= answered_at and (earliest is None or time > earliest)
    return time if time is not None and fits else answered_at
