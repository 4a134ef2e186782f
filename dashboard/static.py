"""Which static files are served: ours, and of libraries those that a page asks for. Named by `dashboard.settings`."""

from collections.abc import Iterator
from typing import Any

from django.contrib.staticfiles import finders

FROM_LIBRARIES = {"django_htmx/htmx-2.min.js"}
"""Libraries bring more: scripts of pages that are not ours. Hashing and compressing those took most of a start."""


class LibraryFinder(finders.AppDirectoriesFinder):
    """Finds what pages ask for, and nothing else that a library brings."""

    def list(self, ignore_patterns: Any) -> Iterator[Any]:
        """The files and where each lies."""
        return (found for found in super().list(ignore_patterns) if found[0] in FROM_LIBRARIES)

    def find_in_app(self, app: str, path: str) -> str | None:
        """Where the file lies; None for what no page asks for."""
        return super().find_in_app(app, path) if path in FROM_LIBRARIES else None
