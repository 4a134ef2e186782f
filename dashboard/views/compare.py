"""Two releases beside each other; both, and whether everything is shown, stand in the URL."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_GET

from dashboard.comparing import Desk
from dashboard.reader import reader
from dashboard.shell import shell_of
from dashboard.views.answers import page_or_fragment
from releases.models import User
from releases.queries.compare import Side, older_first, side

PICKS_READ = 3
"""More ticks than two are one answer, however many they are."""


@require_GET
def show(request: HttpRequest) -> HttpResponse:
    """The comparison, or what is still to be chosen. Ticked rows of the list lead on to the address of their two."""
    user = reader(request)
    if picked := request.GET.getlist("pick")[:PICKS_READ]:
        sides = older_first([_side(user, word) for word in picked])
        if len(sides) == 2:
            return redirect(f"{reverse('compare')}?{urlencode({'a': sides[0].address, 'b': sides[1].address})}")
        return _answer(request, Desk(None, None, picked=len(sides)))
    a, b = (_side(user, word) if (word := request.GET.get(name, "")) else None for name in ("a", "b"))
    return _answer(request, Desk(a, b, is_whole=request.GET.get("rows") == "all"))


def _side(user: User, word: str) -> Side:
    found = side(user, word)
    if found is None:
        raise Http404("There is no such release here.")
    return found


def _answer(request: HttpRequest, desk: Desk) -> HttpResponse:
    releases = [one.release for one in (desk.a, desk.b) if one and one.release]
    projects = {release.project_id for release in releases}
    stale = [source for project in sorted(projects) for source in shell_of(request).stale_in(project)]
    context = {"desk": desk, "comparison": desk.comparison, "stale": stale}
    page, fragment = "pages/compare/compare.html", "pages/compare/_compare.html"
    return page_or_fragment(request, page, fragment, context, news=desk.answer)
