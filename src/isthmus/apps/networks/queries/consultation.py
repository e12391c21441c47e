"""Reads of consultations: who was asked, who wishes to work with whom, and how many wishes a plan meets."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Q, QuerySet

from isthmus.apps.accounts.models import Person, RoleHolding
from isthmus.apps.core.dates import today
from isthmus.apps.core.scopes import ScopeKind
from isthmus.apps.core.tokens import hashed
from isthmus.apps.networks.models import (
    Consultation,
    ConsultationAnswer,
    ConsultationState,
    ConsultationWish,
    Plan,
    ProposedMember,
    WishKind,
)
from isthmus.apps.register.models import Area, Organisation
from isthmus.apps.register.queries import carried_on_by, sort_name
from isthmus.apps.register.queries.search import matching

Pairs = tuple[tuple[str, str], ...]
HEADS = ("head", "executive head")
NEAREST = 8
MOST_FOUND = 20
PUBLIC = (
    *("urn", "name", "sort_name", "phase", "town", "postcode"),
    *("easting", "northing", "status", "authority_id", "trust_id"),
)
OF_SCHOOL = tuple(f"organisation__{name}" for name in PUBLIC)


def consultations_of(area: Area) -> QuerySet[Consultation]:
    """The consultations of an area, each with how many schools were asked (`asked`) and answered (`said`)."""
    found = Consultation.objects.filter(area=area).select_related("layer")
    return found.annotate(
        asked=Count("answers"), said=Count("answers", filter=Q(answers__answered_at__isnull=False))
    )


def answers_of(consultation: Consultation) -> QuerySet[ConsultationAnswer]:
    """Every school that is asked, by name, with how many it wishes to work with and would rather not now."""
    found = ConsultationAnswer.objects.filter(consultation=consultation).select_related("organisation")
    found = found.annotate(
        wished=Count("wishes", filter=Q(wishes__kind=WishKind.WITH)),
        not_now=Count("wishes", filter=Q(wishes__kind=WishKind.NOT_NOW)),
    )
    return found.order_by("organisation__sort_name", "pk")


def answer_by_token(token: str) -> ConsultationAnswer | None:
    """The answer whose newest link has this token, of a consultation that was opened."""
    found = ConsultationAnswer.objects.select_related(
        "consultation__area", "consultation__layer", "organisation"
    )
    return found.filter(token_hash=hashed(token)).exclude(consultation__state=ConsultationState.DRAFT).first()


def heads_of(schools: Iterable[int]) -> dict[int, Person]:
    """The head of each school today, else its executive head; schools with neither are not in it."""
    held = (
        RoleHolding.objects.in_force(today())
        .filter(scope_kind=ScopeKind.ORGANISATION, scope_id__in=list(schools), role__in=HEADS)
        .filter(person__is_active=True)
        .select_related("person")
        .order_by("starts", "pk")
    )
    found: dict[int, Person] = {}
    for holding in sorted(held, key=lambda one: one.role != HEADS[0]):
        found.setdefault(holding.scope_id, holding.person)
    return found


def others(answer: ConsultationAnswer) -> QuerySet[Organisation]:
    """The schools that this school may name: the others that are asked, by what is public of them."""
    asked = ConsultationAnswer.objects.filter(consultation=answer.consultation_id)
    found = Organisation.objects.filter(pk__in=asked.values("organisation"), urn__isnull=False)
    return found.exclude(pk=answer.organisation_id).only(*PUBLIC).order_by("sort_name", "urn")


def found_by(answer: ConsultationAnswer, text: str) -> list[Organisation]:
    """Those of the others in which every word of `text` begins a word, at most `MOST_FOUND`."""
    return list(matching(others(answer), text)[:MOST_FOUND])


def nearest(answer: ConsultationAnswer) -> list[Organisation]:
    """The others that are nearest in a straight line, at most `NEAREST`; none where the school has no known place."""
    own = answer.organisation
    if own.easting is None or own.northing is None:
        return []
    x, y = own.easting, own.northing
    placed = [
        ((school.easting - x) ** 2 + (school.northing - y) ** 2, school.sort_name, school)
        for school in others(answer)
        if school.easting is not None and school.northing is not None
    ]
    return [school for _far, _name, school in sorted(placed, key=lambda row: row[:2])[:NEAREST]]


def wished(answer: ConsultationAnswer, kind: WishKind) -> list[Organisation]:
    """The schools that an answer names, by name."""
    rows = ConsultationWish.objects.filter(answer=answer, kind=kind).select_related("organisation")
    found = [row.organisation for row in rows.only("answer", "kind", *OF_SCHOOL)]
    return sorted(found, key=lambda school: (school.sort_name or sort_name(school.name), school.urn or ""))


def rather_not(consultation: Consultation) -> dict[int, list[str]]:
    """With whom each school would rather not work now: names by key of the answer. For officers only."""
    rows = ConsultationWish.objects.filter(
        answer__consultation=consultation, answer__answered_at__isnull=False, kind=WishKind.NOT_NOW
    )
    found: dict[int, list[str]] = {}
    for key, name in rows.order_by("organisation__sort_name").values_list("answer", "organisation__name"):
        found.setdefault(key, []).append(name)
    return found


def pairs_of(consultation: Consultation, kind: WishKind = WishKind.WITH) -> list[tuple[int, int]]:
    """(who, with whom) of every answer that was sent, by keys of schools of today."""
    rows = ConsultationWish.objects.filter(
        answer__consultation=consultation, answer__answered_at__isnull=False, kind=kind
    )
    pairs = list(rows.values_list("answer__organisation", "organisation"))
    named = {key for pair in pairs for key in pair}
    closed = Organisation.objects.filter(pk__in=named, urn__isnull=False).only("pk", "urn", "status")
    now = {key: school.pk for key, school in carried_on_by(closed).items()}
    today_s = {(now.get(a, a), now.get(b, b)) for a, b in pairs}
    return sorted((a, b) for a, b in today_s if a != b)


def wishes(about: Area | Consultation) -> Pairs:
    """(who, with whom) by URN, of the consultation, or of the newest one in an area that was opened.

    An area in which nobody was asked takes the newest of the area in charge of it.
    """
    found = about if isinstance(about, Consultation) else newest(about)
    if found is None:
        return ()
    pairs = pairs_of(found)
    urns = _urns({key for pair in pairs for key in pair})
    return tuple(sorted((urns[a], urns[b]) for a, b in pairs if a in urns and b in urns))


def newest(area: Area) -> Consultation | None:
    """The consultation of an area, or of the area in charge of it, that was opened last."""
    opened = Consultation.objects.exclude(state=ConsultationState.DRAFT).order_by("-opened_at", "-pk")
    return opened.filter(area=area.pk).first() or opened.filter(area=area.in_charge_id).first()


def _urns(keys: Iterable[int]) -> dict[int, str]:
    rows = Organisation.objects.filter(pk__in=list(keys), urn__isnull=False)
    return {key: urn for key, urn in rows.values_list("pk", "urn") if urn}


@dataclass(frozen=True)
class Answers:
    """What a consultation brought so far, by keys of schools. `mutual` are pairs in order, each once."""

    pairs: frozenset[tuple[int, int]]
    schools: Mapping[int, Organisation] = field(default_factory=dict)

    @property
    def mutual(self) -> list[tuple[int, int]]:
        """Pairs in which both wished for the other, by name."""
        both = [(a, b) for a, b in self.pairs if a < b and (b, a) in self.pairs]
        return sorted(both, key=lambda pair: [self.schools[key].sort_name for key in pair])

    def of(self, school: int) -> list[tuple[int, bool]]:
        """With whom a school wishes to work, and whether each wished for it too, by name."""
        named = sorted((b for a, b in self.pairs if a == school), key=lambda b: self.schools[b].sort_name)
        return [(b, (b, school) in self.pairs) for b in named]


def brought(consultation: Consultation) -> Answers:
    """The wishes of a consultation with their schools: three queries at any size."""
    pairs = frozenset(pairs_of(consultation))
    named = {key for pair in pairs for key in pair}
    schools = Organisation.objects.filter(pk__in=named).only(*PUBLIC)
    return Answers(pairs, {school.pk: school for school in schools})


def mutual_of(answer: ConsultationAnswer) -> list[Organisation]:
    """Those that a school wished for and that wished for it too."""
    found = brought(answer.consultation)
    return [found.schools[key] for key, both in found.of(answer.organisation_id) if both]


@dataclass(frozen=True)
class Met:
    """How many wishes a plan meets. `mutual` counts pairs of schools that wished for each other."""

    met: int
    wishes: int
    mutual_met: int
    mutual: int


def wishes_met(plan: Plan) -> Met | None:
    """How many of the wishes that a plan was given it meets; None where it was given none. One query."""
    given: Any = plan.given.get("wishes") or ()
    wished_for = {(str(a), str(b)) for a, b in given}
    if not wished_for:
        return None
    rows = ProposedMember.objects.filter(plan=plan).values_list("organisation__urn", "network")
    network = dict(rows)
    inside = {pair for pair in wished_for if pair[0] in network and pair[1] in network}
    met = {(a, b) for a, b in inside if network[a] is not None and network[a] == network[b]}
    mutual = {(a, b) for a, b in inside if a < b and (b, a) in inside}
    return Met(len(met), len(inside), len(mutual & met), len(mutual))


def waits_for(organisations: Iterable[int]) -> QuerySet[ConsultationAnswer]:
    """What schools are asked and have not answered yet, soonest last day first."""
    found = ConsultationAnswer.objects.filter(
        organisation__in=list(organisations),
        answered_at=None,
        consultation__state=ConsultationState.OPEN,
        consultation__until__gte=today(),
    )
    return found.select_related("consultation", "organisation").order_by("consultation__until", "pk")
