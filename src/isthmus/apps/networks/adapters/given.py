"""What a plan is told besides the register: kept with the plan, so that it can be scored by the same measure later."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from itertools import combinations
from typing import Any

from isthmus.apps.networks.choices import FROM_NOTHING, Choices
from isthmus.apps.networks.models import Layer, PlanRule
from isthmus.apps.networks.queries.layers import groups_on, once
from isthmus.apps.register.models import Area, Organisation

Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Given:
    """Schools are URNs. `start` are the networks to begin from with their `names`; `others` are networks whose pairs
    are partners already. `wishes` are (who, with whom); `competing` are pairs that may not be published."""

    start: tuple[tuple[str, ...], ...] = ()
    names: tuple[str, ...] = ()
    twice: int = 0
    others: tuple[tuple[str, ...], ...] = ()
    needs: dict[str, tuple[str, ...]] = field(default_factory=dict)
    strengths: dict[str, tuple[str, ...]] = field(default_factory=dict)
    wishes: Pairs = ()
    competing: Pairs = ()

    def to_json(self) -> dict[str, Any]:
        """Plain values for a JSON column."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Given:
        """The value that `to_json` wrote; of an older plan, nothing."""
        if not data:
            return cls()
        deep = {name: _tuples(data[name]) for name in ("start", "names", "others", "wishes", "competing")}
        themes = {name: {urn: tuple(t) for urn, t in data[name].items()} for name in ("needs", "strengths")}
        return cls(twice=data["twice"], **deep, **themes)

    @property
    def ties(self) -> Pairs:
        """The pairs of the networks to begin from."""
        return pairs_of(self.start)


def pairs_of(groups: Sequence[Sequence[str]]) -> Pairs:
    """Every pair of a group once, each in order."""
    return tuple(sorted({pair for group in groups for pair in combinations(sorted(group), 2)}))


def _tuples(value: Any) -> Any:
    return tuple(map(_tuples, value)) if isinstance(value, list | tuple) else value


def gather(
    owner: Area, choices: Choices, rules: Sequence[PlanRule], schools: Sequence[Organisation]
) -> Given:
    """What the choices and rules need to know about these schools, as it is now."""
    urns = {school.urn for school in schools if school.urn}
    start, twice = (), 0
    if choices.layer is not None and (choices.start != FROM_NOTHING or choices.keep):
        day = date.fromisoformat(choices.day) if choices.day else None
        layer = Layer.objects.select_related("area").filter(pk=choices.layer).first()
        start, twice = once(groups_on(layer, day, among=urns)) if layer else ((), 0)
    others = Layer.objects.select_related("area").filter(pk__in=choices.others)
    return Given(
        start=tuple(inside for _name, inside in start),
        names=tuple(name for name, _inside in start),
        twice=twice,
        others=tuple(inside for layer in others for _name, inside in groups_on(layer, among=urns)),
    )
