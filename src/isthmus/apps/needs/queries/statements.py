"""What schools said of themselves, on any day."""

from __future__ import annotations

from collections.abc import Container, Iterable
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Count, Q, QuerySet

from isthmus.apps.needs.models import GIVING, NEEDING, GivenFile, Staleness, Statement, What
from isthmus.apps.register.models import Area, AreaKind, Organisation, Status, Theme
from isthmus.apps.register.queries import area_members, carried_on_by, forebears, themes

USUAL_MONTHS = 12


@dataclass
class Standing:
    """Where one school stands: keys of themes it needs help with, can give help with, and what of that is old.

    A theme that it said both of is in `needs` and in `strengths`. A need that was met is in neither from that day.
    """

    needs: set[int] = field(default_factory=set)
    strengths: set[int] = field(default_factory=set)
    old: set[int] = field(default_factory=set)


def age_in_months(said_on: date, day: date) -> int:
    """Whole months from `said_on` to `day`; 0 where it is not yet a month."""
    months = (day.year - said_on.year) * 12 + day.month - said_on.month
    return max(months - (day.day < said_on.day), 0)


def stale_after(area: Area) -> int:
    """After how many months what was said in an area is shown as old."""
    found = Staleness.objects.filter(area=area.in_charge_id).values_list("months", flat=True).first()
    return USUAL_MONTHS if found is None else found


def in_force(day: date) -> Q:
    """The condition that a statement is the newest of its school and theme on `day`."""
    return Q(said_on__lte=day) & (Q(superseded_on=None) | Q(superseded_on__gt=day))


def _carried(area: Area) -> dict[int, int]:
    """Old keys to the keys of today, for closed schools of which anything was said in the area."""
    closed = Organisation.objects.filter(status=Status.CLOSED, urn__isnull=False)
    said_of = Statement.objects.filter(theme__area=area.in_charge_id).values("organisation")
    old = closed.filter(pk__in=said_of).only("pk", "urn", "status")
    return {pk: school.pk for pk, school in carried_on_by(old).items()}


def current(area: Area, day: date) -> QuerySet[Statement]:
    """The statements in force on `day` about the themes in use of an area; of any school."""
    return Statement.objects.filter(in_force(day), theme__area=area.in_charge_id, theme__in_use=True)


@dataclass(frozen=True)
class Stands:
    """What a school says of a theme on a day: the level, when it was said, and when the need was met."""

    level: str
    said_on: date
    met_on: date | None

    def is_open(self, day: date) -> bool:
        """Whether it is a need that nothing has met by `day`."""
        return self.level in NEEDING and (self.met_on is None or self.met_on > day)


def stands(area: Area, here: Container[int], day: date) -> dict[tuple[int, int], Stands]:
    """What the schools with the keys `here` say on `day`, by keys of the school today and the theme."""
    now = _carried(area)
    columns = ("organisation_id", "theme_id", "level", "said_on", "met_on")
    rows = current(area, day).order_by("said_on", "pk").values_list(*columns)
    found: dict[tuple[int, int], Stands] = {}
    for school, theme, level, said_on, met_on in rows:
        key = now.get(school, school)
        if key in here:
            found[key, theme] = Stands(level, said_on, met_on)
    return found


def standing(area: Area, day: date) -> dict[int, Standing]:
    """Needs and strengths of each school of `area` that said something, by the school's key, on `day`.

    Schools that said nothing are not in it. At most six queries.
    """
    here = set(area_members(area).order_by().values_list("pk", flat=True))
    months = stale_after(area)
    found: dict[int, Standing] = {}
    for (school, theme), said in stands(area, here, day).items():
        one = found.setdefault(school, Standing())
        if said.is_open(day):
            one.needs.add(theme)
        if said.level in GIVING:
            one.strengths.add(theme)
        if age_in_months(said.said_on, day) >= months:
            one.old.add(theme)
    return found


def newest(area: Area, schools: Iterable[Organisation], day: date) -> dict[tuple[int, int], Statement]:
    """The statement in force for each school and theme, with who said it: by keys of the school today and the theme."""
    wanted = {school.pk for school in schools}
    now = _carried(area)
    found: dict[tuple[int, int], Statement] = {}
    keys = [old for old, new in now.items() if new in wanted]
    rows = current(area, day).select_related("said_by").order_by("said_on", "pk")
    if len(wanted) < 500:
        rows = rows.filter(organisation__in=[*wanted, *keys])
    for statement in rows:
        key = now.get(statement.organisation_id, statement.organisation_id)
        if key in wanted:
            found[key, statement.theme_id] = statement
    return found


def history_of(school: Organisation, theme: Theme) -> QuerySet[Statement]:
    """All that was said of a school and a theme, also under its earlier URNs, newest first."""
    before = Organisation.objects.filter(urn__in=forebears([school.urn])).values("pk")
    found = Statement.objects.filter(Q(organisation=school) | Q(organisation__in=before), theme=theme)
    return found.select_related("said_by").order_by("-said_on", "-pk")


def areas_asking(school: Organisation) -> QuerySet[Area]:
    """The areas with themes to which a school belongs by public facts, such as its authority and its trust."""
    groups = [key for key in (school.trust_id, school.federation_id) if key]
    mine = Q(pk=school.authority_id) | Q(kind=AreaKind.TRUST, organisation__in=groups)
    for kind, value in ((AreaKind.DIOCESE, school.diocese), (AreaKind.REGION, school.region)):
        if value:
            mine |= Q(kind=kind, register_value=value, fictional=school.fictional)
    asking = Theme.objects.filter(in_use=True).values("area")
    return Area.objects.filter(mine, pk__in=asking).defer("boundary", "places").order_by("name", "pk")


def said_counts(areas: Iterable[Area], day: date) -> dict[int, int]:
    """How many schools said something, by the key of the area in charge."""
    owners = {area.in_charge_id for area in areas}
    rows = (
        Statement.objects.filter(in_force(day), theme__area__in=owners, theme__in_use=True)
        .order_by()
        .values_list("theme__area")
        .annotate(Count("organisation", distinct=True))
    )
    return dict(rows)


def files_of(area: Area, *kinds: What) -> QuerySet[GivenFile]:
    """The spreadsheets of these kinds that were given for an area."""
    return GivenFile.objects.filter(area=area, what__in=kinds).select_related("by").defer("rows", "report")


def themes_of(area: Area) -> list[Theme]:
    """The themes in use that an area's schools are asked about, by name."""
    return list(themes(area))
