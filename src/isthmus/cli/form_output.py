"""Where a plan of `isthmus form` goes: to a file, all of it or nothing, and to the screen."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from isthmus.methods.formation import Plan, Problem


class CannotWrite(Exception):
    """A place that cannot be written to. The message says what to do."""


def deliver(problem: Problem, plan: Plan, *, out: Path | None, as_json: bool) -> bool:
    """Write the plan to ``out`` and print it, the one even where the other fails. Whether both went well."""
    from isthmus.methods.formation.report import report

    found = plan.to_dict()
    lost = ""
    if out is not None:
        try:
            _write_whole(out, found)
        except OSError as error:
            lost = f"--out: {out} cannot be written ({_why(error)}). The plan is printed; keep it from there."
    text = json.dumps(found, ensure_ascii=False, allow_nan=False) if as_json else report(problem, plan)
    if out is not None and not lost and not as_json:
        text += f"\nWritten to {out}"
    try:
        print(text, flush=True)
    except BrokenPipeError:
        raise
    except OSError as error:
        # Python must not try to print it again when it ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        kept = f"It is in {out}." if out and not lost else "Add --out with a file that can be written."
        lost = f"the plan cannot be printed ({_why(error)}). {kept}"
    if lost:
        print(f"isthmus form: {lost}", file=sys.stderr)
    return not lost


def _why(error: OSError) -> str:
    return error.strerror or str(error)


def try_out(path: Path) -> None:
    """Find out before the search, not after it."""
    if not path.parent.is_dir():
        raise CannotWrite(f"--out: there is no folder {path.parent}. Make it first.")
    if path.is_dir():
        raise CannotWrite(f"--out: {path} is a folder. Name a file in it, as in {path / 'plan.json'}.")
    if path.exists() and not path.is_file():
        raise CannotWrite(f"--out: {path} is no ordinary file. To print the plan, use --json.")
    try:
        with tempfile.TemporaryFile(dir=path.parent, prefix=f".{path.name}."):
            pass
    except OSError as error:
        raise CannotWrite(
            f"--out: {path} cannot be written ({_why(error)}). Name a file in a folder of yours."
        ) from error


def _write_whole(path: Path, found: dict[str, Any]) -> None:
    """Write all of it or nothing: to a file beside it first, which then takes its name."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            json.dump(found, stream, ensure_ascii=False, allow_nan=False, indent=1)
            stream.write("\n")
        umask = os.umask(0)
        os.umask(umask)
        Path(name).chmod(0o666 & ~umask)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
