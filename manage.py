#!/usr/bin/env python
"""Slipway's command line: `manage.py help` lists what it can do. Reads on any Python, to say which one it needs."""

import os
import sys

NEEDED = (3, 11)


def main() -> None:
    """Run the command; what keeps the settings from being read is one sentence, not a traceback."""
    if sys.version_info < NEEDED:
        sys.exit("Slipway needs Python {}.{} or newer; this is {}.{}.".format(*NEEDED, *sys.version_info[:2]))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dashboard.settings")
    try:
        from django.core.exceptions import ImproperlyConfigured
        from django.core.management import execute_from_command_line
    except ImportError:
        sys.exit("Slipway's packages are not installed for this Python. `make run` installs them, in .venv.")
    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        if "--traceback" in sys.argv:
            raise
        sys.exit(f"Slipway cannot start: {error}")


if __name__ == "__main__":
    main()
