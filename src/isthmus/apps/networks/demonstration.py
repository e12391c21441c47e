"""Networks that the fictional authority has had for some years, made through the same actions as anybody's."""

from __future__ import annotations

import csv
import io
from datetime import date
from math import hypot
from random import Random
from uuid import NAMESPACE_URL, uuid5

from django.db import transaction

from isthmus.apps.core.dates import SchoolYear, today
from isthmus.apps.networks import actions
from isthmus.apps.networks.actions.existing import Details
from isthmus.apps.networks.models import (
    Depth,
    Driver,
    Form,
    Layer,
    LayerKind,
    MemberRole,
    Membership,
    Network,
)
from isthmus.apps.register import actions as register
from isthmus.apps.register.models import Area, Kind, Organisation, Phase
from isthmus.apps.register.queries import area_members, partners

LOCALITIES, THEMES, TRUSTS, PILOTS, TERM = (
    "Localities",
    "Themes",
    "Trusts and federations",
    "Pilots",
    "After needs analysis",
)
LAYERS = (
    (LOCALITIES, LayerKind.LOCALITY, True),
    (THEMES, LayerKind.THEME, False),
    (TRUSTS, LayerKind.TRUST, False),
    (PILOTS, LayerKind.PILOT, False),
    (TERM, LayerKind.FIXED_TERM, False),
)
TOWNS = 9
Line = tuple[str, str, str, str, date | None, date | None, str, str]


@transaction.atomic
def build(area: Area, *, seed: int = 1) -> None:
    """Give the area layers, networks and memberships of several years; a second time nothing changes."""
    if Layer.objects.filter(area=area).exists():
        return
    now = SchoolYear.of(today()).start
    register.seed_themes(by=None, area=area)
    for name, kind, everybody in LAYERS:
        actions.keep_layer(by=None, area=area, layer=None, name=name, kind=kind, for_every_school=everybody)
    random = Random(seed)  # noqa: S311 - for invented data, not for secrets
    schools = list(area_members(area).order_by("urn"))
    lines = [*_localities(area, schools, now, random), *_groups(schools, now)]
    lines += [*_themes(schools, now, random), *_pilots(schools, now, random)]
    _bring_in(area, lines)
    _describe(area, now)
    _partners(area, now)


def _bring_in(area: Area, lines: list[Line]) -> None:
    """As an officer would: one spreadsheet, looked through and applied."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(("Layer", "Network", "URN", "Role", "From", "To", "Why joined", "Why left"))
    writer.writerows(lines)
    token = uuid5(NAMESPACE_URL, f"demonstration:{area.code}")
    kept = actions.give_memberships(
        by=None,
        area=area,
        name="clusters of my predecessor.csv",
        content=text.getvalue().encode(),
        token=token,
    )
    actions.apply_memberships(by=None, kept=kept)


def _nearest_town(area: Area, school: Organisation) -> str:
    if school.latitude is None or school.longitude is None:
        return ""
    towns = area.places[:TOWNS]
    x, y = school.longitude, school.latitude
    return str(min(towns, key=lambda town: hypot((town[2] - x) * 0.59, town[1] - y))[0])


def _localities(area: Area, schools: list[Organisation], now: int, random: Random) -> list[Line]:
    """Clusters around the towns. The largest town's was split two years ago; some schools never joined or left."""
    first, split = date(now - 5, 9, 1), date(now - 2, 9, 1)
    largest = str(area.places[0][0])
    middle = float(area.places[0][2])
    lines: list[Line] = []
    leads: set[str] = set()
    for school in schools:
        town, urn = _nearest_town(area, school), school.urn or ""
        if not town or random.random() < 0.05 or school.kind == Kind.INDEPENDENT_SCHOOL:
            continue
        leads_it = school.phase == Phase.SECONDARY and town not in leads and random.random() < 0.8
        leads |= {town} if leads_it else set()
        role = "lead" if leads_it else ""
        since = first if random.random() < 0.8 else date(now - 3, 9, 1)
        cluster = f"{town} cluster"
        if town == largest:
            lines.append((LOCALITIES, cluster, urn, role, since, date(split.year, 8, 31), "", "Split in two"))
            side = "East" if (school.longitude or 0) > middle else "West"
            lines.append((LOCALITIES, f"{town} {side}", urn, role, split, None, "", ""))
        elif random.random() < 0.05:
            lines.append((LOCALITIES, cluster, urn, "", since, date(now, 8, 31), "", "Too far to travel"))
        else:
            lines.append((LOCALITIES, cluster, urn, role, since, None, "", ""))
    return lines


def _groups(schools: list[Organisation], now: int) -> list[Line]:
    """A network for each trust and federation with more than one school; its first secondary leads it."""
    lines: list[Line] = []
    named: set[int] = set()
    for school in sorted(schools, key=lambda one: (one.phase != Phase.SECONDARY, one.urn or "")):
        for group in (school.trust, school.federation):
            if group is not None:
                role = "" if group.pk in named else "lead"
                named.add(group.pk)
                lines.append((TRUSTS, group.name, school.urn or "", role, date(now - 5, 9, 1), None, "", ""))
    return lines


def _themes(schools: list[Organisation], now: int, random: Random) -> list[Line]:
    """Thematic networks across phases; one busy secondary leads several of them."""
    secondaries = [school for school in schools if school.phase == Phase.SECONDARY]
    primaries = [school for school in schools if school.phase == Phase.PRIMARY]
    small = [school for school in primaries if school.pupils and school.pupils < 110]
    busy = secondaries[0]
    plans: tuple[tuple[str, list[Organisation], int], ...] = (
        ("Early reading", random.sample(primaries, 24), now - 4),
        ("Year 6 to year 7", secondaries[:6] + random.sample(primaries, 20), now - 3),
        ("Small schools together", small[:14], now - 3),
        ("Inclusion", secondaries[2:8] + random.sample(primaries, 10), now - 1),
    )
    lines: list[Line] = []
    for name, members, year in plans:
        if name != "Small schools together":
            lines.append((THEMES, name, busy.urn or "", "lead", date(year, 9, 1), None, "Asked to lead", ""))
        for school in dict.fromkeys(members):
            if school != busy:
                joined = date(year + random.randrange(0, max(now - year, 1)), 9, 1)
                lines.append((THEMES, name, school.urn or "", "", joined, None, "", ""))
    return lines


def _pilots(schools: list[Organisation], now: int, random: Random) -> list[Line]:
    """A pilot that ended, a tiny one that goes on, and a cluster for two years after a needs analysis."""
    primaries = [school for school in schools if school.phase == Phase.PRIMARY]
    special = [school for school in schools if school.type_group == "Special schools"]
    ended = date(now, 7, 22)
    lines: list[Line] = [
        (PILOTS, "Shared family workers", s.urn or "", "", date(now - 2, 9, 1), ended, "", "The pilot ended")
        for s in random.sample(primaries, 9)
    ]
    lines += [
        (PILOTS, "Outdoor learning", s.urn or "", "", date(now - 1, 1, 8), None, "", "")
        for s in random.sample(primaries, 2)
    ]
    hub = special[:1] or primaries[:1]
    lines += [
        (TERM, "Speech and language 2 years", s.urn or "", "hub", date(now, 9, 1), None, "", "") for s in hub
    ]
    lines += [
        (
            TERM,
            "Speech and language 2 years",
            s.urn or "",
            "spoke",
            date(now, 9, 1),
            None,
            "Needs analysis",
            "",
        )
        for s in random.sample([p for p in primaries if p not in hub], 7)
    ]
    return lines


def _describe(area: Area, now: int) -> None:
    """Say what some networks are for; of others nobody knows it any more, as in a real authority."""
    said = {
        "Early reading": (
            "Every child reads by seven: teachers plan and observe together.",
            Depth.COLLABORATION,
        ),
        "Year 6 to year 7": (
            "Children settle well in year 7: staff of both years work together.",
            Depth.CO_OPERATION,
        ),
        "Inclusion": ("No child is lost: places and advice before an exclusion.", Depth.CO_ORDINATION),
        "Speech and language 2 years": (
            "A special school’s strength serves others.",
            Depth.CO_OPERATION,
        ),
    }
    for network in Network.objects.filter(layer__area=area).select_related("layer"):
        purpose, depth = said.get(network.name, ("", ""))
        trust = network.layer.name == TRUSTS
        if trust:
            purpose, depth = "Schools governed together.", Depth.COLLABORATION
        if network.layer.name == LOCALITIES and network.name.startswith(
            ("Brackwater", "Skerrow", "Gullhaven")
        ):
            purpose, depth = "Schools of one place look after its children together.", Depth.NETWORKING
        details = Details(
            name=network.name,
            form=Form.FORMAL if trust else Form.LOOSE,
            purpose=purpose,
            driver=Driver.INTERNAL_SOCIAL
            if network.name in said
            else Driver.EXTERNAL_POLITICAL
            if trust
            else "",
            initiative="Academies programme" if trust else "",
            depth=depth,
            starts=network.starts,
            review_on=date(now + 1, 7, 1) if network.name in said else None,
            public=network.layer.name == THEMES,
        )
        actions.change_network(by=None, network=network, layer=network.layer, details=details)
        if network.name in ("Shared family workers", f"{area.places[0][0]} cluster"):
            last = (
                Membership.objects.filter(network=network)
                .order_by("-until")
                .values_list("until", flat=True)[0]
            )
            if last:
                why = (
                    "The pilot ended"
                    if network.layer.name == PILOTS
                    else "Split in two: it had grown too large"
                )
                actions.dissolve_network(by=None, network=network, last_day=last, why=why)


def _partners(area: Area, now: int) -> None:
    """Partners of other kinds, and a sub-group that came out of a needs analysis."""
    inclusion = Network.objects.get(layer__area=area, name="Inclusion")
    for partner in partners(area).filter(kind__in=(Kind.HEALTH, Kind.SOCIAL_CARE, Kind.POLICE)):
        actions.join(
            by=None,
            network=inclusion,
            organisation=partner,
            role=MemberRole.PARTNER,
            since=date(now - 1, 9, 1),
            why="Meets families that schools do not reach",
        )
    actions.keep_sub_group(
        by=None,
        network=inclusion,
        sub_group=None,
        name="Learning support assistants",
        purpose="Came out of the needs analysis: they learn from each other once a term.",
        ended_on=None,
    )
