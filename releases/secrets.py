"""Encrypts what must be kept secret, with rotation. Empty until the first secret is stored: credentials are references."""
