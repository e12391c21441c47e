"""Rules in words: as a person would say them, with the names of schools."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from isthmus.apps.core import numbers
from isthmus.apps.core.components import MapSource
from isthmus.apps.networks.adapters.given import Given
from isthmus.apps.networks.adapters.rules import SMALL_SCHOOL, engine_rule
from isthmus.apps.networks.choices import phase_label
from isthmus.apps.networks.models import Plan, PlanRule, RuleKind
from isthmus.apps.register.models import Organisation

SHOWN_SCHOOLS = 6


@dataclass(frozen=True)
class About:
    """What a kind of rule is for: a plain sentence and an example."""

    kind: str
    label: str
    sentence: str
    example: str


KINDS: tuple[About, ...] = tuple(
    About(kind.value, str(kind.label), sentence, example)
    for kind, sentence, example in (
        (
            RuleKind.TOGETHER,
            "These schools are in one network, whichever it is.",
            "An infant school and the junior school that its children move to.",
        ),
        (
            RuleKind.APART,
            "No two of these schools are in one network.",
            "Two schools whose heads asked not to work together this year.",
        ),
        (
            RuleKind.FIXED,
            "These schools are in the network with this name.",
            "The four schools of Northport stay in ‘Northport’; others may join them.",
        ),
        (
            RuleKind.AT_LEAST,
            "Each network has so many schools of a kind, or more.",
            "At least one special school in each network.",
        ),
        (
            RuleKind.AT_MOST,
            "No network has more than so many schools of a kind.",
            "At most two small schools in a network, so that no network is stretched.",
        ),
        (
            RuleKind.PUPILS,
            "The pupils of all schools of a network together are no more than this.",
            "At most 4,000 pupils, as one educational psychologist serves a network.",
        ),
        (
            RuleKind.REACH,
            "No two schools of a network are further apart than this, in a straight line or by the travel table.",
            "At most 15 km, so that a meeting after school is possible.",
        ),
        (
            RuleKind.NO_REPEAT,
            "Two schools that share a network there never share one here.",
            "A second network with partners that nobody has in the localities.",
        ),
        (
            RuleKind.BARRIER,
            "Two schools on either side of the line are never in one network, or count as further apart.",
            "Nobody travels across the estuary: the next bridge is 20 km away.",
        ),
        (
            RuleKind.TRAVEL,
            "Minutes of travel count instead of the straight line.",
            "A table of minutes by bus from the transport team.",
        ),
        (
            RuleKind.COMPETITORS,
            "Two schools that are recorded as competing for pupils or staff are never in one network.",
            "Two secondaries that recruit in the same streets work better with others.",
        ),
    )
)
ABOUT = {about.kind: about for about in KINDS}


def what_label(what: str) -> str:
    """What a rule counts, in words."""
    kind, _, value = what.partition(":")
    return {
        "secondary": "secondary schools (all-through and middle deemed secondary too)",
        "small": f"schools with fewer than {SMALL_SCHOOL} pupils",
        "special": "special schools",
        "phase": f"schools of the phase {phase_label(value) if kind == 'phase' else ''}",
        "faith": f"schools whose religious character is {value}",
    }[kind]


def sentence(rule: PlanRule, names: Mapping[str, str]) -> str:
    """The rule as a person would say it; `names` are those of schools by URN."""
    data = rule.data
    return {
        RuleKind.TOGETHER: lambda: f"Together: {_listed(data['urns'], names)}",
        RuleKind.APART: lambda: f"Apart: {_listed(data['urns'], names)}",
        RuleKind.FIXED: lambda: f"In ‘{data['network']}’: {_listed(data['urns'], names)}",
        RuleKind.AT_LEAST: lambda: f"Each network has at least {data['count']}: {what_label(data['what'])}",
        RuleKind.AT_MOST: lambda: f"Each network has at most {data['count']}: {what_label(data['what'])}",
        RuleKind.PUPILS: lambda: f"At most {numbers.whole(data['most'])} pupils in a network",
        RuleKind.REACH: lambda: f"No two schools of a network are more than {data['km']:g} km apart",
        RuleKind.NO_REPEAT: lambda: f"No pair of {data['source']} again",
        RuleKind.BARRIER: lambda: _barrier(data, names),
        RuleKind.TRAVEL: lambda: _travel(data),
        RuleKind.COMPETITORS: lambda: (
            "Schools that compete are kept apart, as recorded"
            + (" and where nobody said, as estimated" if data.get("estimated") else "")
        ),
    }[RuleKind(rule.kind)]()


def _barrier(data: dict[str, Any], names: Mapping[str, str]) -> str:
    factor = data.get("factor")
    if data.get("side"):
        return f"No travel across ‘{data['name']}’: on one side {_listed(data['side'], names)}; on the other all others"
    if factor:
        return f"Across ‘{data['name']}’ the way counts {factor:g} times as far"
    return f"No travel across ‘{data['name']}’"


def _travel(data: dict[str, Any]) -> str:
    if data.get("source") == "service":
        return "Minutes by road, from the routing service, instead of the straight line"
    return f"Minutes of travel from {data['name']} instead of the straight line: {numbers.count(data['pairs'], 'pair')}"


def _listed(urns: object, names: Mapping[str, str]) -> str:
    every = [names.get(urn, f"URN {urn}") for urn in urns] if isinstance(urns, list | tuple) else []
    more = len(every) - SHOWN_SCHOOLS
    return ", ".join(every[:SHOWN_SCHOOLS]) + (f" and {more} more" if more > 0 else "")


def names_of(schools: Iterable[Organisation]) -> dict[str, str]:
    """Names of schools by URN; namesakes are told apart by their URNs."""
    rows = [(school.urn or "", school.name) for school in schools]
    seen: dict[str, int] = {}
    for _urn, name in rows:
        seen[name] = seen.get(name, 0) + 1
    return {urn: name if seen[name] == 1 else f"{name} ({urn})" for urn, name in rows}


def rules_in_words(
    rules: Sequence[PlanRule], schools: Sequence[Organisation], given: Given
) -> dict[str, str]:
    """The method's name of each rule, to how a person would say it."""
    names = names_of(schools)
    found = {}
    for rule in rules:
        held = engine_rule(rule, schools, given)
        if held is not None:
            found[str(held)] = sentence(rule, names)
    return found


@dataclass(frozen=True)
class RuleRow:
    """A rule of a plan, with where it is taken away."""

    text: str
    remove_url: str


def rule_rows(plan: Plan, rules: Sequence[PlanRule], schools: Iterable[Organisation]) -> list[RuleRow]:
    """The rules of a plan, in the order in which they were set."""
    names = names_of(schools)
    return [
        RuleRow(sentence(rule, names), reverse("networks:plan_rule_remove", args=[plan.pk, rule.pk]))
        for rule in rules
    ]


def drawing(plan: Plan) -> MapSource:
    """The map on which a line is drawn."""
    return MapSource(
        label=f"Map of the schools of {plan.about.name}: draw a line",
        points=reverse("networks:plan_schools", args=[plan.pk]),
        boundary=reverse("register:area_boundary", args=[plan.about_id]),
        places=reverse("register:area_places", args=[plan.about_id]),
        draw="id_lines",
        lines=reverse("networks:plan_lines", args=[plan.pk]),
    )
