"""Logs of steps as kept: what a page shows of one, searching in it, its lines. Asked by pages and the API."""
