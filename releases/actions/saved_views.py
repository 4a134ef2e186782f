"""A person's own views of the releases list: saved, overwritten, renamed, deleted.

What they like to look at is a preference like theme and zone, so the trail tells nothing of it.
"""

from releases.actions.acting import acting
from releases.errors import Conflict, Invalid
from releases.models import SavedView, User
from releases.policies.views import check_can_change_view
from releases.queries.saved_views import usual

MOST_VIEWS = 20
LONGEST_NAME = 60
LONGEST_QUERY = 2000


def save_view(name: str, query: str, *, by: User) -> SavedView:
    """Keep these filters under a name. Raises Invalid: no filters, no name, a name in use, too many views."""
    kept, named = _filters(query), _name(name)
    with acting(by):
        _require_free(named, by=by)
        if SavedView.objects.filter(user=by).count() >= MOST_VIEWS:
            raise Invalid(f"You have {MOST_VIEWS} views, which is the most. Delete one, or overwrite it.")
        return SavedView.objects.create(user=by, name=named, query=kept)


def overwrite_view(view: SavedView, query: str, *, by: User) -> None:
    """Keep these filters in place of the view's. Raises Denied, Invalid, Conflict."""
    _change(view, by=by, query=_filters(query))


def rename_view(view: SavedView, name: str, *, by: User) -> None:
    """Call the view something else. Raises Denied, Invalid, Conflict."""
    named = _name(name)
    with acting(by):
        _require_free(named, by=by, but=view)
        _change(view, by=by, name=named)


def delete_view(view: SavedView, *, by: User) -> None:
    """Forget the view; deleting it again changes nothing. Raises Denied."""
    with acting(by):
        check_can_change_view(by, view)
        SavedView.objects.filter(pk=view.pk).delete()


def _change(view: SavedView, *, by: User, **values: str) -> None:
    with acting(by):
        check_can_change_view(by, view)
        if not SavedView.objects.filter(pk=view.pk).update(**values):
            raise Conflict("This view was deleted meanwhile.")


def _filters(query: str) -> str:
    kept = usual(query)
    if not kept:
        raise Invalid("Nothing is filtered, so there is no view to save. Set a filter first.")
    if len(kept) > LONGEST_QUERY or "\0" in kept:
        raise Invalid(f"These filters are longer than {LONGEST_QUERY} characters. Take one away.")
    return kept


def _name(name: str) -> str:
    named = " ".join(name.split())
    if not named or len(named) > LONGEST_NAME or not named.isprintable():
        raise Invalid(f"Name the view in 1 to {LONGEST_NAME} characters.")
    return named


def _require_free(name: str, *, by: User, but: SavedView | None = None) -> None:
    others = SavedView.objects.filter(user=by).values_list("pk", "name")
    if any(taken.casefold() == name.casefold() for pk, taken in others if but is None or pk != but.pk):
        raise Invalid(f"You have a view named {name} already. Choose another name, or overwrite that view.")
