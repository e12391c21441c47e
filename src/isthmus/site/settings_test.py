"""Settings for tests: the same as a demonstration, on a database and a folder that vanish."""

import os
import tempfile
from pathlib import Path

os.environ["ISTHMUS_MODE"] = "test"
os.environ.setdefault("ISTHMUS_DATA", str(Path(tempfile.gettempdir()) / f"isthmus-test-{os.getuid()}"))
os.environ.setdefault("ISTHMUS_SECRET_KEY", "for-tests-only-" * 5)

from isthmus.site.settings import *  # noqa: F403 - the environment above must be set first
from isthmus.site.settings import DATABASES, STORAGES

ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    **STORAGES,
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_AUTOREFRESH = True
WHITENOISE_USE_FINDERS = True
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default"]}}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["TEST"] = {"NAME": ":memory:"}
