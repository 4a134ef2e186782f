"""Faults of the way: a request that arrives late, an answer that leaves never, late, byte by byte, or is lost."""

from sandbox.http.faults.exchange import Args, Exchange, Kind
from sandbox.http.messages import Response

_LONG = 30.0


def drop(exchange: Exchange, _: Args) -> None:
    """Close without an answer and without running the handler."""
    exchange.response = Response()
    exchange.delivery.silent = True


def hang(exchange: Exchange, args: Args) -> None:
    """Say nothing for `seconds` (default 30), then close; the handler does not run."""
    drop(exchange, args)
    exchange.delivery.delay = float(args.get("seconds", _LONG))


def late(exchange: Exchange, args: Args) -> None:
    """The request arrives only after `seconds` (default 30), even if nobody waits for its answer any more."""
    exchange.held = float(args.get("seconds", _LONG))


def lose_answer(exchange: Exchange, args: Args) -> None:
    """The handler has run, but its answer never leaves; args `seconds` of silence before the close (default 0)."""
    exchange.delivery.silent = True
    exchange.delivery.delay = float(args.get("seconds", 0))


def slow(exchange: Exchange, args: Args) -> None:
    """A right answer after `seconds` (default 30)."""
    exchange.delivery.delay = float(args.get("seconds", _LONG))


def drip(exchange: Exchange, args: Args) -> None:
    """The body leaves `piece` bytes (default 1) every `gap` seconds (default 1)."""
    exchange.delivery.gap = float(args.get("gap", 1.0))
    exchange.delivery.piece = int(args.get("piece", 1))


DELIVERIES = {
    "drop": Kind(before=drop),
    "hang": Kind(before=hang),
    "late": Kind(before=late),
    "apply_then_drop": Kind(after=lose_answer),
    "slow": Kind(after=slow),
    "drip": Kind(after=drip),
}
