"""Which addresses Slipway may call and which it may show as links. Asked by `releases.azure`, `actions` and the pages.

Knows no rows: whoever asks hands in the configured origins (organizations, resource managers). Makes no calls.
"""

import ipaddress
import re
from collections.abc import Iterable
from urllib.parse import urlsplit

LONGEST = 2000
_HOST = re.compile(r"(?!-)[a-z0-9-]+(\.[a-z0-9-]+)*|\[[0-9a-f:.]+\]")
_FORBIDDEN = re.compile(r"[\x00-\x20\x7f-\x9f\\<>\"'`{}|^\u200b-\u200f\u202a-\u202e\u2066-\u2069]")

AZURE_DEVOPS_HOSTS = ("dev.azure.com", ".dev.azure.com", ".visualstudio.com")
AZURE_ML_HOSTS = ("management.azure.com", ".api.azureml.ms", "login.microsoftonline.com")
LINK_HOSTS = (*AZURE_DEVOPS_HOSTS, "ml.azure.com", "portal.azure.com", "github.com", "bitbucket.org", "gitlab.com")
"""Hosts by name; one that begins with a dot stands for every host below it."""


class AddressRefused(ValueError):
    """Slipway does not call this address; `sentence` says why, fit for people."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


def origin(url: str) -> str | None:
    """`scheme://host:port` in one spelling, or None for anything but a plain http or https address.

    User names in the address, control characters, backslashes and hosts outside ASCII make it None.
    """
    if len(url) > LONGEST or _FORBIDDEN.search(url):
        return None
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    host = parts.netloc.rpartition(":")[0] if port is not None else parts.netloc
    if parts.scheme not in ("http", "https") or "@" in parts.netloc or not _HOST.fullmatch(host.lower()):
        return None
    return f"{parts.scheme}://{host.lower()}:{port or (443 if parts.scheme == 'https' else 80)}"


def host_of(found: str) -> str:
    """The bare host of an origin, without brackets."""
    return found.partition("://")[2].rpartition(":")[0].strip("[]")


def is_known(found: str, hosts: Iterable[str]) -> bool:
    """Whether an origin is https on the usual port of one of these hosts."""
    host = host_of(found)
    named = any(host.endswith(name) if name.startswith(".") else host == name for name in hosts)
    return named and found == f"https://{host}:443"


def is_loopback(host: str) -> bool:
    """Whether a host as written is this machine."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def is_private_address(address: str) -> bool:
    """Whether an IP address is none of the public internet: private, loopback, link-local, reserved."""
    found = ipaddress.ip_address(address.partition("%")[0])
    mapped = getattr(found, "ipv4_mapped", None)
    return not (mapped or found).is_global or (mapped or found).is_multicast


def check_can_configure(url: str) -> str:
    """The origin of an address somebody wants to connect. Raises AddressRefused with a sentence.

    https to any host (a server of one's own may be private), plain http only to this machine; never link-local
    addresses, where clouds keep their machine credentials.
    """
    found = origin(url)
    if found is None:
        raise AddressRefused(
            f"{_shown(url)} is not an address Slipway can use. Give one like https://dev.azure.com/Contoso."
        )
    host = host_of(found)
    if _is_never_callable(host):
        raise AddressRefused(f"{_shown(url)} is an address of machines' own services. Slipway never calls it.")
    if found.startswith("http://") and not is_loopback(host):
        raise AddressRefused(f"{_shown(url)} is not encrypted. Use https (plain http works only on this machine).")
    return found


def check_can_call(url: str, *, configured: Iterable[str], hosts: Iterable[str] = ()) -> str:
    """The origin of an address about to be called. Raises AddressRefused unless it is configured or one of `hosts`.

    `configured` holds addresses or origins; of them only the origin counts.
    """
    found = origin(url)
    if found is not None and (found in _origins(configured) or is_known(found, hosts)):
        return found
    raise AddressRefused(f"{_shown(url)} is not on a server that is connected here. Slipway does not call it.")


def safe_link(url: str | None, *, configured: Iterable[str] = ()) -> str | None:
    """The address itself when a page may show it as a link, else None.

    That is: https on a host of Azure or of a well-known code host, or any configured origin. What comes from synced
    text (`javascript:`, `//host`, look-alike hosts, user names in addresses) is None.
    """
    found = origin(url) if url else None
    if found is None:
        return None
    return url if is_known(found, LINK_HOSTS) or found in _origins(configured) else None


def _origins(urls: Iterable[str]) -> set[str]:
    return {found for found in (origin(url) for url in urls) if found}


def _is_never_callable(host: str) -> bool:
    try:
        found = ipaddress.ip_address(host)
    except ValueError:
        return bool(re.fullmatch(r"(0x[0-9a-f]+|[0-9]+)(\.(0x[0-9a-f]+|[0-9]+))*", host))
    mapped = getattr(found, "ipv4_mapped", None) or found
    return bool(mapped.is_link_local or mapped.is_multicast or mapped.is_unspecified)


def _shown(url: str) -> str:
    """An address fit for a sentence: short, printable, without a user name or password."""
    printable = "".join(c if c.isprintable() else "?" for c in url[:200])
    return re.sub(r"//[^/]*@", "//", printable) or "An empty address"
