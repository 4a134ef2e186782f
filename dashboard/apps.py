"""Registers the browser pages with Django."""

from django.apps import AppConfig


class DashboardConfig(AppConfig):
    """The pages."""

    name = "dashboard"

    def ready(self) -> None:
        """Make the folders the embedded broker expects, and connect the sign-in trail."""
        from django.conf import settings

        if not settings.REDIS_URL:
            (settings.BROKER_DIR / "messages").mkdir(parents=True, exist_ok=True)
            (settings.BROKER_DIR / "control").mkdir(parents=True, exist_ok=True)
        settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
