"""Faults that answer in place of the handler: throttled, unavailable, signed out, refused, gone, without effect."""

import time
from dataclasses import replace
from email.utils import formatdate

from sandbox.http.faults.exchange import Args, Exchange, Kind
from sandbox.http.messages import Headers, Response

ENDS_BADLY = "x-sandbox-ends-badly"
HTML = "text/html; charset=utf-8"
SIGN_IN_PAGE = (
    b"<!DOCTYPE html><html><head><title>Azure DevOps Services | Sign In</title></head>"
    b"<body><form action='/_signin'>Sign in to your account</form></body></html>"
)


def retry_after(args: Args) -> str:
    """Args: `retry_after` seconds (default 7), `form` "seconds" or "date"."""
    seconds = args.get("retry_after", 7)
    if args.get("form") == "date":
        return formatdate(time.time() + float(seconds), usegmt=True)
    return str(seconds)


def rate_limit(args: Args) -> dict[str, str]:
    """The quota headers of Azure DevOps; args `limit`, `remaining`, `delay`, `reset` (seconds from now)."""
    return {
        "X-RateLimit-Resource": str(args.get("resource", "ReleaseManagement")),
        "X-RateLimit-Delay": str(args.get("delay", "0.5")),
        "X-RateLimit-Limit": str(args.get("limit", 200)),
        "X-RateLimit-Remaining": str(args.get("remaining", 12)),
        "X-RateLimit-Reset": str(int(time.time() + float(args.get("reset", 300)))),
    }


def throttle(exchange: Exchange, args: Args) -> None:
    """429 with the quota headers. Args: `retry_after` (seconds, or null for none; default 7), `form` ("date")."""
    message = (
        "TF400733: The request has been canceled: Request was blocked due to exceeding usage of resource "
        "'ReleaseManagement' in namespace 'User'. For more information on why your request was blocked, see the help."
    )
    exchange.refuse(429, "RequestBlockedException", message)
    headers = exchange.answered().headers
    if args.get("retry_after", 7) is not None:
        headers["Retry-After"] = retry_after(args)
    headers.update(rate_limit({"remaining": 0, **args}))


def unavailable(exchange: Exchange, args: Args) -> None:
    """503. Args: `envelope` true, false (HTML of a proxy) or "bom" (behind a byte order mark), `retry_after`."""
    envelope = args.get("envelope", True)
    if envelope is False:
        page = b"<html><body><h1>Service Unavailable</h1></body></html>"
        exchange.response = Response(status=503, body=page, content_type=HTML)
    else:
        exchange.refuse(503, "ServiceUnavailableException", "TF400898: The service is not available.")
        if envelope == "bom":
            exchange.answered().body = b"\xef\xbb\xbf" + exchange.answered().body
    if args.get("retry_after") is not None:
        exchange.answered().headers["Retry-After"] = retry_after(args)


def error(exchange: Exchange, args: Args) -> None:
    """Any other refusal. Args: `status` (default 500), `type_key`, `message`."""
    exchange.refuse(
        int(args.get("status", 500)),
        str(args.get("type_key", "VssServiceException")),
        str(args.get("message", "TF10216: Something went wrong.")),
    )


def sign_in(exchange: Exchange, _: Args) -> None:
    """203 with the HTML of the sign-in page: what an expired token gets for GET and POST."""
    exchange.response = Response(status=203, body=SIGN_IN_PAGE, content_type=HTML)


def html(exchange: Exchange, _: Args) -> None:
    """200 with the HTML of the sign-in page."""
    exchange.response = Response(status=200, body=SIGN_IN_PAGE, content_type=HTML)


def redirect(exchange: Exchange, args: Args) -> None:
    """302 to the sign-in page. Args: `location` (default the sandbox's own sign-in page)."""
    location = str(args.get("location", f"{exchange.request.base_url}/_signin"))
    exchange.response = Response(status=302, content_type=HTML, headers={"Location": location})


def unauthorized(exchange: Exchange, args: Args) -> None:
    """401. Args: `shape` "envelope" (default), "list" (an empty list, as seen in real answers), "empty" or "html"."""
    shape = args.get("shape", "envelope")
    if shape == "list":
        exchange.response = Response.json_of({"count": 0, "value": []}, 401)
    elif shape in ("empty", "html"):
        body = SIGN_IN_PAGE if shape == "html" else b""
        exchange.response = Response(status=401, body=body, content_type=HTML)
    else:
        exchange.refuse(401, "UnauthorizedRequestException", "TF400813: The user '' is not authorized to access this.")
    exchange.answered().headers["WWW-Authenticate"] = 'Basic realm="sandbox", Bearer'


def forbidden(exchange: Exchange, args: Args) -> None:
    """403. Args: `permission`, named in the message as Azure names the missing one."""
    permission = args.get("permission", "View releases")
    message = f"VS402904: Access denied. The service needs the permission '{permission}' to perform this action."
    exchange.refuse(403, "AccessDeniedException", message)


def not_found(exchange: Exchange, args: Args) -> None:
    """404. Args: `shape` "envelope" (default) or "text" (a path nobody serves)."""
    if args.get("shape") == "text":
        exchange.response = no_controller(exchange.request.path)
    else:
        exchange.refuse(404, str(args.get("type_key", "ProjectDoesNotExistWithNameException")), "VS800075: Not found.")


def no_controller(path: str) -> Response:
    """The plain text that Azure DevOps answers for a path without a controller."""
    text = f"The controller for path '{path}' was not found or does not implement IController."
    return Response(status=404, body=text.encode(), content_type="text/plain; charset=utf-8")


def deleted(exchange: Exchange, args: Args) -> bool | None:
    """A release is gone when its detail is asked for, though lists carry it. Args: `id` (default: any)."""
    asked = exchange.request.route.get("release", "")
    if args.get("id") is not None and str(args["id"]) != asked:
        return False
    message = f"VS402867: Release with ID {asked} does not exist."
    exchange.refuse(404, "ReleaseNotFoundException", message)
    return None


def accepted_without_effect(exchange: Exchange, args: Args) -> None:
    """2xx and nothing happens. The body is args `body`, or the unchanged thing, or an echo of what was asked."""
    if "body" in args:
        exchange.response = Response.json_of(args["body"], int(args.get("status", 200)))
        return
    exchange.response = exchange.unchanged(exchange.request)
    exchange.response.status = int(args.get("status", 200))
    exchange.response.effect = None


def ends_badly(exchange: Exchange, _: Args) -> None:
    """What was asked for is taken, and fails a moment later. Only attaching a compute takes so long that it can."""
    headers = {**exchange.request.headers, ENDS_BADLY: "yes"}
    exchange.request = replace(exchange.request, headers=Headers(headers))


ANSWERS = {
    "throttle": Kind(before=throttle),
    "unavailable": Kind(before=unavailable),
    "error": Kind(before=error),
    "sign_in": Kind(before=sign_in),
    "html": Kind(before=html),
    "redirect": Kind(before=redirect),
    "unauthorized": Kind(before=unauthorized),
    "forbidden": Kind(before=forbidden),
    "not_found": Kind(before=not_found),
    "deleted": Kind(before=deleted),
    "accepted_without_effect": Kind(before=accepted_without_effect),
    "ends_badly": Kind(before=ends_badly),
}
