"""Plans as pages and files show them."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse

from isthmus.apps.core import numbers
from isthmus.apps.core.components import Cell, Column, Fact, MapSource, Table
from isthmus.apps.core.dates import in_words
from isthmus.apps.core.listing import Listing
from isthmus.apps.core.stories import tell, things
from isthmus.apps.networks.choices import FAITH_SAME, MOST, Choices, phase_label
from isthmus.apps.networks.models import Plan, PlanState, ProposedMember, ProposedNetwork
from isthmus.apps.networks.presenters.asking import TERMS as TERMS  # others take it from here
from isthmus.apps.networks.presenters.asking import asked_of_hubs, more_asked, new_pairs
from isthmus.apps.networks.presenters.consultation import nobody_asked, wishes_in_words
from isthmus.apps.networks.queries.workbench import version_of
from isthmus.apps.register.models import Organisation

tell(
    {
        "plan.ask": "asked for the plan",
        "plan.worked_out": "worked it out",
        "plan.end": "ended the work without a plan",
        "plan.remove": "removed the plan",
        "plan.begin": "began to put the plan together",
        "plan.change": "changed what was chosen",
        "plan.rule_set": "added a rule",
        "plan.rule_away": "took a rule away",
        "plan.minutes": "fetched minutes by road",
        "plan.study": "asked for a closer look",
        "plan.studied": "looked closer",
    }
)
things(
    "networks.plan",
    lambda ids: {
        str(pk): (name, reverse("networks:plan", args=[pk]))
        for pk, name in Plan.objects.filter(pk__in=ids).values_list("pk", "name")
    },
)
COMPETE = "compet"
"""What stands in every name of the rule about competition, the method's and ours."""
TAGS = {
    PlanState.DRAFT: "grey",
    PlanState.WAITING: "blue",
    PlanState.READY: "green",
    PlanState.NO_PLAN: "orange",
    PlanState.UNDECIDED: "orange",
    PlanState.STOPPED: "grey",
    PlanState.FAILED: "red",
}


@dataclass(frozen=True)
class SchoolRow:
    """A school in a plan. `where` tells schools of one name apart."""

    urn: str
    name: str
    url: str
    phase: str
    faith: str
    where: str
    pupils: str
    fsm: str
    network: ProposedNetwork | None


@dataclass(frozen=True)
class NetworkCard:
    """A proposed network with its schools, and its spread and mix in words."""

    number: int
    name: str
    count: str
    spread: str
    mix: str
    schools: list[SchoolRow]

    @property
    def show(self) -> str:
        """The words of the button that shows the network on the map."""
        return f"Show {self.name} on the map"

    @property
    def what(self) -> str:
        """What that button asks of the map."""
        return f"network:{self.number}"


def school_row(school: Organisation, network: ProposedNetwork | None = None) -> SchoolRow:
    """One school as the list, the table and the map show it."""
    return SchoolRow(
        urn=school.urn or "",
        name=school.name,
        url=reverse("register:school", args=[school.urn]),
        phase=phase_label(school.phase),
        faith=school.religious_character
        if school.has_faith
        else ("" if school.has_faith is None else "None"),
        where=", ".join(filter(None, (school.town, school.postcode))) or "town and postcode not available",
        pupils=numbers.whole(school.pupils),
        fsm=numbers.percent(school.fsm_percent),
        network=network,
    )


def cards(networks: list[ProposedNetwork]) -> list[NetworkCard]:
    """The networks as cards; their members must be loaded."""
    return [_card(network) for network in networks]


def _card(network: ProposedNetwork) -> NetworkCard:
    rows = [school_row(member.organisation, network) for member in network.members.all()]
    phases: dict[str, int] = {}
    for row in rows:
        phases[row.phase] = phases.get(row.phase, 0) + 1
    mix = ", ".join(
        f"{number} {phase.lower()}" for phase, number in sorted(phases.items(), key=lambda p: (-p[1], p[0]))
    )
    return NetworkCard(
        network.number, network.name, numbers.count(network.size, "school"), spread(network), mix, rows
    )


def spread(network: ProposedNetwork) -> str:
    """How far apart the schools of a network are, in words."""
    if network.mean_km is None:
        return "one school"
    return (
        f"{numbers.decimal(network.mean_km, 1, 'km')} between two schools on average, "
        f"{numbers.decimal(network.furthest_km, 1, 'km')} at most"
    )


def orders(page: Listing[ProposedNetwork]) -> list[Column]:
    """The ways to sort the list of networks."""
    return [
        page.column(label, key)
        for label, key in (
            ("number", "network"),
            ("name", "name"),
            ("schools", "size"),
            ("distance", "spread"),
        )
    ]


def plans_table(page: Listing[Plan]) -> Table:
    """The plans of a list."""
    columns = [
        page.column("Plan", "name"),
        page.column("Schools of", "area"),
        page.column("Plan of"),
        page.column("State"),
        page.column("Asked for", "newest"),
    ]
    rows = [
        (
            Cell(plan.name, url=reverse("networks:plan", args=[plan.pk])),
            plan.about.name + (" (fictional)" if plan.about.fictional else ""),
            plan.owner.name,
            Cell(plan.get_state_display(), tag=TAGS[PlanState(plan.state)]),
            in_words(plan.created_at),
        )
        for plan in page.page
    ]
    return Table(numbers.count(page.total, "plan"), columns, rows)


def schools_table(page: Listing[ProposedMember], networks: int, *, whys: bool) -> Table:
    """The schools of a plan, a page of them; with `whys` each leads to why it is where it is."""
    columns = [
        page.column("School", "school"),
        page.column("URN"),
        page.column("Network", "network"),
        page.column("Place"),
        page.column("Phase", "phase"),
        page.column("Faith"),
        page.column("Pupils", "pupils", numeric=True),
        page.column("Free school meals", "meals", numeric=True),
        *([page.column("Why")] if whys else []),
    ]
    rows = []
    for member in page.page:
        row = school_row(member.organisation, member.network)
        number = f"{member.network.number}. {member.network.name}" if member.network else ""
        rows.append(
            (
                Cell(row.name, url=row.url),
                row.urn,
                number,
                row.where,
                row.phase,
                row.faith,
                row.pupils,
                row.fsm,
                *([_why(member)] if whys else []),
            )
        )
    return Table(
        f"{numbers.count(page.total, 'school')} in {numbers.count(networks, 'network')}", columns, rows
    )


def _why(member: ProposedMember) -> Cell:
    school = member.organisation
    return Cell(
        "Why here", reverse("networks:plan_school", args=[member.plan_id, school.urn]), about=school.name
    )


def map_source(plan: Plan) -> MapSource:
    """The map of a plan."""
    return MapSource(
        label=f"Map of the networks of {plan.name}",
        points=reverse("networks:plan_map", args=[plan.pk]),
        boundary=reverse("register:area_boundary", args=[plan.about_id]),
        places=reverse("register:area_places", args=[plan.about_id]),
        list_id="networks",
    )


def asked(plan: Plan) -> list[Fact]:
    """What was asked, in words."""
    choices = Choices.from_json(plan.choices)
    if choices.hubs is not None:
        phases = Fact("Phases", ", ".join(phase_label(phase) for phase in choices.phases))
        return [Fact("Schools of", plan.about.name), phases, *asked_of_hubs(choices.hubs)]
    faith = "schools of the same faith together" if choices.faith_way == FAITH_SAME else "a mix of faiths"
    return [
        Fact("Schools of", plan.about.name),
        Fact("Phases", ", ".join(phase_label(phase) for phase in choices.phases)),
        Fact("Schools in a network", f"{choices.smallest} to {choices.largest}"),
        Fact("Nearness", _importance(choices.nearness)),
        Fact("A mix of phases", _importance(choices.mixed_phases)),
        Fact("Faith", _importance(choices.faith) + (f": {faith}" if choices.faith else "")),
        Fact("A mix of more and less disadvantaged intakes", _importance(choices.mixed_disadvantage)),
        *more_asked(choices),
        Fact("At least one secondary in each", "Yes" if choices.secondary_each else "No"),
    ]


def _importance(value: int) -> str:
    return f"{value} out of {MOST}" if value else "Does not matter"


def quality(plan: Plan, networks: list[ProposedNetwork], unplaced: int) -> list[Fact]:
    """How good the plan is: its objective, the bound that no plan can beat, and the gap between them."""
    placed = sum(network.size for network in networks)
    sizes, wishes = [n.size for n in networks], wishes_in_words(plan) or nobody_asked(plan)
    unit = "km" if set(plan.terms) == {"nearness"} else "km, other things that matter exchanged into km"
    bound = (
        "No bound is known"
        if plan.bound is None
        else f"{numbers.decimal(plan.bound)} km: no plan can be below this"
    )
    made = (
        in_words(plan.worked_out_at),
        f"{numbers.whole(plan.steps)} steps",
        f"seed {plan.seed}",
        f"version {plan.version}",
    )
    return [
        Fact(
            "Networks",
            f"{numbers.whole(len(networks))}, of {min(sizes)} to {max(sizes)} schools" if sizes else "0",
        ),
        Fact("Schools placed", f"{numbers.whole(placed)} of {numbers.whole(placed + unplaced)}"),
        Fact("Distance between two schools of a network", _distance(networks)),
        *([met] if (met := new_pairs(plan)) else []),
        *([Fact("What schools wished for", wishes)] if wishes else []),
        Fact("Objective", f"{numbers.decimal(plan.objective)} {unit} (smaller is better)"),
        Fact("Bound", bound),
        Fact("Gap", _gap(plan)),
        Fact("Worked out", ", ".join(made)),
        *(
            [Fact("Changed by hand", f"since then, in version {changed}")]
            if (changed := version_of(plan))
            else []
        ),
    ]


def _distance(networks: list[ProposedNetwork]) -> str:
    """The mean over every two schools that share a network, with how many such pairs there are."""
    pairs = [(n.size * (n.size - 1) // 2, n.mean_km) for n in networks if n.mean_km is not None]
    total = sum(number for number, _mean in pairs)
    if not total:
        return numbers.NOT_AVAILABLE
    mean = sum(number * km for number, km in pairs) / total
    return f"{numbers.decimal(mean, 1, 'km')} on average, in a straight line, over {numbers.count(total, 'pair')}"


def _gap(plan: Plan) -> str:
    if plan.proven:
        return "None: no plan is better, and that is proven"
    if plan.gap is None:
        return "Not known"
    return f"{numbers.percent(plan.gap * 100)}: a better plan may exist, but none can be better by more than this"


def parts(plan: Plan) -> list[Fact]:
    """The objective by what matters, largest first."""
    rows = sorted(plan.terms.items(), key=lambda item: -item[1])
    return [Fact(TERMS.get(name, name), numbers.decimal(value, 1, "km")) for name, value in rows]


def rule_in_words(rule: str, plan: Plan) -> str:
    """A rule of the method's result as the person who asked would say it."""
    choices = Choices.from_json(plan.choices)
    if rule.startswith("each network: at least"):
        return "At least one secondary in each network"
    if rule.startswith("max_moves"):
        return f"At most {numbers.count(choices.moves or 0, 'school changes', 'schools change')} network"
    if rule.startswith("size"):
        return f"Networks of {choices.smallest} to {choices.largest} schools"
    return rule


def conflict(plan: Plan, *, may_know: bool) -> list[str]:
    """The rules that cannot hold together, in words; `may_know` says whether the reader may know of competition."""
    return [rule_in_words(rule, plan) for rule in plan.conflict if may_know or COMPETE not in rule]


def way_out(plan: Plan, *, may_know: bool) -> str:
    """The rule without which a plan exists, in words; empty where none was found, or the reader may not know it."""
    if not plan.relaxation or (COMPETE in plan.relaxation["rule"] and not may_know):
        return ""
    broken = numbers.count(plan.relaxation["broken"], "network")
    rule = rule_in_words(plan.relaxation["rule"], plan)
    return f"A plan exists without the rule ‘{rule}’: {broken} would not keep it."


def outcome(plan: Plan) -> str:
    """What happened where there is no plan to show, and what to do next."""
    return {
        PlanState.NO_PLAN: "No plan can keep all of these rules. Change one of them and ask again.",
        PlanState.UNDECIDED: "The search ended before it found a plan that keeps every rule, and without a proof that "
        "there is none. Ask for a thorough search, or widen the sizes.",
        PlanState.STOPPED: "The work was stopped. Nothing was kept. You can ask again.",
        PlanState.FAILED: "The work did not finish. What you asked for is kept, so you can ask again.",
    }.get(PlanState(plan.state), "")
