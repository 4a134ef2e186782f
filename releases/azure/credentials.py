"""Credentials, always by reference: a variable of the environment, or Microsoft Entra. Never stored, never logged.

Called by `releases.sync` when it opens a connection. The Azure SDKs are loaded only when a credential is made.
"""

import os
import time
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import requests

from releases import outbound
from releases.azure.loading import loading
from releases.errors import CredentialRefused

PAT = "pat"
ENTRA = "entra"
DEFAULT_VARIABLE = "AZURE_DEVOPS_EXT_PAT"
"""The name the Azure CLI uses."""

AZURE_DEVOPS_SCOPE = "499b84ac-1321-427f-aa17-267ca6975798/.default"


def authentication(kind: str, variable: str = "") -> Any:
    """An msrest Authentication for Azure DevOps. Raises CredentialRefused with a sentence that names what is missing.

    `variable` is used by PATs: NAME, or NAME_FILE with the path of a file that holds the token.
    """
    if kind == ENTRA:
        return entra_authentication(entra_credential())
    from msrest.authentication import BasicAuthentication

    return BasicAuthentication("", secret(variable or DEFAULT_VARIABLE))


def token_credential(resource_manager_url: str = "") -> Any:
    """An azure-identity credential for Azure ML, which takes no PATs.

    A server on this machine is none of Microsoft's and gets a token that says nothing, never a real one.
    """
    origin = outbound.origin(resource_manager_url)
    return LocalCredential() if origin and outbound.is_loopback(outbound.host_of(origin)) else entra_credential()


def secret(variable: str) -> str:
    """The value of an environment variable, or of the file that VARIABLE_FILE names; the file wins."""
    file = os.environ.get(f"{variable}_FILE", "")
    try:
        value = (Path(file).read_text() if file else os.environ.get(variable, "")).strip()
    except (OSError, UnicodeError) as error:
        reason = getattr(error, "strerror", None) or "it is no text"
        raise CredentialRefused(f"{variable}_FILE names {file}, which cannot be read: {reason}.") from error
    if not value:
        where = f"The file {file} is empty." if file else f"The environment variable {variable} is not set."
        raise CredentialRefused(f"{where} Put a token there, or name a file that holds one in {variable}_FILE.")
    if not value.isascii() or not value.isprintable():
        raise CredentialRefused(f"{variable} holds characters that no token has.")
    return value


@cache
def entra_credential() -> Any:
    """One credential per process, because it caches tokens: service principal, workload or managed identity, CLI."""
    with loading():
        from azure.identity import DefaultAzureCredential

    return DefaultAzureCredential(exclude_interactive_browser_credential=True)


def entra_authentication(credential: Any, *, scope: str = AZURE_DEVOPS_SCOPE) -> Any:
    """An msrest Authentication that asks the credential for a token before each request, so that none grows old."""
    with loading():
        from msrest.authentication import Authentication

    class EntraAuthentication(Authentication):  # type: ignore[misc]
        def signed_session(self, session: requests.Session | None = None) -> requests.Session:
            session = super().signed_session(session)
            # As `auth`, not as a header of the session: else a .netrc file could replace it.
            session.auth = Bearer(credential.get_token(scope).token)
            return session

    return EntraAuthentication()


@dataclass(frozen=True)
class LocalCredential:
    """For a server on this machine that speaks Azure ML's language: any token will do there."""

    def get_token(self, *_scopes: str, **_options: object) -> Any:
        """A token for an hour."""
        with loading():
            from azure.core.credentials import AccessToken

        return AccessToken("local", int(time.time()) + 3600)


class Bearer(requests.auth.AuthBase):
    """Puts one token on one request."""

    def __init__(self, token: str) -> None:
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self._token}"
        return request
