"""A plan under the hand, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.urls import reverse

from isthmus.apps.core import numbers
from isthmus.apps.core.components import Cell, Column, Fact, Table
from isthmus.apps.core.dates import moment_in_words
from isthmus.apps.core.listing import Listing
from isthmus.apps.core.stories import tell
from isthmus.apps.networks.adapters.workbench import Option, Preview, Why
from isthmus.apps.networks.models import Plan, PlanStep, ProposedNetwork, StepKind
from isthmus.apps.networks.presenters.asking import TERMS
from isthmus.apps.networks.presenters.plans import rule_in_words
from isthmus.apps.register.models import Organisation

tell(
    {
        "plan.move": "moved schools by hand",
        "plan.undo": "went back a step",
        "plan.lock": "locked or unlocked a part",
        "plan.again": "asked for the plan again, around what is locked",
        "plan.worked_out_again": "worked it out again",
    }
)
COMPETING = "competitors"
"""What the rule that keeps competitors apart is called: who may not know of competition never reads of it."""
OF_NEEDS, OF_WISHES = ("complementarity", "themes:needs"), ("wishes",)
"""Terms whose part of one school tells what it said of itself, or whether it was wished for."""
SMALL = 0.05
"""Kilometres below which nothing changes that anybody would notice."""


@dataclass(frozen=True)
class Known:
    """What words need: names of schools by URN, networks by number, and what the reader may know: of competition
    (`may_know`), of what schools need and whom they are tied to, of whom they wished for."""

    plan: Plan
    schools: Mapping[str, str]
    networks: Mapping[int, ProposedNetwork]
    may_know: bool
    words: Mapping[str, str] = field(default_factory=dict)
    may_know_needs: bool = False
    may_know_wishes: bool = False

    def network(self, number: int | None) -> str:
        """'3. Marchport North'."""
        return "no network" if number is None else f"{number}. {self.networks[number].name}"

    def names(self, urns: Sequence[str]) -> str:
        """Names of schools, one after another."""
        return ", ".join(self.schools.get(urn, f"URN {urn}") for urn in urns)

    def rules(self, rules: Sequence[str]) -> list[str]:
        """Rules in words, without what the reader may not know."""
        shown = [rule for rule in rules if self.may_know or COMPETING not in rule]
        return list(dict.fromkeys(self._rule(rule) for rule in shown))

    def _rule(self, rule: str) -> str:
        """One rule; where the checker found it broken, with the number of the network at its end."""
        words, _, number = rule.rpartition(" (")
        if words and number[:-1].isdigit() and number.endswith(")"):
            return f"{self._rule(words)} (network {number[:-1]})"
        if rule.startswith("fixed: "):
            urns, _, number = rule.removeprefix("fixed: ").rpartition(" in ")
            home = self.network(int(number)) if number.isdigit() and int(number) in self.networks else number
            return f"In {home}: {self.names(urns.split(', '))}"
        if rule == "cover":
            return "Every school with a place on the map is in one network"
        return self.words.get(rule) or rule_in_words(rule, self.plan)


def _term(name: str) -> str:
    return TERMS.get(name, name.replace("_", " ").capitalize())


def change_in_words(delta: float) -> str:
    """'3.2 km more', 'about the same', '1.0 km less': of a sum where less is better."""
    if abs(delta) < SMALL:
        return "about the same"
    return f"{numbers.decimal(abs(delta))} km {'more' if delta > 0 else 'less'}"


def why_facts(why: Why, known: Known) -> list[Fact]:
    """Why a school is in its network, what counts first."""
    shares = sorted(why.share.items(), key=lambda item: -item[1])
    facts = [
        Fact("Journey to the others", _km(why.journey), note="on average, in a straight line"),
    ]
    met = [f"{theme}: {known.names(who)} can help" for theme, who in why.needs_met.items()]
    if known.may_know_needs and (met or why.needs_open):
        facts.append(Fact("Needs met here", met or "None"))
        facts.append(Fact("Needs still open", list(why.needs_open) or "None"))
    if known.may_know_needs and why.ties_kept:
        facts.append(Fact("Works with already", known.names(why.ties_kept)))
    if known.may_know_wishes and why.wishes_met:
        facts.append(Fact("Wished to work with", known.names(why.wishes_met)))
    hidden = (() if known.may_know_needs else OF_NEEDS) + (() if known.may_know_wishes else OF_WISHES)
    parts = [
        f"{_term(name)}: {numbers.decimal(value)} km"
        for name, value in shares
        if value > SMALL and name not in hidden
    ]
    facts.append(Fact("Its part of the objective", parts or "0 km"))
    return facts


def options(found: Sequence[Option], known: Known) -> list[tuple[str, str, list[str], str]]:
    """Other places: what would happen, what it costs, which rules forbid it, and the address to look closer."""
    told = []
    for option in found:
        rules = known.rules(option.breaks)
        if option.breaks and not rules:
            continue  # only a rule that the reader may not know of stands against it
        swap = f", changing places with {known.names([option.instead])}" if option.instead else ""
        query = f"?to={option.to}" + (f"&instead={option.instead}" if option.instead else "")
        told.append((f"To {known.network(option.to)}{swap}", change_in_words(option.delta), rules, query))
    return told


def choices_of_network(costs: Mapping[int, float], known: Known) -> list[tuple[int, str]]:
    """Networks to join, the cheapest first, each with what it costs."""
    order = sorted(costs, key=lambda number: (costs[number], number))
    return [(number, f"{known.network(number)}: {change_in_words(costs[number])}") for number in order]


def preview_facts(told: Preview, objective: float | None, known: Known) -> list[Fact]:
    """What a change would mean, before it is made."""
    after = None if objective is None else objective + told.delta
    facts = [
        Fact(
            "Objective",
            f"{change_in_words(told.delta)}: {numbers.decimal(after)} km instead of {numbers.decimal(objective)} km",
            note="smaller is better",
        )
    ]
    parts = [f"{_term(n)}: {change_in_words(v)}" for n, v in told.terms.items() if abs(v) >= SMALL]
    if len(told.terms) > 1 and parts:
        facts.append(Fact("Of it", parts))
    for number, before, then in told.touched:
        facts.append(
            Fact(
                known.network(number),
                f"{_km(before[0])} between two schools on average before, {_km(then[0])} after; "
                f"at most {_km(before[1])} before, {_km(then[1])} after",
            )
        )
    broken = known.rules(told.breaks)
    facts.append(Fact("Rules broken", broken or "None"))
    return facts


def journeys_table(told: Preview, known: Known) -> Table:
    """The journeys of everybody in the two networks, those that change most first."""
    columns = [
        Column("School"),
        Column("Network"),
        Column("Now", numeric=True),
        Column("After", numeric=True),
        Column("Change"),
    ]
    homes = {urn: f"{known.network(was)} to {known.network(to)}" for urn, was, to in told.moves}

    def moved(row: tuple[float | None, float | None]) -> float:
        return 0.0 if row[0] is None or row[1] is None else abs(row[1] - row[0])

    order = sorted(told.journeys, key=lambda j: (j.urn not in homes, -moved((j.before, j.after)), j.urn))
    rows = [
        (
            known.names([j.urn]),
            homes.get(j.urn, "stays"),
            _km(j.before),
            _km(j.after),
            "–" if j.before is None or j.after is None else change_in_words(j.after - j.before),
        )
        for j in order
    ]
    return Table("Journeys of the schools in both networks, mean to the others", columns, rows)


def _km(value: float | None) -> str:
    return "no other school" if value is None else numbers.decimal(value, 1, "km")


def steps_table(page: Listing[PlanStep], known: Known) -> Table:
    """Every version of a plan, with who made it and when."""
    columns = [
        page.column("Version", "version"),
        page.column("What"),
        page.column("Who", "who"),
        page.column("When", "when"),
        page.column("Objective", "objective", numeric=True),
        page.column("State"),
    ]
    rows = []
    for step in page.page:
        said = [step.words]
        said += [f"Why: {step.why}"] if step.why else []
        said += [f"Breaks: {', '.join(known.rules(step.breaks))}"] if known.rules(step.breaks) else []
        rows.append(
            (
                step.number,
                ". ".join(said),
                getattr(step.by, "name", "Isthmus") if step.by_id else "Isthmus",
                moment_in_words(step.at),
                numbers.decimal(step.objective_after, 1, "km"),
                Cell("Undone", tag="grey") if undone(step) else Cell(StepKind(step.kind).label, tag="blue"),
            )
        )
    return Table(numbers.count(page.total, "step"), columns, rows)


def undone(step: PlanStep) -> bool:
    """Whether a later step took it back."""
    return hasattr(step, "undone_by")


def meanwhile(steps: Sequence[PlanStep]) -> list[str]:
    """What others did since a person looked."""
    return [
        f"{getattr(step.by, 'name', 'Isthmus') if step.by_id else 'Isthmus'}, {moment_in_words(step.at)}: {step.words}"
        for step in steps
    ]


@dataclass(frozen=True)
class Lockable:
    """A network on the workbench, and whether it is locked."""

    number: int
    label: str
    size: str
    locked: bool
    breaks: str


def lockables(known: Known, locked: set[int], broken: Sequence[str]) -> list[Lockable]:
    """The networks of a plan with their locks and the rules that they break."""
    told = known.rules(broken)
    return [
        Lockable(
            number,
            known.network(number),
            numbers.count(network.size, "school"),
            network.pk in locked,
            "; ".join(
                rule.removesuffix(f" (network {number})")
                for rule in told
                if rule.endswith(f"(network {number})")
            ),
        )
        for number, network in sorted(known.networks.items())
    ]


def school_links(plan: Plan, schools: Sequence[Organisation]) -> list[tuple[str, str]]:
    """Names of schools with the addresses of their pages in the plan."""
    return [(s.name, reverse("networks:plan_school", args=[plan.pk, s.urn])) for s in schools]
