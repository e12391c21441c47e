"""`isthmus survey`: score a file of answers, list and check instruments. Nothing heavy is imported until it runs."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from isthmus.cli.words import InputProblem

if TYPE_CHECKING:
    from isthmus.methods.surveys.instruments import Instrument

SCORED, BAD_INPUT, WITHHELD = 0, 2, 3
MOST_SHOWN = 1_000_000
"""Bytes of an instrument's file; more is refused where it is read."""

SCORE = """\
Score a file of answers: means, levels or stages of each section, for everybody and for the groups you name, with
their intervals. The figures are those of the website.

ANSWERS.csv has a line of headings and a row for each person. A column is headed by the id of each item; it holds codes
or the labels of the scale, nothing (or NA) where there is no answer, n/a where the item does not apply, dk for 'I do
not know'. Other columns can be used to make groups.

NO DISCLOSURE RULES ARE APPLIED: the file is yours, and you see groups of every size. Before you pass figures about
people on, use --suppress, which shows what the website would show of an anonymous survey."""
SCORE_EPILOG = """\
examples:
  isthmus survey score answers.csv --instrument collaboration-diagnostic
  isthmus survey score answers.csv --instrument mine.yaml --group school --group school,role --json
  isthmus survey score answers.csv --instrument mine.yaml --group school --asked staff.csv
      staff.csv: school,asked with a row for each school; gives response rates and intervals for finite numbers
  isthmus survey score answers.csv --instrument mine.yaml --group school --group role --suppress

exit codes: 0 scored; 2 something in the input is wrong (the message says what to do); 3 with --suppress, where nothing
may be shown."""
INSTRUMENTS = """\
List the instruments that come with Isthmus. With the id of one, or a file, write it as YAML: to keep, to change and
bring in under an id of its own. A file is checked first, and everything that is wrong is said with its line."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's own words."""
    commands = parser.add_subparsers(dest="survey_command", metavar="COMMAND", required=True)
    score = commands.add_parser(
        "score",
        help="score a file of answers",
        description=SCORE,
        epilog=SCORE_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = score.add_argument
    add("answers", metavar="ANSWERS.csv", type=Path, help="a row for each person, a column for each item")
    add(
        "--instrument", metavar="FILE|ID", required=True, help="a YAML file, or the id of one that is shipped"
    )
    add(
        "--group",
        metavar="COLUMN[,COLUMN…]",
        action="append",
        default=[],
        help="results for each value of a column, or of several together; may be given again",
    )
    add(
        "--asked",
        metavar="ASKED.csv",
        type=Path,
        help="how many could have answered: columns to group by, and asked",
    )
    add("--suppress", action="store_true", help="show only what disclosure rules let through (slower)")
    add(
        "--threshold",
        metavar="K",
        type=int,
        default=10,
        help="with --suppress: the smallest group that is shown (default: 10, at least 5)",
    )
    add("--json", action="store_true", help="print the results as JSON")
    listing = commands.add_parser(
        "instruments",
        help="list the instruments that come with Isthmus; write or check one",
        description=INSTRUMENTS,
    )
    listing.add_argument("instrument", metavar="FILE|ID", nargs="?", help="write this one as YAML")
    listing.add_argument("--json", action="store_true", help="print as JSON")


def run(args: argparse.Namespace) -> int:
    """Carry out `isthmus survey` and return its exit code."""
    from isthmus.methods.surveys import SurveyError

    try:
        return _instruments(args) if args.survey_command == "instruments" else _score(args)
    except BrokenPipeError:
        raise
    except (InputProblem, SurveyError, OSError) as error:
        for line in str(error).splitlines():
            print(f"isthmus survey {args.survey_command}: {line}", file=sys.stderr)
        return BAD_INPUT
    except KeyboardInterrupt:
        print(f"isthmus survey {args.survey_command}: stopped.", file=sys.stderr)
        return BAD_INPUT


def find_instrument(given: str) -> Instrument:
    """The shipped instrument of this id, else the one in this file. Raises `InputProblem` or `InstrumentError`."""
    from isthmus.methods.surveys.instruments import by_id, load, shipped

    path = Path(given)
    if path.is_file():
        with path.open("rb") as file:
            return load(file.read(MOST_SHOWN + 1), name=given)
    try:
        return by_id(given)
    except KeyError:
        ids = ", ".join(sorted(one.id for one in shipped()))
        raise InputProblem(
            f"--instrument '{given}': there is no such file, and no such instrument. Shipped are: {ids}."
        ) from None


def _instruments(args: argparse.Namespace) -> int:
    import json

    from isthmus.cli.survey_output import listing
    from isthmus.methods.surveys.instruments import dump, shipped, to_dict

    if args.instrument is not None:
        found = find_instrument(args.instrument)
        print(json.dumps(to_dict(found), ensure_ascii=False) if args.json else dump(found).rstrip("\n"))
    elif args.json:
        print(json.dumps([to_dict(one) for one in shipped()], ensure_ascii=False))
    else:
        print(listing(shipped()))
    return SCORED


def _score(args: argparse.Namespace) -> int:
    from isthmus.cli.survey_input import read_answers, read_asked
    from isthmus.cli.survey_output import as_json, as_text
    from isthmus.methods.surveys.instruments import results

    instrument = find_instrument(args.instrument)
    groupings = tuple(dict.fromkeys(tuple(c.strip() for c in one.split(",")) for one in args.group))
    for grouping in groupings:
        if "" in grouping or len(set(grouping)) < len(grouping):
            raise InputProblem(f"--group '{','.join(grouping)}': name columns of the file, each once.")
    instrument, read, notes = read_answers(args.answers, instrument, groupings)
    if args.suppress:
        from isthmus.cli.survey_suppressed import show

        return SCORED if show(args, instrument, read, groupings, notes) else WITHHELD
    asked = None if args.asked is None else read_asked(args.asked, groupings)
    found = results(instrument, read.codes, read.columns, groupings, asked=asked)
    print(as_json(found, notes) if args.json else as_text(found, notes))
    return SCORED
