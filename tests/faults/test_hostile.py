"""Faults 47, 48, 51 to 53: hostile names, links, characters, addresses and secrets in what Azure tells.

More of how pages render such values, in a browser and with rows of their own, is tested beside the pages.
"""

import unicodedata
from collections import Counter
from typing import Any

import pytest
import zstandard
from django.apps import apps
from django.db import models
from django.utils.html import escape

from releases.models import Commit, Organization, Project, Release, SourceDocument
from releases.sync.passes.lines import Ended
from tests.company import Company
from tests.faults import seen
from tests.faults.reading import read, read_all

pytestmark = pytest.mark.on_postgresql

NAMES = {
    "<script>alert(1)</script>": None,
    '"><img src=x onerror=alert(1)>': None,
    "{{7*7}}": None,
    "</script><b>": None,
    "release \U0001f6a2 \u202e gnp.exe": None,
    unicodedata.normalize("NFC", "Zo\u00eb \u00c5"): None,
    unicodedata.normalize("NFD", "Zo\u00eb \u00c5"): None,
    "Release\x00-7": "Release\u2400-7",
    "Release-\ud800": "Release-\ufffd",
    "a\x00\x00": "a\u2400\u2400",
}
"""Names that Azure may tell, and what is kept of those that no database keeps as they are."""

LINKS = [
    "javascript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "//evil.example/x",
    "https://dev.azure.com.evil.example/x",
    "https://dev.azure.com@evil.example/x",
]
CANARY = "c4n4ry-7f2e9d"


def chosen(company: Company, count: int = 1) -> list[int]:
    """Releases that every pass reads."""
    return [int(row["id"]) for row in company.books()["releases"] if row["deleted"] is None][:count]


def tell_otherwise(company: Company, release: int, **values: Any) -> None:
    """Azure tells other values of this release, in lists and by itself."""
    company.fault("releases.list", "malformed", times=0, args={"id": release, "set": values})
    company.fault("releases.get", "malformed", times=0, args={"id": release, "set": values})


def test_names_are_kept_letter_by_letter_and_alike_on_every_database(harbour: Project, small: Company) -> None:
    told = dict(zip(chosen(small, len(NAMES)), NAMES, strict=True))
    for release, name in told.items():
        tell_otherwise(small, release, name=name, description=name)
    assert [one.ended for one in read_all(harbour)] == [Ended.DONE, Ended.DONE]
    for release, name in told.items():
        row = Release.objects.get(azure_id=release)
        kept = NAMES[name] or name
        assert (row.name, row.description) == (kept, kept)
        text = seen.answer(seen.of(row))
        assert f'<h1 class="long">{escape(kept)}</h1>' in text
        assert "<script>alert" not in text
        assert "<img src=x" not in text
    assert Release.objects.count() == small.releases
    assert not harbour.set_aside.exists()
    assert seen.ALL_READ in seen.page()


def with_commits_of_their_own(company: Company) -> list[int]:
    """Releases whose commits no other release brought."""
    rows = [row for row in company.books()["releases"] if row["commits"] and row["deleted"] is None]
    brought = Counter(commit for row in rows for commit in row["commits"])
    return [row["id"] for row in rows if all(brought[commit] == 1 for commit in row["commits"])]


def test_links_to_elsewhere_are_not_kept(harbour: Project, small: Company) -> None:
    for release, link in zip(with_commits_of_their_own(small), LINKS, strict=False):
        small.fault(
            "releases.changes", "malformed", times=0, when={"release": str(release)}, args={"set": {"displayUri": link}}
        )
    read_all(harbour)
    links = set(Commit.objects.values_list("web_url", flat=True))
    assert not links & set(LINKS)
    assert any(link.startswith(f"{small.url}/") for link in links)
    assert Commit.objects.filter(web_url="").count() == len(LINKS)
    for commit in Commit.objects.filter(web_url=""):
        text = seen.answer(seen.of(commit.release_commits.get().release))
        assert f'<td class="mono">{commit}</td>' in text
        assert not [link for link in LINKS if link in text or escape(link) in text]


def test_a_redirect_is_not_followed(harbour: Project, small: Company) -> None:
    small.fault("releases.list", "redirect", times=0, args={"location": f"{small.url}/_sandbox/books"})
    assert read(harbour).ended is Ended.PAUSED
    assert "/_sandbox/books" not in {one["path"] for one in small.asked()}
    assert seen.source(harbour, "Sign-in refused") in seen.page()


@pytest.mark.parametrize("url", ["http://169.254.169.254/latest", "http://10.0.0.1/contoso", "ftp://dev.azure.com/x"])
def test_an_address_that_must_not_be_called_is_not_called(transactional_db: None, small: Company, url: str) -> None:
    project = small.project(slug="elsewhere", url=url)
    outcome = read(project, seconds=5)
    assert outcome.ended in (Ended.FAILED, Ended.PAUSED)
    assert outcome.error is not None
    assert outcome.error.sentence
    assert Organization.objects.get(url=url).own_identity_read_at is None
    assert outcome.error.sentence in seen.page()
    assert "nothing was read yet." in seen.page(seen.OVERVIEW)


def test_secrets_never_reach_the_database_or_the_log(
    harbour: Project, small: Company, caplog: pytest.LogCaptureFixture
) -> None:
    [release] = chosen(small)
    tell_otherwise(
        small,
        release,
        variables={
            "marked": {"value": f"{CANARY}-1", "isSecret": True},
            "dbPassword": {"value": f"{CANARY}-2"},
            "API_TOKEN": {"value": f"{CANARY}-3"},
            "plain": {"value": "visible"},
        },
        description=f"curl -H 'Authorization: Bearer {CANARY}4444444444444444'",
    )
    small.fault(
        "releases.list",
        "malformed",
        times=0,
        args={"id": release + 1, "set": {"environments": "oops", "variables": {"secretKey": {"value": f"{CANARY}-5"}}}},
    )
    with caplog.at_level("DEBUG"):
        read_all(harbour)
    assert Release.objects.get(azure_id=release).variables["plain"]["value"] == "visible"
    assert harbour.set_aside.exists()
    assert CANARY not in caplog.text
    assert [where for where, text in everything() if CANARY in text] == []
    pages = [seen.OVERVIEW, seen.RELEASES, seen.SYNC, "/connect/", *(seen.of(one) for one in Release.objects.all())]
    assert [path for path in pages if CANARY in seen.answer(path)] == []


def everything() -> list[tuple[str, str]]:
    """Each column of each row of ours as text, compressed documents unpacked."""
    found = []
    for model in apps.get_app_config("releases").get_models():
        for row in model._default_manager.values():
            found += [(f"{model.__name__}.{name}", _readable(model, name, value)) for name, value in row.items()]
    return found


def _readable(model: type[models.Model], name: str, value: Any) -> str:
    if isinstance(value, memoryview | bytes):
        raw = bytes(value)
        return (zstandard.decompress(raw) if model is SourceDocument else raw).decode("utf-8", "replace")
    return repr(value)
