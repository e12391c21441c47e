"""The weights of `isthmus form`: from `nearness=1,mixed:phase=0.5` to terms."""

from __future__ import annotations

import argparse
import itertools
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from isthmus.cli.words import InputProblem

if TYPE_CHECKING:
    from isthmus.methods.formation import Term
    from isthmus.methods.formation.readers.table import GivenPlan

NAMES = "nearness, mixed:COLUMN, alike:COLUMN, balance:COLUMN, themes, complementarity, continuity, newness or wishes"


def read_terms(args: argparse.Namespace, given: GivenPlan | None) -> tuple[Term, ...]:
    """The terms that `--weights` names, with the files that some of them need. Raises InputProblem."""
    found = [_term(part.strip(), args, given) for part in args.weights.split(",")]
    for option, term in (("earlier", "newness"), ("wishes", "wishes")):
        if getattr(args, option) is not None and not any(one.name == term for one in found):
            raise InputProblem(f"--{option} is for the weight {term}: add {term}=1 to --weights.")
    return tuple(found)


def _term(part: str, args: argparse.Namespace, given: GivenPlan | None) -> Term:
    from isthmus.methods.formation import (
        Alike,
        Complementarity,
        Continuity,
        Mixed,
        Nearness,
        Newness,
        Themes,
        Wishes,
    )
    from isthmus.methods.formation.readers.table import read_plan, read_wishes

    name, equals, value = part.partition("=")
    name, _, column = name.strip().partition(":")
    column = column.strip().casefold()
    try:
        weight = float(value) if equals else 1.0
    except ValueError:
        raise InputProblem(f"--weights '{part}': '{value}' is not a number.") from None
    by_column: dict[str, Callable[[], Term]] = {
        "mixed": lambda: Mixed(column, weight),
        "alike": lambda: Alike(column, weight),
        "balance": lambda: Mixed(column, weight, kind="number"),
    }
    if name in by_column:
        if not column:
            raise InputProblem(f"--weights '{part}': name a column, as in {name}:phase=0.5.")
        return by_column[name]()
    if name == "themes":
        return Themes(column or "themes", weight)
    if name == "continuity" and given is None:
        raise InputProblem("--weights continuity needs the networks of today: add --start PLAN.")
    if name == "newness" and args.earlier is None:
        raise InputProblem("--weights newness needs the networks of the other layer: add --earlier PLAN.")
    if name == "wishes" and args.wishes is None:
        raise InputProblem("--weights wishes needs a table of wishes (urn,wish): add --wishes FILE.csv.")
    plain: dict[str, Callable[[], Term]] = {
        "nearness": lambda: Nearness(weight),
        "complementarity": lambda: Complementarity(weight),
        "continuity": lambda: Continuity(_pairs(given.groups if given else ()), weight),
        "newness": lambda: Newness(_pairs(read_plan(args.earlier).groups), weight),
        "wishes": lambda: Wishes(read_wishes(args.wishes), weight),
    }
    if name not in plain or column:
        raise InputProblem(f"--weights '{part}': there is no such term. Use {NAMES}, as in nearness=1.")
    return plain[name]()


def _pairs(groups: Sequence[Sequence[str]]) -> tuple[tuple[str, str], ...]:
    return tuple(pair for group in groups for pair in itertools.combinations(group, 2))


def themes_split(
    terms: Sequence[Term], attributes: Mapping[str, Sequence[object]]
) -> dict[str, Sequence[object]]:
    """The columns that a term reads as themes, each cell split at its semicolons."""
    from isthmus.methods.formation import Themes

    return {
        term.attribute: tuple(
            tuple(t.strip() for t in cell.split(";") if t.strip()) if isinstance(cell, str) else cell
            for cell in attributes[term.attribute]
        )
        for term in terms
        if isinstance(term, Themes) and term.attribute in attributes
    }
