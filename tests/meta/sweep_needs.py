"""The sweep's part for needs, ties and competition, with whose each is."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from isthmus.apps.needs import actions
from isthmus.apps.needs.models import Competition, GivenFile, Level, Over, Tie, TieKind, What
from isthmus.apps.register.models import Area, Organisation, Theme
from tests import factories
from tests.conftest import People
from tests.meta.sweep_networks import of_area


def build(people: People) -> None:
    """For each officer: a need, a tie, two schools that compete, and a spreadsheet of each kind. Themes are there."""
    for officer, area in ((people.officer, people.area), (people.other_officer, people.other_area)):
        school = _school(area)
        other = factories.school(area, name="Other")
        theme = _theme(area)
        actions.say(by=officer, area=area, school=school, said=[actions.Said(theme, Level.NEED)])
        actions.keep_tie(
            by=officer,
            area=area,
            tie=None,
            kind=TieKind.FEEDER,
            first=school,
            second=other,
            note="",
            since=None,
            until=None,
        )
        actions.record_competition(
            by=officer, area=area, first=school, second=other, over=Over.PUPILS, competes=True, reason="R"
        )
        for what in What:
            actions.give_file(
                by=officer, area=area, what=what, name="a.csv", content=b"nothing\n", token=uuid4()
            )


def _school(area: Area) -> Organisation:
    return Organisation.objects.filter(authority=area, urn__isnull=False).order_by("pk")[0]


def _theme(area: Area) -> Theme:
    return Theme.objects.filter(area=area).order_by("pk")[0]


def _of_school(area: Area) -> dict[str, Any]:
    return {"pk": area.pk, "urn": _school(area).urn}


def _of_theme(area: Area) -> dict[str, Any]:
    return {**_of_school(area), "number": _theme(area).pk}


def _file(area: Area, what: What) -> dict[str, Any]:
    return {"pk": area.pk, "number": GivenFile.objects.get(area=area, what=what).pk}


of_area(
    *("needs:area", "needs:staleness", "needs:uploads", "needs:needs_upload_new", "needs:ties_upload_new"),
    *("needs:ties", "needs:tie_new", "needs:competition", "needs:competition_new"),
    *("needs:competition_estimate", "needs:competition_uploads", "needs:competition_upload_new"),
    find=lambda area: {"pk": area.pk},
)
of_area(
    *("needs:area_file", "needs:template", "needs:ties_file", "needs:ties_template"),
    *("needs:competition_file", "needs:competition_template"),
    find=lambda area: {"pk": area.pk, "ending": "csv"},
)
of_area("needs:school", "needs:school_all", find=_of_school, without=())
of_area("needs:theme", "needs:met", find=_of_theme, without=())
of_area("needs:upload", find=lambda area: _file(area, What.NEEDS))
of_area("needs:competition_upload", find=lambda area: _file(area, What.COMPETITION))
of_area(
    "needs:competition_end",
    find=lambda area: {"pk": area.pk, "number": Competition.objects.get(area=area).pk},
)
of_area(
    "needs:tie",
    "needs:tie_remove",
    find=lambda area: {"pk": area.pk, "number": Tie.objects.get(area=area).pk},
)
