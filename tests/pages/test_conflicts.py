"""The page for a conflict: what changed, what to do next. A form sent again with other content is noted."""

import pytest
from django.test import RequestFactory

from dashboard.preferences import NEXT, Refusals
from releases.errors import Conflict
from releases.models import AuditEvent, User
from tests.pages.reading import words

pytestmark = [pytest.mark.django_db, pytest.mark.on_sqlite]
CAME_FROM = "/p/port/releases/41/"


def page_for(error: Conflict, user: User) -> str:
    """What somebody reads whose form ended so."""
    request = RequestFactory().post("/x/", headers={"referer": f"http://testserver{CAME_FROM}"})
    request.user = user
    response = Refusals(lambda _: None).process_exception(request, error)  # type: ignore[arg-type,return-value]
    assert response is not None and response.status_code == 409
    assert f'href="{CAME_FROM}"' in response.content.decode()
    return words(response)


def test_what_changed_is_listed_one_by_one(user):
    error = Conflict("It changed since you looked.", code="changed", changes=["model is 8 now", "attempt 2 was made"])
    text = page_for(error, user)
    assert "It changed since you looked." in text and "What changed model is 8 now attempt 2 was made" in text
    assert "Go back and look again: the form then says what is there now." in text
    assert not AuditEvent.objects.filter(type="action.refused").exists()


@pytest.mark.parametrize("code", ["already_open", "command_moved", "key_reused"])
def test_each_says_what_to_do_next_and_only_the_reused_form_is_noted(code, user):
    assert NEXT[code] in page_for(Conflict("Somebody was first.", code=code), user)
    assert AuditEvent.objects.filter(type="action.refused").exists() is (code == "key_reused")
