"""The error tree of the domain. Each error carries a sentence fit for a user and a stable code.

Doors (pages, API, commands) translate these to their own answers in one place each. Standard library only.
"""

from collections.abc import Iterable


class ReleasesError(Exception):
    """Anything the domain refuses or fails at; `sentence` is for people, `code` for programs."""

    code = "error"

    def __init__(self, sentence: str, *, code: str | None = None) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        if code is not None:
            self.code = code


class Denied(ReleasesError):
    """The actor may not do this. `roles` could, in the project of this id or, without one, in all of them."""

    code = "denied"

    def __init__(
        self, sentence: str, *, code: str | None = None, roles: Iterable[str] = (), project: int | None = None
    ) -> None:
        super().__init__(sentence, code=code)
        self.roles = tuple(roles)
        self.project = project


class Conflict(ReleasesError):
    """The thing changed since the actor looked, or somebody else was first. `changes`: what changed, one by one."""

    code = "conflict"

    def __init__(self, sentence: str, *, code: str | None = None, changes: Iterable[str] = ()) -> None:
        super().__init__(sentence, code=code)
        self.changes = tuple(changes)


NOTED = frozenset({"key_reused"})
"""Codes of conflicts that the doors note in the trail like a refusal: somebody sent what was never shown so."""


class Invalid(ReleasesError):
    """What was given cannot be used; the sentence says what to give instead."""

    code = "invalid"


class DatabaseUnavailable(ReleasesError):
    """The database does not answer, or has no room left; whatever was asked may be asked again."""

    code = "unavailable"

    @classmethod
    def told_by(cls, error: Exception) -> "DatabaseUnavailable":
        """What a refusal of the database (OperationalError) means to whoever asked.

        PostgreSQL's code for it is 53100, "disk_full"; SQLite says "database or disk is full".
        https://www.postgresql.org/docs/current/errcodes-appendix.html
        """
        state = str(getattr(error.__cause__, "sqlstate", "") or "")
        if state == "53100" or "is full" in str(error):
            return cls("The database has no room left: nothing was stored.", code="database_full")
        return cls("The database does not answer. Try again in a moment.")


class AzureError(ReleasesError):
    """Azure did not do what was asked, whatever the reason. `activity_id` is Azure's name for the exchange, or ""."""

    code = "azure_error"
    activity_id = ""


class AzureRefused(AzureError):
    """Azure answered and said no (400, 404, 409); retrying the same call will not help."""

    code = "azure_refused"

    def __init__(self, sentence: str, *, status: int = 0, type_key: str = "", code: str | None = None) -> None:
        super().__init__(sentence, code=code)
        self.status = status
        self.type_key = type_key


class CredentialRefused(AzureRefused):
    """Azure does not accept the credential: 401, a redirect to sign-in, or its HTML sign-in page."""

    code = "auth_failed"


class PermissionMissing(AzureRefused):
    """Azure knows the identity but does not let it do this (403)."""

    code = "permission_missing"


class NotThere(AzureRefused):
    """Azure says there is no such thing (404)."""

    code = "not_found"


class AzureThrottled(AzureError):
    """Azure asked us to wait; `retry_after` is in seconds."""

    code = "throttled"

    def __init__(self, sentence: str, *, retry_after: float) -> None:
        super().__init__(sentence)
        self.retry_after = retry_after


class AzureUnreachable(AzureError):
    """The request surely did not arrive: refused connection, no such host, TLS failure."""

    code = "unreachable"


class AzureNoAnswer(AzureError):
    """No usable answer to a request that may have arrived: time-out, reset, 5xx."""

    code = "no_answer"


class AzureStopped(AzureError):
    """Slipway itself gave up on the request, because its process was told to end. Says nothing about Azure."""

    code = "stopped"


class AzureUnreadable(AzureError):
    """An answer arrived that cannot be read: cut off, not JSON, too large, or of the wrong shape."""

    code = "unreadable"
