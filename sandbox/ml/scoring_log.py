"""The container log of an endpoint deployment: its start, then scoring requests up to now."""

import random
from datetime import datetime, timedelta

from sandbox.company.registry import Endpoint, EndpointDeployment

_MOST = 10_000
_EVERY = 20.0


def scoring_log(endpoint: Endpoint, row: EndpointDeployment, *, now: datetime, tail: int) -> list[str]:
    """The last `tail` lines. The same minute always reads the same; without traffic there are health checks only."""
    begun = _stamp(row.modified_on)
    started = [
        f"{begun} I 1 gunicorn.error - Starting gunicorn 22.0.0",
        f"{begun} I 1 gunicorn.error - Listening at: http://0.0.0.0:31311 (1)",
        f"{begun} I 18 azmlinfsrv - Loaded model {row.model}:{row.model_version} ({row.scoring_script})",
    ]
    wanted = max(0, min(tail, _MOST))
    passed = max(0, int((now - row.modified_on).total_seconds() / _EVERY))
    busy = endpoint.traffic.get(row.name, 0) > 0
    first = max(0, passed - wanted)
    lines = [_line(endpoint, row, number, busy=busy) for number in range(first, passed)]
    return (started + lines)[-wanted:] if wanted else []


def _line(endpoint: Endpoint, row: EndpointDeployment, number: int, *, busy: bool) -> str:
    at = row.modified_on + timedelta(seconds=_EVERY * (number + 1))
    chance = random.Random(f"{endpoint.name}/{row.name}/{row.model_version}/{number}")
    if not busy or chance.random() < 0.2:
        return f"{_stamp(at)} I 18 azmlinfsrv - GET / 200 1.{chance.randint(10, 99)}ms 7"
    return f"{_stamp(at)} I 18 azmlinfsrv - POST /score 200 {chance.uniform(4, 60):.2f}ms {chance.randint(20, 90)}"


def _stamp(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d %H:%M:%S,%f")[:-3]
