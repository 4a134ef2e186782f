"""Registers the domain with Django."""

from django.apps import AppConfig


class ReleasesConfig(AppConfig):
    """The domain application."""

    name = "releases"
    default_auto_field = "django.db.models.BigAutoField"
