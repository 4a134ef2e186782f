"""A real Chromium on the real product: `manage.py up --demo` runs once, people click through it."""
