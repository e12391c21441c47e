"""The web application."""

import gc
import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "isthmus.site.settings")


def settle() -> None:
    """Load every view, and let the collection of garbage pass over what lives as long as the process.

    Walking all modules again costs a request that makes many objects as much as its own work.
    """
    _ = get_resolver().url_patterns
    gc.collect()
    gc.freeze()


application = get_wsgi_application()
settle()
