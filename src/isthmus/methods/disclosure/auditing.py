"""One item: which groups show it, and in how much detail, so that all audits hold."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from isthmus.methods.disclosure import bands, bounds, selecting
from isthmus.methods.disclosure.bands import Rows
from isthmus.methods.disclosure.bounds import System, Target
from isthmus.methods.disclosure.model import Bools, Cell, Detail, DisclosureError, Group, Ints, Item, Rules
from isthmus.methods.disclosure.selecting import Frame

Details = dict[int, Detail]


@dataclass(frozen=True)
class Earlier:
    """A cell that was published before on the same answers, and its atoms (m,)."""

    inside: Bools
    cell: Cell
    rows: Rows

    @staticmethod
    def of(inside: Bools, cell: Cell, item: Item, counts: Ints) -> Earlier:
        """Lay out a cell over true ``counts`` (m, C). Raises DisclosureError where it does not fit them: answers, or
        who belongs where, were changed after it was frozen."""
        whole = counts[inside].sum(axis=0)
        rows = bands.rows_of(cell, item, whole)
        stands = rows.weight @ whole
        if cell.base != whole.sum() or (stands < rows.low).any() or (stands > rows.high).any():
            raise DisclosureError(
                "The answers are no longer those of the earlier report; they must stay frozen"
            )
        return Earlier(inside, cell, rows)


@dataclass(frozen=True)
class Question:
    """What one audit works on. ``counts`` (m, C) true counts of the item; ``allowed`` (g,) groups that have results at
    all; ``cells`` (k, m) hidden groups of earlier reports; ``ask`` raises when somebody stopped the work;
    ``printed`` keeps what was worked out of a group and detail."""

    item: Item
    counts: Ints
    groups: tuple[Group, ...]
    frame: Frame
    allowed: Bools
    earlier: tuple[Earlier, ...]
    cells: Bools
    rules: Rules
    ask: Callable[[], None]
    printed: dict[tuple[int, Detail], tuple[Cell, Rows]] = field(default_factory=dict)


def audit(question: Question) -> dict[int, Cell]:
    """The cells that are shown, by position of their group. Raises Unsafe."""
    sizes = question.counts.sum(axis=1)
    base = question.frame.inside @ sizes
    before = np.array([one.inside for one in question.earlier], dtype=np.bool_).reshape(-1, len(sizes))
    allowed, proven = question.allowed.copy(), set[tuple[bytes, bytes]]()
    details: Details = {}
    while True:
        question.ask()
        shown = selecting.select(question.frame, sizes, allowed, before, question.rules)
        details = {
            int(g): details.get(int(g), _fullest(question, int(g), base)) for g in np.flatnonzero(shown)
        }
        details = _opened(question, details, base, proven)
        kept = np.zeros_like(allowed)
        kept[[g for g, detail in details.items() if detail < Detail.HIDDEN]] = True
        if (kept == shown).all():
            return {g: _print(question, g, detail)[0] for g, detail in details.items()}
        allowed = kept


def _fullest(question: Question, g: int, base: Ints) -> Detail:
    """No more than an earlier report showed of the same group."""
    steps = bands.ladder(question.item, int(base[g]))
    shown = [one.cell.detail for one in question.earlier if one.cell.group == question.groups[g]]
    return max([steps[0], *shown])


def _print(question: Question, g: int, detail: Detail) -> tuple[Cell, Rows]:
    if (g, detail) not in question.printed:
        counts = question.counts[question.frame.inside[g]].sum(axis=0)
        cell = bands.print_cell(question.groups[g], question.item, counts, detail)
        question.printed[g, detail] = cell, bands.rows_of(cell, question.item, counts)
    return question.printed[g, detail]


def system_of(question: Question, details: Details) -> System:
    """All that would be published, as inequalities."""
    published = [(one.inside, one.rows) for one in question.earlier]
    published += [
        (question.frame.inside[g], _print(question, g, detail)[1])
        for g, detail in details.items()
        if detail < Detail.HIDDEN
    ]
    return System.of_rows(question.counts, published)


def targets(question: Question, details: Details) -> list[Target]:
    """Everything that must stay open: the counts of hidden small cells, and the extremes of shown groups."""
    sizes, frame = question.counts.sum(axis=1), question.frame
    limit = question.rules.threshold + question.rules.colluders
    shown = [frame.inside[g] for g, detail in details.items() if detail < Detail.HIDDEN]
    shown += [one.inside for one in question.earlier]
    rests = [
        frame.inside[parent] & ~frame.inside[list(below)].any(axis=0) for parent, below in frame.families
    ]
    live = sizes > 0
    done = {(mask & live).tobytes() for mask in shown}
    found = []
    for mask in (*np.eye(len(sizes), dtype=np.bool_), *frame.inside, *question.cells, *rests):
        people = int(sizes[mask].sum())
        if 0 < people < limit and (mask & live).tobytes() not in done:
            done.add((mask & live).tobytes())
            found += [
                Target(mask & live, aim, min(people, 2), people, True)
                for aim in aims(question.item, small=True)
            ]
    for mask in shown:
        people = int(sizes[mask].sum())
        counts = question.counts[mask].sum(axis=0)
        found += [
            Target(mask & live, aim, 2, people, False)
            for aim in aims(question.item, small=False)
            if not 2 < counts @ aim < people - 2
        ]
    return found


def aims(item: Item, *, small: bool) -> Sequence[Ints]:
    """Weights (C,) of the sums that are guarded: each answer, the favourable ones, and in small cells the scores."""
    each = np.eye(item.categories, dtype=np.int64)
    if item.categories == 2:
        return [each[1]]
    found = list(each)
    if item.favourable:
        found.append(each[sorted(item.favourable)].sum(axis=0))
    if small and item.scores is not None:
        found.append(np.array(item.scores, dtype=np.int64))
    return found


def _opened(question: Question, details: Details, base: Ints, proven: set[tuple[bytes, bytes]]) -> Details:
    """Lower details until every target is open. What was open stays so, for nothing is ever added to what is shown.

    A target that earlier reports close by themselves (a group that nobody had declared then) gets nothing added to it.
    """
    system = system_of(question, details)
    for target in targets(question, details):
        name = target.inside.tobytes(), target.aim.tobytes()
        if name in proven:
            continue
        question.ask()
        while not bounds.is_open(system, target, question.rules.colluders):
            lowered = _lowered(question, details, base, target)
            if lowered is None:
                break
            details = lowered
            system = system_of(question, details)
        proven.add(name)
    return details


def _lowered(question: Question, details: Details, base: Ints, target: Target) -> Details | None:
    """Show less, so that the target opens. None where earlier reports close it by themselves.

    All groups that share people with it show no more than some detail, the fullest that is enough; then each gets back
    what it can, the groups most worth keeping first. Where that does not open it, the same with all groups.
    """
    known = {one.cell.group: one.cell.detail for one in question.earlier}
    order = [int(g) for g in question.frame.keepable(base) if int(g) in details]
    touching = [g for g in order if (question.frame.inside[g] & target.inside).any()]
    for some in (touching, order):
        for most in Detail:
            less = dict(details)
            for g in some:
                end = min(most, known.get(question.groups[g], Detail.HIDDEN))
                steps = bands.ladder(question.item, int(base[g]))
                less[g] = max(details[g], next(step for step in steps if step >= end))
            if less != details and _opens(question, less, target):
                return _given_back(question, details, less, some, base, target)
    return None


def _given_back(
    question: Question, before: Details, less: Details, order: Sequence[int], base: Ints, target: Target
) -> Details:
    for g in order:
        for step in bands.ladder(question.item, int(base[g])):
            if before[g] <= step < less[g] and _opens(question, {**less, g: step}, target):
                less = {**less, g: step}
                break
    return less


def _opens(question: Question, details: Details, target: Target) -> bool:
    return bounds.is_open(system_of(question, details), target, question.rules.colluders)
