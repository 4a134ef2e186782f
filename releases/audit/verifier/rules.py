"""What Slipway's trail says of itself, and when a signed checkpoint is right. Pure functions, standard library only.

Used by Slipway's own verification and, word for word, by the program for auditors: it must run on Python 3.9.
"""

from __future__ import annotations

import base64
import hashlib
import re
from typing import Any, Callable, Dict, Iterable, Iterator, NamedTuple  # noqa: UP035 - Python 3.9

ABOUT_ITSELF = ("audit.genesis", "audit.key_made", "audit.key_rotated", "audit.restored", "audit.erased")
NOTE = re.compile("((?:[^\n]+\n){3,})\n((?:\u2014 [^\n]+\n)+)")
Body = Dict[str, Any]  # noqa: UP006 - Python 3.9
Verify = Callable[[bytes, bytes, bytes], bool]


class Finding(NamedTuple):
    """One thing that is wrong: at which event, in which part of it, and a sentence."""

    seq: int
    part: str
    sentence: str


class Checkpoint(NamedTuple):
    """One signed statement of the first `size` events, as a C2SP signed note says it."""

    origin: str
    size: int
    root: bytes
    text: bytes
    signatures: list[tuple[str, bytes, bytes]]

    @property
    def epoch(self) -> int:
        """1, or the number behind the log's name after a declared restore."""
        end = self.origin.rpartition("/")[2]
        return int(end) if end.isdigit() else 1


class Key(NamedTuple):
    """A public key and the sizes of the checkpoints it may sign; `vouched` is who says so."""

    vkey: str
    since: int
    until: float
    seq: int


def checkpoints_in(text: str) -> list[Checkpoint]:
    """The signed notes of a file. Raises ValueError for one that is not a checkpoint."""
    found = [_checkpoint(match[1], match[2]) for match in NOTE.finditer(text)]
    if NOTE.sub("", text).strip():
        raise ValueError("The checkpoints cannot be read: there is text that is no signed note.")
    return found


def _checkpoint(text: str, signed: str) -> Checkpoint:
    origin, size, root = text.split("\n")[:3]
    signatures = []
    for line in signed.splitlines():
        _, name, encoded = line.split(" ")
        blob = base64.b64decode(encoded, validate=True)
        signatures.append((name, blob[:4], blob[4:]))
    return Checkpoint(origin, int(size), base64.b64decode(root, validate=True), text.encode(), signatures)


def key_of(vkey: str) -> tuple[str, bytes, bytes]:
    """Name, id and public key of `name+id+base64`. Raises ValueError."""
    name, _, rest = vkey.strip().partition("+")
    number, _, encoded = rest.partition("+")
    blob = base64.b64decode(encoded, validate=True)
    identity = hashlib.sha256(name.encode() + b"\n" + blob).digest()[:4]
    if len(blob) != 33 or blob[0] != 1 or identity.hex() != number:
        raise ValueError(f"{vkey.strip()!r} is no public key of the form name+id+base64.")
    return name, identity, blob[1:]


class Tree:
    """The RFC 6962 tree over the leaves so far, as the roots of its full subtrees, largest first."""

    def __init__(self, size: int = 0, peaks: Iterable[bytes] = ()) -> None:
        self.size = size
        self.peaks = list(peaks)

    def add(self, leaf: bytes) -> None:
        """One more leaf at the end."""
        peaks, size = self.peaks, self.size + 1
        self.size = size
        while size % 2 == 0:
            leaf = hashlib.sha256(b"\x01" + peaks.pop() + leaf).digest()
            size //= 2
        peaks.append(leaf)

    def root(self) -> bytes:
        """The root over everything added."""
        if not self.peaks:
            return hashlib.sha256(b"").digest()
        root = self.peaks[-1]
        for peak in reversed(self.peaks[:-1]):
            root = hashlib.sha256(b"\x01" + peak + root).digest()
        return root


class Book:
    """What the trail says of itself: its name, keys, restores and erasures. Filled before anything is judged."""

    def __init__(self, bodies: Iterable[Body] = (), *, verify: Verify, pinned: str = "") -> None:
        self.log, self.keys, self.restores, self.erasures = "", list[Key](), list[Body](), list[Body]()
        self.pinned, self.verify, self.vouched = pinned.strip(), verify, set[int]()
        for body in bodies:
            self.take(body)

    def take(self, body: Body) -> None:
        """One of the events that say something about the trail itself."""
        kind, said, seq = body["type"], body.get("subject", {}), body["seq"]
        if kind == "audit.genesis":
            self.log = f"slipway/{body['installation']}/audit"
        elif kind in ("audit.key_made", "audit.key_rotated"):
            if self.keys:
                self.keys[-1] = self.keys[-1]._replace(until=seq)
            self.keys.append(Key(said["public_key"], seq if self.keys else 0, float("inf"), seq))
        elif kind == "audit.restored":
            self.restores.append({"seq": seq, **said})
        elif kind == "audit.erased":
            self.erasures.append({"seq": seq, **said})

    def is_erased(self, body: Body, part: str) -> bool:
        """Whether a later event says that this personal value was erased."""
        for said in self.erasures:
            is_named = [body["seq"], part] in said["also"]
            if body["seq"] < said["seq"] and part in said["fields"] and (is_named or said["ref"] in owners(body, part)):
                return True
        return False

    def judge(self, one: Checkpoint, *, size: int, root: bytes | None) -> Finding | None:
        """What is wrong with a checkpoint, for a trail of `size` events and its root at the checkpoint's size."""
        sentence, at = self._signature(one), min(one.size, size)
        if not sentence:
            after = [restore for restore in self.restores if restore["epoch"] > one.epoch]
            known = max([1, *(restore["epoch"] for restore in self.restores)])
            if after and one.size > after[0]["kept"]:
                is_declared = one.size <= after[0]["known"]
                return None if is_declared else Finding(at, "checkpoint", "It covers more than was declared as lost.")
            if one.size > size or one.epoch > known:
                at = size + 1
                sentence = f"A signed checkpoint covers {one.size} events; the trail has {size}. The newest are gone."
            elif one.root != root:
                sentence = f"The first {one.size} events are not those that were signed."
        return Finding(at, "checkpoint", sentence) if sentence else None

    def _signature(self, one: Checkpoint) -> str:
        if self.log and one.origin.split("/")[:3] != self.log.split("/"):
            return f"The checkpoint of {one.size} events is of another trail, {one.origin}."
        for key in self.trusted():
            name, identity, public = key_of(key.vkey)
            for signature in one.signatures:
                if signature[:2] == (name, identity):
                    if not self.verify(public, one.text, signature[2]):
                        return f"The signature under the checkpoint of {one.size} events is wrong."
                    if not key.since <= one.size <= key.until:
                        return f"The checkpoint of {one.size} events is signed by a key that was not in use there."
                    if one.size == key.until:
                        self.vouched.add(one.size)
                    return ""
        return f"The checkpoint of {one.size} events is signed by a key that this trail does not know."

    def trusted(self) -> list[Key]:
        """The keys whose signatures count: those the trail names, or the pinned one where it is not among them."""
        is_known = not self.pinned or any(key.vkey == self.pinned for key in self.keys)
        return self.keys if is_known else [Key(self.pinned, 0, float("inf"), 0)]

    def closing(self) -> Iterator[Finding]:
        """What is wrong with the keys, after all checkpoints were judged."""
        if self.keys and self.trusted() is not self.keys:
            yield Finding(self.keys[0].seq, "key", "The trail names another public key than the one you gave.")
            return
        given = [number for number, key in enumerate(self.keys) if key.vkey == self.pinned]
        for key in self.keys[given[0] + 1 if given else 1 :]:
            if key.seq not in self.vouched:
                yield Finding(key.seq, "key", "No checkpoint by the key before it covers the event of the new key.")


def owners(body: Body, part: str) -> set[str]:
    """Whose personal value this is: the actor's, or that of the people the event is about."""
    thing, change = body.get("object", {}), body.get("change", {})
    people = {thing["id"]} if thing.get("kind") == "user" else {one for one in change.get("user", []) if one}
    return people if people and part != "actor" else {body["actor"]["ref"]}


def commitments(body: Body) -> dict[str, str]:
    """The personal values an event commits to: name -> SHA-256 in hex."""
    found = {key[:-2]: body[key] for key in body if key[-2:] == "_c"}
    if "c" in body["actor"]:
        found["actor"] = body["actor"]["c"]
    return found
