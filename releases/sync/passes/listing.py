"""Lists every release of a project, bare, once a day: finds what Azure has no longer and what no feed told of.

Nothing is marked gone before the listing reached its end, and only what is not newer than the listing itself.
"""

from base64 import b64decode, b64encode
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from zlib import compress, decompress

from django.utils import timezone

from releases.azure.answers import Malformed, Page, ReleaseAnswer
from releases.models import Release, Watermark
from releases.sync import set_aside, watermarks
from releases.sync.passes.feeds import pages
from releases.sync.passes.incremental import different
from releases.sync.passes.pages import commit
from releases.sync.passes.reading import mark_gone, read_listed
from releases.sync.passes.work import Work

FEED = "listing"
EVERY = timedelta(hours=24)


class Seen:
    """A set of release ids that fits into a cursor: one bit each, compressed."""

    def __init__(self, text: str = "") -> None:
        self._bits = bytearray(decompress(b64decode(text))) if text else bytearray()

    def add(self, number: int) -> None:
        """Note one id."""
        byte = number // 8
        if byte >= len(self._bits):
            self._bits.extend(bytes(byte + 1 - len(self._bits)))
        self._bits[byte] |= 1 << number % 8

    def __contains__(self, number: int) -> bool:
        byte = number // 8
        return byte < len(self._bits) and bool(self._bits[byte] >> number % 8 & 1)

    @property
    def highest(self) -> int:
        """The largest id noted, 0 without any."""
        stripped = self._bits.rstrip(b"\0")
        return (len(stripped) - 1) * 8 + stripped[-1].bit_length() - 1 if stripped else 0

    def as_text(self) -> str:
        """For the cursor."""
        return b64encode(compress(self._bits)).decode("ascii")


def is_due(mark: Watermark, *, now: datetime) -> bool:
    """Whether a day went by since the last listing, or one is under way."""
    return bool(mark.cursor) or mark.completed_at is None or mark.completed_at < now - EVERY


def listing(work: Work) -> bool:
    """Go on with the listing until its end (True) or the budget's."""
    mark = work.mark(FEED)
    devops, project = work.calls.here(), work.project.azure_id
    seen = Seen(mark.cursor.get("seen", ""))

    def ask(token: str | None) -> Page[ReleaseAnswer]:
        return devops.releases(project, token=token, expand="")

    for page, asked_at in pages(work, ask, token=mark.cursor.get("token")):
        answers = [item.value for item in page.items]
        is_blind = note(seen, [one.id for one in answers], page.malformed) or mark.cursor.get("is_blind", False)
        began = mark.cursor.get("began") or asked_at.isoformat()

        def save() -> None:
            token = page.token  # noqa: B023
            mark.cursor = {"seen": seen.as_text(), "token": token, "began": began, "is_blind": is_blind}  # noqa: B023
            watermarks.save(mark)

        read_listed(work, different(work, answers), then=save)
        if page.token and work.budget.is_spent:
            return False
    _end(work, mark, seen)
    return True


def note(seen: Seen, ids: Iterable[int], malformed: Sequence[Malformed]) -> bool:
    """Note the ids of a page; True when one item did not even tell its id, so that nothing can be called missing."""
    named = [int(one.key[8:]) for one in malformed if one.key[8:].isdigit()]
    for number in (*ids, *named):
        seen.add(number)
    return len(named) < len(malformed)


def _end(work: Work, mark: Watermark, seen: Seen) -> None:
    if not mark.cursor["is_blind"]:
        mark_missing(work, seen, began=datetime.fromisoformat(mark.cursor["began"]))
    commit(work, lambda: listed(mark))


def mark_missing(work: Work, seen: Seen, *, began: datetime) -> None:
    """Mark what a complete listing did not bring; not what was stored after it began."""
    rows = Release.objects.filter(project=work.project, gone_at=None, azure_id__lte=seen.highest, changed_at__lt=began)
    ids = rows.values_list("azure_id", flat=True).iterator()
    gone = [azure_id for azure_id in ids if azure_id not in seen]
    if gone:
        mark_gone(work, gone)
    now = timezone.now()
    commit(work, lambda: set_aside.resolve_unnamed(work.project, seen_before=began, now=now))


def listed(mark: Watermark) -> None:
    """The whole list was read just now; the next time is a day away."""
    mark.cursor, mark.completed_at = {}, timezone.now()
    watermarks.save(mark, "completed_at")
