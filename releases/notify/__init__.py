"""Senders for the outbox. Empty until notifications are built."""
