"""Registers the browser pages with Django."""

from django.apps import AppConfig


class DashboardConfig(AppConfig):
    """The pages."""

    name = "dashboard"

    def ready(self) -> None:
        """Make the folder of everything Slipway writes (sessions and password hashes too), and the broker's in it."""
        from django.conf import settings

        settings.VAR_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not settings.REDIS_URL:
            (settings.BROKER_DIR / "messages").mkdir(parents=True, exist_ok=True)
            (settings.BROKER_DIR / "control").mkdir(parents=True, exist_ok=True)
        settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
