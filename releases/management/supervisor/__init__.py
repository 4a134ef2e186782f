"""Keeps web server, worker, beat, signer and, in the demo, the sandbox running on one machine; `manage.py up` uses it.

It knows programs by their command lines, never by import: the domain does not know the project or the sandbox.
"""
