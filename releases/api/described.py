"""How one view describes itself in the OpenAPI file; used by `releases.api.base`."""

import inspect
from typing import Any

from drf_spectacular.openapi import AutoSchema


class NounSchema(AutoSchema):
    """Describes a list's parameters from the view's own filters, so that they are said once."""

    def get_override_parameters(self) -> list[Any]:
        """The filters of the list; nothing for the detail."""
        return [getattr(self.view, "filters")] if getattr(self.view, "action", "") == "list" else []  # noqa: B009

    def get_description(self) -> str:  # type: ignore[override]
        """The view's own words for the list, its form's words for one row."""
        if getattr(self.view, "action", "") == "retrieve":
            return inspect.getdoc(self.view.get_serializer_class()) or ""  # type: ignore[attr-defined]
        return str(super().get_description())
