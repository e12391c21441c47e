"""The `isthmus` command. Nothing heavy is imported until a command needs it, so that help is quick."""

from __future__ import annotations

import argparse
import os
import sys

from isthmus import __version__

DESCRIPTION = "Isthmus: which schools could work together, and what came of it."
EPILOG = """\
To look around on this machine:      isthmus run
To propose networks from a table:    isthmus form schools.csv --size 6..10
To score a file of answers:          isthmus survey score answers.csv --instrument collaboration-diagnostic
To see whether all is well:          isthmus doctor

Every command explains itself: isthmus COMMAND --help
"""


def build_parser() -> argparse.ArgumentParser:
    """The whole command line."""
    parser = argparse.ArgumentParser(
        prog="isthmus",
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"isthmus {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", title="commands")

    run = commands.add_parser("run", help="start the website and its worker on this machine")
    run.add_argument("--port", type=int, help="port of the website (default: the variable PORT, else 8000)")
    run.add_argument("--host", default="127.0.0.1", help="address to listen on (default: this machine only)")
    run.add_argument("--no-worker", action="store_true", help="only the website; the worker runs elsewhere")

    worker = commands.add_parser("worker", help="do the long tasks that people start on the website")
    worker.add_argument("--once", action="store_true", help="do what is waiting, then end")

    register = commands.add_parser("register", help="the public register of schools")
    register_commands = register.add_subparsers(dest="register_command", metavar="COMMAND", required=True)
    load = register_commands.add_parser(
        "import",
        help="bring in files of the public register",
        description="Reads each file, says what would be new, changed or closed and which rows are wrong, and then "
        "writes all of it or nothing. Bringing the same file in twice changes nothing.",
    )
    load.add_argument(
        "files", nargs="+", metavar="FILE", help="CSV files of the register, its links, groups or results"
    )
    load.add_argument("--check", action="store_true", help="only say what would change; write nothing")
    load.add_argument(
        "--date", metavar="YYYY-MM-DD", help="the day the file describes, where its name does not say"
    )

    from isthmus.cli import form

    form.add_arguments(
        commands.add_parser(
            "form",
            help="propose networks from a table of schools",
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
    )

    from isthmus.cli import survey

    survey.add_arguments(
        commands.add_parser("survey", help="score files of answers; list and check instruments")
    )

    person = commands.add_parser("person", help="people who may sign in")
    person_commands = person.add_subparsers(dest="person_command", metavar="COMMAND", required=True)
    add = person_commands.add_parser(
        "add",
        help="add somebody, and show a link with which they sign in once",
        description="For the first administrator, who then invites everybody else. Doing it again makes a new link.",
    )
    add.add_argument("email", metavar="EMAIL", help="the person's e-mail address")
    add.add_argument("name", metavar="NAME", help="the person's name")
    add.add_argument("--administrator", action="store_true", help="let them look after this installation")
    add.add_argument("--send", action="store_true", help="send the link by e-mail instead of showing it")

    export = commands.add_parser("export", help="write a plan of networks to a file")
    export.add_argument("plan", metavar="PLAN", help="number of the plan, as in its address")
    export.add_argument(
        "file", metavar="FILE", help="file to write; its ending says how: .xlsx, .csv or .geojson"
    )

    from isthmus.cli import audit

    audit.add_arguments(
        commands.add_parser("audit", help="the record of what changed: write it to a file, check it")
    )

    from isthmus.cli import operation

    operation.add_arguments(commands)

    privacy = commands.add_parser("privacy", help="personal data that was erased")
    privacy_commands = privacy.add_subparsers(dest="privacy_command", metavar="COMMAND", required=True)
    privacy_commands.add_parser(
        "replay",
        help="erase again what a restored database does not know to be erased",
        description="Reads the journal of erasures (ISTHMUS_ERASURE_JOURNAL). `isthmus restore` does it by itself; "
        "after a restore by other means run this before anybody uses the website. Twice does no harm.",
    )

    demo = commands.add_parser(
        "demo", help="make the fictional authority and the people of the demonstration"
    )
    demo.add_argument("--seed", type=int, default=1, help="another seed makes another authority (default: 1)")

    commands.add_parser("doctor", help="check this installation and say how to mend it")
    return parser


def main(argv: list[str] | None = None) -> int:
    """Run one command; returns the exit code (0 well, 2 bad input, others as each command says)."""
    parser = build_parser()
    args = parser.parse_args(argv)
    if args.command is None:
        parser.print_help()
        return 0
    try:
        return _command(args)
    except BrokenPipeError:
        # Whoever read what we print (`| head`) has seen enough. Python must not complain when it flushes at the end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _command(args: argparse.Namespace) -> int:
    if args.command == "form":
        from isthmus.cli import form

        return form.run(args)
    if args.command == "survey":
        from isthmus.cli import survey

        return survey.run(args)
    if args.command == "audit" and args.audit_command == "verify":
        from isthmus.cli import audit

        return audit.verify(args)
    from isthmus.cli import site

    return site.run(args)
