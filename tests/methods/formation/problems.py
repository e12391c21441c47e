"""Small random problems, and what they are worth, worked out the slow way."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence

import numpy as np
from hypothesis import strategies as st

from isthmus.methods.formation import (
    Alike,
    Apart,
    AtLeast,
    AtMost,
    Cap,
    Complementarity,
    Continuity,
    Fixed,
    Given,
    GroupBounds,
    Mixed,
    Nearness,
    Newness,
    NoRepeat,
    Problem,
    Reach,
    Rule,
    Sizes,
    Term,
    Themes,
    Together,
    Wishes,
    check,
    rates,
)

PHASES = ("Primary", "Secondary", None)
THEMES = ("reading", "maths", "send")


@st.composite
def problems(draw: st.DrawFn, smallest: int = 4, largest: int = 7, rules: bool = True) -> Problem:
    """A problem of a few schools with coordinates, attributes, one to three terms and up to three rules."""
    n = draw(st.integers(smallest, largest))
    ids = tuple(f"s{i}" for i in range(n))
    grid = st.integers(0, 40).map(lambda v: v * 500.0)
    points = np.array([[draw(grid), draw(grid)] for _ in range(n)])
    themes = st.lists(st.sampled_from(THEMES), max_size=2, unique=True).map(tuple)
    attributes: dict[str, Sequence[object]] = {
        "phase": [draw(st.sampled_from(PHASES)) for _ in range(n)],
        "fsm": [draw(st.one_of(st.none(), st.integers(0, 60).map(float))) for _ in range(n)],
        "pupils": [draw(st.one_of(st.none(), st.integers(50, 400).map(float))) for _ in range(n)],
        "needs": [draw(themes) for _ in range(n)],
        "strengths": [draw(themes) for _ in range(n)],
    }
    ties = tuple(itertools.combinations(ids[: n // 2], 2))
    wishes = tuple((ids[i], ids[(i * 2 + 1) % n]) for i in range(n) if i != (i * 2 + 1) % n)
    weight = st.sampled_from((0.5, 1.0, 2.0))
    kinds: list[st.SearchStrategy[Term]] = [
        weight.map(Nearness),
        weight.map(lambda w: Mixed("phase", w)),
        weight.map(lambda w: Mixed("fsm", w)),
        weight.map(lambda w: Alike("phase", w)),
        weight.map(lambda w: Alike("fsm", w)),
        weight.map(Complementarity),
        weight.map(lambda w: Continuity(ties, w)),
        weight.map(lambda w: Newness(ties, w)),
        weight.map(lambda w: Wishes(wishes, w)),
        weight.map(lambda w: Themes("needs", w)),
    ]
    terms = draw(st.lists(st.one_of(kinds), min_size=1, max_size=3, unique_by=lambda term: term.name))
    k = draw(st.integers(2, 3))
    low = draw(st.integers(1, n // k))
    high = draw(st.integers(-(-n // k), n))
    objective = draw(st.sampled_from(("pairs", "mean")))
    hard = tuple(draw(st.lists(rule_of(ids), max_size=3))) if rules else ()
    return Problem(
        ids, Sizes(low, high, k), coordinates=points, attributes=attributes, terms=tuple(terms), rules=hard,
        objective=objective,
    )  # fmt: skip


def rule_of(ids: tuple[str, ...]) -> st.SearchStrategy[Rule]:
    some = st.lists(st.sampled_from(ids), min_size=2, max_size=3, unique=True).map(tuple)
    pair = st.lists(st.sampled_from(ids), min_size=2, max_size=2, unique=True).map(tuple)
    return st.one_of(
        some.map(Together),
        some.map(Apart),
        st.tuples(st.sampled_from(("North", "South")), st.sampled_from(ids)).map(
            lambda v: Fixed(v[0], (v[1],))
        ),
        st.integers(1, 2).map(lambda k: AtLeast({"phase": "Secondary"}, k)),
        st.integers(0, 3).map(lambda k: AtMost({"phase": "primary"}, k)),
        st.integers(300, 1500).map(lambda m: Cap("pupils", float(m))),
        st.sampled_from((2.0, 10.0, 25.0)).map(Reach),
        st.lists(pair, max_size=3).map(lambda pairs: NoRepeat(tuple(pairs))),  # type: ignore[arg-type]  # pairs of two
    )


@st.composite
def given_problems(draw: st.DrawFn) -> Problem:
    """A matrix of values to maximise or minimise under bounds on size or weight, or handover between groups."""
    n = draw(st.integers(4, 7))
    k = draw(st.integers(2, 3))
    values = draw(st.lists(st.integers(0, 20), min_size=n * n, max_size=n * n))
    matrix = np.triu(np.array(values, dtype=float).reshape(n, n), 1)
    weights = tuple(float(draw(st.integers(1, 9))) for _ in range(n))
    share = sum(weights) / k
    kind = draw(st.sampled_from(("size", "weight", "both", "between")))
    low, high = max(1, n // k - 1), n // k + 2
    sizes = ((low, high),) * (k - 1) + ((low, high + 1),) if kind in {"size", "both"} else None
    heavy = ((0.0 if kind == "between" else share * 0.5, share * 1.4),) * k if kind != "size" else None
    return Problem(
        tuple(str(i) for i in range(n)),
        GroupBounds(sizes, heavy, weights if heavy else None),
        affinity=matrix + matrix.T,
        terms=(Given(),),
        sense="min" if kind == "between" else draw(st.sampled_from(("min", "max"))),
        objective="between" if kind == "between" else "pairs",
    )


def partitions(problem: Problem) -> Iterator[list[list[str]]]:
    """Every way to put the schools into the problem's groups (labelled)."""
    k = problem.bounds.groups
    assert k is not None
    for choice in itertools.product(range(k), repeat=len(problem.ids)):
        groups: list[list[str]] = [[] for _ in range(k)]
        for id_, g in zip(problem.ids, choice, strict=True):
            groups[g].append(id_)
        yield groups


def names_of(problem: Problem) -> list[str]:
    """Group names as the library gives them."""
    from isthmus.methods.formation.rulings import group_names

    assert problem.bounds.groups is not None
    return list(group_names(problem, problem.bounds.groups, None))


def worth(problem: Problem, groups: Sequence[Sequence[str]]) -> float:
    """The objective, from the words of its definition."""
    row = {id_: i for i, id_ in enumerate(problem.ids)}
    rate = rates(problem)
    total = 0.0
    for group in groups:
        members = [row[id_] for id_ in group]
        pairs = list(itertools.combinations(members, 2))
        part = sum(t.weight * rate[t.name] * _term(problem, t, members, pairs) for t in problem.terms)
        if problem.objective == "mean":
            part = part / len(pairs) if pairs else 0.0
        total += part
    if problem.objective == "between":
        assert problem.affinity is not None
        return float(problem.affinity.sum()) / 2 - total
    return total


def _term(problem: Problem, term: Term, members: list[int], pairs: list[tuple[int, int]]) -> float:
    if isinstance(term, Nearness):
        assert problem.coordinates is not None
        return sum(math.dist(problem.coordinates[i], problem.coordinates[j]) / 1000 for i, j in pairs)
    if isinstance(term, Given):
        assert problem.affinity is not None
        return sum(float(problem.affinity[i, j]) for i, j in pairs)
    if isinstance(term, Continuity):
        tied = {frozenset(tie) for tie in term.ties}
        return sum(frozenset((problem.ids[i], problem.ids[j])) not in tied for i, j in pairs)
    if isinstance(term, Newness):
        tied = {frozenset(tie) for tie in term.ties}
        return sum(frozenset((problem.ids[i], problem.ids[j])) in tied for i, j in pairs)
    if isinstance(term, Wishes):
        wished = set(term.wishes)
        names = [(problem.ids[i], problem.ids[j]) for i, j in pairs]
        return sum(1 - ((a, b) in wished) / 2 - ((b, a) in wished) / 2 for a, b in names)
    if isinstance(term, Themes):
        sets = [set(v) for v in problem.attributes[term.attribute]]  # type: ignore[call-overload]  # tuples of themes
        both = [(sets[i], sets[j]) for i, j in pairs if sets[i] and sets[j]]
        return sum(1 - len(a & b) / len(a | b) for a, b in both)
    if isinstance(term, Complementarity):
        needs, strengths = problem.attributes["needs"], problem.attributes["strengths"]
        unmet = 0
        for i in members:
            for theme in set(needs[i]) - set(strengths[i]):  # type: ignore[call-overload]  # tuples of themes
                unmet += not any(theme in strengths[j] for j in members)  # type: ignore[operator]  # as above
        return unmet
    values = problem.attributes[term.attribute]
    if term.attribute == "phase":
        same = isinstance(term, Mixed)
        known = [(values[i], values[j]) for i, j in pairs if values[i] is not None and values[j] is not None]
        return sum((a == b) == same for a, b in known)
    numbers = [float(v) for v in values if v is not None]  # type: ignore[arg-type]  # numbers or None
    mean = sum(numbers) / len(numbers) if numbers else 0.0
    spread = math.sqrt(sum((v - mean) ** 2 for v in numbers) / len(numbers)) if numbers else 0.0
    z = [
        None if v is None else max(-3.0, min(3.0, (float(v) - mean) / spread)) if spread else 0.0  # type: ignore[arg-type]  # as above
        for v in values
    ]
    side = 1 if isinstance(term, Mixed) else -1
    return sum((z[i] + side * z[j]) ** 2 / 2 for i, j in pairs if z[i] is not None and z[j] is not None)  # type: ignore[operator]  # both known


def best(problem: Problem) -> float | None:
    """The best objective of any plan that keeps every rule, by trying all; None where there is none."""
    names = names_of(problem)
    sound = [worth(problem, groups) for groups in partitions(problem) if not check(problem, groups, names)]
    return (min(sound) if problem.sense == "min" else max(sound)) if sound else None
