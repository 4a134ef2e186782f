"""Who may use a view: a signed-in person, or a key whose scopes open it. What they see in it is `queries.access`."""

from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request
from rest_framework.views import APIView

from releases.models import ApiKey
from releases.policies.scopes import check_scope


class WithinScope(BasePermission):
    """A key needs the view's `scope`, or `act_scope` where it changes something.

    A view that declares none is closed to everybody: deny by default.
    """

    def has_permission(self, request: Request, view: APIView) -> bool:
        """False for anonymous requests and undeclared views; raises Denied for a key without the scope."""
        is_act = request.method not in SAFE_METHODS and request.method in view.allowed_methods
        scope: str | None = getattr(view, "act_scope" if is_act else "scope", None)
        if scope is None or not request.user.is_authenticated:
            return False
        if isinstance(request.auth, ApiKey) and scope != ANY:
            check_scope(request.auth.scopes, needed=scope)
        return True


ANY = "any"
"""The scope of views that any valid key opens, such as the description of the API itself."""
