"""An answer leaves nothing behind that Python would have to search for while others wait."""

import gc
import os
import subprocess
import sys
import weakref
from pathlib import Path

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import RequestFactory
from django.urls import resolve

from dashboard.garbage import NEW_OBJECTS, PYTHONS_OWN
from dashboard.shell import shell_of
from dashboard.views.answers import page_or_fragment

ROOT = Path(__file__).resolve().parents[2]


class Row:
    """Something that a page shows."""

    name = "Release-118"


@pytest.mark.django_db
@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}])
def test_what_an_answer_was_made_of_goes_with_it(headers):
    request = RequestFactory().get("/", headers=headers)
    request.user, request.resolver_match = AnonymousUser(), resolve("/")
    vars(request)["itself"] = request
    row, shell = Row(), shell_of(request)
    gone: list[weakref.ref[object]] = [weakref.ref(row), weakref.ref(shell)]
    gc.disable()
    try:
        answer = page_or_fragment(request, "404.html", "404.html", {"sentence": row.name, "row": row})
        del row, shell, request
        assert [one() for one in gone] == [None, None]
    finally:
        gc.enable()
    assert b"Release-118" in answer.content


def test_the_server_does_not_search_what_it_keeps_for_good():
    code = "import gc, dashboard.wsgi; print(gc.get_freeze_count(), len(gc.get_objects()), gc.get_threshold()[0])"
    env = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings"}
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=env, capture_output=True, text=True, check=True)
    kept, searched, until = map(int, run.stdout.split())
    assert kept > 50_000
    assert searched < kept / 20
    assert until == PYTHONS_OWN[0]


def test_whatever_serves_no_pages_searches_seldom():
    code = "import gc, dashboard; print(gc.get_threshold()[0])"
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert int(run.stdout) == NEW_OBJECTS
