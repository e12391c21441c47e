"""Second layers: what a usual way is, and hubs that serve spokes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from isthmus.apps.networks.adapters.given import Given
from isthmus.apps.networks.adapters.plans import CannotPose, problem_of
from isthmus.apps.networks.choices import Choices
from isthmus.apps.networks.models import PlanRule
from isthmus.apps.register.models import Organisation

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from isthmus.methods.formation import Plan as Result
    from isthmus.methods.formation import Problem
    from isthmus.methods.formation.hubs import Served


def typical_km(points: Sequence[tuple[float, float]], smallest: int, largest: int) -> float | None:
    """What one unit of a thing that matters costs at full weight: the usual distance between neighbours, in km.

    `points` are (easting, northing) in metres. None for fewer than two points or sizes that make no sense.
    """
    import numpy as np

    from isthmus.methods import formation

    if len(points) < 2 or not 2 <= smallest <= largest:
        return None
    problem = formation.Problem(
        ids=tuple(map(str, range(len(points)))),
        coordinates=np.array(points, dtype=np.float64),
        bounds=formation.Sizes(smallest, largest),
        terms=(formation.Nearness(), formation.Continuity((), 1.0)),
    )
    return formation.rates(problem)["continuity"]


def serve_from_hubs(
    schools: Sequence[Organisation], choices: Choices, given: Given, rules: Sequence[PlanRule]
) -> tuple[Result, tuple[str, ...]]:
    """Which hub serves which school, as the method's plan, and the URNs of the hubs, one for each group.

    A hub stands first in its group and takes no place of its own. The cost is the sum of the ways to the hubs, in km.
    Raises `CannotPose` where not everybody can be served.
    """
    import numpy as np

    from isthmus.methods import formation
    from isthmus.methods.formation.hubs import choose, serve

    asked = choices.hubs
    if asked is None:
        raise CannotPose("Say which schools serve as hubs.")
    try:
        problem = problem_of(schools, choices, given, rules)
        far = _ways(problem)
        placed = [i for i, known in enumerate(problem.placed) if known]
        at = {problem.ids[i]: p for p, i in enumerate(placed)}
        hubs = [(urn, room) for urn, room in asked.places if urn in at]
        if not hubs:
            raise CannotPose("None of the hubs is an open school with a place on the map.")
        names = {urn for urn, _room in hubs}
        spokes = [
            u for u in at if u not in names and (not asked.needing or asked.theme in given.needs.get(u, ()))
        ]
        if not spokes:
            raise CannotPose(
                "There is no school to serve. Choose more phases, or count schools without this need too."
            )
        cost = far[np.ix_([at[u] for u in spokes], [at[u] for u, _room in hubs])]
        cost = np.where(cost > asked.reach, np.inf, cost) if asked.reach is not None else cost
        _all_reachable(cost, spokes, {school.urn or "": school.name for school in schools})
        rooms = [room for _urn, room in hubs]
        found = serve(cost, rooms) if asked.number is None else choose(cost, rooms, asked.number)
    except formation.ProblemError as error:
        raise CannotPose(str(error)) from error
    return _as_plan(problem, found, hubs, spokes), tuple(hubs[h][0] for h in found.open)


def _all_reachable(cost: NDArray[np.float64], spokes: Sequence[str], names: Mapping[str, str]) -> None:
    import numpy as np

    alone = [names[spokes[int(i)]] for i in np.flatnonzero(~np.isfinite(cost).any(axis=1))]
    if alone:
        more = f" and {len(alone) - 5} more" if len(alone) > 5 else ""
        raise CannotPose(
            f"No hub may serve {', '.join(alone[:5])}{more}: too far, or a rule forbids it. Add a hub near them, let "
            "schools travel further, or take a rule away."
        )


def _ways(problem: Problem) -> NDArray[np.float64]:
    """(n, n) kilometres between placed schools; infinite where a rule forbids that two work together."""
    import numpy as np

    from isthmus.methods import formation
    from isthmus.methods.formation.affinity import PairCosts
    from isthmus.methods.formation.geometry import crossings

    costs = PairCosts(problem)
    every = np.arange(costs.n)
    far = costs.distance(every[:, None], every[None, :]).copy()
    at = {problem.ids[i]: p for p, i in enumerate(costs.index)}
    pairs: list[tuple[str, str]] = []
    for rule in problem.rules:
        if isinstance(rule, formation.Barrier) and rule.detour_factor is None:
            far[crossings(costs.km * 1000.0, rule)] = np.inf
        elif isinstance(rule, formation.Reach):
            far[far > rule.kilometres] = np.inf
        elif isinstance(rule, formation.NoRepeat):
            pairs += rule.pairs
        elif isinstance(rule, formation.Apart):
            pairs += [(a, b) for a in rule.ids for b in rule.ids if a != b]
    for a, b in pairs:
        if a in at and b in at:
            far[at[a], at[b]] = far[at[b], at[a]] = np.inf
    return far


def _as_plan(
    problem: Problem, found: Served, hubs: Sequence[tuple[str, int]], spokes: Sequence[str]
) -> Result:
    from importlib.metadata import version

    from isthmus.methods import formation

    served = {h: [spokes[i] for i in range(len(spokes)) if found.hub[i] == h] for h in found.open}
    gap = 0.0 if found.proven or not found.cost else (found.cost - found.bound) / found.cost
    return formation.Plan(
        status="optimal" if found.proven else "feasible",
        sense="min",
        objective=found.cost,
        terms={"hubs": found.cost},
        rates={"hubs": 1.0},
        bound=found.bound,
        gap=gap,
        seconds=0.0,
        steps=0,
        seed=None,
        version=version("isthmus"),
        groups=tuple((hubs[h][0], *served[h]) for h in found.open),
        names=tuple(hubs[h][0] for h in found.open),
        unplaced=tuple(i for i, known in zip(problem.ids, problem.placed, strict=True) if not known),
        moved=(),
        violations=(),
        conflict=(),
        irreducible=None,
        relaxation=None,
        trajectory=(),
        warnings=(),
    )
