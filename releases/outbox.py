"""A notification to be sent, as a row. Empty until notifications are built."""
