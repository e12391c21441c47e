"""The words of the commands with which an installation is looked after. What they do is in `cli.site`."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

BACKUP = """\
Writes the database and the uploaded files into one file, for its owner only (mode 600), while the website runs. The
file is written whole and read back, or is not there. It holds everything that people entered, so keep it as safe as
the database. Not in it: ISTHMUS_SECRET_KEY and the journal of erasures, which must be kept apart from it.
"""
RESTORE = """\
Makes the backup ready beside the database and puts it in its place in one step; until then nothing changes. Stop
Isthmus first. Afterwards everybody signs in again, links that were sent before work no more, and who was erased since
the backup was made is erased again. Exit code: 0 done, 1 done but something is to be mended, 2 refused.
"""


def add_arguments(commands: argparse._SubParsersAction[Any]) -> None:
    """`migrate`, `backup`, `restore`."""
    commands.add_parser(
        "migrate",
        help="bring the database up to this version",
        description="`isthmus run` does it, too. Done before a restart, the website goes on meanwhile.",
    )
    backup = commands.add_parser(
        "backup", help="write database and uploaded files into one file", description=BACKUP
    )
    backup.add_argument(
        "file", nargs="?", type=Path, metavar="FILE", help="file to write, which is not there yet"
    )
    backup.add_argument("--check", action="store_true", help="only read FILE, and say whether it is whole")
    backup.add_argument(
        "--into", type=Path, metavar="FOLDER", help="write a file named by the time into this folder"
    )
    backup.add_argument(
        "--keep",
        type=int,
        metavar="N",
        default=14,
        help="with --into: leave the N newest, remove others (default: 14)",
    )
    restore = commands.add_parser(
        "restore", help="put a backup in the place of the database", description=RESTORE
    )
    restore.add_argument("file", type=Path, metavar="FILE", help="a file that isthmus backup wrote")
    restore.add_argument(
        "--replace", action="store_true", help="even though the database is not empty; it is kept aside"
    )
