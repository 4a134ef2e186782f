"""Whether this process can serve, for load balancers and monitors. Says nothing that needs a sign-in to know."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe
from redis import Redis
from redis.exceptions import RedisError

from releases.queries.trail import checkpoint_alarm, newest_checkpoint


@login_not_required
@require_safe
def health(request: HttpRequest) -> JsonResponse:
    """200 `ok`; 200 `degraded` without the broker, when only wake-up calls are late, or while events of the trail wait
    too long for a signed checkpoint; 503 without the database."""
    database, broker = _database_answers(), _broker_answers()
    checkpoints = database and not checkpoint_alarm(newest_checkpoint())
    state = "unavailable" if not database else "ok" if broker and checkpoints else "degraded"
    told = {"state": state, "database": database, "broker": broker, "checkpoints": checkpoints}
    return JsonResponse(told, status=200 if database else 503)


def _database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True


def _broker_answers() -> bool:
    if not settings.REDIS_URL:
        return settings.BROKER_DIR.is_dir()
    try:
        with Redis.from_url(settings.REDIS_URL, socket_timeout=3, socket_connect_timeout=3) as client:
            return bool(client.ping())
    except (RedisError, OSError):
        return False
