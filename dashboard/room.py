"""Room for the frames of deep calls, taken once per request. The outermost middleware; needs nothing, knows nobody.

CPython keeps the frames of Python functions in pieces of 16 KiB, and gives a piece back to the system as soon as its
first frame ends. A template or a query works some hundred calls deep: where a loop down there happens to sit at the end
of a piece, each of its calls asks the system for memory and gives it back, many thousand times a page. The piece is
made as large as the frame that needs it, so one frame that claims a lot leaves room for all that come after it.
"""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

SLOTS = 80_000
"""What the frame claims, in pointers: 640 KB, for which CPython takes 1 MiB. Only what is used becomes real memory."""


def with_room(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """The same answer, from a frame with room behind it."""

    def middleware(request: HttpRequest) -> HttpResponse:
        return get_response(request)

    middleware.__code__ = middleware.__code__.replace(co_stacksize=SLOTS)
    return middleware
