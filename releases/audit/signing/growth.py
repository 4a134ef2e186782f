"""Whether the trail only grew since the last checkpoint. The signer asks before it signs, and signs nothing else."""

from collections.abc import Set
from typing import NamedTuple

from releases.audit.chain import GENESIS_PREV, leaf_of, link_of
from releases.audit.signing.state import State
from releases.audit.verifier.rules import Tree
from releases.audit.verify import last_seq
from releases.errors import ReleasesError
from releases.models import AuditEvent

CHUNK = 2000


class Shrunk(ReleasesError):
    """The trail is not the one that was signed before; `seq` is the event where that shows."""

    code = "not_append_only"

    def __init__(self, sentence: str, *, seq: int) -> None:
        super().__init__(sentence)
        self.seq = seq


class Grown(NamedTuple):
    """The tree and the last link of the trail as far as it was read."""

    tree: Tree
    link: bytes


def grown(state: State | None, *, to: int | None = None) -> Grown:
    """The trail from the last checkpoint to its end, or to event `to`. Raises Shrunk."""
    state = state or State()
    tree = Tree(state.size, map(bytes.fromhex, state.peaks))
    link = bytes.fromhex(state.link) if state.size else GENESIS_PREV
    if state.size:
        _require_same_end(state)
    rows = AuditEvent.objects.filter(seq__gt=state.size, **({"seq__lte": to} if to else {})).order_by("seq")
    for seq, body, *hashes in rows.values_list("seq", "body", "leaf", "prev", "link").iterator(chunk_size=CHUNK):
        leaf, prev, after = (bytes(one) for one in hashes)
        if (seq, prev) != (tree.size + 1, link) or leaf != leaf_of(body) or after != link_of(prev, seq, leaf):
            raise Shrunk(f"Event {seq} does not follow from the one before it: nothing more is signed.", seq=seq)
        tree.add(leaf)
        link = after
    return Grown(tree, link)


def require_same_past(state: State) -> None:
    """Every event under the last checkpoint still has the leaf that was signed. Reads all leaves. Raises Shrunk."""
    if not state.size:
        return
    _require_same_end(state)
    if roots_at({state.size}).get(state.size, "") != state.root:
        raise _changed(state)


def roots_at(sizes: Set[int]) -> dict[int, str]:
    """The root (hex) of the trail as it stands at each of these sizes that it has."""
    tree, found = Tree(), dict[int, str]()
    rows = AuditEvent.objects.filter(seq__lte=max(sizes, default=0)).order_by("seq")
    for leaf in rows.values_list("leaf", flat=True).iterator(chunk_size=CHUNK):
        tree.add(bytes(leaf))
        if tree.size in sizes:
            found[tree.size] = tree.root().hex()
    return found


def _require_same_end(state: State) -> None:
    link = AuditEvent.objects.filter(seq=state.size).values_list("link", flat=True).first()
    if link is None:
        size = last_seq()
        sentence = f"The last checkpoint covers {state.size} events; the trail has {size}. The newest are gone."
        raise Shrunk(f"{sentence} Nothing is signed until somebody looks.", seq=size + 1)
    if bytes(link).hex() != state.link:
        raise _changed(state)


def _changed(state: State) -> Shrunk:
    sentence = f"The first {state.size} events are not those that were signed."
    return Shrunk(f"{sentence} Nothing is signed until somebody looks.", seq=state.size)
