"""The page on which a plan is asked for: presets, and what one unit costs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from isthmus.apps.core import numbers
from isthmus.apps.core.components import Column, Fact, Table
from isthmus.apps.core.dates import in_words
from isthmus.apps.networks.adapters.given import Given, pairs_of
from isthmus.apps.networks.adapters.layers import typical_km
from isthmus.apps.networks.choices import AS_IT_IS, IMPROVE, MOST, PRESETS, Choices, HubChoices
from isthmus.apps.networks.models import Layer, Plan, ProposedNetwork
from isthmus.apps.networks.queries.layers import groups_of_plan
from isthmus.apps.register.models import Area
from isthmus.apps.register.queries import area_members


@dataclass(frozen=True)
class Preset:
    """Answers that one link gives."""

    label: str
    text: str
    url: str
    chosen: bool


def presets(about: Area, chosen: str) -> list[Preset]:
    """Every preset, as a link."""
    address = reverse("networks:plan_new")
    return [
        Preset(label, text, f"{address}?{urlencode({'about': about.pk, 'preset': key})}", key == chosen)
        for key, (label, text, _answers) in PRESETS.items()
    ]


def usual_way(about: Area, smallest: Any, largest: Any) -> str:
    """The usual way between neighbours in an area, in words; empty where it cannot be told."""
    try:
        low, high = int(smallest), int(largest)
    except (TypeError, ValueError):
        return ""
    rows = area_members(about).filter(urn__isnull=False, easting__isnull=False).order_by()
    places = rows.values_list("easting", "northing")
    points = [(float(x), float(y)) for x, y in places if x is not None and y is not None]
    km = typical_km(points, low, high)
    return "" if km is None else f"{numbers.decimal(km, 1, 'km')} in a straight line"


THINGS = {
    "needs_met": "Needs met by neighbours",
    "shared_needs": "The same needs",
    "wishes": "As the schools wish",
    "keep": "Keep what works",
    "new_partners": "New partners",
}
TERMS = {
    "nearness": "Nearness",
    "mixed:phase": "Mixed phases",
    "mixed:faith": "Mixed faith",
    "alike:faith": "The same faith",
    "mixed:disadvantage": "Mixed disadvantage",
    "complementarity": "Needs that nobody in the network can help with",
    "themes:needs": "Different needs",
    "continuity": "New pairs, where partners of today were to be kept",
    "newness": "Pairs that work together already",
    "wishes": "Pairs that nobody wished for",
    "hubs": "Ways to the hub",
}
UNITS = {
    "mixed:phase": "two schools of the same phase in a network",
    "mixed:faith": "two schools of the same faith in a network",
    "alike:faith": "two schools of different faith in a network",
    "mixed:disadvantage": "two schools with equally unusual intakes in a network (one standard deviation)",
    "complementarity": "a need that nobody in the network can help with",
    "themes:needs": "two schools with no need in common in a network",
    "continuity": "two schools in a network that do not work together today",
    "newness": "two schools in a network that work together already",
    "wishes": "two schools in a network of which neither wished for the other",
}


def more_asked(choices: Choices) -> list[Fact]:
    """What was asked besides sizes, phases and the first four things that matter: only what is set."""
    facts = [
        Fact(label, f"{choices.matters[name]} out of {MOST}")
        for name, label in THINGS.items()
        if choices.matters[name]
    ]
    layers = {layer.pk: str(layer) for layer in Layer.objects.filter(pk__in=_layers(choices))}
    if choices.layer is not None:
        began = {IMPROVE: "made better", AS_IT_IS: "scored as they are"}.get(
            choices.start, "kept where that is good"
        )
        day = f", as they were on {in_words(date.fromisoformat(choices.day))}" if choices.day else ""
        facts.append(
            Fact("Networks there are", f"{layers.get(choices.layer, 'A removed layer')}, {began}{day}")
        )
    if choices.start == IMPROVE and choices.moves is not None:
        facts.append(Fact("Schools that may change network", f"{numbers.whole(choices.moves)} at most"))
    if choices.others:
        named = ", ".join(layers[key] for key in choices.others if key in layers) or "Removed layers"
        facts.append(Fact("Partners that are not new", named))
    if choices.starts or choices.ends:
        days = [in_words(date.fromisoformat(day)) for day in (choices.starts, choices.ends) if day]
        facts.append(Fact("Term of these networks", " to ".join(days)))
    return facts


def _layers(choices: Choices) -> list[int]:
    return [*choices.others, *([choices.layer] if choices.layer is not None else [])]


def asked_of_hubs(hubs: HubChoices) -> list[Fact]:
    """What was asked of hubs."""
    room = sum(places for _urn, places in hubs.places)
    serve = f"the best {hubs.number} of {len(hubs.places)}" if hubs.number else f"all {len(hubs.places)}"
    return [
        Fact("Theme", hubs.theme),
        Fact("Hubs", f"{serve}, with places for {numbers.count(room, 'school')} in all"),
        Fact("From a school to its hub", f"{hubs.reach:g} km at most" if hubs.reach else "Any distance"),
        Fact("Schools served", "Those with this need" if hubs.needing else "All of these phases"),
    ]


def rates(plan: Plan) -> list[Fact]:
    """What one unit of each thing costs, at the importance that was given it."""
    weights = _weights(Choices.from_json(plan.choices))
    weights["newness"] *= plan.given.get("detour", 1.0)
    return [
        Fact(UNITS[name].capitalize(), numbers.decimal(rate * weights[name], 2, "km"))
        for name, rate in plan.rates.items()
        if name in UNITS and weights.get(name)
    ]


def _weights(choices: Choices) -> dict[str, float]:
    of = {
        **dict.fromkeys(("mixed:faith", "alike:faith"), choices.faith),
        "mixed:phase": choices.mixed_phases,
        "mixed:disadvantage": choices.mixed_disadvantage,
        "complementarity": choices.needs_met,
        "themes:needs": choices.shared_needs,
        "continuity": choices.keep,
        "newness": choices.new_partners,
        "wishes": choices.wishes,
    }
    return {name: importance / MOST for name, importance in of.items()}


def new_pairs(plan: Plan) -> Fact | None:
    """How many pairs of the plan meet anew, where that was asked for."""
    if not Choices.from_json(plan.choices).new_partners:
        return None
    already = set(pairs_of(Given.from_json(plan.given).others))
    pairs = pairs_of([urns for _name, urns in groups_of_plan(plan)])
    known = sum(pair in already for pair in pairs)
    return Fact(
        "New partners",
        f"{len(pairs) - known:,} of {numbers.count(len(pairs), 'pair')} of schools; {known:,} work together already",
    )


def beside_today(plan: Plan, networks: list[ProposedNetwork]) -> Table | None:
    """The figures of the networks that the plan began from beside its own, by the same measure."""
    today = plan.before
    if not today or Choices.from_json(plan.choices).start == AS_IT_IS:
        return None
    placed = sum(network.size for network in networks)
    sizes = [network.size for network in networks]
    pairs = [(n.size * (n.size - 1) // 2, n.mean_km) for n in networks if n.mean_km is not None]
    total = sum(number for number, _mean in pairs)
    mean = sum(number * km for number, km in pairs) / total if total else None
    rows = [
        ("Networks", numbers.whole(today["networks"]), numbers.whole(len(networks))),
        ("Schools in a network", numbers.whole(today["placed"]), numbers.whole(placed)),
        ("Smallest and largest", "{} and {}".format(*today["sizes"]), f"{min(sizes)} and {max(sizes)}"),
        ("Pairs that work together", numbers.whole(today["pairs"]), numbers.whole(total)),
        (
            "Distance of a pair, in a straight line",
            numbers.decimal(today["mean_km"], 1, "km"),
            numbers.decimal(mean, 1, "km"),
        ),
        ("Objective", numbers.decimal(today["objective"], 1, "km"), numbers.decimal(plan.objective, 1, "km")),
    ]
    rows += [
        (
            TERMS.get(name, name),
            numbers.decimal(today["terms"].get(name), 1, "km"),
            numbers.decimal(value, 1, "km"),
        )
        for name, value in plan.terms.items()
        if len(plan.terms) > 1
    ]
    columns = [Column("What"), Column("Today", numeric=True), Column("This plan", numeric=True)]
    return Table("Today and this plan, by the same measure", columns, rows)


def more_placed(plan: Plan, networks: list[ProposedNetwork]) -> list[str]:
    """That sums over more schools are larger, where the plan has a network for schools that have none today."""
    more = sum(network.size for network in networks) - (plan.before or {}).get("placed", 0)
    if not plan.before or more <= 0 or Choices.from_json(plan.choices).start == AS_IT_IS:
        return []
    return [
        f"This plan has a network for {numbers.count(more, 'more school')}: its objective and its parts are sums over "
        "more pairs, and so larger. The distance of a pair can be compared."
    ]


def of_today(plan: Plan) -> list[str]:
    """What of the networks there are does not fit what was asked, in sentences."""
    today, choices = plan.before, Choices.from_json(plan.choices)
    if not today:
        return []
    said = [
        (today["too_small"], f"fewer than {choices.smallest} schools"),
        (today["too_large"], f"more than {choices.largest} schools"),
    ]
    found = [
        f"Today {numbers.count(number, 'network has', 'networks have')} {what}."
        for number, what in said
        if number
    ]
    if today["twice"]:
        found.append(
            f"{numbers.count(today['twice'], 'place')} of schools that are in two of these networks "
            f"{'is' if today['twice'] == 1 else 'are'} left out: a school counts in the first."
        )
    return found


def broken(plan: Plan) -> list[str] | None:
    """Which rules networks as they are today break, in sentences; None of a plan, which keeps every rule."""
    if Choices.from_json(plan.choices).start != AS_IT_IS:
        return None
    words = {"each network: at least 1 where secondary is yes": "At least one secondary in each network"}
    return [
        f"‘{words.get(rule, rule)}’ is not kept today: {numbers.count(number, 'time')}."
        for rule, number in plan.before.get("broken", {}).items()
    ]
