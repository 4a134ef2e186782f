"""How deep JSON is nested, at the speed of bytes. Used by `pages` before anything is decoded recursively."""

DEEPEST = 200
_NOT_BRACKETS = bytes(byte for byte in range(256) if byte not in b"{}[]")


def is_too_deep(body: bytes, *, deepest: int = DEEPEST) -> bool:
    """Whether JSON is nested deeper than `deepest` levels.

    Takes the innermost pairs of brackets away, layer by layer. Brackets inside texts may stop that early; such an
    answer counts as shallow and the decoder's own limit holds.
    """
    brackets = body.translate(None, _NOT_BRACKETS)
    for _ in range(deepest):
        fewer = brackets.replace(b"{}", b"").replace(b"[]", b"")
        if len(fewer) == len(brackets):
            return False
        brackets = fewer
    return bool(brackets)
