"""Which addresses may be called and which may be links."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from releases.outbound import (
    AZURE_DEVOPS_HOSTS,
    LINK_HOSTS,
    AddressRefused,
    check_can_call,
    check_can_configure,
    host_of,
    is_private_address,
    origin,
    safe_link,
)

SANDBOX = "http://127.0.0.1:8801/Contoso"
SERVER = "https://tfs.harbour.example:8443/tfs/Default"

GOOD = [
    "https://dev.azure.com/Contoso/Port%20Weather/_release?releaseId=7&_a=release-summary#top",
    "https://DEV.azure.com/Contoso",
    "https://dev.azure.com:443/Contoso",
    "https://vsrm.dev.azure.com/Contoso",
    "https://contoso.visualstudio.com/_git/x",
    "https://ml.azure.com/model/x:3/details?wsid=/subscriptions/1",
    "https://github.com/harbour/port-weather/commit/e04d5aa",
    "http://127.0.0.1:8801/Contoso/anything",
    "https://tfs.harbour.example:8443/x",
]

BAD = [
    "",
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)//https://dev.azure.com",
    "data:text/html,<script>1</script>",
    "vbscript:x",
    "//dev.azure.com/x",
    "/Contoso/x",
    "https:dev.azure.com/x",
    "https:/dev.azure.com/x",
    "https:///dev.azure.com/x",
    "https://dev.azure.com.evil.tld/x",
    "https://evil.tld/https://dev.azure.com",
    "https://evildev.azure.com.tld/",
    "https://dev.azure.com@evil.tld/",
    "https://user:pass@dev.azure.com/",
    "https://@dev.azure.com/",
    "https://dev.azure.com\\@evil.tld/",
    "https://evil.tld\\.dev.azure.com/",
    "https://dev.azure.com:8443/x",
    "https://dev.azure.com:99999/x",
    "https://dev.azure.com:/x y",
    "http://dev.azure.com/x",
    "ftp://dev.azure.com/x",
    " https://dev.azure.com/x",
    "https://dev.azure.com/x\n",
    "java\nscript:alert(1)",
    "https://dev.azure.com/\u202eexe.txt",
    'https://dev.azure.com/"><script>',
    "https://dev\u3002azure.com/",
    "https://d\u0435v.azure.com/",
    "https://dev.azure.com./x",
    "https://.visualstudio.com/",
    "https://visualstudio.com.evil.tld/",
    "http://127.0.0.1:8802/Contoso",
    "https://127.0.0.1:8801/Contoso",
    "http://localhost:8801/Contoso",
    "https://tfs.harbour.example/x",
    "https://[::1/x",
    "https://dev.azure.com/" + "x" * 3000,
]


@pytest.mark.parametrize("url", GOOD)
def test_a_link_to_a_known_or_configured_host_is_shown_as_it_is(url: str) -> None:
    assert safe_link(url, configured=[SANDBOX, SERVER]) == url


@pytest.mark.parametrize("url", BAD)
def test_anything_else_is_no_link(url: str) -> None:
    assert safe_link(url, configured=[SANDBOX, SERVER]) is None


def test_nothing_is_no_link() -> None:
    assert safe_link(None) is None


@pytest.mark.parametrize("url", GOOD[-2:])
def test_what_nobody_configured_is_no_link(url: str) -> None:
    assert safe_link(url) is None


_HOSTS = ["dev.azure.com", "evil.tld", "github.com", "127.0.0.1", ".", "443", "xn--", "\u3002", "[", "]"]
_MARKS = ["https:", "http:", "javascript:", "//", "/", "\\", "@", ":", "?", "#", ";", "&", "%2f", "%40", " "]
_PIECES = st.sampled_from([*_HOSTS, *_MARKS, "\t", "\n", "\u0000"])


@given(st.lists(_PIECES | st.text(max_size=3), max_size=8).map("".join))
@example("https://dev.azure.com#@evil.tld")
@example("https://dev.azure.com?@evil.tld")
def test_whatever_is_shown_as_a_link_leads_to_an_allowed_host(url: str) -> None:
    """Read again the way a browser does: backslashes are slashes, tabs and line ends vanish."""
    shown = safe_link(url)
    if shown is None:
        return
    as_browser = "".join(c for c in shown.strip() if c not in "\t\r\n").replace("\\", "/")
    assert as_browser == url
    assert as_browser[:8].lower() == "https://"
    authority = as_browser[8:].split("/")[0].split("?")[0].split("#")[0]
    assert "@" not in authority
    host = authority.split(":")[0].lower()
    assert any(host.endswith(name) if name.startswith(".") else host == name for name in LINK_HOSTS)


@given(st.text(max_size=40))
def test_an_origin_is_found_or_not_but_never_fails(url: str) -> None:
    found = origin(url)
    assert found is None or origin(found) == found


@pytest.mark.parametrize(
    "url",
    [
        "https://dev.azure.com/Contoso",
        SERVER,
        SANDBOX,
        "http://localhost:9/x",
        "http://[::1]:9/x",
        "https://10.0.0.5/x",
    ],
)
def test_an_organization_may_be_azures_ones_own_or_on_this_machine(url: str) -> None:
    assert check_can_configure(url) == origin(url)


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("http://169.254.169.254/metadata", "never calls it"),
        ("https://169.254.169.254/metadata", "never calls it"),
        ("https://[fe80::1]/x", "never calls it"),
        ("https://[::ffff:169.254.169.254]/x", "never calls it"),
        ("https://0.0.0.0/x", "never calls it"),
        ("http://2130706433/x", "never calls it"),
        ("http://0x7f.1/x", "never calls it"),
        ("http://10.0.0.5/x", "not encrypted"),
        ("http://dev.azure.com/x", "not encrypted"),
        ("file:///etc/passwd", "not an address"),
        ("https://me:secret@dev.azure.com/x", "https://dev.azure.com/x is not an address"),
        ("", "An empty address"),
    ],
)
def test_what_may_not_be_connected_is_refused_with_a_sentence(url: str, says: str) -> None:
    with pytest.raises(AddressRefused, match=says) as raised:
        check_can_configure(url)
    assert "secret" not in raised.value.sentence


def test_only_what_is_connected_or_azures_own_is_called() -> None:
    assert check_can_call(SANDBOX + "/_apis", configured=[SANDBOX])
    assert check_can_call("https://vsrm.dev.azure.com/x", configured=[], hosts=AZURE_DEVOPS_HOSTS)
    for url in ("https://vsrm.dev.azure.com/x", "https://evil.tld/", "http://127.0.0.1:1/", "https://github.com/x"):
        with pytest.raises(AddressRefused):
            check_can_call(url, configured=[SANDBOX])


@pytest.mark.parametrize(
    ("address", "private"),
    [
        *[(a, True) for a in ("10.1.2.3", "172.16.0.1", "192.168.1.1", "127.0.0.1", "169.254.169.254", "100.64.0.1")],
        *[(a, True) for a in ("0.0.0.0", "224.0.0.1", "::1", "fe80::1%eth0", "fc00::1", "::ffff:10.0.0.1")],
        *[(a, False) for a in ("13.107.42.20", "2620:1ec:4::1", "::ffff:13.107.42.20")],
    ],
)
def test_private_addresses_are_known(address: str, private: bool) -> None:
    assert is_private_address(address) is private


def test_the_host_of_an_origin_has_no_brackets() -> None:
    assert host_of(origin("http://[::1]:80/x") or "") == "::1"
