"""What gunicorn serves. A web process must never hang on a broker that does not answer: it gives up after 3 s.

What a process keeps for good is loaded before it serves and left out of Python's search for garbage: going through all
of it took longer than most pages, and every tenth page waited for it.
"""

import gc
import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

from dashboard.celery import app as celery_app
from dashboard.garbage import search_as_ever

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dashboard.settings")

application = get_wsgi_application()
celery_app.conf.broker_transport_options = {
    **celery_app.conf.broker_transport_options,
    "socket_timeout": 3,
    "socket_connect_timeout": 3,
}
celery_app.conf.task_publish_retry = False

get_resolver().reverse("overview")  # loads every view
gc.collect()
gc.freeze()
search_as_ever()
