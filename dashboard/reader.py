"""Who reads this page, with its type. Every page but those of signing in has a reader."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from releases.models import User


def reader(request: HttpRequest) -> User:
    """The signed-in person. Raises PermissionDenied for nobody, which the sign-in middleware has sent away before."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user
