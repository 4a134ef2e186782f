"""Each fault as it is on the wire, seen with requests or a bare socket."""

import json
import time
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import pytest
import requests

from tests.sandbox.conftest import Wire
from tests.servers import wait_until

RAW_LIST = "GET /c/p/_apis/release/releases HTTP/1.1\r\nHost: x\r\n\r\n"


def test_throttle_has_retry_after_in_seconds_or_as_a_date_and_the_quota(wire: Wire) -> None:
    wire.fault("throttle", args={"retry_after": 7})
    wire.fault("throttle", args={"retry_after": 60, "form": "date"})
    wire.fault("throttle", args={"retry_after": None})
    seconds, date, without = wire.get(), wire.get(), wire.get()
    assert [one.status_code for one in (seconds, date, without)] == [429] * 3
    assert seconds.headers["Retry-After"] == "7"
    assert seconds.headers["X-RateLimit-Remaining"] == "0"
    assert seconds.json()["message"].startswith("TF400733")
    left = parsedate_to_datetime(date.headers["Retry-After"]) - datetime.now(UTC)
    assert 50 < left.total_seconds() <= 60
    assert "Retry-After" not in without.headers
    assert wire.get().status_code == 200


def test_retry_after_and_quota_come_with_good_answers_too(wire: Wire) -> None:
    wire.fault("retry_after", args={"retry_after": 3})
    wire.fault("rate_limit", args={"limit": 200, "remaining": 5})
    answer = wire.get()
    assert (answer.status_code, answer.json()["count"]) == (200, 10)
    assert answer.headers["Retry-After"] == "3"
    assert answer.headers["X-RateLimit-Remaining"] == "5"


def test_unavailable_with_envelope_behind_a_byte_order_mark_or_as_html(wire: Wire) -> None:
    for envelope in (True, "bom", False):
        wire.fault("unavailable", args={"envelope": envelope})
    plain, marked, html = wire.get(), wire.get(), wire.get()
    assert [one.status_code for one in (plain, marked, html)] == [503] * 3
    assert plain.json()["typeKey"] == "ServiceUnavailableException"
    assert marked.content.startswith(b"\xef\xbb\xbf{")
    assert html.headers["Content-Type"].startswith("text/html")


def test_a_truncated_answer_announces_more_than_it_sends_and_closes(wire: Wire) -> None:
    wire.fault("truncated", times=2)
    head, _, body = wire.raw(RAW_LIST).partition(b"\r\n\r\n")
    announced = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
    assert 0 < len(body) < announced
    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        wire.get()


def test_a_truncated_string_is_complete_on_the_wire_but_no_json(wire: Wire) -> None:
    wire.fault("truncated", args={"how": "string"})
    answer = wire.get()
    assert int(answer.headers["Content-Length"]) == len(answer.content)
    with pytest.raises(json.JSONDecodeError, match="Unterminated string"):
        json.loads(answer.content)


def test_signed_out_answers_are_203_302_or_200_with_html(wire: Wire) -> None:
    for kind in ("sign_in", "redirect", "html"):
        wire.fault(kind)
    sign_in, redirect, html = wire.get(), wire.get(), wire.get()
    assert (sign_in.status_code, redirect.status_code, html.status_code) == (203, 302, 200)
    assert all("text/html" in one.headers["Content-Type"] for one in (sign_in, redirect, html))
    followed = requests.get(redirect.headers["Location"], timeout=5)
    assert (followed.status_code, followed.headers["Content-Type"]) == (200, "text/html; charset=utf-8")


@pytest.mark.parametrize(
    ("kind", "args", "status", "told"),
    [
        ("unauthorized", {}, 401, "UnauthorizedRequestException"),
        ("unauthorized", {"shape": "list"}, 401, '"value":[]'),
        ("unauthorized", {"shape": "empty"}, 401, ""),
        ("unauthorized", {"shape": "html"}, 401, "<html>"),
        ("forbidden", {"permission": "Manage deployments"}, 403, "Manage deployments"),
        ("not_found", {}, 404, "ProjectDoesNotExistWithNameException"),
        ("not_found", {"shape": "text"}, 404, "IController"),
        ("error", {"status": 400, "type_key": "Wrong"}, 400, '"typeKey":"Wrong"'),
        ("error", {}, 500, "VssServiceException"),
    ],
)
def test_refusals(wire: Wire, kind: str, args: dict[str, Any], status: int, told: str) -> None:
    wire.fault(kind, args=args)
    answer = wire.get()
    assert answer.status_code == status
    assert told in answer.text
    assert wire.get().status_code == 200


def test_a_hang_says_nothing_for_its_time_and_then_closes(wire: Wire) -> None:
    wire.fault("hang", args={"seconds": 0.5})
    begun = time.monotonic()
    assert wire.raw(RAW_LIST) == b""
    assert 0.5 <= time.monotonic() - begun < 1.5


def test_a_slow_answer_is_late_but_right(wire: Wire) -> None:
    wire.fault("slow", args={"seconds": 0.4})
    begun = time.monotonic()
    assert wire.get().json()["count"] == 10
    assert 0.4 <= time.monotonic() - begun < 1.5


def test_a_drip_keeps_the_connection_alive_byte_by_byte(wire: Wire) -> None:
    wire.fault("drip", route="release", args={"gap": 0.02, "piece": 4})
    begun = time.monotonic()
    answer = wire.get("releases/3", stream=True)
    pieces = list(answer.iter_content(chunk_size=1))
    size = int(answer.headers["Content-Length"])
    assert json.loads(b"".join(pieces))["id"] == 3
    assert time.monotonic() - begun >= 0.02 * (size // 4)


def test_a_lost_answer_has_had_its_effect_once_and_a_dropped_request_none(wire: Wire) -> None:
    for kind in ("apply_then_drop", "drop"):
        wire.fault(kind, route="update_approval")
        with pytest.raises(requests.ConnectionError):
            wire.session.patch(wire.address("approvals/5"), json={"status": "approved"}, timeout=5)
    assert wire.toy.approved == ["5"]
    effects = wire.told("effects")
    assert effects["effects"] == {"approve": 1}
    assert list(effects["targets"].values()) == [1]
    assert wire.told("requests")["routes"]["update_approval"] == 2


def test_a_late_request_takes_effect_though_nobody_waits_any_more(wire: Wire) -> None:
    wire.fault("late", route="update_approval", args={"seconds": 0.6})
    with pytest.raises(requests.ReadTimeout):
        wire.session.patch(wire.address("approvals/5"), json={"status": "approved"}, timeout=0.2)
    assert wire.toy.approved == []
    wait_until(lambda: wire.toy.approved == ["5"], seconds=5, what="the request arrives")
    assert wire.told("effects")["effects"] == {"approve": 1}


def test_accepted_without_effect_looks_like_success(wire: Wire) -> None:
    wire.fault("accepted_without_effect", route="update_approval")
    answer = wire.session.patch(wire.address("approvals/5"), json={"status": "approved"}, timeout=5)
    assert answer.status_code == 200
    assert answer.json() == {"id": "5", "status": "approved"}
    assert wire.toy.approved == []
    assert wire.told("effects") == {"effects": {}, "targets": {}}


def _crawl(wire: Wire, *, most: int = 12) -> tuple[list[list[int]], list[str]]:
    """The ids of each page and the tokens asked with, for at most so many pages."""
    pages: list[list[int]] = []
    tokens = [""]
    while len(pages) < most:
        answer = wire.get(params={"continuationToken": tokens[-1]} if tokens[-1] else {})
        pages.append([row["id"] for row in answer.json()["value"]])
        token = answer.headers.get("x-ms-continuationtoken")
        if not token:
            break
        tokens.append(token)
    return pages, tokens


def test_a_page_may_come_twice_without_a_gap_after_it(wire: Wire) -> None:
    wire.fault("duplicate_page", route="releases")
    pages, tokens = _crawl(wire)
    first, second, third = list(range(1, 11)), list(range(11, 21)), list(range(21, 26))
    assert pages == [first, first, second, third]
    assert len(set(tokens)) == len(tokens)
    assert all(token.isdigit() for token in tokens[1:])


def test_pages_may_overlap(wire: Wire) -> None:
    wire.fault("duplicate_page", route="releases", args={"items": 2})
    pages, _ = _crawl(wire)
    assert pages == [list(range(1, 11)), [9, 10, *range(11, 21)], list(range(21, 26))]


@pytest.mark.parametrize(("how", "circle"), [("repeat", ["11", "11", "11"]), ("alternate", ["11", "21", "11", "21"])])
def test_tokens_may_run_in_a_circle(wire: Wire, how: str, circle: list[str]) -> None:
    wire.fault("token_loop", route="releases", times=0, args={"how": how})
    _, tokens = _crawl(wire, most=len(circle) + 1)
    assert tokens[1 : len(circle) + 1] == circle


def test_a_deleted_release_is_in_the_list_but_not_to_be_had(wire: Wire) -> None:
    wire.fault("deleted", route="release", times=0, args={"id": 4})
    assert 4 in [row["id"] for row in wire.get().json()["value"]]
    gone = wire.get("releases/4")
    assert (gone.status_code, gone.json()["typeKey"]) == (404, "ReleaseNotFoundException")
    assert wire.get("releases/5").status_code == 200


@pytest.mark.parametrize(
    ("args", "key", "value"),
    [
        ({"what": "environments"}, "environments", "oops"),
        ({"what": "missing_id"}, "id", None),
        ({"what": "nul"}, "name", "Release\x00-7"),
        ({"what": "surrogate"}, "name", "Release-\ud800"),
        ({"set": {"name": "<script>alert(1)</script>"}}, "name", "<script>alert(1)</script>"),
    ],
)
def test_one_release_of_a_page_is_malformed(wire: Wire, args: dict[str, Any], key: str, value: object) -> None:
    wire.fault("malformed", route="releases", args={"id": 7, **args})
    rows = wire.get().json()["value"]
    assert rows[6][key] == value
    assert [row["id"] for row in rows if row is not rows[6]] == [1, 2, 3, 4, 5, 6, 8, 9, 10]


def test_a_malformed_release_may_be_no_object_or_nested_without_end(wire: Wire) -> None:
    wire.fault("malformed", route="releases", args={"what": "not_an_object"})
    wire.fault("malformed", route="release", args={"what": "nested", "depth": 200})
    assert wire.get().json()["value"][0] == 7
    assert wire.get("releases/3").text.count('{"a":') == 200


def test_a_fault_that_finds_nothing_to_spoil_is_not_used_up(wire: Wire) -> None:
    wire.fault("malformed", route="releases", args={"id": 15})
    assert wire.get().status_code == 200
    assert wire.told("faults")["faults"][0]["hit"] == 0
    assert wire.get(params={"continuationToken": "11"}).json()["value"][4]["environments"] == "oops"


@pytest.mark.parametrize(
    ("shape", "size", "least"),
    [("text", 3_000_000, 3_000_000), ("array", 100_000, 200_000), ("nesting", 5_000, 25_000)],
)
def test_bodies_may_be_huge(wire: Wire, shape: str, size: int, least: int) -> None:
    wire.fault("huge", route="releases", args={"shape": shape, "size": size})
    assert len(wire.get().content) >= least


def test_logs_may_be_huge_and_gzip_may_be_a_bomb(wire: Wire) -> None:
    wire.fault("huge", route="log", args={"size": 2_000_000})
    wire.fault("huge", route="releases", args={"shape": "gzip", "size": 20_000_000})
    assert len(wire.get("log").content) >= 2_000_000
    answer = wire.get(stream=True)
    assert int(answer.headers["Content-Length"]) < 50_000
    assert len(answer.json()["padding"]) == 19 * 1_048_576


def test_the_servers_clock_may_be_wrong_in_its_date_header(wire: Wire) -> None:
    wire.fault("clock_skew", args={"seconds": -600})
    behind = datetime.now(UTC) - parsedate_to_datetime(wire.get().headers["Date"])
    assert 599 < behind.total_seconds() < 605


def test_a_fault_waits_hits_and_is_over(wire: Wire) -> None:
    wire.fault("throttle", route="releases", after=2, times=2)
    assert wire.get("releases/1").status_code == 200
    assert [wire.get().status_code for _ in range(6)] == [200, 200, 429, 429, 200, 200]
    shown = wire.told("faults")["faults"][0]
    assert (shown["passed"], shown["hit"]) == (2, 2)


def test_a_fault_may_be_narrowed_to_a_path_or_a_parameter(wire: Wire) -> None:
    wire.fault("forbidden", times=0, when={"release": "3"})
    wire.fault("throttle", times=0, when={"continuationToken": "11"})
    assert [wire.get(f"releases/{n}").status_code for n in (2, 3, 4)] == [200, 403, 200]
    assert [wire.get(params={"continuationToken": n}).status_code for n in (11, 21)] == [429, 200]


def test_faults_are_taken_back_and_nonsense_is_refused(wire: Wire) -> None:
    wire.fault("throttle", times=0)
    assert requests.delete(f"{wire.url}/_sandbox/faults", timeout=5).json() == {"faults": []}
    assert wire.get().status_code == 200
    for asked in ({"kind": "flood"}, {"kind": "hang", "tims": 3}, "hang", {"kind": "malformed", "args": {"what": "x"}}):
        assert requests.post(f"{wire.url}/_sandbox/faults", json=asked, timeout=5).status_code == 400


def test_every_kind_of_fault_explains_itself(wire: Wire) -> None:
    kinds = wire.told("faults")["kinds"]
    assert len(kinds) >= 20
    assert all(len(words) > 20 for words in kinds.values()), kinds


def test_requests_are_counted_by_route_with_their_times_and_faults(wire: Wire) -> None:
    wire.fault("throttle", route="releases")
    wire.get()
    wire.get("releases/3")
    told = wire.told("requests")
    assert told["routes"] == {"releases": 1, "release": 1}
    assert told["statuses"] == {"429": 1, "200": 1}
    first, second = told["recent"]
    assert (first["route"], first["fault"], second["fault"]) == ("releases", "throttle", "")
    assert first["at"] <= second["at"] <= told["now"]
    requests.delete(f"{wire.url}/_sandbox/requests", timeout=5)
    assert wire.told("requests")["total"] == 0


def test_a_fault_may_hit_every_third_or_by_chance_and_the_same_seed_draws_the_same(wire: Wire) -> None:
    def statuses(**how: Any) -> list[int]:
        wire.session.delete(f"{wire.url}/_sandbox/faults", timeout=10)
        wire.fault("unavailable", route="releases", times=0, **how)
        return [wire.get().status_code for _ in range(60)]

    assert statuses(every=3) == [200, 200, 503] * 20
    drawn = statuses(chance=0.25, seed=4)
    assert drawn == statuses(chance=0.25, seed=4)
    assert drawn != statuses(chance=0.25, seed=5)
    assert 5 <= drawn.count(503) <= 27
    assert set(statuses(chance=0)) == {200}
    answer = wire.session.post(f"{wire.url}/_sandbox/faults", json={"kind": "drop", "chance": 2}, timeout=10)
    assert answer.status_code == 400


def test_thirty_changes_with_faults_before_and_after_their_effect(wire: Wire) -> None:
    """The mix that delivery is tried with: a tenth refused before anything happened, a quarter lost after it did."""
    wire.fault("unavailable", route="update_approval", times=0, chance=0.1, seed=1)
    wire.fault("apply_then_drop", route="update_approval", times=0, chance=0.25, seed=2)
    known = 0
    for number in range(30):
        try:
            answer = wire.session.patch(wire.address(f"approvals/{number}"), json={"status": "approved"}, timeout=10)
            known += answer.status_code == 200
        except requests.ConnectionError:
            wire.session.close()
    taken = len(wire.toy.approved)
    assert wire.told("effects")["effects"] == {"approve": taken}
    assert known < taken < 30
