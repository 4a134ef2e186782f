"""The REST door: serializers, views and urls under /api/v1/."""
