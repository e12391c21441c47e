"""A plan as a document, said once: the page, the PDF and the Word file are all made of these blocks."""

from __future__ import annotations

from django.conf import settings

from isthmus.apps.core import numbers
from isthmus.apps.core.components import Column, Table
from isthmus.apps.core.dates import in_words
from isthmus.apps.core.documents import Block, Document
from isthmus.apps.networks.models import Plan, ProposedNetwork
from isthmus.apps.networks.presenters.plans import asked, cards, parts, quality
from isthmus.apps.networks.presenters.rules import sentence
from isthmus.apps.register.models import Organisation


def document(
    plan: Plan, networks: list[ProposedNetwork], missing: list[Organisation], version: int, *, may_know: bool
) -> Document:
    """The plan in full. `networks` with their members; `may_know` says whether the reader may know of competition."""
    fictional = "Fictional schools. " if plan.about.fictional else ""
    blocks = [
        Block(
            text=f"{fictional}This is a proposal of who could work with whom. Nothing happens to any school because a "
            "plan exists. Distances are straight lines unless the plan says otherwise."
        ),
        Block(heading="How good it is"),
        Block(facts=quality(plan, networks, len(missing))),
        Block(heading="What the objective adds up"),
        Block(facts=parts(plan)),
        Block(heading="What was asked"),
        Block(facts=asked(plan)),
        *_rules(plan, networks, may_know),
        Block(heading="On the map"),
        Block(
            picture="Map of the networks, listed below",
            text="Each point is a school, with the number of its network. North is up.",
        ),
        Block(heading="The networks", anchor="networks"),
        Block(table=_summary(networks)),
    ]
    for card in cards(networks):
        blocks.append(Block(heading=f"{card.number}. {card.name}", small=True))
        blocks.append(Block(text=f"{card.count}: {card.mix}. {card.spread}."))
        blocks.append(Block(lines=[f"{s.name}, {s.phase}, {s.where}, URN {s.urn}" for s in card.schools]))
    if missing:
        blocks.append(Block(heading="Not placed"))
        blocks.append(Block(lines=[f"{school.name}, URN {school.urn}" for school in missing]))
    blocks += [Block(heading="Source"), Block(text=settings.ATTRIBUTION)]
    made = in_words(plan.worked_out_at)
    return Document(
        plan.name, f"Networks in {plan.about.name}, version {version}, worked out on {made}", tuple(blocks)
    )


def _rules(plan: Plan, networks: list[ProposedNetwork], may_know: bool) -> list[Block]:
    rules = [rule for rule in plan.rules.all() if may_know or rule.kind != "competitors"]
    if not rules:
        return []
    names = {
        m.organisation.urn or "": m.organisation.name for network in networks for m in network.members.all()
    }
    return [Block(heading="Rules"), Block(lines=[sentence(rule, names) for rule in rules])]


def _summary(networks: list[ProposedNetwork]) -> Table:
    columns = [
        Column("Network"),
        Column("Schools", numeric=True),
        Column("Mean km", numeric=True),
        Column("Furthest km", numeric=True),
    ]
    rows = [
        (f"{n.number}. {n.name}", n.size, numbers.decimal(n.mean_km), numbers.decimal(n.furthest_km))
        for n in networks
    ]
    return Table("Size and straight-line distances between two schools", columns, rows)
