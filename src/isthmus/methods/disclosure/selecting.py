"""Which groups are shown: those under the threshold hidden, then siblings, then whatever the linear audit asks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from isthmus.methods.disclosure.lattice import WHOLE, Atoms, Lattice
from isthmus.methods.disclosure.linear import contributor, find_leak
from isthmus.methods.disclosure.model import Bools, DisclosureError, Ints, Rules


class Unsafe(DisclosureError):
    """What was published earlier is not safe together with what is known now: nothing more may be shown."""


@dataclass(frozen=True)
class Frame:
    """A lattice on its atoms. ``inside`` (g, m) which atoms each group holds; ``families`` a parent and its children,
    as positions of groups; ``rank`` (g,) orders groups by how readily they are dropped: cells of attributes before
    totals of units, the whole last; ``worth`` (g,) how much it matters that figures are full: of the whole, then of its
    roles, of units, of their roles; ``twin`` (g,) the first group with the same people, which decides for them all."""

    inside: Bools
    families: tuple[tuple[int, tuple[int, ...]], ...]
    rank: Ints
    worth: Ints
    twin: Ints

    @staticmethod
    def of(lattice: Lattice, atoms: Atoms) -> Frame:
        """Place the groups of a lattice on its atoms."""
        groups = lattice.groups
        at = {group: number for number, group in enumerate(groups)}
        rank = [2 if group == groups[0] else 0 if group.attribute else 1 for group in groups]
        worth = [r + 2 * (group.level == WHOLE) for r, group in zip(rank, groups, strict=True)]
        inside = np.array([atoms.inside(group) for group in groups])
        first: dict[bytes, int] = {}
        twin = np.array([first.setdefault(row.tobytes(), g) for g, row in enumerate(inside)], dtype=np.int64)
        families = {
            (int(twin[at[parent]]), tuple(sorted({int(twin[at[child]]) for child in below})))
            for parent, below in lattice.families
        }
        kept = tuple((parent, below) for parent, below in sorted(families) if parent not in below)
        orders = np.array([rank, worth], dtype=np.int64)
        return Frame(inside, kept, orders[0], orders[1], twin)

    def droppable(self, base: Ints) -> Ints:
        """(g,) groups in the order in which they are dropped: by kind, then the smallest, then the later declared."""
        return np.lexsort((-np.arange(len(base)), base, self.rank))

    def keepable(self, base: Ints) -> Ints:
        """(g,) groups in the order in which their figures keep their detail: by worth, then the largest."""
        return np.lexsort((np.arange(len(base)), -base, -self.worth))


def primary(base: Ints, rules: Rules) -> Bools:
    """(g,) which groups have enough people to be shown."""
    return np.asarray(base >= rules.threshold)


def hide_siblings(shown: Bools, frame: Frame, sizes: Ints, base: Ints, rules: Rules) -> Bools:
    """Hidden siblings of a shown parent must together count the threshold or more and be at least two; else the next
    smallest is hidden too. People of the parent who are in none of the siblings count as one more, hidden."""
    shown, changed = shown.copy(), True
    while changed:
        changed = False
        for parent, below in frame.families:
            if not shown[parent]:
                continue
            rest = int(sizes[frame.inside[parent] & ~frame.inside[list(below)].any(axis=0)].sum())
            hidden = [child for child in below if not shown[child] and base[child] > 0]
            number, people = len(hidden) + (rest > 0), rest + int(base[hidden].sum())
            left = [child for child in below if shown[child]]
            if number and left and (number < 2 or people < rules.threshold):
                shown[min(left, key=lambda child: (base[child], -child))] = False
                changed = True
    return shown


def select(frame: Frame, sizes: Ints, allowed: Bools, earlier: Bools, rules: Rules) -> Bools:
    """(g,) which of the ``allowed`` groups are shown. ``sizes`` (m,) people of each atom; ``earlier`` (e, m) groups
    that were published before and cannot be taken back. Raises Unsafe where those alone leak."""
    base = frame.inside @ sizes
    shown = allowed & primary(base, rules) & (frame.twin == np.arange(len(base)))
    order = frame.droppable(base)[::-1]
    while True:
        shown = hide_siblings(shown, frame, sizes, base, rules)
        kept = order[shown[order]]
        table = np.vstack([earlier, frame.inside[kept]])
        leak = find_leak(table, sizes, rules.threshold, rules.colluders)
        if leak is None:
            return shown
        place = contributor(table, leak, np.arange(len(table))) - len(earlier)
        if place < 0:
            raise Unsafe(
                "Groups that were published earlier give away a smaller one; no further report can be made"
            )
        shown[kept[place]] = False
