"""WSGI entry of one location's web processes."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sins.settings")
os.environ.setdefault("STATEMENT_TIMEOUT_MS", "15000")

from django.core.management.base import BaseCommand
from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()
# Only commands check the settings by themselves; what is unsafe stops the web processes, too.
BaseCommand().check()
