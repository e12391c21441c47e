"""`isthmus audit`: check an export of the record, without the website and without a database."""

from __future__ import annotations

import argparse
import json
import re
import sys
from pathlib import Path

from isthmus.methods import ledger

MOST_FINDINGS = 20


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's own words."""
    commands = parser.add_subparsers(dest="audit_command", metavar="COMMAND", required=True)
    export = commands.add_parser(
        "export",
        help="write the record of an area to a file",
        description="Reads the database of this installation.",
    )
    export.add_argument(
        "area",
        metavar="AREA",
        help="name, code or number of the area, or: installation, for what belongs to no area",
    )
    export.add_argument("file", type=Path, metavar="FILE", help="file to write")
    verify = commands.add_parser(
        "verify",
        help="check such a file, on any machine",
        description="Says what was edited, dropped or reordered. With --head also whether the end was cut off or the "
        "whole was written anew after the head was published. Exit code: 0 whole, 1 not whole, 2 cannot be read.",
    )
    verify.add_argument("file", type=Path, metavar="FILE", help="a file that isthmus audit export wrote")
    verify.add_argument(
        "--head",
        metavar="HEAD",
        help="a head that was kept: the saved file, or its number as the page shows it",
    )


def verify(args: argparse.Namespace) -> int:
    """Check a file and say what was found."""
    try:
        with args.file.open(encoding="ascii", newline="\n") as file:
            export = ledger.read(file)
        head = read_head(args.head, export.chain) if args.head else None
    except (OSError, UnicodeDecodeError, ledger.Unreadable) as error:
        print(f"{args.file}: {error}", file=sys.stderr)
        return 2
    return _report(ledger.verify(export, head))


def read_head(given: str, chain: str) -> ledger.Head:
    """The head in a saved file, or written as SIZE:ROOT. Raises `Unreadable` or OSError."""
    if written := re.fullmatch(r"(\d{1,18}):([0-9a-f]{64})", given.strip()):
        return ledger.Head(chain, int(written[1]), written[2])
    try:
        return ledger.read_head(json.loads(Path(given).read_text(encoding="ascii")))
    except ValueError:
        raise ledger.Unreadable(f"{given} is no head: give its saved file, or its number") from None


def _report(verdict: ledger.Verdict) -> int:
    for finding in verdict.findings[:MOST_FINDINGS]:
        print(f"{finding.fault.upper()}  {finding.words}.")
    if len(verdict.findings) > MOST_FINDINGS:
        print(f"... and {len(verdict.findings) - MOST_FINDINGS:,} more.")
    if verdict.erased:
        print(
            f"Erased: what {len(verdict.erased):,} of the entries told. Their places in the record are kept."
        )
    print(
        f"{verdict.entries:,} entries of {verdict.head.chain}. Their head: {verdict.head.size}:{verdict.head.root}"
    )
    if not verdict.whole:
        print("The record is NOT whole.")
        return 1
    if verdict.against is None:
        print(
            "The entries fit one another. Only a head that was kept elsewhere (--head) shows whether the end was"
        )
        print("cut off, or everything was written anew.")
    else:
        print(f"The record is whole: it begins with the {verdict.against.size:,} entries of the given head.")
    return 0
