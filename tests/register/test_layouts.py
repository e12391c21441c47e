"""Each kind of file becomes the facts that it holds, each with its own date."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from isthmus.apps.register.actions import import_files
from isthmus.apps.register.adapters import layouts, values
from isthmus.apps.register.adapters.report import ImportReport
from isthmus.apps.register.models import (
    Dataset,
    GroupMembership,
    Kind,
    Link,
    LinkKind,
    Organisation,
    RegisterImport,
    Status,
)
from isthmus.apps.register.queries import history
from tests.needs import need
from tests.register.support import HAMPSHIRE, ROW, SHARED, establishments, write

pytestmark = pytest.mark.django_db

OPEN_SCHOOL = dict.fromkeys(
    [
        "urn",
        "name",
        "la_name",
        "la_gss",
        "phase",
        "gender",
        "status",
        "postcode",
        "easting",
        "northing",
        "coord_source",
        "religious_character",
        "number_of_pupils",
        "percentage_fsm",
        "school_type_2019",
        "ofsted_2019",
        "ofsted_date_2019",
        "ks2_reading_progress_2019",
        "ks2_writing_progress_2019",
        "ks2_maths_progress_2019",
        "progress8_2019",
        "attainment8_2019",
        "sen_pct_2025",
        "trust_uid_2025",
        "trust_name_2025",
    ],
    "",
) | {
    "urn": "100001",
    "name": "A School",
    "la_name": "City of London",
    "la_gss": "E09000001",
    "phase": "Secondary",
    "gender": "Girls",
    "status": "Open",
}
TRUST = dict.fromkeys(
    [
        "time_period",
        "trust_name",
        "trust_uid",
        "trust_ukprn",
        "academy_eligibility",
        "pupil_count",
        "disadvantaged_pupil_percent",
        "eal_pupil_percent",
        "sen_pupil_percent",
        "urns",
    ],
    "",
) | {"time_period": "202425", "trust_uid": "2046", "trust_name": "Abbey Trust", "urns": "115850;115999"}
GROUP = {
    "Group UID": "2046",
    "Group ID": "TR00002",
    "Group Name": "Abbey Trust",
    "Companies House Number": "7705552",
    "Group Type": "Multi-academy trust",
    "Group Status": "Open",
    "Closed Date": "",
    "Incorporated on (open date)": "15-07-2011",
    "Open date": "",
}


def applied(*files: Path, file_date: date | None = None) -> ImportReport:
    report = import_files(files, check_only=False, file_date=file_date)
    assert report.ok, report.lines()
    return report


def school(urn: str = "115850") -> Organisation:
    return Organisation.objects.get(urn=urn)


def day_of(found: Organisation, fact: str) -> date:
    return Dataset.objects.get(code=found.provenance[fact]).date


def test_columns_of_the_open_schools_have_their_own_dates(tmp_path: Path) -> None:
    row = {
        **OPEN_SCHOOL,
        "coord_source": "Code-Point Open 2018/19 table postcode",
        "postcode": "ec2y8bb",
        "easting": "532305",
        "northing": "181744",
        "percentage_fsm": "12.5",
        "number_of_pupils": "780",
        "sen_pct_2025": "z",
        "progress8_2019": "NP",
        "attainment8_2019": "57.9",
        "school_type_2019": "Independent school",
        "trust_uid_2025": "2046",
        "trust_name_2025": "Abbey Trust",
    }
    applied(write(tmp_path / "open.csv", [row], encoding="utf-8"))
    found = school("100001")
    assert (found.kind, found.postcode, found.pupils, found.fsm_percent) == (
        "independent_school",
        "EC2Y 8BB",
        780,
        12.5,
    )
    assert found.measures == {"progress8": "np", "attainment8": 57.9, "sen_percent": "z"}
    assert [day_of(found, fact) for fact in ("name", "fsm_percent", "pupils", "position", "trust")] == [
        date(2024, 6, 17),
        date(2023, 1, 19),
        date(2025, 8, 31),
        date(2019, 8, 31),
        date(2025, 8, 31),
    ]
    assert found.trust is not None
    assert found.trust.group_uid == "2046"


def test_links_of_both_sides_are_one_link_with_the_later_day(tmp_path: Path) -> None:
    def link(urn: str, other: str, kind: str, day: str = "") -> dict[str, str]:
        return {
            "URN": urn,
            "LinkURN": other,
            "LinkName": f"N{other}",
            "LinkType": kind,
            "LinkEstablishedDate": day,
        }

    rows = [
        link("115850", "140001", "Successor", "31-08-2013"),
        link("140001", "115850", "Predecessor - merged", "01-09-2013"),
        link("115850", "115851", "Sixth Form Centre Link"),
        link("115860", "115861", "Result of Amalgamation"),
        link("115861", "115860", "Predecessor - amalgamated"),
    ]
    file = write(tmp_path / "links_edubasealldata20250422.csv", rows)
    assert applied(file).links_new == 3
    found = Link.objects.get(predecessor_urn="115850", successor_urn="140001")
    assert (found.kind, found.established_on) == (LinkKind.MERGER, date(2013, 9, 1))
    assert (found.predecessor_name, found.successor_name) == ("N115850", "N140001")
    assert Link.objects.get(predecessor_urn="115860").kind == LinkKind.AMALGAMATION
    assert applied(file).nothing_changes
    assert [step.successor_urn for step in history("115850")] == ["140001"]


def test_a_link_to_itself_is_left_out(tmp_path: Path) -> None:
    row = {
        "URN": "115850",
        "LinkURN": "115850",
        "LinkName": "",
        "LinkType": "Successor",
        "LinkEstablishedDate": "",
    }
    report = applied(write(tmp_path / "links20250422.csv", [row]))
    assert (report.links_new, report.warnings.count) == (0, 1)


def test_groups_and_their_schools(tmp_path: Path) -> None:
    applied(establishments(tmp_path, {}))
    federation = {**GROUP, "Group UID": "1001", "Group Name": "Two Schools", "Group Type": "Federation"}
    sponsor = {**GROUP, "Group UID": "3000", "Group Type": "School sponsor"}
    report = applied(write(tmp_path / "allgroupsdata20230101.csv", [GROUP, federation, sponsor]))
    assert (report.groups_new, report.files[0].left_out) == (2, 1)
    trust = Organisation.objects.get(group_uid="2046")
    assert (trust.kind, trust.opened_on) == (Kind.TRUST, date(2011, 7, 15))
    link = {"URN": "115850", **GROUP, "Joined date": "01-09-2022"}
    unknown = {**link, "URN": "115999"}
    file = write(tmp_path / "alllinksdata20230101.csv", [link, unknown])
    assert applied(file).unknown == 1
    assert school().trust == trust
    assert GroupMembership.objects.get().since == date(2022, 9, 1)
    assert applied(file).nothing_changes


def test_a_group_that_closed_is_left_but_remembered(tmp_path: Path) -> None:
    applied(establishments(tmp_path, {"Trusts (code)": "2046", "Trusts (name)": "Abbey Trust"}))
    gone = {
        "URN": "115850",
        **GROUP,
        "Group Status": "Closed",
        "Closed Date": "31-08-2023",
        "Joined date": "01-09-2020",
    }
    applied(write(tmp_path / "alllinksdata20240101.csv", [gone]))
    assert school().trust is None
    assert Organisation.objects.get(group_uid="2046").status == Status.CLOSED
    assert not GroupMembership.objects.filter(until=None).exists()
    assert GroupMembership.objects.filter(since=date(2020, 9, 1), until=date(2023, 8, 31)).exists()


def member(**changes: str) -> dict[str, str]:
    """A row of the file of groups with their schools."""
    return {"URN": "115850", **GROUP, "Joined date": "", **changes}


def times(group: str | None = None) -> list[tuple[str | None, date | None, date | None]]:
    found = GroupMembership.objects.order_by("since", "pk")
    found = found.filter(group__group_uid=group) if group else found
    return list(found.values_list("group__group_uid", "since", "until"))


def test_a_membership_alone_is_a_change(tmp_path: Path) -> None:
    """The hub and the school are known already; that the one is in the other is not."""
    hub = {**GROUP, "Group UID": "7000", "Group Name": "Coast Hub", "Group Type": "Teaching school hub"}
    applied(establishments(tmp_path, {}))
    applied(write(tmp_path / "allgroupsdata20250901.csv", [hub]))
    file = write(tmp_path / "alllinksdata20250901.csv", [member(**hub)])
    report = applied(file)
    assert (report.memberships_new, report.applied) == (1, True)
    assert any("Memberships of them: 1 new" in line for line in report.lines())
    assert times() == [("7000", None, None)]
    assert applied(file).nothing_changes
    left = {**hub, "Group Status": "Closed", "Closed Date": "31-08-2025"}
    assert applied(write(tmp_path / "alllinksdata20251001.csv", [member(**left)])).memberships_changed == 1
    assert times() == [("7000", None, date(2025, 8, 31))]


@pytest.mark.parametrize("turned", [False, True])
def test_the_trust_that_runs_a_school_counts_before_its_umbrella(tmp_path: Path, turned: bool) -> None:
    applied(establishments(tmp_path, {}))
    umbrella = member(**{"Group UID": "3001", "Group Name": "Umbrella", "Group Type": "Umbrella trust"})
    rows = [member(), umbrella][:: -1 if turned else 1]
    file = write(tmp_path / "alllinksdata20250901.csv", rows)
    report = applied(file)
    assert (report.changed, report.warnings.count) == (1, 1)
    assert "which counts" in report.warnings.kept[0].what_to_do
    assert school().trust == Organisation.objects.get(group_uid="2046")
    assert times() == [("2046", None, None)]
    assert applied(file).nothing_changes


def test_a_closed_group_without_a_day_is_no_trust_of_today(tmp_path: Path) -> None:
    applied(establishments(tmp_path, {}))
    report = applied(write(tmp_path / "alllinksdata20250901.csv", [member(**{"Group Status": "Closed"})]))
    assert school().trust is None
    assert not times()
    assert [problem.column for problem in report.warnings.kept] == ["Closed Date"]


def test_a_trust_that_closes_leaves_one_row_of_history(tmp_path: Path) -> None:
    applied(establishments(tmp_path, {"Trusts (code)": "2046", "Trusts (name)": "Abbey Trust"}))
    assert times() == [("2046", None, None)]
    gone = {"Group Status": "Closed", "Closed Date": "31-08-2023", "Joined date": "01-09-2020"}
    file = write(tmp_path / "alllinksdata20240101.csv", [member(**gone)])
    report = applied(file)
    assert (report.memberships_new, report.memberships_changed) == (0, 1)
    assert times() == [("2046", date(2020, 9, 1), date(2023, 8, 31))]
    assert applied(file).nothing_changes


def test_a_school_that_left_and_came_back_has_two_times(tmp_path: Path) -> None:
    applied(establishments(tmp_path, {}))
    before = {"Group Status": "Closed", "Closed Date": "31-08-2018", "Joined date": "01-09-2015"}
    again = {"Joined date": "01-09-2021"}
    applied(write(tmp_path / "alllinksdata20190101.csv", [member(**before)]))
    file = write(tmp_path / "alllinksdata20240101.csv", [member(**again)])
    applied(file)
    assert times() == [
        ("2046", date(2015, 9, 1), date(2018, 8, 31)),
        ("2046", date(2021, 9, 1), None),
    ]
    assert applied(file).nothing_changes


def test_groups_confirmed_by_a_newer_file_are_not_called_changed(tmp_path: Path) -> None:
    applied(write(tmp_path / "allgroupsdata20230101.csv", [GROUP]))
    report = applied(write(tmp_path / "allgroupsdata20240101.csv", [GROUP]))
    assert (report.groups_new, report.groups_changed, report.groups_confirmed) == (0, 0, 1)
    assert report.applied
    renamed = {**GROUP, "Group Name": "Abbey Learning"}
    assert applied(write(tmp_path / "allgroupsdata20250101.csv", [renamed])).groups_changed == 1


def test_results_of_trusts(tmp_path: Path) -> None:
    applied(establishments(tmp_path, {}))
    rows = [
        {**TRUST, "academy_eligibility": "Included in MAT performance tables", "pupil_count": "1"},
        {
            **TRUST,
            "academy_eligibility": "All mainstream KS4 academies in MAT",
            "pupil_count": "587",
            "sen_pupil_percent": "z",
        },
    ]
    report = applied(write(tmp_path / "trusts.csv", rows))
    assert report.unknown == 2
    trust = Organisation.objects.get(group_uid="2046")
    assert trust.measures == {"ks4_pupils": 587.0}
    assert school().trust == trust


@pytest.mark.parametrize(
    ("row", "facts"),
    [
        (
            {"RECTYPE": "1", "URN": "115850", "READPROG": "-1.2", "MATPROG": "SUPP"},
            {"ks2_reading_progress": -1.2, "ks2_maths_progress": "supp"},
        ),
        (
            {"RECTYPE": "1", "URN": "115850", "P8MEA": "0", "ATT8SCR": "NE"},
            {"progress8": 0.0, "attainment8": "ne"},
        ),
        ({"URN": "115850", "NOR": "201", "PNUMEAL": "12.5%"}, {"eal_percent": 12.5}),
    ],
)
def test_figures_by_urn(tmp_path: Path, row: dict[str, str], facts: dict[str, object]) -> None:
    applied(establishments(tmp_path, {}))
    total = {**row, "URN": "", **({"RECTYPE": "4"} if "RECTYPE" in row else {})}
    stranger = {**row, "URN": "123456"}
    report = applied(write(tmp_path / "england_2022-2023.csv", [row, total, stranger]))
    assert school().measures == facts
    assert school().pupils == (201 if "NOR" in row else 138)
    assert (report.files[0].left_out, report.unknown) == (1, 1)
    assert day_of(school(), next(iter(facts))) == date(2023, 8, 31)
    assert not Organisation.objects.filter(urn="123456").exists()


def test_school_meals_by_urn(tmp_path: Path) -> None:
    applied(establishments(tmp_path, {}))
    row = {"urn": "115850", "% of pupils known to be eligible for free school meals": "0.0"}
    applied(write(tmp_path / "spc_school_level.csv", [row]), file_date=date(2024, 1, 18))
    assert school().fsm_percent == 0.0
    applied(
        write(
            tmp_path / "older.csv", [{**row, "% of pupils known to be eligible for free school meals": "50"}]
        ),
        file_date=date(2020, 1, 16),
    )
    assert school().fsm_percent == 0.0


def test_a_register_file_is_known_by_its_header() -> None:
    assert [
        layout.kind
        for header in (list(ROW), list(OPEN_SCHOOL), list(GROUP), ["URN", *GROUP], list(TRUST))
        if (layout := layouts.recognise(header))
    ] == [
        "establishments",
        "open-schools",
        "groups",
        "group-links",
        "trust-results",
    ]
    assert layouts.recognise(["URN", "Something"]) is None


@pytest.mark.parametrize(
    ("name", "day"),
    [
        ("edubasealldata20250422.csv", date(2025, 4, 22)),
        ("links_edubasealldata20220431.csv", None),
        ("england_ks4final_2018-2019.csv", date(2019, 8, 31)),
        ("202425_trusts.csv", date(2025, 8, 31)),
        ("2022-04-20 register.csv", date(2022, 4, 20)),
        ("trusts-ks4-2025.csv", None),
        ("page-20261.csv", None),
    ],
)
def test_the_date_in_a_file_name(name: str, day: date | None) -> None:
    assert values.file_day(name) == day


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("1,234", 1234),
        ("12,345,678.5", 12345678.5),
        ("1234.5", 1234.5),
        ("-0.25", -0.25),
        (".5", 0.5),
        ("1e3", 1000),
    ],
)
def test_thousands_and_decimals_are_read(cell: str, value: float) -> None:
    assert values.number(cell) == value


@pytest.mark.parametrize(
    "cell", ["12,5", "0,125", "1,23", "1,2345", "12,34,567", "1_000", "nan", "inf", "1e999", "1.2.3"]
)
def test_a_decimal_comma_is_not_taken_for_thousands(cell: str) -> None:
    with pytest.raises(values.BadValue, match="write a number"):
        values.number(cell)


def test_a_file_that_carries_its_dates_is_not_dated_today(tmp_path: Path) -> None:
    applied(establishments(tmp_path, {}))
    report = applied(write(tmp_path / "trusts-ks4-2025.csv", [TRUST]))
    assert report.files[0].date is None
    assert RegisterImport.objects.latest("pk").file_date is None
    assert report.as_dict()["files"][0]["date"] is None


def test_the_real_files_come_in_together_and_change_nothing_the_second_time() -> None:
    names = (HAMPSHIRE, "links_edubasealldata20250422.csv")
    need(
        all((SHARED / name).exists() for name in names),
        "the published register files are not beside the project",
    )
    files = [SHARED / name for name in names]
    report = applied(*files)
    assert (report.new, report.links_new) == (1096, 17073)
    assert report.warnings.count == 0
    assert applied(*files).nothing_changes
    kept = Organisation.objects.get(urn="115878")
    assert [step.successor_urn for step in history(kept.urn or "")] == ["150155"]
