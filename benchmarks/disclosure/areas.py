"""Synthetic areas to publish and to attack: schools of uneven size, networks, roles, phases, and Likert answers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from isthmus.methods.disclosure import Item, Lattice
from isthmus.methods.disclosure.model import Codes

ROLES = ("head", "leader", "teacher", "support")
PHASES = ("nursery", "primary", "secondary")


@dataclass(frozen=True)
class Area:
    """One wave of an area: the lattice, who answered, the items and the answers (n, items)."""

    lattice: Lattice
    people: dict[str, list[str]]
    items: tuple[Item, ...]
    answers: Codes


def items(number: int) -> tuple[Item, ...]:
    """Mostly five answers that agree more or less, now and then yes and no, or stages without scores."""
    likert = [Item(f"q{i + 1}", 5, (1, 2, 3, 4, 5), frozenset({3, 4})) for i in range(number)]
    for i in range(6, number, 10):
        likert[i] = Item(f"q{i + 1}", 2, (0, 1), frozenset({1}))
    for i in range(9, number, 10):
        likert[i] = Item(f"q{i + 1}", 4)
    return tuple(likert)


def networks(schools: int, size: int, rng: np.random.Generator, name: str) -> list[str]:
    """A network for each school, about ``size`` schools each; one school in fifteen is in none."""
    order = rng.permutation(schools)
    found = [""] * schools
    for place, school in enumerate(order):
        found[school] = "" if rng.random() < 1 / 15 else f"{name} {place // size + 1}"
    return found


def moved(lattice: Lattice, seed: int) -> Lattice:
    """The same schools a year later: one or two schools went to another network."""
    rng = np.random.default_rng(seed)
    units = sorted({place[1] for place in lattice.places} - {""})
    places = [list(place) for place in lattice.places]
    for school in rng.choice(len(places), size=min(2, len(places)), replace=False):
        places[school][1] = str(rng.choice([unit for unit in units if unit != places[school][1]] or [""]))
    return Lattice(
        lattice.levels, tuple(tuple(place) for place in places), lattice.attributes, lattice.crossed
    )


def area(seed: int, *, schools: int | None = None, questions: int = 4, response: float = 0.55) -> Area:
    """An area of 8 to 30 schools; the same seed gives the same area."""
    rng = np.random.default_rng(seed)
    number = schools or int(rng.integers(8, 31))
    names = [f"S{i + 1:02d}" for i in range(number)]
    units = networks(number, int(rng.integers(3, 7)), rng, "N")
    phase = rng.choice(PHASES, size=number, p=(0.1, 0.65, 0.25))
    staff = rng.integers(6, 22, number) * np.where(
        phase == "secondary", 4, np.where(phase == "nursery", 1, 2)
    )
    rows: list[tuple[str, str, str]] = []
    for i, name in enumerate(names):
        rows.append((name, "head", str(phase[i])))
        share = np.array([0.12, 0.55, 0.33])
        rows += [
            (name, "" if rng.random() < 0.01 else str(role), str(phase[i]))
            for role in rng.choice(ROLES[1:], size=staff[i], p=share)
            if rng.random() < response * rng.uniform(0.5, 1.4)
        ]
    asked = items(questions)
    lattice = Lattice(
        ("school", "network"),
        tuple(zip(names, units, strict=True)),
        (("role", ROLES), ("phase", PHASES)),
    )
    people = {name: [row[at] for row in rows] for at, name in enumerate(("school", "role", "phase"))}
    return Area(lattice, people, asked, _answers(rng, people, asked))


def _answers(rng: np.random.Generator, people: dict[str, list[str]], asked: tuple[Item, ...]) -> Codes:
    schools = {name: rng.normal(0, 0.4) for name in sorted(set(people["school"]))}
    lift = {"head": 0.8, "leader": 0.4, "teacher": 0.0, "support": -0.1, "": 0.0}
    mood = np.array([schools[s] + lift[r] for s, r in zip(people["school"], people["role"], strict=True)])
    table = np.empty((len(mood), len(asked)), np.int8)
    for column, item in enumerate(asked):
        latent = mood + rng.normal(rng.uniform(-0.6, 1.2), 1.0, len(mood))
        cuts = np.linspace(-1.5, 1.5, item.categories - 1) if item.categories > 2 else [0.0]
        table[:, column] = np.searchsorted(cuts, latent)
        table[rng.random(len(mood)) < 0.02, column] = -1
    return table
