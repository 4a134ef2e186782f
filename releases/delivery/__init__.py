"""Durable commands sent to Azure and read back. Empty until actions are built."""
