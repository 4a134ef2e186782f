"""Encrypts what must be kept secret, with rotation. Empty until a secret is stored: credentials are references."""
