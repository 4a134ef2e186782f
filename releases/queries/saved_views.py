"""The views a person saved of the releases list, and when two addresses mean the same list."""

from urllib.parse import parse_qsl, urlencode

from releases.models import SavedView, User

PAGING = frozenset({"before", "after"})


def saved_views(user: User) -> list[SavedView]:
    """This person's views by name. One query."""
    return sorted(SavedView.objects.filter(user=user), key=lambda view: (view.name.casefold(), view.pk))


def saved_view(user: User, pk: int) -> SavedView | None:
    """This person's view of this id; nobody else's."""
    return SavedView.objects.filter(user=user, pk=pk).first()


def usual(query: str) -> str:
    """The filters of a list's address in one form: sorted, without empty ones and without the place in the list."""
    pairs = sorted({(name, value) for name, value in parse_qsl(query.lstrip("?")) if name not in PAGING})
    return urlencode(pairs)
