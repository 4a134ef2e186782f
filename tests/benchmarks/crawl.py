"""The bare crawl: the same pages as a sync reads, bytes read and nothing parsed. The left side of most goals."""

import http.client
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote, urlencode, urlsplit

ACCEPT = "application/json;api-version=7.1-preview.8"
EXPAND = "environments,artifacts,approvals,tags,variables"


@dataclass
class Crawl:
    """What was read."""

    pages: int = 0
    size_bytes: int = 0

    def __add__(self, other: "Crawl") -> "Crawl":
        return Crawl(self.pages + other.pages, self.size_bytes + other.size_bytes)


@dataclass(frozen=True)
class Source:
    """Where the releases are: the address of the Release area and the project."""

    url: str
    project: str

    def connection(self) -> http.client.HTTPConnection:
        """A kept connection."""
        parts = urlsplit(self.url)
        return http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=120)

    def path(self, rest: str, **query: str) -> str:
        """The path of one request."""
        base = urlsplit(self.url).path.rstrip("/")
        return f"{base}/{quote(self.project)}/_apis/Release/{rest}?{urlencode(query)}"


def pages(source: Source, *, since: datetime | None = None, until: datetime | None = None) -> Crawl:
    """Read one stretch of the list to its end over one connection."""
    connection, done, token = source.connection(), Crawl(), ""
    query = {"$top": "100", "queryOrder": "ascending", "$expand": EXPAND, "isDeleted": "false"}
    query |= {"minCreatedTime": since.isoformat()} if since else {}
    query |= {"maxCreatedTime": until.isoformat()} if until else {}
    while True:
        more = {"continuationToken": token} if token else {}
        connection.request("GET", source.path("releases", **query, **more), headers={"Accept": ACCEPT})
        answer = connection.getresponse()
        done += Crawl(1, len(answer.read()))
        if answer.status != http.client.OK:
            raise RuntimeError(f"The crawl got {answer.status} from {source.url}.")
        token = answer.getheader("x-ms-continuationtoken") or ""
        if not token:
            connection.close()
            return done


def pages_side_by_side(source: Source, *, first: datetime, last: datetime, connections: int) -> Crawl:
    """Read the whole list cut into equal stretches of time, one connection each."""
    cuts = [first + (last - first) * at / connections for at in range(1, connections)]
    ends = list(zip([None, *cuts], [*cuts, None], strict=True))
    with ThreadPoolExecutor(connections) as pool:
        done = pool.map(lambda ends: pages(source, since=ends[0], until=ends[1]), ends)
        return sum(done, Crawl())


def details(source: Source, ids: Iterable[int], *, connections: int) -> Crawl:
    """Read these releases one by one in full, so many at once."""
    numbers = list(ids)
    shares = [numbers[at::connections] for at in range(connections)]
    with ThreadPoolExecutor(connections) as pool:
        return sum(pool.map(lambda share: _details(source, share), shares), Crawl())


def _details(source: Source, ids: list[int]) -> Crawl:
    connection, done = source.connection(), Crawl()
    for number in ids:
        path = source.path(f"releases/{number}", **{"$expand": "tasks", "approvalFilters": "all"})
        connection.request("GET", path, headers={"Accept": ACCEPT})
        done += Crawl(1, len(connection.getresponse().read()))
    connection.close()
    return done
