"""How one view describes itself in the OpenAPI file; used by `releases.api.base`."""

from typing import Any

from drf_spectacular.openapi import AutoSchema


class NounSchema(AutoSchema):
    """Describes a list's parameters from the view's own filters, so that they are said once."""

    def get_override_parameters(self) -> list[Any]:
        """The filters of the list; nothing for the detail."""
        return [getattr(self.view, "filters")] if getattr(self.view, "action", "") == "list" else []  # noqa: B009
