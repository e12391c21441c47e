"""Settings for tests: the same as a demonstration, on a database and a folder that vanish."""

import atexit
import os
import shutil
import tempfile

os.environ["ISTHMUS_MODE"] = "test"
if "ISTHMUS_DATA" not in os.environ:
    os.environ["ISTHMUS_DATA"] = tempfile.mkdtemp(prefix="isthmus-test-")
    atexit.register(shutil.rmtree, os.environ["ISTHMUS_DATA"], ignore_errors=True)
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
