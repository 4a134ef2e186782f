"""One turn of looking at a workspace's endpoints: computes, the endpoints, and what stands behind each of them.

One request for the computes, one for the endpoints, one for each endpoint. A few are stored in one short transaction
together with how far the look came; one that cannot be read gets that as its state and hides no other.
"""

import re
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from time import monotonic

from django.db import transaction
from django.utils import timezone

from releases.azure.answers import EndpointAnswer, EndpointDeploymentAnswer, Item, Malformed, Page
from releases.azure.ml import MachineLearning
from releases.errors import (
    AzureError,
    AzureNoAnswer,
    AzureRefused,
    AzureUnreadable,
    CredentialRefused,
    NotThere,
)
from releases.models import Endpoint, Workspace
from releases.sync import watermarks
from releases.sync.registry.writing import Written, note_set_aside, resolve
from releases.sync.runs import Run
from releases.sync.serving import looking, writing
from releases.sync.serving.looking import Look
from releases.sync.serving.writing import Held
from releases.sync.watermarks import Lease

ENDPOINTS_AT_ONCE = 4
ITS_OWN_TROUBLE = (AzureRefused, AzureUnreadable, AzureNoAnswer)
"""Errors that concern one question only; whatever else is raised concerns the whole workspace."""
_NAME = re.compile(r"/onlineEndpoints/([^/]+)(?:/deployments/([^/]+))?/?$", re.IGNORECASE)

Asked = tuple[Page[EndpointDeploymentAnswer] | AzureError, datetime]


@dataclass
class Turn:
    """One turn, until `until` (monotonic seconds). A look that takes several turns is one: its cursor says how far."""

    workspace: Workspace
    learning: MachineLearning
    run: Run
    lease: Lease
    now: datetime
    until: float
    trouble: AzureError | None = None

    def read(self) -> bool:
        """Look at everything; False when the time was up before the end. `trouble` is what the computes came to."""
        self._begin()
        rows = writing.held(self.workspace)
        self._computes(rows)
        self.run.asked(1)
        page = self.learning.endpoints()
        unreadable = self._note_endpoints(page)
        for turn, some in enumerate(self._to_read(page)):
            if turn and monotonic() > self.until:  # the first few always: a slow list must not keep all else waiting
                return False
            self._read_endpoints(some, rows)
        self._store_the_rest(page, unreadable, rows)
        return True

    @property
    def began(self) -> datetime:
        """When the look began that this turn goes on with or starts: nothing it tells is older."""
        return datetime.fromisoformat(self.lease.mark.cursor["began"])

    @property
    def changed(self) -> dict[int, datetime]:
        """The endpoints of which this look saw something new, by id, and since when their stages must be judged."""
        return {int(pk): datetime.fromisoformat(time) for pk, time in self.lease.mark.cursor["changed"].items()}

    def _begin(self) -> None:
        cursor = self.lease.mark.cursor
        if "began" not in cursor:
            cursor.update(began=self.now.isoformat(), read=[], changed={})

    def _computes(self, rows: Held) -> None:
        self.run.asked(1)
        try:
            page = self.learning.computes()
        except CredentialRefused:
            raise
        except ITS_OWN_TROUBLE as error:
            self.trouble = error
            return
        with transaction.atomic():
            self.lease.keep()
            written = writing.store_clusters(self.workspace, page, rows, now=self.now)
            written.set_aside = self._note(page.malformed)
            resolve(self.workspace, (f"cluster:{item.value.id}"[:200] for item in page.items), now=self.now)
            self._count(written)

    def _note_endpoints(self, page: Page[EndpointAnswer]) -> set[str]:
        """Keep what of the list cannot be read, by name where it tells one."""
        with transaction.atomic():
            self.lease.keep()
            self._count(Written(set_aside=self._note([_renamed(one) for one in page.malformed])))
            resolve(self.workspace, (f"endpoint:{item.value.name}"[:200] for item in page.items), now=self.now)
        return {name for one in page.malformed if (name := _parts(one)[0])}

    def _to_read(self, page: Page[EndpointAnswer]) -> Iterator[Sequence[Item[EndpointAnswer]]]:
        """Those that an earlier turn of the same look did not get to, a few at a time."""
        read = set(self.lease.mark.cursor["read"])
        waiting = [item for item in page.items if item.value.name not in read]
        for start in range(0, len(waiting), ENDPOINTS_AT_ONCE):
            yield waiting[start : start + ENDPOINTS_AT_ONCE]

    def _read_endpoints(self, items: Sequence[Item[EndpointAnswer]], rows: Held) -> None:
        """Ask for a few at once; threads ask, this one stores."""
        self.run.asked(len(items))
        with ThreadPoolExecutor(len(items), thread_name_prefix="azure-ml") as threads:
            found = list(threads.map(partial(_deployments, self.learning), [item.value.name for item in items]))
        with transaction.atomic():
            self.lease.keep()
            for item, (answer, answered_at) in zip(items, found, strict=True):
                if not isinstance(answer, NotThere):  # else it was removed meanwhile; the next look sees it gone
                    self._store_endpoint(item, answer, rows, answered_at=answered_at)
                self.lease.mark.cursor["read"].append(item.value.name)
            watermarks.save(self.lease.mark)

    def _store_endpoint(
        self,
        item: Item[EndpointAnswer],
        answer: Page[EndpointDeploymentAnswer] | AzureError,
        rows: Held,
        *,
        answered_at: datetime,
    ) -> None:
        page = None if isinstance(answer, AzureError) else answer
        row, written = writing.store_endpoint(self.workspace, item, page, rows, now=self.now)
        if page:
            written.set_aside = self._note([_renamed(one) for one in page.malformed])
            resolve(self.workspace, _keys(item.value.name, page), now=self.now)
        self._store_look(row, _look(item.value, answer), rows, written, answered_at=answered_at)
        self._count(written)

    def _store_the_rest(self, page: Page[EndpointAnswer], unreadable: set[str], rows: Held) -> None:
        """Endpoints that the list shows badly or not at all; a list with holes says nothing about absence."""
        shown = writing.names_of(page.items) | {name.lower() for name in unreadable}
        missing = [row for name, row in sorted(rows.endpoints.items()) if name not in shown]
        with transaction.atomic():
            self.lease.keep()
            for name in sorted(unreadable):
                self._store_unreadable(name, rows)
            for row in missing if not page.malformed else ():
                if row.gone_at is None:
                    written = writing.store_gone(row, now=self.now)
                    self._store_look(row, looking.gone(row.name), rows, written, answered_at=self.now)
                    self._count(written)
            watermarks.save(self.lease.mark)

    def _store_unreadable(self, name: str, rows: Held) -> None:
        row, written = writing.named_only(self.workspace, name, rows, now=self.now)
        look = looking.cannot_read(f"Azure ML describes {row.name} in a way Slipway cannot read.")
        self._store_look(row, look, rows, written, answered_at=self.now)
        self._count(written)

    def _store_look(self, row: Endpoint, look: Look, rows: Held, written: Written, *, answered_at: datetime) -> None:
        """What the look saw, where that is new; remembers from when on stages have to be judged again."""
        before = self._before()
        check = writing.store_look(row, look, rows, written, answered_at=answered_at, before=before)
        if check:
            since = min(check.since, before or check.since)
            self.lease.mark.cursor["changed"].setdefault(str(row.pk), since.isoformat())

    def _before(self) -> datetime | None:
        """When the look before this one began, if it came to its end."""
        return self.lease.mark.checked_at

    def _count(self, written: Written) -> None:
        self.run.add(
            read=written.read,
            changed=len(written.manifest),
            rows_written=written.rows,
            set_aside=written.set_aside,
            manifest=written.manifest,
        )

    def _note(self, malformed: list[Malformed]) -> int:
        return note_set_aside(self.workspace, malformed, now=self.now)


def _deployments(learning: MachineLearning, endpoint: str) -> Asked:
    """What stands behind an endpoint, or why Azure would not say, and when it answered. Must not touch the database."""
    try:
        answer: Page[EndpointDeploymentAnswer] | AzureError = learning.endpoint_deployments(endpoint)
    except CredentialRefused:
        raise
    except ITS_OWN_TROUBLE as error:
        answer = error
    return answer, timezone.now()


def _look(endpoint: EndpointAnswer, answer: Page[EndpointDeploymentAnswer] | AzureError) -> Look:
    if isinstance(answer, AzureError):
        return looking.cannot_read(f"What stands behind {endpoint.name} cannot be read. {answer.sentence}")
    unreadable = {_parts(one)[1] for one in answer.malformed}
    return looking.look_of(endpoint, [item.value for item in answer.items], unreadable=unreadable)


def _parts(one: Malformed) -> tuple[str, str]:
    """Endpoint and deployment that an unreadable row names by its id; empty where it tells none."""
    found = _NAME.search(one.key)
    return (found[1][:260], found[2] or "") if found else ("", "")


def _renamed(one: Malformed) -> Malformed:
    """The same under a key that is short enough to stay whole."""
    endpoint, deployment = _parts(one)
    if not endpoint:
        return one
    key = f"endpoint-deployment:{endpoint}/{deployment}" if deployment else f"endpoint:{endpoint}"
    return Malformed(key, one.raw, one.reason)


def _keys(endpoint: str, page: Page[EndpointDeploymentAnswer]) -> list[str]:
    return [f"endpoint-deployment:{endpoint}/{item.value.name}"[:200] for item in page.items]
