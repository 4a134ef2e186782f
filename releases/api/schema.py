"""The OpenAPI file of the API, at /api/v1/schema/ as YAML or JSON. Made from the views; nothing is described twice."""

from functools import cache
from typing import Any

from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import (
    OpenApiJsonRenderer,
    OpenApiJsonRenderer2,
    OpenApiYamlRenderer,
    OpenApiYamlRenderer2,
)
from drf_spectacular.settings import patched_settings
from drf_spectacular.utils import extend_schema
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.request import Request
from rest_framework.response import Response

from releases.api.base import ApiView
from releases.api.permissions import ANY

DESCRIPTION = """The release history that Slipway has synced, and the commands that ask Azure for something. Times are
UTC. Lists come newest first in pages; follow `next`. `id` is ours, `azure_id` Azure's. What you may not see is 404."""
ERROR = {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}
ERROR_SCHEMA = {
    "type": "object",
    "description": "`code` is for programs and stays, `sentence` is for people, `detail` tells more if there is more.",
    "required": ["code", "sentence", "detail"],
    "properties": {"code": {"type": "string"}, "sentence": {"type": "string"}, "detail": {"nullable": True}},
}


def with_errors(result: dict[str, Any], **_options: Any) -> dict[str, Any]:
    """Every operation may answer with an error, and all errors have one form."""
    result["components"]["schemas"]["Error"] = ERROR_SCHEMA
    for path in result["paths"].values():
        for operation in path.values():
            operation["responses"]["default"] = {"description": "A refusal or failure.", "content": ERROR}
    return result


SETTINGS = {
    "TITLE": "Slipway",
    "VERSION": "1",
    "DESCRIPTION": DESCRIPTION,
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "POSTPROCESSING_HOOKS": ["drf_spectacular.hooks.postprocess_schema_enums", "releases.api.schema.with_errors"],
}


@cache
def document() -> dict[str, Any]:
    """The file as data. Made once, because it is the same for everybody as long as the process lives."""
    with patched_settings(SETTINGS):
        made: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    return made


class Schema(ApiView):
    """The OpenAPI file; `Accept` or `?format=json` chooses its form."""

    scope = ANY
    renderer_classes = [OpenApiYamlRenderer, OpenApiYamlRenderer2, OpenApiJsonRenderer, OpenApiJsonRenderer2]
    content_negotiation_class = DefaultContentNegotiation  # type: ignore[assignment]

    @extend_schema(exclude=True)
    def get(self, _request: Request) -> Response:
        """This file."""
        return Response(document())
