"""What gunicorn serves. A web process must never hang on a broker that does not answer: it gives up after 3 s."""

import os

from django.core.wsgi import get_wsgi_application

from dashboard.celery import app as celery_app

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dashboard.settings")

application = get_wsgi_application()
celery_app.conf.broker_transport_options = {
    **celery_app.conf.broker_transport_options,
    "socket_timeout": 3,
    "socket_connect_timeout": 3,
}
celery_app.conf.task_publish_retry = False
