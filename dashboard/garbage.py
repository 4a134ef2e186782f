"""How often Python searches what a process made for garbage. Called where a process begins: `dashboard.celery`, `wsgi`.

Python's own measure, 700 new objects, is for small programs: a start here searched 400 times, a tenth of its time, and
a sync went through rows by the ten thousand, which are in no cycles. A page makes few: there many short searches are
better than one long one, for which every tenth visitor would wait.
"""

import gc

PYTHONS_OWN = gc.get_threshold()
NEW_OBJECTS = 50_000
"""That there must be more than at the last search before the next one."""


def search_seldom() -> None:
    """From now on search after so many new objects, older ones in their turn. Where searching is off it stays off."""
    youngest, *older = PYTHONS_OWN
    if 0 < youngest < NEW_OBJECTS:
        gc.set_threshold(NEW_OBJECTS, *older)


def search_as_ever() -> None:
    """From now on search as Python does by itself."""
    gc.set_threshold(*PYTHONS_OWN)
