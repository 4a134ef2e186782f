"""Finding or attaching a cluster: what is known is told at once; all else becomes a command, which asks Azure."""

from uuid import uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from dashboard import offers
from dashboard.forms_clusters import AttachForm
from dashboard.offers import Offer
from dashboard.proofs import proof_of
from dashboard.reader import reader
from dashboard.views.answers import render
from releases.actions.attach_cluster import attach_cluster, checked
from releases.actions.commands.asked import Asked
from releases.errors import Conflict, Denied, Invalid
from releases.models import Cluster
from releases.policies.fresh import told
from releases.queries.attaching import Place, places
from releases.queries.wanted_cluster import Match, Wanted, match, sentence

TOLD_AT_ONCE = frozenset({Match.FOUND, Match.WRONG_TYPE, Match.OTHER})


@require_http_methods(["GET", "HEAD", "POST"])
def show(request: HttpRequest) -> HttpResponse:
    """The form; posted, what is there by that name, or the command that asks for it."""
    known = places(reader(request))
    offer = offers.attach_cluster_to(known)
    if request.method != "POST":
        return _page(request, AttachForm(places=known, initial={"key": uuid4().hex}), offer)
    if not offer.is_open:
        raise Denied(offer.refusal)
    form = AttachForm(request.POST, places=known)
    if not form.is_valid():
        return _page(request, form, offer, status=422)
    place = next(one for one in known if one.workspace.pk == form.cleaned_data["workspace"])
    return _asked(request, form, offer, place)


def _asked(request: HttpRequest, form: AttachForm, offer: Offer, place: Place) -> HttpResponse:
    """Whoever may not is refused by the action."""
    given = form.cleaned_data
    proved = told(proof_of(request), now=timezone.now()).get("auth")
    asked = Asked(key=given["key"], auth=proved if isinstance(proved, dict) else None)
    try:
        wanted = checked(Wanted(given["name"], given["resource_id"], given["namespace"]))
        row = Cluster.objects.filter(workspace=place.workspace, name__iexact=wanted.name, gone_at=None).first()
        if row is not None and match(row, wanted) in TOLD_AT_ONCE:
            is_found = match(row, wanted) is Match.FOUND
            status = 200 if is_found else 409
            return _page(request, form, offer, row=row, said=sentence(row, wanted), is_found=is_found, status=status)
        attach_cluster(
            place.workspace,
            by=reader(request),
            asked=asked,
            project=place.project,
            wanted=wanted,
            reason=given["reason"],
        )
    except Invalid as refused:
        form.refuse(refused.sentence, code=refused.code)
        return _page(request, form, offer, status=422)
    except Conflict as conflict:
        return _page(request, form, offer, said=conflict.sentence, status=409)
    return redirect("clusters")


def _page(
    request: HttpRequest,
    form: AttachForm,
    offer: Offer,
    *,
    row: Cluster | None = None,
    said: str = "",
    is_found: bool = False,
    status: int = 200,
) -> HttpResponse:
    if status == 409:  # another try is another act, whose content may differ
        form.data = {**form.data.dict(), "key": uuid4().hex}  # type: ignore[attr-defined]
    context = {"form": form, "offer": offer, "row": row, "said": said, "is_found": is_found}
    return render(request, "pages/clusters/attach.html", context, status=status)
