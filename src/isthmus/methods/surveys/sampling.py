"""Whom to ask: how many for a stated margin of error, how many of each group, and a draw that anybody can repeat."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping, Sequence

from isthmus.methods.surveys.model import LEVEL, Key, SurveyError, at_level, z_of


def sample_size(population: int, margin: float, *, level: float = LEVEL, share: float = 0.5) -> int:
    """How many answers give a share a margin of error of at most ``margin`` (0.05 is five points either way) in a
    simple random sample: n₀ = z² p(1−p)/e², n = n₀ N/(N − 1 + n₀) (Cochran 1977, 4.2 and 4.3), rounded up. ``share`` is
    the one expected; a half asks for most. Never more than there are."""
    _people(population)
    if not 0 < margin < 1 or not 0 < share < 1:
        raise SurveyError(
            "The margin and the expected share must lie between 0 and 1 (0.05 is five points either way)."
        )
    at_start = z_of(level) ** 2 * share * (1 - share) / margin**2
    return min(population, math.ceil(at_start * population / (population - 1 + at_start) - 1e-9))


def to_ask(answers: int, expected_response: float, population: int) -> int:
    """How many to ask so that ``answers`` are expected; all where that is not enough."""
    if answers < 0 or not 0 < expected_response <= 1:
        raise SurveyError("The expected response must be more than 0 and at most 1 (0.6 is six in ten).")
    return min(population, math.ceil(answers / expected_response - 1e-9))


def margin_of_error(
    answers: Mapping[Key, int], population: Mapping[Key, int], *, level: float = LEVEL, share: float = 0.5
) -> float | None:
    """The margin of error of a share in a stratified random sample, weighted by people:
    z √Σ W² p(1−p)/n · (N−n)/(N−1), the simple sample's where there is one stratum. None where a stratum with people has
    no answer, for nobody speaks for it. It holds for people drawn at random; those who chose not to answer it cannot
    hold for."""
    at_level(level)
    _within(answers, population)
    whole = sum(population.values())
    if whole == 0 or any(answers.get(key, 0) == 0 for key, people in population.items() if people > 0):
        return None
    square = 0.0
    for key, people in population.items():
        n = answers.get(key, 0)
        if people > n:
            square += (people / whole) ** 2 * share * (1 - share) / n * (people - n) / (people - 1)
    return z_of(level) * math.sqrt(square)


def stratified_size(
    population: Mapping[Key, int],
    margin: float,
    *,
    at_least: int = 1,
    level: float = LEVEL,
    share: float = 0.5,
) -> int:
    """How many answers, allocated in proportion with ``at_least`` so many of each stratum, give a share a margin of
    error of at most ``margin``: by halving on `margin_of_error` of `allocate`, so that the finite population of each
    stratum counts. All people where fewer do not do."""
    _people(sum(population.values()))
    if not 0 < margin < 1:
        raise SurveyError("The margin must lie between 0 and 1 (0.05 is five points either way).")
    low = sum(min(max(at_least, 1), people) for people in population.values())
    high = sum(population.values())
    while low < high:
        middle = (low + high) // 2
        answers = allocate(population, middle, at_least=max(at_least, 1))
        found = margin_of_error(answers, population, level=level, share=share)
        if found is not None and found <= margin + 1e-12:
            high = middle
        else:
            low = middle + 1
    return low


def allocate(population: Mapping[Key, int], total: int, *, at_least: int = 1) -> dict[Key, int]:
    """How many of each stratum, ``total`` in all: in proportion to its people (Hamilton's largest remainders, first
    stratum first where they are equal), but ``at_least`` so many of each, or all where it has fewer. Raises where the
    total is more than all people, or too few for the least of each."""
    for people in population.values():
        if people < 0:
            raise SurveyError("A stratum cannot have fewer than no people.")
    least = {key: min(at_least, people) for key, people in population.items()}
    if not sum(least.values()) <= total <= sum(population.values()):
        raise SurveyError(
            f"{total} people cannot be drawn: at least {sum(least.values())} are needed for {at_least} of each group, "
            f"and there are {sum(population.values())}."
        )
    fixed: dict[Key, int] = {}
    while True:
        free = [key for key in population if key not in fixed]
        left, people = total - sum(fixed.values()), sum(population[key] for key in free)
        exact = {key: left * population[key] / people if people else 0.0 for key in free}
        low = {key: least[key] for key in free if exact[key] < least[key]}
        if not low:
            break
        fixed |= low
    out = fixed | {key: math.floor(exact[key] + 1e-9) for key in free}
    for key in sorted(free, key=lambda key: out[key] - exact[key])[: total - sum(out.values())]:
        out[key] += 1
    return {key: out[key] for key in population}


def draw(
    people: Mapping[Key, Sequence[str]], allocation: Mapping[Key, int], *, seed: str
) -> dict[Key, tuple[str, ...]]:
    """A stratified random sample, named by their ids in order of ids. Everybody gets the SHA-256 of seed, stratum and
    id, and each stratum's smallest are drawn: equal chances for all samples of that size as long as the seed was chosen
    without knowing the ids, the same on every machine, and a list in another order draws the same people."""
    out: dict[Key, tuple[str, ...]] = {}
    _within(allocation, {key: len(ids) for key, ids in people.items()})
    for key, ids in people.items():
        if len(set(ids)) != len(ids):
            raise SurveyError(f"Somebody is listed twice in {key}.")
        ranked = sorted(ids, key=lambda one: _ticket(seed, key, one))
        out[key] = tuple(sorted(ranked[: allocation.get(key, 0)]))
    return out


def _ticket(seed: str, stratum: Key, one: str) -> bytes:
    parts = (part.encode() for part in (seed, str(stratum), one))
    return hashlib.sha256(b"".join(len(part).to_bytes(8, "big") + part for part in parts)).digest()


def _people(population: int) -> None:
    if population < 1:
        raise SurveyError("There must be somebody to ask.")


def _within(some: Mapping[Key, int], population: Mapping[Key, int]) -> None:
    for key, n in some.items():
        if not 0 <= n <= population.get(key, 0):
            raise SurveyError(f"{n} of {population.get(key, 0)} people cannot be: {key}.")
