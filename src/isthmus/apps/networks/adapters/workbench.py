"""A finished plan under the hand: why each school is where it is, and what a change would mean, exactly and at once.

What is worked out from one version of a plan is kept in this process: nothing else depends on it, so any web process
can answer the next request.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, replace
from threading import Lock
from typing import TYPE_CHECKING, Generic, TypeVar

from isthmus.apps.networks.adapters import plans
from isthmus.apps.networks.models import Plan, ProposedMember
from isthmus.apps.networks.queries.workbench import newest_import

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from isthmus.methods.formation import Problem
    from isthmus.methods.formation.explaining import Change, Explainer, Place

__all__ = [
    "Bench",
    "Cannot",
    "Journey",
    "Option",
    "Preview",
    "Why",
    "bench_of",
    "problem_kept",
    "solve_around",
]

Places = tuple[tuple[str, int | None], ...]
"""The network (number) of each school (URN)."""
Moves = Sequence[tuple[str, int | None, int | None]]
"""Schools (URN) with their networks (numbers) before and after."""
MOST_KEPT = 12
"""Versions of plans kept in one process: some 20 MB for 600 schools each."""


class Cannot(ValueError):
    """The change makes no sense; the text says why and what to do."""


@dataclass(frozen=True)
class Journey:
    """How far a school (by URN) is from the others of its network on average, before and after, in kilometres."""

    urn: str
    before: float | None
    after: float | None


@dataclass(frozen=True)
class Option:
    """Another place for a school: the network (number), who would take its place (URN), and the cost in kilometres."""

    to: int
    instead: str | None
    delta: float
    breaks: tuple[str, ...]


@dataclass(frozen=True)
class Why:
    """Why a school is where it is. See `formation.explaining.Place`; `options` keep every rule, `blocked` do not."""

    share: dict[str, float]
    needs_met: dict[str, tuple[str, ...]]
    needs_open: tuple[str, ...]
    ties_kept: tuple[str, ...]
    wishes_met: tuple[str, ...]
    journey: float | None
    options: tuple[Option, ...]
    blocked: tuple[Option, ...]


@dataclass(frozen=True)
class Preview:
    """What a change would mean. `touched` are the two networks (number, mean and greatest kilometres before, after);
    `journeys` are those of the schools that move and of everybody in the two networks; `moves` are (URN, from, to)."""

    moves: tuple[tuple[str, int | None, int], ...]
    delta: float
    terms: dict[str, float]
    breaks: tuple[str, ...]
    journeys: tuple[Journey, ...]
    touched: tuple[tuple[int, tuple[float | None, float | None], tuple[float | None, float | None]], ...]


class Bench:
    """One version of a plan. Networks are named by their numbers, schools by their URNs."""

    def __init__(self, plan: Plan, places: Places, problem: Problem) -> None:
        from isthmus.methods.formation.explaining import Explainer

        self.numbers: list[int] = list(plan.networks.order_by("number").values_list("number", flat=True))
        self.at = {number: at for at, number in enumerate(self.numbers)}
        self.home: dict[str, int | None] = {}
        self.problem = problem
        self._rows = {urn: row for row, urn in enumerate(self.problem.ids)}
        groups: list[list[str]] = [[] for _number in self.numbers]
        placed = {urn for urn, known in zip(self.problem.ids, self.problem.placed, strict=True) if known}
        for urn, number in places:
            self.home[urn] = number
            if number is not None and urn in placed:  # others have closed since
                groups[self.at[number]].append(urn)
        self.groups = groups
        self.explainer: Explainer = Explainer(self.problem, groups, [str(number) for number in self.numbers])

    def why(self, urn: str, most: int = 3) -> Why:
        """Why a placed school is where it is. Raises KeyError where it is not placed."""
        place: Place = self.explainer.place(urn, most)
        return Why(
            place.share,
            place.needs_met,
            place.needs_open,
            place.ties_kept,
            place.wishes_met,
            self._journey(urn, self.groups[place.group]) if place.group >= 0 else None,
            tuple(self._option(change) for change in place.alternatives),
            tuple(self._option(change) for change in place.blocked),
        )

    def costs(self, urn: str) -> dict[int, float]:
        """What it would cost to move a school into each other network, by number."""
        moves, _swaps = self.explainer.deltas(urn)
        here = self.home[urn]
        return {number: float(moves[at]) for at, number in enumerate(self.numbers) if number != here}

    def preview(self, urn: str, to: int, instead: str | None = None) -> Preview:
        """What it would mean if a school joined network `to`, with `instead` in its old place. Raises `Cannot`."""
        here = self.home.get(urn)
        if urn not in self.explainer.position:
            raise Cannot("No place on the map is known for this school, so it cannot be moved.")
        if to not in self.at or to == here:
            raise Cannot("Choose another network of this plan.")
        if instead is not None and self.home.get(instead) != to:
            raise Cannot("The school to change places with is no longer in that network. Choose again.")
        if here is None and instead is not None:
            raise Cannot("A school that is in no network can join one, but not change places.")
        if here is not None and instead is None and len(self.groups[self.at[here]]) == 1:
            raise Cannot("It is the only school of its network, which would be empty. Change places instead.")
        change = self.explainer.move(urn, self.at[to], instead)
        moves: list[tuple[str, int | None, int]] = [(urn, here, to)]
        if instead is not None and here is not None:
            moves.append((instead, to, here))
        return Preview(
            tuple(moves), float(change.delta), _plain(change.terms), change.breaks, *self._far(moves)
        )

    def objective(self) -> tuple[float, dict[str, float]]:
        """The objective and its terms, from the shares of every school."""
        terms: dict[str, float] = {}
        for share in self.explainer.shares().values():
            for name, value in share.items():
                terms[name] = terms.get(name, 0.0) + value
        return sum(terms.values()), terms

    def broken(self, moves: Moves = ()) -> tuple[str, ...]:
        """The rules broken now, or after `moves`, each with its network's number, in the method's words."""
        from isthmus.methods import formation

        after = self.after(moves)
        groups = [after.get(n, urns) for n, urns in zip(self.numbers, self.groups, strict=True)]
        found = formation.check(self.problem, groups)
        told = (
            rule.rule if rule.group is None else f"{rule.rule} ({self.numbers[rule.group]})" for rule in found
        )
        return tuple(dict.fromkeys(told))

    def spread(self, urns: Sequence[str]) -> tuple[float | None, float | None]:
        """The mean and greatest straight-line distance between two of these schools, in kilometres."""
        import numpy as np

        if len(urns) < 2:
            return None, None
        points = self._points(urns)
        distances = np.hypot(*(points[:, None, :] - points[None, :, :]).transpose(2, 0, 1)) / 1000
        pairs = distances[np.triu_indices(len(urns), 1)]
        return float(pairs.mean()), float(pairs.max())

    def after(self, moves: Moves) -> dict[int, list[str]]:
        """The networks that the moves touch, by number, with their schools afterwards."""
        touched = {number for _urn, before, to in moves for number in (before, to) if number is not None}
        found = {number: list(self.groups[self.at[number]]) for number in touched}
        for urn, before, to in moves:
            if before is not None:
                found[before].remove(urn)
            if to is not None:
                found[to].append(urn)
        return found

    def _far(
        self, moves: Moves
    ) -> tuple[
        tuple[Journey, ...],
        tuple[tuple[int, tuple[float | None, float | None], tuple[float | None, float | None]], ...],
    ]:
        after = self.after(moves)
        was = {n: self.groups[self.at[n]] for n in after}
        before = {urn: self._journey(urn, urns) for urns in was.values() for urn in urns}
        then = {urn: self._journey(urn, urns) for urns in after.values() for urn in urns}
        order = [*(urn for urn, _from, _to in moves), *then]
        journeys = tuple(Journey(urn, before.get(urn), then[urn]) for urn in dict.fromkeys(order))
        touched = tuple((n, self.spread(was[n]), self.spread(after[n])) for n in sorted(after))
        return journeys, touched

    def _journey(self, urn: str, group: Sequence[str]) -> float | None:
        import numpy as np

        others = [other for other in group if other != urn]
        if not others:
            return None
        return float(np.hypot(*(self._points(others) - self._points([urn])).T).mean() / 1000)

    def _points(self, urns: Sequence[str]) -> NDArray[np.float64]:
        if self.problem.coordinates is None:
            raise Cannot("This plan has no places, so no distances.")
        return self.problem.coordinates[[self._rows[urn] for urn in urns]]

    def _option(self, change: Change) -> Option:
        return Option(self.numbers[int(change.to)], change.instead, float(change.delta), change.breaks)


T = TypeVar("T")


class _Kept(Generic[T]):
    """The newest `MOST_KEPT` things made, for all threads of this process."""

    def __init__(self) -> None:
        self.things: OrderedDict[Hashable, T] = OrderedDict()
        self.guard = Lock()

    def get(self, key: Hashable, make: Callable[[], T]) -> T:
        with self.guard:
            if key in self.things:
                self.things.move_to_end(key)
                return self.things[key]
        made = make()
        with self.guard:
            self.things[key] = made
            while len(self.things) > MOST_KEPT:
                self.things.popitem(last=False)
        return made


_problems: _Kept[Problem] = _Kept()
_benches: _Kept[Bench] = _Kept()


def bench_of(plan: Plan) -> Bench:
    """A plan as it is now, under the hand.

    It is known again by who is where, not by a number: a version that was rolled back, or that somebody else wrote
    while this one was read, can never be taken for another.
    """
    rows = ProposedMember.objects.filter(plan=plan).order_by("organisation__urn")
    places: Places = tuple(
        (urn or "", n) for urn, n in rows.values_list("organisation__urn", "network__number")
    )
    asked = _asked(plan)
    problem = _problems.get(asked, lambda: plans.problem_of_plan(plan))
    return _benches.get((asked, places), lambda: Bench(plan, places, problem))


def problem_kept(plan: Plan) -> Problem:
    """`plans.problem_of_plan`, kept for the next time."""
    return _problems.get(_asked(plan), lambda: plans.problem_of_plan(plan))


def _asked(plan: Plan) -> tuple[object, ...]:
    rules = tuple(plan.rules.order_by("pk").values_list("pk", flat=True))
    return plan.pk, plan.worked_out_at, newest_import(), rules


def _plain(terms: dict[str, float]) -> dict[str, float]:
    return {name: float(value) for name, value in terms.items()}


def solve_around(
    bench: Bench,
    *,
    networks: set[int],
    schools: set[str],
    effort: int,
    seed: int,
    on_progress: Callable[[plans.Progress], bool],
) -> plans.Result:
    """Improve a version without touching locked networks (numbers) and schools (URNs). Groups keep their order.

    Raises `plans.CannotPose` where the locks and the rules make no problem.
    """
    from isthmus.methods import formation

    bounds = bench.problem.bounds
    rules = list(bench.problem.rules)
    for number, group in zip(bench.numbers, bench.groups, strict=True):
        held = group if number in networks else [urn for urn in group if urn in schools]
        if held:
            rules.append(formation.Fixed(str(number), tuple(held)))
    if isinstance(bounds, formation.Sizes):
        sizes = tuple(
            (len(group),) * 2 if number in networks else (bounds.smallest, bounds.largest)
            for number, group in zip(bench.numbers, bench.groups, strict=True)
        )
        bounds = formation.GroupBounds(sizes=sizes)
    try:
        problem = replace(bench.problem, bounds=bounds, rules=tuple(rules))
        return formation.solve(
            problem,
            stop=formation.Stop(steps=formation.usual_steps(problem) * effort),
            seed=seed,
            start=bench.groups,
            start_names=[str(number) for number in bench.numbers],
            on_progress=on_progress,
            workers=plans.THREADS,
        )
    except formation.ProblemError as error:
        raise plans.CannotPose(str(error)) from error
