"""The Celery application: `celery -A dashboard worker` and `beat` start from here; its settings are CELERY_*."""

import os
from logging.config import dictConfig
from typing import Any

from celery import Celery
from celery.signals import setup_logging

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dashboard.settings")

app = Celery("slipway")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["releases"])


@setup_logging.connect
def log_as_everywhere(**_: Any) -> None:
    """Celery's own log set-up would print task arguments and colours; ours holds in every process."""
    from django.conf import settings

    dictConfig(settings.LOGGING)
