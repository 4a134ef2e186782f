"""Celery's doors, at most five lines each. The work is in sync, gates, delivery and notify."""
