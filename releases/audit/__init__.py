"""The append-only trail; the only writer of audit rows."""
