"""A report from frozen answers: what may be shown of every item in every group, beside all earlier reports."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import replace
from threading import Event

import numpy as np

from isthmus.methods.disclosure import auditing, selecting
from isthmus.methods.disclosure.auditing import Earlier, Question
from isthmus.methods.disclosure.lattice import Atoms, Lattice, People, atoms_of
from isthmus.methods.disclosure.model import (
    NOT_ASKED,
    STANDARD,
    Bools,
    Cell,
    Codes,
    Detail,
    DisclosureError,
    Group,
    Ints,
    Item,
    Line,
    Progress,
    Report,
    Rules,
    Token,
)
from isthmus.methods.disclosure.selecting import Frame, Unsafe
from isthmus.methods.disclosure.words import hidden_words, lowered_words, withheld_words


class Stopped(Exception):
    """Somebody stopped the work."""


def publish(
    wave: str,
    lattice: Lattice,
    people: People,
    items: Sequence[Item],
    answers: Codes,
    rules: Rules = STANDARD,
    *,
    invited: Mapping[Group, int] | None = None,
    before: Iterable[Report] = (),
    progress: Progress = lambda done, words: None,
    threads: int = 1,
) -> Report:
    """Decide what may be shown.

    ``people`` gives each of n respondents' finest unit and attributes, "" where not stated; ``answers`` (n, items)
    are codes, −1 not answered, −2 not asked. ``invited`` counts who was asked, a group. ``before`` are all reports ever
    published; those on this wave are audited together with this one.
    ``progress`` hears the share done and may raise to stop. The same input gives the same report, in whatever order
    respondents come. Raises DisclosureError for input that cannot be judged.
    """
    items = tuple(items)
    _check(items, answers, people)
    earlier = [report for report in before if report.wave == wave and not report.withheld]
    for report in earlier:
        if (report.rules.threshold, report.rules.colluders) != (rules.threshold, rules.colluders):
            raise DisclosureError(
                f"The wave {wave!r} promised other rules in an earlier report; they are fixed"
            )
    also = sorted({line.group.attribute for report in earlier for line in report.lines} - {""})
    atoms = atoms_of(lattice, people, also)
    frame = Frame.of(lattice, atoms)
    sizes = np.bincount(atoms.of, minlength=len(atoms.keys)).astype(np.int64)
    lines = [line for report in earlier for line in report.lines]
    old = _table([atoms.inside(line.group) for line in lines if line.shown], len(sizes))
    try:
        shown = selecting.select(frame, sizes, np.ones(len(lattice.groups), np.bool_), old, rules)
        if not shown[0]:
            return _withheld(wave, rules, items, lattice, withheld_words(rules))
        shown = shown[frame.twin]
        hidden = _table([atoms.inside(line.group) for line in lines if not line.shown], len(sizes))
        cells = _audited(
            lattice, items, answers, atoms, frame, shown, hidden, earlier, rules, progress, threads
        )
    except Unsafe as found:
        return _withheld(wave, rules, items, lattice, str(found))
    base = frame.inside @ sizes
    told = tuple(
        _line(group, int(base[g]), (invited or {}).get(group), rules)
        if shown[g]
        else Line(group, token=Token.CONFIDENTIAL, why=hidden_words(rules))
        for g, group in enumerate(lattice.groups)
    )
    return Report(wave, rules, items, told, cells)


def _table(masks: list[Bools], atoms: int) -> Bools:
    return np.array(masks, dtype=np.bool_).reshape(len(masks), atoms)


def _check(items: tuple[Item, ...], answers: Codes, people: People) -> None:
    if len({item.name for item in items}) != len(items) or not items:
        raise DisclosureError("Give items, each with a name of its own")
    if answers.ndim != 2 or answers.shape[1] != len(items) or answers.dtype != np.int8:
        raise DisclosureError("Answers are a table of int8 codes with a column for each item")
    if not len(answers) or any(len(column) != len(answers) for column in people.values()):
        raise DisclosureError("Give as many respondents as there are rows of answers, one at least")
    for column, item in zip(answers.T, items, strict=True):
        if column.min() < NOT_ASKED or column.max() >= item.categories:
            raise DisclosureError(f"{item.name}: an answer is not among the codes 0 to {item.categories - 1}")


def _withheld(wave: str, rules: Rules, items: tuple[Item, ...], lattice: Lattice, why: str) -> Report:
    lines = tuple(Line(group, token=Token.CONFIDENTIAL, why=why) for group in lattice.groups)
    cells = tuple(
        Cell(group, item.name, Detail.HIDDEN, token=Token.CONFIDENTIAL, why=why)
        for item in items
        for group in lattice.groups
    )
    return Report(wave, rules, items, lines, cells, why)


def _line(group: Group, base: int, invited: int | None, rules: Rules) -> Line:
    if invited and base < rules.poor_rate * invited:
        why = f"Fewer than {rules.poor_rate:.0%} of those invited answered"
        return Line(group, base, invited, Token.UNRELIABLE, why)
    return Line(group, base, invited)


def _audited(
    lattice: Lattice,
    items: tuple[Item, ...],
    answers: Codes,
    atoms: Atoms,
    frame: Frame,
    shown: Bools,
    hidden: Bools,
    earlier: list[Report],
    rules: Rules,
    progress: Progress,
    threads: int,
) -> tuple[Cell, ...]:
    """The cells of every item, audited one item beside another."""
    stop = Event()
    questions = []
    for column, item in zip(answers.T, items, strict=True):
        each = [
            np.bincount(atoms.of[column == code], minlength=len(atoms.keys))
            for code in range(item.categories)
        ]
        counts = np.array(each, dtype=np.int64).T.copy()
        old = _before(earlier, item, atoms, counts)
        questions.append(
            Question(item, counts, lattice.groups, frame, shown, old, hidden, rules, _asker(stop))
        )
    found: dict[int, dict[int, Cell]] = {}
    with ThreadPoolExecutor(max_workers=max(threads, 1)) as pool:
        running = {pool.submit(auditing.audit, question): number for number, question in enumerate(questions)}
        try:
            for done in as_completed(running):
                found[running[done]] = done.result()
                progress(len(found) / len(items), f"Checked {len(found)} of {len(items)} questions")
        except BaseException:
            stop.set()
            pool.shutdown(cancel_futures=True)
            raise
    return tuple(
        _told(
            cell,
            found[number].get(int(frame.twin[g])),
            question,
            shown[g],
            answers[:, number][frame.inside[g][atoms.of]],
        )
        for number, question in enumerate(questions)
        for g, cell in enumerate(Cell(group, question.item.name, Detail.HIDDEN) for group in lattice.groups)
    )


def _asker(stop: Event) -> Callable[[], None]:
    def ask() -> None:
        if stop.is_set():
            raise Stopped

    return ask


def _before(earlier: list[Report], item: Item, atoms: Atoms, counts: Ints) -> tuple[Earlier, ...]:
    for report in earlier:
        for known in report.items:
            if known.name == item.name and known != item:
                raise DisclosureError(
                    f"{item.name}: the item differs from that of an earlier report on this wave"
                )
    return tuple(
        Earlier.of(atoms.inside(cell.group), cell, item, counts)
        for report in earlier
        for cell in report.cells
        if cell.item == item.name and cell.shown
    )


def _told(cell: Cell, shown: Cell | None, question: Question, line: bool, column: Codes) -> Cell:
    """The cell with its words: what is shown, or why nothing is."""
    if shown is None:
        if line and len(column) and bool((column == NOT_ASKED).all()):
            return replace(cell, token=Token.NOT_APPLICABLE, why="This was not asked here")
        return replace(cell, token=Token.CONFIDENTIAL, why=hidden_words(question.rules))
    return replace(shown, group=cell.group, why=lowered_words(shown, question.item))
