"""How often Python searches what a process made for garbage. Set where every process begins, in `dashboard.celery`.

Python's own measure, 700 new objects, is for small programs: a start here searched 400 times, a tenth of its time, a
page some dozen times, and a sync went through rows by the ten thousand, which are in no cycles.
"""

import gc

NEW_OBJECTS = 50_000
"""That there must be more than at the last search before the next one."""


def search_seldom() -> None:
    """From now on search after so many new objects, older ones in their turn. Where searching is off it stays off."""
    youngest, *older = gc.get_threshold()
    if 0 < youngest < NEW_OBJECTS:
        gc.set_threshold(NEW_OBJECTS, *older)
