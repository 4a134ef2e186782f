"""Keys: made once, shown once, refused when revoked, expired, mistyped or orphaned."""

from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from releases import audit
from releases.actions.api_keys import create_api_key, revoke_api_key
from releases.actions.users import deactivate
from releases.api.authentication import REFUSALS_A_MINUTE
from releases.errors import Denied, Invalid
from releases.models import ApiKey, AuditEvent, User
from releases.states import Role
from tests import factories
from tests.api.conftest import V1, Program, program_of

PATH = "releases/"


def refusal(secret: str) -> tuple[int, str]:
    answer = Program(secret).get(PATH)
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="slipway"'
    return answer.status_code, answer.json()["code"]


@pytest.mark.django_db
def test_the_row_keeps_a_digest_and_the_trail_no_more_than_the_name(user: User) -> None:
    new = create_api_key(user, name="grafana", by=user, expires_days=30)
    row, event = ApiKey.objects.get(), AuditEvent.objects.get(type="api_key.created")
    tail = new.secret.split("_", 2)[2]
    assert tail not in str(vars(row))
    assert tail not in event.body
    assert event.object_id == row.prefix == new.secret.split("_")[1]
    assert timedelta(days=29) < row.expires_at - timezone.now() <= timedelta(days=30)  # type: ignore[operator]
    assert list(audit.findings()) == []


@pytest.mark.django_db
def test_a_revoked_key_is_refused_and_revoking_again_leaves_no_second_event(user: User) -> None:
    new = create_api_key(user, name="x", by=user)
    assert Program(new.secret).get(PATH).status_code == 200
    for _ in range(2):
        revoke_api_key(new.key, by=user)
    assert refusal(new.secret) == (401, "revoked_key")
    assert AuditEvent.objects.filter(type="api_key.revoked").count() == 1


@pytest.mark.django_db
def test_an_expired_key_is_refused(user: User) -> None:
    new = create_api_key(user, name="x", by=user, expires_days=1)
    with time_machine.travel(timezone.now() + timedelta(days=1, seconds=1)):
        assert refusal(new.secret) == (401, "expired_key")


@pytest.mark.django_db
def test_a_key_ends_with_its_owners_account(user: User, administrator: User) -> None:
    new = create_api_key(user, name="x", by=user)
    User.objects.filter(pk=user.pk).update(is_active=False)
    assert refusal(new.secret) == (401, "inactive")
    User.objects.filter(pk=user.pk).update(is_active=True)
    deactivate(user, by=administrator)
    assert refusal(new.secret) == (401, "revoked_key")


MISTYPED = ["", "slipway__", "slipway_x_y", "slipway_" + "x" * 10_000, "slipway_\xff\xfe_x", "' OR 1=1 --"]


@pytest.mark.django_db
def test_a_mistyped_key_is_refused(user: User) -> None:
    secret = create_api_key(user, name="x", by=user).secret
    without_prefix = secret.replace("slipway_", "", 1)
    of_nobody = "slipway_nobody_" + secret.split("_", 2)[2]
    for mistyped in [secret[:-1], secret + "x", without_prefix, of_nobody, *MISTYPED]:
        assert refusal(mistyped) == (401, "invalid_key"), mistyped


@pytest.mark.django_db
def test_a_bad_key_is_not_rescued_by_a_session(user: User) -> None:
    browser = factories.browser_of(user)
    assert browser.get(f"{V1}/{PATH}", headers={"authorization": "Bearer slipway_x_y"}).status_code == 401


@pytest.mark.django_db
def test_guessing_is_slowed_down_and_locks_no_valid_key_out(user: User) -> None:
    program = program_of(user)
    answers = [Program("slipway_x_y").get(PATH).status_code for _ in range(REFUSALS_A_MINUTE + 1)]
    assert answers == [401] * REFUSALS_A_MINUTE + [429]
    assert program.get(PATH).status_code == 200


@pytest.mark.django_db
def test_use_is_noted_at_most_every_five_minutes(user: User) -> None:
    start = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
    with time_machine.travel(start, tick=False) as clock:
        program, seen = program_of(user), []
        for minutes in (0, 2, 4, 6, 9):
            clock.move_to(start + timedelta(minutes=minutes))
            assert program.get(PATH).status_code == 200
            used = ApiKey.objects.get().last_used_at
            seen.append(int((used - start).total_seconds() // 60) if used else None)
    assert seen == [0, 0, 0, 6, 6]


@pytest.mark.django_db
def test_only_the_owner_makes_a_key_and_an_administrator_may_end_it(user: User, administrator: User) -> None:
    with pytest.raises(Denied, match="yourself only"):
        create_api_key(user, name="x", by=administrator)
    new, stranger = create_api_key(user, name="x", by=user), factories.user(role=Role.OPERATOR)
    with pytest.raises(Denied, match="administrators can"):
        revoke_api_key(new.key, by=stranger)
    revoke_api_key(new.key, by=administrator)
    assert refusal(new.secret) == (401, "revoked_key")


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"scopes": ["write"]}, "unknown_scope"),
        ({"scopes": []}, "no_scope"),
        ({"name": " "}, "invalid_name"),
        ({"expires_days": 0}, "invalid_expiry"),
        ({"expires_days": 1000}, "invalid_expiry"),
    ],
)
@pytest.mark.django_db
def test_an_unusable_key_is_not_made(options: dict[str, object], code: str, user: User) -> None:
    with pytest.raises(Invalid) as refused:
        create_api_key(user, by=user, **{"name": "x", **options})  # type: ignore[arg-type]
    assert refused.value.code == code
    assert not ApiKey.objects.exists()


@pytest.mark.django_db
def test_the_commands_make_and_end_a_key_that_works(user: User) -> None:
    out = StringIO()
    call_command("create_api_key", user.email.upper(), "--scope", "read:releases", stdout=out, stderr=StringIO())
    secret = out.getvalue().strip()
    assert Program(secret).get(PATH).status_code == 200
    assert Program(secret).get("projects/").status_code == 403
    call_command("revoke_api_key", secret, stdout=StringIO())
    assert refusal(secret) == (401, "revoked_key")
    assert list(AuditEvent.objects.filter(seq__gt=1).values_list("type", "actor_ref").order_by("seq")) == [
        ("api_key.created", "shell"),
        ("action.refused", user.subject),
        ("api_key.revoked", "shell"),
    ]


@pytest.mark.django_db
def test_the_commands_say_what_is_not_there() -> None:
    with pytest.raises(CommandError, match="no account"):
        call_command("create_api_key", "nobody@harbour.example")
    with pytest.raises(CommandError, match="no key"):
        call_command("revoke_api_key", "slipway_x_y")


@pytest.mark.django_db
def test_a_session_of_a_closed_account_is_refused(user: User) -> None:
    browser: Client = factories.browser_of(user)
    User.objects.filter(pk=user.pk).update(is_active=False)
    assert browser.get(f"{V1}/{PATH}").status_code == 401
