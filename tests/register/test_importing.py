"""Imports: check first, all or nothing, newer facts win one by one, nothing missing becomes zero."""

from __future__ import annotations

import hashlib
import itertools
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from isthmus.apps.core.models import AuditEvent
from isthmus.apps.register.actions import import_files
from isthmus.apps.register.adapters.report import ImportReport
from isthmus.apps.register.models import (
    Area,
    Dataset,
    GroupMembership,
    ImportState,
    Kind,
    Organisation,
    Phase,
    RegisterImport,
    Status,
)
from tests import factories
from tests.register.support import ROW, establishments, write

pytestmark = pytest.mark.django_db


def bring(*files: Path, check_only: bool = False, **more: Any) -> ImportReport:
    return import_files(files, check_only=check_only, **more)


def applied(*files: Path, **more: Any) -> ImportReport:
    report = bring(*files, **more)
    assert report.ok, report.lines()
    return report


def school(urn: str = "115850") -> Organisation:
    return Organisation.objects.get(urn=urn)


def test_a_row_becomes_a_school_with_its_sources(tmp_path: Path) -> None:
    report = applied(establishments(tmp_path, {}))
    found = school()
    assert (report.new, report.applied) == (1, True)
    assert (found.name, found.status, found.phase, found.kind) == (
        "Alton Infant School",
        Status.OPEN,
        Phase.PRIMARY,
        Kind.SCHOOL,
    )
    assert (found.la_code, found.establishment_number, found.dfe_number) == ("850", "2000", "850/2000")
    assert (found.low_age, found.high_age, found.pupils, found.fsm_percent) == (4, 7, 138, 21.7)
    assert found.authority is not None
    assert (found.authority.code, found.authority.name) == ("E10000014", "Hampshire")
    assert found.authority.organisation.la_code == "850"
    assert found.urban_rural == "Urban city and town"
    assert found.latitude == pytest.approx(51.1528, abs=0.001)
    assert found.longitude == pytest.approx(-0.9713, abs=0.001)
    census = Dataset.objects.get(code=found.provenance["pupils"])
    assert (census.date, census.published) == (date(2021, 1, 21), date(2022, 4, 20))
    assert Dataset.objects.get(code=found.provenance["name"]).date == date(2022, 4, 20)


def test_a_check_writes_nothing_and_says_what_would_be(tmp_path: Path) -> None:
    file = establishments(tmp_path, {})
    report = bring(file, check_only=True)
    assert (report.new, report.applied, report.ok) == (1, False, True)
    assert not Organisation.objects.exists()
    assert not Dataset.objects.exists()
    assert not RegisterImport.objects.exists()


def test_the_second_time_nothing_changes(tmp_path: Path) -> None:
    file = establishments(
        tmp_path, {"HeadFirstName": "Ada", "HeadLastName": "Lovelace", "Trusts (name)": "A TRUST"}
    )
    applied(file)
    before = list(Organisation.objects.order_by("pk").values())
    report = applied(file)
    assert report.nothing_changes
    assert (report.unchanged, report.changed, report.new) == (1, 0, 0)
    assert list(Organisation.objects.order_by("pk").values()) == before
    assert RegisterImport.objects.count() == 1


def test_an_import_is_recorded_once(tmp_path: Path) -> None:
    person = factories.person()
    applied(establishments(tmp_path, {}), by=person)
    kept = RegisterImport.objects.get()
    assert (kept.state, kept.by, kept.kind) == (ImportState.APPLIED, person, "establishments")
    event = AuditEvent.objects.get(action="register.import")
    (file,) = tmp_path.glob("*.csv")
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    assert event.detail == {"sha256": {file.name: digest}}
    assert (event.told or {})["after"] == {"new": 1, "changed": 0, "closed": 0}


@pytest.mark.parametrize("cell", ["", "z", "x", "c", "NP", "SUPP"])
def test_what_is_missing_never_becomes_zero(tmp_path: Path, cell: str) -> None:
    applied(establishments(tmp_path, {"NumberOfPupils": cell, "PercentageFSM": cell, "SchoolCapacity": cell}))
    found = school()
    assert (found.pupils, found.fsm_percent, found.capacity) == (None, None, None)
    assert "pupils" not in found.provenance


def test_a_zero_stays_a_zero(tmp_path: Path) -> None:
    applied(establishments(tmp_path, {"NumberOfPupils": "0", "PercentageFSM": "0"}))
    assert (school().pupils, school().fsm_percent) == (0, 0.0)


def test_leading_zeros_and_odd_text_survive(tmp_path: Path) -> None:
    name = '  =HYPERLINK("http://x")   Šchool’s  '
    applied(
        establishments(
            tmp_path, {"LA (code)": "001", "EstablishmentNumber": "0042", "EstablishmentName": name}
        )
    )
    assert school().dfe_number == "001/0042"
    assert school().name == '=HYPERLINK("http://x") Šchool’s'


def test_newer_facts_win_one_by_one_whatever_the_order(tmp_path: Path) -> None:
    """Two files, in both orders: the same register comes of it."""
    old = {
        "EstablishmentName": "Old Name",
        "NumberOfPupils": "100",
        "CensusDate": "20-01-2022",
        "Town": "Alton",
    }
    new = {"EstablishmentName": "New Name", "NumberOfPupils": "90", "CensusDate": "21-01-2021", "Town": ""}
    files = [
        establishments(tmp_path, old, day="20220601"),
        establishments(tmp_path, new, day="20230601"),
    ]
    outcomes = []
    for order in itertools.permutations(files):
        Organisation.objects.filter(urn="115850").delete()
        RegisterImport.objects.all().delete()
        for file in order:
            applied(file)
        found = school()
        assert (found.name, found.pupils, found.town) == ("New Name", 100, "Alton")
        outcomes.append((found.provenance, found.search))
    assert outcomes[0] == outcomes[1]
    assert outcomes[0][0]["town"] == "gias-20220601"
    assert outcomes[0][0]["name"] == "gias-20230601"


def test_changes_are_counted_by_fact_with_examples(tmp_path: Path) -> None:
    applied(establishments(tmp_path, {}, {"URN": "115851"}))
    report = applied(
        establishments(
            tmp_path,
            {"NumberOfPupils": "140"},
            {"URN": "115851", "EstablishmentStatus (name)": "Closed", "CloseDate": "31-08-2022"},
            {"URN": "115852"},
            day="20230420",
        )
    )
    assert (report.new, report.changed, report.closed) == (1, 2, 1)
    assert report.fields["pupils"].examples == [
        {"urn": "115850", "name": "Alton Infant School", "before": "138", "after": "140"}
    ]
    assert report.closed_examples == [{"urn": "115851", "name": "Alton Infant School"}]
    assert school("115851").closed_on == date(2022, 8, 31)


def test_a_closed_school_that_opens_again_loses_its_date_of_closing(tmp_path: Path) -> None:
    applied(establishments(tmp_path, {"EstablishmentStatus (name)": "Closed", "CloseDate": "31-08-2021"}))
    applied(establishments(tmp_path, {}, day="20230420"))
    assert (school().status, school().closed_on) == (Status.OPEN, None)


def test_statuses_are_read_by_name_and_by_code(tmp_path: Path) -> None:
    rows = [{**ROW, "URN": str(115850 + code)} for code in range(1, 5)]
    for code, row in enumerate(rows, start=1):
        del row["EstablishmentStatus (name)"]
        row["EstablishmentStatus (code)"] = str(code)
    applied(write(tmp_path / "edubasealldata20220420.csv", rows))
    assert [school(row["URN"]).status for row in rows] == [1, 2, 3, 4]


def test_a_change_of_headship_is_noticed_and_no_name_is_kept(tmp_path: Path, settings: Any) -> None:
    applied(establishments(tmp_path, {"HeadFirstName": "Ada", "HeadLastName": "Lovelace"}))
    assert school().headship_changed_on is None
    same = applied(
        establishments(tmp_path, {"HeadFirstName": "ada ", "HeadLastName": "LOVELACE"}, day="20220501")
    )
    assert same.headships == 0
    blank = applied(establishments(tmp_path, {}, day="20220601"))
    assert blank.headships == 0
    changed = applied(
        establishments(tmp_path, {"HeadFirstName": "Alan", "HeadLastName": "Turing"}, day="20220901")
    )
    assert changed.headships == 1
    assert school().headship_changed_on == date(2022, 9, 1)
    kept = str(list(Organisation.objects.values())) + str(list(RegisterImport.objects.values()))
    assert not any(name in kept.casefold() for name in ("ada", "lovelace", "turing"))
    settings.SECRET_KEY = "another-secret-of-the-installation"
    rekeyed = applied(
        establishments(tmp_path, {"HeadFirstName": "Alan", "HeadLastName": "Turing"}, day="20221001")
    )
    assert rekeyed.headships == 0


def test_trusts_have_one_row_and_memberships_have_dates(tmp_path: Path) -> None:
    first = {"Trusts (code)": "2046", "Trusts (name)": "ABBEY TRUST"}
    applied(establishments(tmp_path, first, {"URN": "115851", **first}))
    assert Organisation.objects.filter(kind=Kind.TRUST).count() == 1
    applied(
        establishments(tmp_path, {"Trusts (code)": "2099", "Trusts (name)": "Other Trust"}, day="20230420")
    )
    found = school()
    assert found.trust is not None
    assert found.trust.group_uid == "2099"
    old, new = GroupMembership.objects.filter(organisation=found).order_by("pk")
    assert (old.group.group_uid, old.until) == ("2046", date(2023, 4, 20))
    assert (new.group.group_uid, new.until) == ("2099", None)
    applied(establishments(tmp_path, {}, day="20240420"))
    assert school().trust is None
    assert school().provenance["trust"] == "gias-20240420"
    assert not GroupMembership.objects.filter(organisation=found, until=None).exists()


def test_a_trust_known_by_name_takes_its_uid_later(tmp_path: Path) -> None:
    applied(establishments(tmp_path, {"Trusts (name)": "GLF SCHOOLS"}))
    applied(
        establishments(tmp_path, {"Trusts (code)": "5143", "Trusts (name)": "GLF Schools"}, day="20230420")
    )
    trust = Organisation.objects.get(kind=Kind.TRUST)
    assert (trust.group_uid, trust.name) == ("5143", "GLF Schools")


def test_new_authorities_become_areas(tmp_path: Path) -> None:
    report = applied(
        establishments(
            tmp_path,
            {"GSSLACode (name)": "E06000063", "LA (name)": "Cumberland", "LA (code)": "942"},
            {"URN": "115851", "GSSLACode (name)": "W06000015", "LA (name)": "Cardiff", "LA (code)": "681"},
            {"URN": "115852", "GSSLACode (name)": "X999999", "LA (name)": "Cumberland", "LA (code)": "942"},
        )
    )
    assert report.areas_new == ["Cumberland"]
    assert Area.objects.get().code == "E06000063"
    assert school("115851").authority is None
    assert school("115852").authority == school("115850").authority


def test_a_fictional_school_is_never_overwritten(tmp_path: Path) -> None:
    fictional = factories.school(urn="900150", name="Invented")
    report = bring(establishments(tmp_path, {}, {"URN": "900150"}))
    assert not report.ok
    assert "fictional" in report.errors.kept[0].what_to_do
    fictional.refresh_from_db()
    assert fictional.name == "Invented"
    assert not Organisation.objects.filter(urn="115850").exists()


@pytest.mark.parametrize(
    ("change", "column", "words"),
    [
        ({"URN": "abc"}, "URN", "5 to 7 digits"),
        ({"URN": ""}, "URN", "give the URN"),
        ({"EstablishmentName": " "}, "EstablishmentName", "name"),
        ({"EstablishmentStatus (name)": "Ajar"}, "EstablishmentStatus (name)", "write Open"),
        ({"PhaseOfEducation (name)": "Tertiary"}, "PhaseOfEducation (name)", "phase"),
        ({"NumberOfPupils": "many"}, "NumberOfPupils", "number"),
        ({"NumberOfPupils": "-1"}, "NumberOfPupils", "not negative"),
        ({"PercentageFSM": "101"}, "PercentageFSM", "0 to 100"),
        ({"CensusDate": "31-02-2021"}, "CensusDate", "date"),
        ({"OpenDate": "soon"}, "OpenDate", "date"),
        ({"UKPRN": "123"}, "UKPRN", "8 digits"),
        ({"Easting": "9999999"}, "Easting", "outside Great Britain"),
        ({"EstablishmentName": "x" * 300}, "EstablishmentName", "longer than 200"),
    ],
)
def test_each_wrong_cell_is_named_and_nothing_is_written(
    tmp_path: Path, change: dict[str, str], column: str, words: str
) -> None:
    report = bring(establishments(tmp_path, {"URN": "115849"}, change))
    problem = report.errors.kept[0]
    assert (problem.row, problem.column) == (3, column)
    assert words.replace("not negative", "whole number") in problem.what_to_do
    assert not report.ok
    assert not Organisation.objects.exists()
    assert not Dataset.objects.exists()
    assert report.as_dict()["errors"][0]["row"] == 3
    assert any("row 3" in line for line in report.lines())


def test_duplicate_urns_are_refused(tmp_path: Path) -> None:
    report = bring(establishments(tmp_path, {}, {"URN": "115851"}, {}))
    assert [(p.row, p.value) for p in report.errors.kept] == [(4, "115850")]
    assert "row 2" in report.errors.kept[0].what_to_do
    assert not Organisation.objects.exists()


def test_several_files_are_all_or_nothing(tmp_path: Path) -> None:
    good = establishments(tmp_path, {})
    bad = establishments(tmp_path, {"URN": "bad"}, day="20230420")
    assert not bring(good, bad).ok
    assert not Organisation.objects.exists()


def test_a_failure_while_writing_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from isthmus.apps.register.actions import writing

    def broken(*_args: Any) -> None:
        raise RuntimeError("power cut")

    monkeypatch.setattr(writing, "write_memberships", broken)
    with pytest.raises(RuntimeError):
        bring(establishments(tmp_path, {}))
    assert not Organisation.objects.exists()
    assert not Area.objects.exists()


def test_stopping_in_the_middle_of_writing_leaves_nothing(tmp_path: Path) -> None:
    class StopNow(Exception):
        pass

    def progress(percent: int, _words: str) -> None:
        if percent >= 70:
            raise StopNow

    with pytest.raises(StopNow):
        bring(establishments(tmp_path, {}), progress=progress)
    assert not Organisation.objects.exists()


def test_an_import_that_ended_meanwhile_stops_this_one(tmp_path: Path) -> None:
    other = establishments(tmp_path, {"URN": "115851"}, day="20220101")
    once = []

    def progress(_percent: int, words: str) -> None:
        if words.startswith("Writing") and not once:
            once.append(1)
            applied(other)

    report = bring(establishments(tmp_path, {}), progress=progress)
    assert "start again" in report.refused
    assert not Organisation.objects.filter(urn="115850").exists()


def test_an_import_that_was_uploaded_earlier_and_ended_meanwhile_stops_this_one(tmp_path: Path) -> None:
    """Keys are given at the upload, so the import that was written last need not have the greatest."""
    early = RegisterImport.objects.create(file_name="early.csv", state=ImportState.WAITING)
    applied(establishments(tmp_path, {"URN": "115852"}, day="20210101"))
    other = establishments(tmp_path, {"URN": "115851"}, day="20220101")
    once = []

    def progress(_percent: int, words: str) -> None:
        if words.startswith("Writing") and not once:
            once.append(1)
            applied(other, kept=early)

    report = bring(establishments(tmp_path, {}), progress=progress)
    assert "start again" in report.refused
    assert not Organisation.objects.filter(urn="115850").exists()


def test_the_date_is_in_the_name_or_asked_for(tmp_path: Path) -> None:
    file = establishments(tmp_path, {}).rename(tmp_path / "results.csv")
    assert "--date" in bring(file).refused
    applied(file, file_date=date(2022, 4, 20))
    assert school().provenance["name"] == "gias-20220420"


def test_a_file_from_the_future_is_refused(tmp_path: Path) -> None:
    assert "still to come" in bring(establishments(tmp_path, {}, day="20990101")).refused


def test_progress_is_told(tmp_path: Path) -> None:
    told: list[int] = []
    applied(establishments(tmp_path, {}), progress=lambda percent, _words: told.append(percent))
    assert told == sorted(told)
    assert told[-1] >= 95
