"""The worker: does the queued tasks, takes up those whose worker died, and seals the record."""

from __future__ import annotations

import threading
import time

import structlog
from django.db import connection
from django.db.utils import DatabaseError
from django.utils.crypto import get_random_string
from django_tasks_db.management.commands.db_worker import Worker

from isthmus.apps.core import chores, health, mail_delivery
from isthmus.apps.core.jobs import recover
from isthmus.apps.core.sealing import seal
from isthmus.site import tidying  # noqa: F401 - adds its chores

log = structlog.get_logger("isthmus.worker")
RECOVER_SECONDS = 5.0
POST_SECONDS = 1.0
CHORE_SECONDS = 3600.0


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
    beside = [threading.Thread(target=part, args=(stop,), daemon=True) for part in (_watch, _post)]
    for thread in beside:
        thread.start()
    try:
        worker.run()
    finally:
        stop.set()
        for thread in beside:
            thread.join(timeout=5)
    if once:
        health.beat()
        mail_delivery.deliver()
        seal()
    return 0


def _post(stop: threading.Event) -> None:
    """Send mail and do the hourly chores while the worker works."""
    chores_due = 0.0
    try:
        while not stop.wait(POST_SECONDS):
            try:
                mail_delivery.deliver()
                if time.monotonic() >= chores_due:
                    chores_due = time.monotonic() + CHORE_SECONDS
                    chores.run()
            except DatabaseError:
                log.warning("mail postponed", reason="the database is busy")
    finally:
        connection.close()


def _watch(stop: threading.Event) -> None:
    """Say that this worker is there, take up the tasks of dead ones, and seal what was recorded, while it works."""
    beat_due = 0.0
    try:
        while not stop.wait(RECOVER_SECONDS):
            try:
                if time.monotonic() >= beat_due:
                    beat_due = time.monotonic() + health.BEAT_SECONDS
                    health.beat()
                recover()
                seal(recent=True)
            except DatabaseError:
                log.warning("recovery and sealing postponed", reason="the database is busy")
    finally:
        connection.close()
