"""The real `manage.py up`: what starts it for tests and scripts, and the tests of it."""
