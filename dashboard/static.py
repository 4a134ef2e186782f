"""Which static files are served: ours and those of the libraries whose pages we show. Named by `dashboard.settings`."""

from collections.abc import Iterable
from typing import Any

from django.contrib.staticfiles import finders

UNSEEN_APPS = {"rest_framework", "drf_spectacular"}


class AppFinder(finders.AppDirectoriesFinder):
    """Leaves out the browsable API and its viewers: there are none, and compressing them took most of a start."""

    def __init__(self, app_names: Iterable[str] | None = None, *args: Any, **kwargs: Any) -> None:
        super().__init__(app_names, *args, **kwargs)
        self.apps = [name for name in self.apps if name not in UNSEEN_APPS]
