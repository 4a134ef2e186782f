"""However deep a loop sits, its calls take no memory from the system again and again."""

import resource

from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from dashboard.room import with_room

DEPTHS = range(1, 300)
CALLS = 50


def at(depth: int) -> None:
    """A loop of calls, so deep."""
    if depth:
        return at(depth - 1)
    for _ in range(CALLS):
        nothing()
    return None


def nothing() -> None:
    """One frame."""


def taken_meanwhile(_: HttpRequest) -> HttpResponse:
    """How many pages of memory the system gave while loops ran at all depths."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    for depth in DEPTHS:
        at(depth)
    return HttpResponse(str(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before))


def test_loops_at_any_depth_take_memory_once() -> None:
    request = RequestFactory().get("/")
    without, within = (int(answer(request).content) for answer in (taken_meanwhile, with_room(taken_meanwhile)))
    assert without > 5 * CALLS  # the end of a piece lies somewhere among the depths
    assert within < CALLS
