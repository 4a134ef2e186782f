"""What the gallery shows: unsaved rows and values that bring out every state of every component. Used by it alone.

One module for each group of components; each gives the names that its part of the gallery
(`templates/pages/gallery/_GROUP.html`) asks for. A test says which component is not on the gallery yet.
"""

from typing import Any

from dashboard.samples import commands, comparing, lists, overview, release, serving, small, spans, stages, trail

GROUPS = (small, stages, release, lists, comparing, overview, serving, spans, trail, commands)


def everything() -> dict[str, Any]:
    """The context of the gallery."""
    return {name: value for group in GROUPS for name, value in group.shown().items()}
