"""Reads of adoptions and their answers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from isthmus.apps.core.tokens import hashed
from isthmus.apps.networks.models import (
    Adoption,
    AdoptionAnswer,
    AdoptionState,
    Answer,
    Layer,
    Membership,
    Network,
    NetworkState,
    Plan,
    ProposedMember,
)


def adoption_of(plan: Plan) -> Adoption | None:
    """The adoption of a plan that was not cancelled, if there is one."""
    rows = Adoption.objects.filter(plan=plan).exclude(state=AdoptionState.CANCELLED)
    return rows.select_related("layer__area", "plan").first()


def answer_by_token(token: str) -> AdoptionAnswer | None:
    """The school's answer with this token in its newest link, whether it still works or not."""
    rows = AdoptionAnswer.objects.filter(token_hash=hashed(token))
    return rows.select_related("adoption__plan", "adoption__layer__area", "organisation").first()


def answers_of(adoption: Adoption) -> QuerySet[AdoptionAnswer]:
    """The answers of an adoption, with their schools."""
    rows = AdoptionAnswer.objects.filter(adoption=adoption).select_related("organisation", "membership")
    return rows.defer("organisation__measures", "organisation__provenance", "organisation__search")


def counts(adoption: Adoption) -> dict[str, int]:
    """How many schools gave each answer."""
    rows = AdoptionAnswer.objects.filter(adoption=adoption).order_by().values_list("answer")
    return dict(rows.annotate(Count("pk")))


def invitations_of(organisations: Iterable[int]) -> QuerySet[AdoptionAnswer]:
    """Invitations to schools that were not answered and still can be, the first to begin first."""
    found = AdoptionAnswer.objects.filter(
        organisation__in=list(organisations),
        answer=Answer.WAITING,
        adoption__state=AdoptionState.ADOPTED,
        expires_at__gt=timezone.now(),
    )
    return found.select_related("adoption", "organisation").order_by("adoption__starts", "pk")


@dataclass(frozen=True)
class Outcome:
    """What adopting a plan in a layer on a day would do. `kept` maps lower-case names to networks that are there;
    `dissolved` are names that a dissolved network holds; `staying` are (school, network) that are so already."""

    members: tuple[ProposedMember, ...]
    kept: dict[str, Network]
    dissolved: tuple[str, ...]
    ending: tuple[Membership, ...]
    staying: frozenset[tuple[int, int]]

    @property
    def new_names(self) -> list[str]:
        """The networks that are founded."""
        names = dict.fromkeys(member.network.name for member in self.members if member.network)
        return [name for name in names if name.lower() not in self.kept]


def outcome(plan: Plan, layer: Layer, starts: object) -> Outcome:
    """What adopting would do: four queries whatever the size."""
    members = tuple(
        ProposedMember.objects.filter(plan=plan, network__isnull=False)
        .select_related("network", "organisation")
        .defer("organisation__measures", "organisation__provenance", "organisation__search")
        .order_by("network__number", "organisation__sort_name", "pk")
    )
    names = {member.network.name.lower() for member in members if member.network}
    networks = {n.name.lower(): n for n in Network.objects.filter(layer=layer) if n.name.lower() in names}
    kept = {name: n for name, n in networks.items() if n.state == NetworkState.ACTIVE}
    wanted = {
        (m.organisation_id, kept[m.network.name.lower()].pk)
        for m in members
        if m.network and m.network.name.lower() in kept
    }
    lasting = Q(until=None) | Q(until__gte=starts)
    rows = Membership.objects.filter(
        lasting, network__layer=layer, organisation__in=[m.organisation_id for m in members]
    ).select_related("network", "organisation")
    ending = tuple(row for row in rows if (row.organisation_id, row.network_id) not in wanted)
    staying = frozenset((r.organisation_id, r.network_id) for r in rows) & wanted
    gone = tuple(n.name for n in networks.values() if n.state != NetworkState.ACTIVE)
    return Outcome(members, kept, gone, ending, frozenset(staying))
