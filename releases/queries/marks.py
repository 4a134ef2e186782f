"""The mark that Slipway leaves in Azure's texts, as text: found by delivery, left out where people read. Pure.

`[slipway cmd=<first 8 of a command's id> audit=<number of its sending event>:<first 16 of its link>]`
"""

import re

MARK = re.compile(r"\[slipway cmd=([0-9a-f]{8}) audit=(\d+):([0-9a-f]{16})\]")


def without_marks(text: str) -> str:
    """The text as people read it; what is stored keeps its marks."""
    return MARK.sub("", text).strip() if "[slipway " in text else text
