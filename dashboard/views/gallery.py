"""Every component in every state, for whoever builds pages. Made from unsaved rows; asks the database for nothing."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from dashboard import samples
from dashboard.words import EVENTS, WORDS
from releases.queries.sentences import NAMES
from releases.states import ArtifactRole


@require_GET
def show(request: HttpRequest) -> HttpResponse:
    """The gallery."""
    context = {
        "words": list(WORDS),
        "events": list(EVENTS),
        "triggers": [(kind.value, name) for kind, name in NAMES.items()],
        "roles": list(ArtifactRole),
        "lanes": samples.lanes(),
        "truths": samples.truths(),
        "cells": samples.cells(),
        "links": samples.links(),
        "facets": samples.facets(),
        "form": samples.form(),
    }
    return render(request, "pages/gallery/gallery.html", context)
