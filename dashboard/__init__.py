"""The Django project and the browser pages; knows the domain, the domain never knows it."""

from dashboard.celery import app as celery_app

__all__ = ["celery_app"]
