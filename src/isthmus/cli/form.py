"""`isthmus form`: propose networks of schools from a file. Nothing heavy is imported until it runs."""

from __future__ import annotations

import argparse
import signal
import sys
from dataclasses import replace
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

from isthmus.cli.words import InputProblem

if TYPE_CHECKING:
    from isthmus.methods.formation import Plan, Problem, Progress, Sizes
    from isthmus.methods.formation.readers.table import GivenPlan

PLANNED, BAD_INPUT, NO_PLAN, UNDECIDED = 0, 2, 3, 4

DESCRIPTION = """\
Propose networks: put the schools of a file into groups of the size you ask for, so that what matters to you is as
good as possible and every rule holds.

A file of schools is a CSV table with the columns urn, easting and northing (National Grid metres). Any other column
can be used in rules and weights."""

EPILOG = """\
examples:
  isthmus form schools.csv --size 6..10
      networks of 6 to 10 near schools, shown as a table
  isthmus form schools.csv --size 6..10 --rules rules.yaml --json --out plan.json
      keep the rules in rules.yaml; write the plan to plan.json
  isthmus form schools.csv --size 6..10 --weights nearness=1,mixed:phase=0.5
      near, and of mixed phases
  isthmus form schools.csv --size 6..10 --start today.csv --max-moves 20
      improve today's networks; at most 20 schools change

exit codes: 0 a plan; 2 something in the input is wrong (the message says what to do); 3 no plan satisfies the
rules; 4 undecided within the limit. Ctrl-C stops and gives the best plan so far."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the options of `isthmus form` to a parser."""
    parser.description, parser.epilog = DESCRIPTION, EPILOG
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    add = parser.add_argument
    add("file", metavar="FILE", type=Path, help="the schools, or a published instance (see --format)")
    add(
        "--format",
        choices=("csv", "mdgplib", "handover", "ccp"),
        default="csv",
        help="what FILE is (default: csv)",
    )
    add("--size", metavar="MIN..MAX", help="schools in a network, as in 6..10")
    add("--groups", metavar="K", type=int, help="number of networks (default: by the middle of --size)")
    add(
        "--objective", choices=("pairs", "mean"), default="pairs",
        help="sum over the pairs of each network, or their mean in each network (default: pairs)",
    )  # fmt: skip
    add(
        "--weights", metavar="TERM=W,…", default="nearness=1",
        help="what matters: nearness, mixed:COLUMN, alike:COLUMN, balance:COLUMN, themes, complementarity, "
        "continuity, newness, wishes (default: nearness=1)",
    )  # fmt: skip
    add("--earlier", metavar="PLAN", type=Path, help="networks of another layer, for the weight newness")
    add(
        "--wishes",
        metavar="FILE.csv",
        type=Path,
        help="who wishes for whom (urn,wish), for the weight wishes",
    )
    add("--rules", metavar="RULES.yaml", type=Path, help="rules that must hold")
    add(
        "--travel",
        metavar="MATRIX.csv",
        type=Path,
        help="travel times (from,to,minutes) instead of straight lines",
    )
    add("--start", metavar="PLAN", type=Path, help="improve this plan (CSV urn,network, or a plan in JSON)")
    add("--max-moves", metavar="N", type=int, help="at most N schools of --start change network")
    add("--evaluate", metavar="PLAN", type=Path, help="score this plan and check its rules; change nothing")
    limit = parser.add_mutually_exclusive_group()
    limit.add_argument("--seconds", metavar="S", type=float, help="seconds to search, start-up not counted")
    limit.add_argument(
        "--steps", metavar="N", type=int, help="trial moves; the same seed then gives the same plan"
    )
    add("--seed", metavar="N", type=int, default=1, help="where chance starts (default: 1)")
    add(
        "--workers",
        metavar="N",
        type=int,
        default=1,
        help="threads (default: 1); no effect on the plan with --steps",
    )
    add("--json", action="store_true", help="print the plan as JSON")
    add("--out", metavar="PLAN.json", type=Path, help="write the plan as JSON to this file")


class Interrupt:
    """What Ctrl-C does: before there is a plan it ends the command; after, it asks the search to stop."""

    def __init__(self) -> None:
        self.asked = False
        self.has_plan = False

    def __call__(self, _signal: int, _frame: FrameType | None) -> None:
        self.asked = True
        if not self.has_plan:
            raise KeyboardInterrupt


def run(args: argparse.Namespace) -> int:
    """Carry out `isthmus form` and return its exit code."""
    interrupt = Interrupt()
    before = signal.signal(signal.SIGINT, interrupt)
    try:
        return _run(args, interrupt)
    except KeyboardInterrupt:
        print("isthmus form: stopped before there was a plan, so nothing is decided.", file=sys.stderr)
        return UNDECIDED
    finally:
        signal.signal(signal.SIGINT, before)


def _run(args: argparse.Namespace, interrupt: Interrupt) -> int:
    from isthmus.cli.form_output import CannotWrite, deliver, try_out
    from isthmus.methods.formation import ProblemError
    from isthmus.methods.formation.readers import InputError

    try:
        problem, given, notes = _problem(args)
        if args.out is not None:
            try_out(args.out)
        plan = _plan(args, problem, given, interrupt)
    except (InputError, InputProblem, CannotWrite, ProblemError, UnicodeError) as error:
        print(f"isthmus form: {error}", file=sys.stderr)
        return BAD_INPUT
    # What is found is now written to the end.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    plan = replace(plan, warnings=(*notes, *plan.warnings))
    if not deliver(problem, plan, out=args.out, as_json=args.json):
        return BAD_INPUT
    if plan.status == "infeasible":
        return NO_PLAN
    return UNDECIDED if plan.status == "undecided" else PLANNED


def _problem(args: argparse.Namespace) -> tuple[Problem, GivenPlan | None, tuple[str, ...]]:
    """The problem that the options pose, the plan given with --start or --evaluate, and notes on the file."""
    from isthmus.methods.formation.readers.matrices import read_handover, read_pairs
    from isthmus.methods.formation.readers.table import read_plan

    if args.evaluate is not None and args.start is not None:
        raise InputProblem(
            "--evaluate changes nothing, so it cannot be combined with --start. Leave one of them out."
        )
    if args.max_moves is not None and args.start is None:
        raise InputProblem("--max-moves needs a plan to start from: add --start PLAN.")
    source = args.evaluate or args.start
    given = None if source is None else read_plan(source)
    if args.format == "csv":
        problem, notes = _schools(args, given)
        return problem, given, notes
    for option in ("size", "groups", "travel", "rules", "earlier", "wishes"):
        if getattr(args, option) is not None:
            raise InputProblem(f"--{option} is for --format csv; in {args.format} the file says it all.")
    if args.weights != "nearness=1":
        raise InputProblem(f"--weights is for --format csv; in {args.format} the file gives the values.")
    problem = (
        read_handover(args.file)
        if args.format == "handover"
        else read_pairs(args.file, weighted=args.format == "ccp")
    )
    if args.objective == "mean":
        if args.format == "handover":
            raise InputProblem("--objective mean is not for handover files; they state their own objective.")
        problem = replace(problem, objective="mean")
    return problem, given, ()


def _schools(args: argparse.Namespace, given: GivenPlan | None) -> tuple[Problem, tuple[str, ...]]:
    from isthmus.cli.form_terms import read_terms, themes_split
    from isthmus.methods.formation import Problem, Travel
    from isthmus.methods.formation.readers.rules import read_rules
    from isthmus.methods.formation.readers.table import read_schools, read_travel

    schools = read_schools(args.file)
    terms = read_terms(args, given)
    attributes = {**schools.attributes, **themes_split(terms, schools.attributes)}
    placed = sum(1 for x, _ in schools.coordinates if x == x)
    problem = Problem(
        ids=schools.ids,
        coordinates=schools.coordinates,
        bounds=_sizes(args, placed, given),
        attributes=attributes,
        terms=terms,
        rules=read_rules(args.rules) if args.rules is not None else (),
        objective=args.objective,
        travel=None if args.travel is None else Travel(read_travel(args.travel)),
    )
    return problem, schools.notes


def _sizes(args: argparse.Namespace, placed: int, given: GivenPlan | None) -> Sizes:
    from isthmus.methods.formation import Sizes

    if args.size is not None:
        low, dots, high = args.size.replace("–", "..").replace("-", "..").partition("..")
        for part in (low, high) if dots else (low,):
            if not (part.strip().isascii() and part.strip().isdigit() and len(part) < 10):
                raise InputProblem(f"--size '{args.size}': write it as 6..10.")
        return Sizes(int(low), int(high if dots else low), args.groups)
    if args.groups is not None:
        return Sizes.equal(placed, args.groups)
    if given is not None:
        sizes = [len(group) for group in given.groups]
        wide = args.evaluate is not None
        return Sizes(1, max(placed, 1)) if wide else Sizes(min(sizes), max(sizes))
    raise InputProblem(
        "Say how large a network should be: add --size 6..10, or --groups with the number of networks."
    )


def _plan(args: argparse.Namespace, problem: Problem, given: GivenPlan | None, interrupt: Interrupt) -> Plan:
    from isthmus.methods.formation import Stop, evaluate, solve

    if args.evaluate is not None and given is not None:
        return evaluate(problem, given.groups, names=given.names)
    stop = Stop(seconds=args.seconds, steps=args.steps)

    def on_progress(progress: Progress) -> bool:
        interrupt.has_plan = True
        if sys.stderr.isatty():
            print(
                f"\r{progress.fraction:4.0%}  objective {progress.objective:,.1f} ", end="", file=sys.stderr
            )
        return not interrupt.asked

    try:
        return solve(
            problem,
            stop=stop,
            seed=args.seed,
            workers=args.workers,
            start=given.groups if given else None,
            start_names=given.names if given else None,
            max_moves=args.max_moves,
            on_progress=on_progress,
        )
    finally:
        if sys.stderr.isatty():
            print("\r" + " " * 60 + "\r", end="", file=sys.stderr)
