"""Commands that need the website's settings and database."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path


def run(args: argparse.Namespace) -> int:
    """Run one command; settings that are unsafe or wrong end it with 2 and a sentence."""
    from isthmus.site.environment import UnsafeSettings

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "isthmus.site.settings")
    known: dict[str, Callable[[argparse.Namespace], int]] = {
        "run": _run,
        "worker": _worker,
        "register": _register_import,
        "person": _person_add,
        "export": _export,
        "audit": _audit_export,
        "migrate": _migrate,
        "backup": _backup,
        "restore": _restore,
        "privacy": _privacy_replay,
        "demo": _demo,
        "doctor": _doctor,
    }
    try:
        return known[args.command](args)
    except UnsafeSettings as error:
        print(error, file=sys.stderr)
        return 2


def _django() -> None:
    import django

    django.setup()


def _progress(percent: int, message: str) -> None:
    """One line that renews itself on a terminal, and a line a step elsewhere."""
    end = "\r" if sys.stderr.isatty() else "\n"
    print(f"{percent:3d}%  {message:<60}", end=end, file=sys.stderr, flush=True)


def _run(args: argparse.Namespace) -> int:
    from isthmus.site import server

    port = args.port if args.port is not None else os.environ.get("PORT", "8000")
    if not str(port).isdigit() or not 0 < int(port) < 65536:
        print(f"The port must be a number from 1 to 65535, not {port!r}.", file=sys.stderr)
        return 2
    _django()
    return server.run(args.host, int(port), worker=not args.no_worker, progress=_progress)


def _worker(args: argparse.Namespace) -> int:
    _django()
    from isthmus.site import worker

    return worker.run(once=args.once)


def _register_import(args: argparse.Namespace) -> int:
    from isthmus.site import migrations

    try:
        day = date.fromisoformat(args.date) if args.date else None
    except ValueError:
        print(f"--date must be a day such as 2026-09-01, not {args.date!r}.", file=sys.stderr)
        return 2
    _django()
    migrations.ensure(_progress)
    from isthmus.site import commands

    return commands.import_files(
        [Path(f) for f in args.files], check_only=args.check, day=day, progress=_progress
    )


def _person_add(args: argparse.Namespace) -> int:
    from isthmus.site import migrations

    _django()
    migrations.ensure(_progress)
    from isthmus.site import commands

    return commands.add_person(args.email, args.name, administrator=args.administrator, send=args.send)


def _export(args: argparse.Namespace) -> int:
    _django()
    from isthmus.site import commands

    return commands.export(args.plan, Path(args.file))


def _audit_export(args: argparse.Namespace) -> int:
    _django()
    from isthmus.site import ledger

    try:
        written = ledger.export(args.area, args.file)
    except (LookupError, OSError) as error:
        print(error, file=sys.stderr)
        return 2
    print(f"{written:,} {'entry' if written == 1 else 'entries'} written to {args.file}")
    return 0


def _migrate(args: argparse.Namespace) -> int:
    from isthmus.site import migrations

    _django()
    try:
        migrations.ensure(_progress)
    except migrations.TableInUse as error:
        print(error, file=sys.stderr)
        return 1
    print("The database is up to date.")
    return 0


def _backup(args: argparse.Namespace) -> int:
    from isthmus.site.archive import Refused

    if (args.file is None) == (args.into is None) or (args.check and args.file is None) or args.keep < 1:
        print(
            "Give one of FILE and --into FOLDER, --check with FILE, and --keep at least 1.", file=sys.stderr
        )
        return 2
    if not args.check:
        _django()
    from django.db.utils import DatabaseError

    try:
        if args.check:
            _say_what_it_holds(args.file)
        elif args.into is not None:
            from isthmus.site.backup import rotate

            made, removed = rotate(args.into, args.keep)
            print(f"Written and read back: {made}" + "".join(f"\nRemoved: {path}" for path in removed))
        else:
            from isthmus.site.backup import make

            make(args.file)
            print(f"Written and read back: {args.file}")
    except (Refused, OSError, DatabaseError) as error:
        print(f"isthmus backup: {error}", file=sys.stderr)
        return 2
    return 0


def _say_what_it_holds(file: Path) -> None:
    from isthmus.site.archive import check

    manifest = check(file)
    print(f"{file} is whole: Isthmus {manifest.version}, {manifest.engine}, made at {manifest.made_at};")
    rows, files = sum(manifest.counts.values()), len(manifest.members) - 1
    print(f"rows: {rows:,}, tables: {len(manifest.counts)}, uploaded files: {files:,}.")


def _restore(args: argparse.Namespace) -> int:
    _django()
    from isthmus.site import doctor, restore

    try:
        done = restore.restore(args.file, replace=args.replace, progress=_progress)
    except restore.FAULTS as error:
        print(f"isthmus restore: {error}\nNothing was changed.", file=sys.stderr)
        return 2
    for note in done.notes:
        print(note)
    for place in done.aside:
        print(f"What was there before is kept: {place}. Remove it when you are sure.")
    doctor.run()
    if not done.whole:
        print("The record is NOT whole: see the lines above.", file=sys.stderr)
    return 0 if done.whole else 1


def _privacy_replay(args: argparse.Namespace) -> int:
    _django()
    from isthmus.site import commands

    return commands.replay_erasures()


def _demo(args: argparse.Namespace) -> int:
    from isthmus.site import migrations

    _django()
    migrations.ensure(_progress)
    from isthmus.site import demonstration

    demonstration.build(seed=args.seed, progress=_progress)
    return 0


def _doctor(args: argparse.Namespace) -> int:
    from isthmus.site import doctor

    return doctor.run()
