"""Keeps web server, worker, beat and (in the demo) the sandbox running on one machine. Only `manage.py up` uses it.

It knows programs by their command lines, never by import: the domain does not know the project or the sandbox.
"""
