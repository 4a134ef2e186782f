"""What is known of a change that got no usable answer. Used by `asking` and `ml` around each request that changes."""

from collections.abc import Iterator
from contextlib import contextmanager

from releases.azure.wire import Wire
from releases.errors import AzureNoAnswer, AzureUnreachable, AzureUnreadable


@contextmanager
def change(wire: Wire, *, method: str) -> Iterator[None]:
    """Ask for one change inside. The clients ask other things first (where to send it): with `method` left nothing.

    Raises AzureUnreachable instead of any error about an answer when the change itself was never sent, and
    AzureNoAnswer when it was sent and what came back cannot be read.
    """
    wire.forget_last()
    try:
        yield
    except (AzureNoAnswer, AzureUnreadable) as error:
        kind = AzureNoAnswer if wire.last_sent() == method else AzureUnreachable
        found = kind(error.sentence)
        found.activity_id = error.activity_id
        raise found from error
