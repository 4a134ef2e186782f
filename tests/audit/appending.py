"""A program for the tests: appends events, each with a business row in the same transaction, until killed or done.

`python -m tests.audit.appending NAME COUNT`; the database is the environment's DATABASE_URL.
"""

import os
import sys

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "dashboard.settings"
django.setup()

from django.db import transaction  # noqa: E402

from releases import audit  # noqa: E402
from releases.models import User  # noqa: E402

name, count = sys.argv[1], int(sys.argv[2])
print("ready", flush=True)
for number in range(count):
    with transaction.atomic():
        user = User.objects.create(email=f"{name}-{number}@harbour.example", name=name)
        audit.append("user.created", by=audit.System("shell"), object=("user", user.subject))
