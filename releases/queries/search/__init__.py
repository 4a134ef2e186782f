"""One search for everything: releases, model versions, pipelines, commits, people, training runs, work items.

Asked by the page, the suggestions below the search field and the API. Every kind is looked up in an index, or among
rows that do not grow with history; the number of queries is fixed.
"""

from releases.models import User
from releases.queries.search.asked import LONGEST, Asked, asked
from releases.queries.search.changes import commits, work_items
from releases.queries.search.hits import SHOWN, Found, Group, Hit, Kind
from releases.queries.search.people import people
from releases.queries.search.registry import model_versions, training_runs
from releases.queries.search.releases import pipelines, releases
from releases.queries.search.seen import seen_by

__all__ = ["LONGEST", "SHOWN", "Asked", "Found", "Group", "Hit", "Kind", "search"]

EVERYTHING = (releases, model_versions, pipelines, commits, people, training_runs, work_items)


def search(user: User, text: str) -> Found:
    """What the text means, of what this person may see; the group that holds just what was typed comes first."""
    said = asked(text)
    if not said.text:
        return Found(text="")
    seen = seen_by(user)
    groups = [found for look in EVERYTHING if (found := look(user, seen, said)).hits]
    return Found(text=said.text, groups=sorted(groups, key=lambda group: not group.is_exact))
