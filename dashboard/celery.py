"""The Celery application: `celery -A dashboard worker` and `beat` start from here; its settings are CELERY_*."""

import os
from logging.config import dictConfig
from typing import Any

from celery import Celery
from celery.signals import setup_logging

from dashboard.garbage import search_seldom

search_seldom()
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dashboard.settings")
# Django's checks load every page, which a worker never serves: half of its start. `manage.py migrate` runs them.
os.environ.setdefault("CELERY_SKIP_CHECKS", "1")

app = Celery("slipway")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["releases"])


@setup_logging.connect
def log_as_everywhere(**_: Any) -> None:
    """Celery's own log set-up would print task arguments and colours; ours holds in every process."""
    from django.conf import settings

    dictConfig(settings.LOGGING)
