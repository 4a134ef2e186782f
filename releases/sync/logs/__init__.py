"""Logs of steps: fetched from Azure, masked, kept. Called by the logs pass and by inquiries."""
