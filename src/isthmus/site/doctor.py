"""`isthmus doctor`: is this installation well, and how to mend what is not."""

from __future__ import annotations

import importlib.util
import os
import shutil
import sys
from collections.abc import Callable, Iterator

MINIMUM_PYTHON = (3, 11)
WANTED_MB = 500
Finding = tuple[bool, str]


def run() -> int:
    """Print one line a check; 0 when all is well, 1 when something is to be mended."""
    well = True
    for check in (
        _python,
        _libraries,
        _folder,
        _settings,
        _database,
        _register,
        _worker,
        _sealing,
        _mail,
        _aside,
        _assets,
        _fonts,
    ):
        for fine, text in _safely(check):
            print(f"{'well' if fine else 'MEND'}  {text}")
            well = well and fine
    return 0 if well else 1


def _safely(check: Callable[[], Iterator[Finding]]) -> Iterator[Finding]:
    try:
        yield from check()
    except Exception as error:
        yield False, f"{check.__name__[1:].capitalize()}: {type(error).__name__}: {error}"


def _python() -> Iterator[Finding]:
    version = ".".join(map(str, sys.version_info[:3]))
    yield sys.version_info >= MINIMUM_PYTHON, f"Python {version} (3.11 or newer is needed)"


def _libraries() -> Iterator[Finding]:
    needed = ("django", "numba", "scipy", "pyproj", "granian", "xlsxwriter", "psycopg")
    missing = [name for name in needed if importlib.util.find_spec(name) is None]
    yield (
        not missing,
        "Libraries are installed" if not missing else f"Missing: {', '.join(missing)}. Run: make setup",
    )


def _folder() -> Iterator[Finding]:
    from isthmus.site import environment

    folder = os.environ.get(environment.PREFIX + "DATA", "./var")
    os.makedirs(folder, exist_ok=True)  # noqa: PTH103 - the check is about this very call
    yield os.access(folder, os.W_OK), f"The data folder {folder} can be written to"
    free = shutil.disk_usage(folder).free // 2**20
    yield free >= WANTED_MB, f"{free:,} MB of disk are free there ({WANTED_MB} MB are wanted)"


def _settings() -> Iterator[Finding]:
    import django
    from django.conf import settings
    from django.core.checks import run_checks

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "isthmus.site.settings")
    django.setup()
    found = run_checks(include_deployment_checks=not settings.DEMONSTRATION)
    problems = [problem for problem in found if not problem.is_silenced()]
    yield not problems, "The settings are sound" if not problems else "; ".join(str(p) for p in problems)


def _database() -> Iterator[Finding]:
    from isthmus.site import migrations

    count = migrations.pending()
    yield (
        count == 0,
        "The database answers" + (f"; {count} steps are pending (isthmus run does them)" if count else ""),
    )


def _register() -> Iterator[Finding]:
    from isthmus.apps.core.numbers import count
    from isthmus.apps.register.models import Organisation
    from isthmus.site import migrations

    if migrations.pending():
        yield False, "The register is empty until the database is prepared. Run: isthmus run"
        return
    held = Organisation.objects.count()
    yield (
        held > 0,
        f"The register holds {count(held, 'organisation')}" + ("" if held else ". Run: isthmus run"),
    )


def _worker() -> Iterator[Finding]:
    from django.utils import timezone

    from isthmus.apps.core import health
    from isthmus.apps.core.numbers import count

    heard = health.last_beat()
    if heard is None:
        yield False, "No worker has been heard of. Run: isthmus run (or isthmus worker)"
        return
    silent = timezone.now() - heard
    minutes = count(int(silent.total_seconds()) // 60, "minute")
    if silent <= health.SILENT:
        yield True, "A worker is at work"
    else:
        yield False, f"No worker has been heard of for {minutes}. Start it: isthmus run (or isthmus worker)"


def _sealing() -> Iterator[Finding]:
    from isthmus.apps.core import health
    from isthmus.apps.core.numbers import count

    late = health.late_events()
    wait = int(health.LATE.total_seconds()) // 60
    yield (
        not late,
        f"{count(late, 'event')} of the record wait longer than {wait} minutes to be sealed; until then nobody can "
        "tell whether they were changed. The worker seals them: see that one runs, and its log"
        if late
        else "The record is sealed",
    )


def _mail() -> Iterator[Finding]:
    from isthmus.apps.core import health
    from isthmus.apps.core.numbers import count

    late, lost = health.late_mail(), health.given_up_mail()
    yield (
        not late,
        f"{count(late, 'message')} should have been sent by now. See that a worker runs and ISTHMUS_MAIL_SMTP answers"
        if late
        else "No mail is late",
    )
    if lost:
        days = health.GIVEN_UP_DAYS
        yield (
            False,
            f"{count(lost, 'message')} of the last {days} days could not be sent; the worker's log says why",
        )


def _aside() -> Iterator[Finding]:
    """What a restore replaced is personal data that nobody looks after."""
    from isthmus.site import databases

    kept = databases.kept_aside()
    if kept:
        yield False, f"Kept from before a restore: {', '.join(kept)}. Remove it when you are sure"


def _assets() -> Iterator[Finding]:
    from django.contrib.staticfiles import finders

    for path in ("isthmus/css/isthmus.css", "isthmus/js/isthmus.js"):
        yield finders.find(path) is not None, f"The file {path} is in its place"


def _fonts() -> Iterator[Finding]:
    """Nothing here draws a document yet, so no font of the system is needed."""
    yield True, "No system package is needed by this version"
