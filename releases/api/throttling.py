"""How often one key, or one person, may ask. Refused keys are counted where they are refused (`authentication`)."""

from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle
from rest_framework.views import APIView

from releases.models import ApiKey


class PerCaller(SimpleRateThrottle):
    """Ten requests a second over a minute: enough for a dashboard, too few to keep the database busy."""

    scope = "api"
    rate = "600/min"

    def get_cache_key(self, request: Request, _view: APIView) -> str | None:
        """One count for each key and one for each person's sessions. The cache holds no key, only its name."""
        caller = f"key-{request.auth.prefix}" if isinstance(request.auth, ApiKey) else f"user-{request.user.pk}"
        return f"api-rate:{caller}"
