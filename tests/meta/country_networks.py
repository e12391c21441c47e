"""The networks, needs and plans of the small country, as rows."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from django.utils import timezone

from isthmus.apps.core.dates import today
from isthmus.apps.needs.models import (
    Competition,
    FileState,
    GivenFile,
    Level,
    Over,
    Statement,
    Tie,
    TieKind,
    What,
)
from isthmus.apps.networks.models import (
    Adoption,
    AdoptionAnswer,
    Consultation,
    ConsultationAnswer,
    Layer,
    MemberRole,
    Membership,
    MembershipImport,
    Network,
    NetworkState,
    Plan,
    PlanComment,
    PlanRule,
    PlanShare,
    PlanState,
    PlanStep,
    PlanStudy,
    RuleKind,
    StepKind,
    StudyKind,
    SubGroup,
    UploadState,
)
from isthmus.apps.register.models import Area, AreaKind, AreaPartner, Kind, Link, LinkKind, Term, Theme
from tests import factories
from tests.meta import tenancy
from tests.meta.sweep import _plan

if TYPE_CHECKING:
    from tests.meta.country import Country

DAY = timedelta(days=1)


def networks(country: Country) -> None:
    """Networks and their sub-groups. They have the numbers of areas that are not theirs: a kind that is forgotten
    opens those."""
    found: dict[str, dict[str, Any]] = {}
    for name, (kind, wider) in tenancy.PLACES.items():
        if kind == "network":
            layer, _made = Layer.objects.get_or_create(area_id=country.scopes[wider].id, name="Layer")
            made = Network.objects.create(pk=country.scopes[name].id, layer=layer, name=name, purpose="x")
            found[name] = {"pk": made.pk}
    for name, (kind, wider) in tenancy.PLACES.items():
        if kind == "sub-group":
            network = country.scopes[wider].id
            SubGroup.objects.create(pk=country.scopes[name].id, network_id=network, name=name, purpose="x")
    inside = (
        ("school 1", "network 1", None),
        ("school 2", "network 1", None),
        ("school 3", "network 2", None),
        ("school 4", "network 3", None),
        ("school 1", "network 2", today() - DAY),
    )
    rows = {
        (school, network): Membership.objects.create(
            network_id=country.scopes[network].id,
            organisation_id=country.scopes[school].id,
            role=MemberRole.MEMBER,
            until=until,
            why_joined="x",
        )
        for school, network, until in inside
    }
    layer, school = Layer.objects.get(area=country.scopes["A"].id), country.scopes["school 1"].id
    over = Network.objects.create(layer=layer, name="x", state=NetworkState.DISSOLVED, ends=today())
    Membership.objects.create(network=over, organisation_id=school)
    early, was = Network.objects.create(layer=layer, name="y"), factories.school(None)
    Membership.objects.create(network=early, organisation=was)
    urns = {"predecessor_urn": was.urn, "successor_urn": factories_urn(school)}
    Link.objects.create(kind=LinkKind.SUCCESSION, **urns)
    country.things["network"] = {
        **found,
        tenancy.DISSOLVED: {"pk": over.pk},
        tenancy.JOINED_BEFORE: {"pk": early.pk},
    }
    groups = {"network 1": "group 1", "network 2": "group 2", "network 3": "group 3"}
    members = {network: row.pk for (_school, network), row in rows.items()}
    country.things["network to change"] = {
        name: {**thing, "membership": members[name], "sub-group": country.scopes[groups[name]].id}
        for name, thing in found.items()
    }


def areas(country: Country) -> None:
    """What belongs to each of the two areas."""
    things: dict[str, dict[str, Any]] = {}

    def thing(kind: str, place: str, /, **arguments: Any) -> None:
        things.setdefault(kind, {})[place] = arguments

    for name, schools in (("A", ("school 1", "school 2", "school 3")), ("B", ("school 4",))):
        area = Area.objects.get(pk=country.scopes[name].id)
        for kind in ("area of networks", "area of needs", "area to manage"):
            thing(kind, name, pk=area.pk)
        own = Area.objects.create(kind=AreaKind.LIST, code=f"L{name}", name=f"Own {name}", owner=area)
        thing("own area", name, pk=own.pk)
        Term.objects.create(area=area, year=2020, name="x", starts=today(), ends=today() + DAY)
        theme = Theme.objects.create(area=area, name=f"Theme {name}")
        thing("theme", name, pk=area.pk, number=theme.pk)
        partner = factories.school(None, kind=Kind.HEALTH, urn=None, phase="")
        AreaPartner.objects.create(area=area, organisation=partner)
        thing("partner", name, pk=area.pk, number=partner.pk)
        layer = Layer.objects.create(area=area, name="Empty")
        thing("layer", name, pk=area.pk, number=layer.pk)
        file = MembershipImport.objects.create(
            area=area, file_name="a.csv", state=UploadState.REFUSED, token=uuid4(), report={"refused": "x"}
        )
        thing("membership file", name, pk=area.pk, number=file.pk)
        for kind, what in (("need file", What.NEEDS), ("competition file", What.COMPETITION)):
            given = GivenFile.objects.create(
                area=area, what=what, file_name="a.csv", state=FileState.REFUSED, token=uuid4(),
                report={"refused": "x"},
            )  # fmt: skip
            thing(kind, name, pk=area.pk, number=given.pk)
        one, two = (factories.school(area) for _ in range(2))
        pair = {"area": area, "first": one, "second": two, "said_on": today(), "said_as": "x"}
        competition = Competition.objects.create(over=Over.PUPILS, reason="x", **pair)
        thing("competition", name, pk=area.pk, number=competition.pk)
        tie = Tie.objects.create(kind=TieKind.OTHER, note="x", **pair)
        thing("tie", name, pk=area.pk, number=tie.pk)
        for school in schools:
            organisation = country.scopes[school].id
            Statement.objects.create(
                organisation_id=organisation, theme=theme, level=Level.NEED, said_on=today(), note="x"
            )
            urn = factories_urn(organisation)
            for kind in ("school asked", "school to speak for"):
                thing(kind, school, pk=area.pk, urn=urn, number=theme.pk)
        asked = Consultation.objects.create(
            area=area,
            name="Asked",
            until=today() + DAY,
            token=uuid4(),
            opened_at=timezone.now(),
            state="open",
        )
        ConsultationAnswer.objects.create(
            consultation=asked,
            organisation_id=country.scopes[schools[0]].id,
            nominee_name="x",
            nominee_agreed=True,
        )
        answer = ConsultationAnswer.objects.create(
            consultation=asked, organisation=one, note="x", nominee_name="x", nominee_agreed=True
        )
        thing("consultation", name, pk=asked.pk, number=answer.pk)
        _plans(area, layer, thing, name)
    _trust(country, thing)
    things["area"] = {**things["own area"], tenancy.PUBLIC_PLACE: {"pk": country.scopes["B"].id}}
    country.things |= things


def _trust(country: Country, thing: Any) -> None:
    """The area of a trust, which has the number of area B."""
    number = country.scopes["B"].id
    trust = factories.school(None, pk=number, kind=Kind.TRUST, urn=None, phase="")
    area = Area.objects.create(kind=AreaKind.TRUST, code="T1", name="Trust", organisation=trust)
    for kind in ("area of networks", "area of needs", "area to manage"):
        thing(kind, tenancy.TRUST, pk=area.pk)


OF = ", with what is of "
"""Where an address names one's own thing, and in it something that is another's, which nobody reaches."""


def crossed(country: Country) -> None:
    """In the address of each thing the number, or the school, of what another one has."""
    things = country.things
    swaps = [
        (kind, one, other)
        for kind, places in things.items()
        if kind not in ("record", "record to read")  # its number is all that these have
        for one, other in (("A", "B"), ("B", "A"))
        if {one, other} <= places.keys() and "number" in places[one]
    ]
    for kind, one, other in swaps:
        things[kind][f"{one}{OF}{other}"] = {**things[kind][one], "number": things[kind][other]["number"]}
    for kind, other in (("need file", "competition file"), ("competition file", "need file")):
        things[kind][f"A{OF}a {other}"] = {**things[kind]["A"], "number": things[other]["A"]["number"]}
    own, near = things["network to change"]["network 1"], things["network to change"]["network 2"]
    things["network to change"][f"network 1{OF}network 2"] = {**near, "pk": own["pk"]}
    day = today()
    ended = Competition.objects.get(pk=things["competition"]["A"]["number"])
    ended.pk, ended.ended_on = None, day
    ended.save()
    things["competition"][f"A{OF}what is over"] = {**things["competition"]["A"], "number": ended.pk}
    unused = Theme.objects.create(area_id=country.scopes["A"].id, name="x", in_use=False)
    for kind in ("school asked", "school to speak for"):
        one, other = things[kind]["school 1"], things[kind]["school 4"]
        things[kind] |= {
            f"school 1{OF}B's theme": {**one, "number": other["number"]},
            f"school 1{OF}a theme put aside": {**one, "number": unused.pk},
            f"A{OF}school 4": {**one, "urn": other["urn"]},
            f"A{OF}nobody": {**one, "urn": "9999999"},
            f"B{OF}school 1": {**other, "urn": one["urn"]},
        }


def factories_urn(organisation: int) -> str:
    """The URN of a school."""
    from isthmus.apps.register.models import Organisation

    return Organisation.objects.values_list("urn", flat=True).get(pk=organisation) or ""


def _plans(area: Area, layer: Layer, thing: Any, name: str) -> None:
    """A plan that is put together, one that is read by a link, one that is adopted."""
    draft = _plan(area)
    Plan.objects.filter(pk=draft.pk).update(state=PlanState.DRAFT)
    rule = PlanRule.objects.create(plan=draft, kind=RuleKind.PUPILS, data={"most": 900})
    thing("draft", name, pk=draft.pk, number=rule.pk, kind="reach")
    shared = _plan(area)
    share = PlanShare.objects.create(
        plan=shared,
        email=f"{name}@example.org",
        name="x",
        token_hash=uuid4().hex,
        expires_at=timezone.now() + DAY,
    )
    thing("plan link", name, pk=shared.pk, number=share.pk)
    thing("plan of one's own", name, pk=shared.pk)
    PlanComment.objects.create(plan=shared, text="x", name="x", token=uuid4())
    PlanStep.objects.create(plan=shared, number=1, kind=StepKind.LOCK, words="x")
    adopted = _plan(area)
    adoption = Adoption.objects.create(plan=adopted, layer=layer, version=0, starts=today() + DAY)
    thing("adoption", name, pk=adoption.pk)
    begun = Adoption.objects.create(
        plan=shared, layer=layer, version=0, starts=today(), state="adopted", adopted_at=timezone.now()
    )
    AdoptionAnswer.objects.create(
        adoption=begun,
        organisation=adopted.members.order_by("pk")[0].organisation,
        network_name="x",
        name="x",
    )
    PlanStudy.objects.create(plan=adopted, kind=StudyKind.PRICES)
