"""The declared lattice: units in a hierarchy, crossed with one attribute at a time. There are no other groups."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from isthmus.methods.disclosure.model import Bools, DisclosureError, Group, Ints

WHOLE = ""
People = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class Lattice:
    """Which groups there are.

    ``levels`` from the finest up, the whole left out: ("school", "network"). ``places`` holds a row for each finest
    unit, its units at every level: ("Ash Lane", "North"), with "" where it is in none. ``attributes`` are names with
    their values: (("role", ("leader", "teacher")),). ``crossed`` are the levels at which attributes are shown, ""
    being the whole; None means all. Raises DisclosureError where units are not nested or named twice.
    """

    levels: tuple[str, ...]
    places: tuple[tuple[str, ...], ...]
    attributes: tuple[tuple[str, tuple[str, ...]], ...] = ()
    crossed: tuple[str, ...] | None = None
    whole: str = "everybody"

    def __post_init__(self) -> None:
        names = [place[0] for place in self.places]
        if not self.levels or not names or any(len(place) != len(self.levels) for place in self.places):
            raise DisclosureError("Give each place a unit at every level, empty where it has none")
        if len(set(names)) != len(names) or "" in names:
            raise DisclosureError(f"Each {self.levels[0]} must be named, and named once")
        for lower in range(1, len(self.levels)):
            above: dict[str, tuple[str, ...]] = {}
            for place in self.places:
                if place[lower] and above.setdefault(place[lower], place[lower + 1 :]) != place[lower + 1 :]:
                    raise DisclosureError(
                        f"{place[lower]} lies in two units of the level above; units must be nested"
                    )
        if len({name for name, _ in self.attributes} | {self.levels[0]}) != len(self.attributes) + 1:
            raise DisclosureError("An attribute is named twice")

    @cached_property
    def units(self) -> tuple[tuple[str, str, tuple[str, ...]], ...]:
        """Level, name and finest units of every unit, the whole first, then from the top level down."""
        found = [(WHOLE, self.whole, tuple(sorted(place[0] for place in self.places)))]
        for depth in reversed(range(len(self.levels))):
            names = sorted({place[depth] for place in self.places} - {""})
            found += [
                (self.levels[depth], name, tuple(sorted(p[0] for p in self.places if p[depth] == name)))
                for name in names
            ]
        return tuple(found)

    @cached_property
    def groups(self) -> tuple[Group, ...]:
        """Every group, totals of units first; of two with the same people the first."""
        crossed = {WHOLE, *self.levels} if self.crossed is None else set(self.crossed)
        found = [Group(members, level=level, unit=name) for level, name, members in self.units]
        for attribute, values in self.attributes:
            found += [
                Group(members, attribute, value, level, name)
                for level, name, members in self.units
                if level in crossed
                for value in values
            ]
        return tuple(dict.fromkeys(found))

    @cached_property
    def families(self) -> tuple[tuple[Group, tuple[Group, ...]], ...]:
        """Each group with siblings that make it up: a unit by an attribute, and by the units of each level below."""
        declared, found = set(self.groups), []
        for parent in self.groups:
            if not parent.attribute:
                for name, values in self.attributes:
                    found.append((parent, tuple(Group(parent.members, name, value) for value in values)))
            for level in self.levels:
                below = tuple(
                    Group(members, parent.attribute, parent.value)
                    for of, _, members in self.units
                    if of == level and set(members) < set(parent.members)
                )
                found.append((parent, below))
        kept = [(parent, tuple(child for child in below if child in declared)) for parent, below in found]
        return tuple((parent, below) for parent, below in kept if below)


@dataclass(frozen=True)
class Atoms:
    """People who are alike in every grouping. ``of`` (n,) the atom of each respondent; ``keys`` (m,) the unit and the
    attributes of each atom; ``names`` the attributes, in the order of ``keys``."""

    of: Ints
    keys: tuple[tuple[str, ...], ...]
    names: tuple[str, ...]

    def inside(self, group: Group) -> Bools:
        """(m,) which atoms belong to a group. Raises DisclosureError for an attribute that people do not have."""
        if group.attribute and group.attribute not in self.names:
            raise DisclosureError(
                f"An earlier report used the attribute {group.attribute!r}; give it again, for every respondent"
            )
        at = self.names.index(group.attribute) + 1 if group.attribute else 0
        members = set(group.members)
        return np.array(
            [key[0] in members and (not at or key[at] == group.value) for key in self.keys], dtype=np.bool_
        )


def atoms_of(lattice: Lattice, people: People, also: Sequence[str] = ()) -> Atoms:
    """The atoms of these people under the attributes of the lattice, and ``also`` of earlier reports.

    Raises DisclosureError for a missing column, columns of unequal length, and a unit that was not declared.
    """
    names = tuple(dict.fromkeys([*(name for name, _ in lattice.attributes), *also]))
    missing = [name for name in (lattice.levels[0], *names) if name not in people]
    if missing:
        raise DisclosureError(f"Respondents have no {missing[0]!r}; give it for every one of them")
    columns = [list(people[name]) for name in (lattice.levels[0], *names)]
    if len({len(column) for column in columns}) != 1:
        raise DisclosureError("Give the same number of respondents in every column")
    strangers = set(columns[0]) - {place[0] for place in lattice.places}
    if strangers:
        raise DisclosureError(f"{sorted(strangers)[0]!r} is not a {lattice.levels[0]} of this wave")
    rows = list(zip(*columns, strict=True))
    keys = tuple(sorted(set(rows)))
    place = {key: number for number, key in enumerate(keys)}
    return Atoms(np.array([place[row] for row in rows], dtype=np.int64), keys, names)
