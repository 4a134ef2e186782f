"""Signing checkpoints: only `manage.py sign` imports this, the one process that reads the private key."""
