"""The worker: does the queued tasks, and takes up those whose worker died."""

from __future__ import annotations

import threading

import structlog
from django.db import connection
from django.db.utils import DatabaseError
from django.utils.crypto import get_random_string
from django_tasks_db.management.commands.db_worker import Worker

from isthmus.apps.core.jobs import recover

log = structlog.get_logger("isthmus.worker")
RECOVER_SECONDS = 5.0


def run(*, once: bool = False) -> int:
    """Work until told to stop (SIGTERM ends after the task at hand); `once` ends when nothing is waiting."""
    worker = Worker(
        queue_names=["default"],
        interval=0.3,
        batch=once,
        backend_name="default",
        startup_delay=False,
        max_tasks=None,
        worker_id=get_random_string(32),
        excluded_queue_names=[],
    )
    worker.configure_signals()
    recover()
    stop = threading.Event()
    watcher = threading.Thread(target=_watch, args=(stop,), daemon=True)
    watcher.start()
    try:
        worker.run()
    finally:
        stop.set()
        watcher.join(timeout=5)
    return 0


def _watch(stop: threading.Event) -> None:
    """Take up the tasks of dead workers while this one works."""
    try:
        while not stop.wait(RECOVER_SECONDS):
            try:
                recover()
            except DatabaseError:
                log.warning("recovery postponed", reason="the database is busy")
    finally:
        connection.close()
