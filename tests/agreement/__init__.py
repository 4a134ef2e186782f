"""Compares what Slipway holds after a sync with the sandbox's own books, fact by fact.

`python -m tests.agreement` starts a sandbox, syncs it into a fresh database and prints the number of differences, after
the backfill and again after further events of the sandbox's life.
"""
