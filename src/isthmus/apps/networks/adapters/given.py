"""What a plan is told besides the register: kept with the plan, so that it can be scored by the same measure later."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from itertools import combinations
from typing import Any

from isthmus.apps.core.dates import today
from isthmus.apps.needs.queries.statements import standing, themes_of
from isthmus.apps.needs.queries.ties import competing_pairs, ties
from isthmus.apps.networks.adapters.partners import detour
from isthmus.apps.networks.choices import FROM_NOTHING, Choices
from isthmus.apps.networks.models import Layer, Plan, PlanRule, RuleKind
from isthmus.apps.networks.queries.consultation import wishes
from isthmus.apps.networks.queries.layers import Groups, groups_on, once
from isthmus.apps.register.models import Area, Organisation

Pairs = tuple[tuple[str, str], ...]
TUPLES = ("start", "names", "others", "wishes", "competing", "worked")


@dataclass(frozen=True)
class Given:
    """Schools are URNs. `start` are the networks to begin from with their `names`; `others` are networks whose pairs
    are partners already. `wishes` are (who, with whom); `competing` are pairs that may not be published,
    `worked` pairs with a recorded tie. `detour` says how much further than neighbours new partners are."""

    start: tuple[tuple[str, ...], ...] = ()
    names: tuple[str, ...] = ()
    twice: int = 0
    others: tuple[tuple[str, ...], ...] = ()
    needs: dict[str, tuple[str, ...]] = field(default_factory=dict)
    strengths: dict[str, tuple[str, ...]] = field(default_factory=dict)
    wishes: Pairs = ()
    competing: Pairs = ()
    worked: Pairs = ()
    detour: float = 1.0

    def to_json(self) -> dict[str, Any]:
        """Plain values for a JSON column."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Given:
        """The value that `to_json` wrote; of an older plan, nothing."""
        if not data:
            return cls()
        found: dict[str, Any] = {name: _tuples(data.get(name, ())) for name in TUPLES}
        for name in ("needs", "strengths"):
            found[name] = {urn: tuple(themes) for urn, themes in data[name].items()}
        return cls(twice=data["twice"], detour=data.get("detour", 1.0), **found)

    @property
    def ties(self) -> Pairs:
        """The pairs of the networks to begin from, and those with a recorded tie."""
        return tuple(sorted({*pairs_of(self.start), *self.worked}))


def pairs_of(groups: Sequence[Sequence[str]]) -> Pairs:
    """Every pair of a group once, each in order."""
    return tuple(sorted({pair for group in groups for pair in combinations(sorted(group), 2)}))


def _tuples(value: Any) -> Any:
    return tuple(map(_tuples, value)) if isinstance(value, list | tuple) else value


def gather(plan: Plan, choices: Choices, rules: Sequence[PlanRule], schools: Sequence[Organisation]) -> Given:
    """What the choices and rules need to know about these schools, as it is now.

    What schools said of themselves, who competes and who is tied counts only where the people who plan are those who
    look after the area.
    """
    urns = {school.urn for school in schools if school.urn}
    start, twice = _beginning(choices, urns)
    others = Layer.objects.select_related("area").filter(pk__in=choices.others)
    known = tuple(inside for layer in others for _name, inside in groups_on(layer, among=urns))
    middle = (choices.smallest + choices.largest) // 2
    found = Given(
        start=tuple(inside for _name, inside in start),
        names=tuple(name for name, _inside in start),
        twice=twice,
        others=known,
        detour=detour(schools, pairs_of(known), middle) if choices.new_partners else 1.0,
    )
    if plan.about.in_charge_id != plan.owner.in_charge_id:
        return found
    by_key = {school.pk: school.urn for school in schools if school.urn}
    needs, strengths = said(plan.about, by_key)
    worked = _pairs(((tie.first, tie.second) for tie in ties(plan.about, today())), by_key)
    return replace(
        found,
        # Needs and wishes are kept whether or not they count, so that every plan can say which it meets.
        needs=needs,
        strengths=strengths,
        worked=worked if choices.keep else (),
        wishes=tuple(pair for pair in wishes(plan.about) if urns.issuperset(pair)),
        competing=_competing(plan.about, rules, by_key),
    )


def _beginning(choices: Choices, urns: set[str]) -> tuple[Groups, int]:
    if choices.layer is None or (choices.start == FROM_NOTHING and not choices.keep):
        return (), 0
    layer = Layer.objects.select_related("area").filter(pk=choices.layer).first()
    if layer is None:
        return (), 0
    return once(groups_on(layer, date.fromisoformat(choices.day) if choices.day else None, among=urns))


def said(
    area: Area, by_key: Mapping[int, str]
) -> tuple[dict[str, tuple[str, ...]], dict[str, tuple[str, ...]]]:
    """Needs and strengths that schools of an area hold today: names of themes by URN, for those that said any."""
    names = {theme.pk: theme.name for theme in themes_of(area)}
    needs: dict[str, tuple[str, ...]] = {}
    strengths: dict[str, tuple[str, ...]] = {}
    for key, stands in standing(area, today()).items():
        if key in by_key:
            for held, where in ((stands.needs, needs), (stands.strengths, strengths)):
                if held:
                    where[by_key[key]] = tuple(sorted(names[theme] for theme in held if theme in names))
    return needs, strengths


def _competing(area: Area, rules: Sequence[PlanRule], by_key: Mapping[int, str]) -> Pairs:
    rule = next((rule for rule in rules if rule.kind == RuleKind.COMPETITORS), None)
    if rule is None:
        return ()
    pairs = competing_pairs(area, today())
    counted = (pair for pair in pairs if pair.index is None or rule.data.get("estimated"))
    return _pairs(((pair.first, pair.second) for pair in counted), by_key)


def _pairs(keys: Iterable[tuple[int, int]], by_key: Mapping[int, str]) -> Pairs:
    return tuple(sorted({(by_key[a], by_key[b]) for a, b in keys if a in by_key and b in by_key}))
