"""The log of the trail: which entries a person may see, one page of those that match, one entry with all its facts.

Asked by pages, exports and the API. Reads only; what verifies the chain is `releases.audit`.
"""

from releases.queries.audit_log.entries import Entry, entries_of
from releases.queries.audit_log.filters import GROUPS, LogFilters, types_of
from releases.queries.audit_log.listing import COUNTED_TO, PAGE_SIZE, Listing, Page, last_number, listing_of
from releases.queries.audit_log.of_release import Noted, entries_of_release
from releases.queries.audit_log.one import Whole, whole_entry
from releases.queries.audit_log.scope import Scope, people_in, projects_in, scope_of

__all__ = [
    "COUNTED_TO", "GROUPS", "PAGE_SIZE", "Entry", "Listing", "LogFilters", "Noted", "Page", "Scope", "Whole",
    "entries_of", "entries_of_release", "last_number", "listing_of", "people_in", "projects_in", "scope_of",
    "types_of", "whole_entry",
]  # fmt: skip
