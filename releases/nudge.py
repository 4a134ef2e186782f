"""Wakes the worker by task name. Called on commit; losing the call is harmless, because the table is the queue."""

import logging

from celery import current_app

log = logging.getLogger(__name__)

NUDGE_EXPIRES_SECONDS = 30


def nudge(task: str, **arguments: object) -> None:
    """Ask a worker to run the named task soon. Never raises: with the broker gone, the next tick finds the row."""
    try:
        current_app.send_task(task, kwargs=arguments, expires=NUDGE_EXPIRES_SECONDS, retry=False)
    except Exception as error:  # the broker's client may raise anything it likes
        log.warning("The broker did not take the nudge %s: %s", task, error)
