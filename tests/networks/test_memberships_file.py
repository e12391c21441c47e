"""Spreadsheets of who is in what: read or refused, written whole, and a second time nothing changes."""

from __future__ import annotations

import datetime as dt
import io
from typing import Any
from uuid import uuid4

import openpyxl
import pytest

from isthmus.apps.core.models import AuditEvent
from isthmus.apps.core.spreadsheets import SpreadsheetRefused, read
from isthmus.apps.networks import actions
from isthmus.apps.networks.adapters.spreadsheet import read_rows
from isthmus.apps.networks.models import Layer, Membership, MembershipImport, Network, UploadState
from isthmus.apps.register.models import Area, Organisation, Status
from tests import factories
from tests.conftest import People

HEAD = "Layer,Network,URN,Role,From,To\n"


@pytest.fixture
def area(people: People) -> Area:
    people.area.fictional = True
    people.area.save()
    return people.area


@pytest.fixture
def schools(area: Area) -> list[Organisation]:
    return [factories.school(area, name=f"School {letter}") for letter in "ABC"]


def give(people: People, content: bytes | str, name: str = "clusters.csv") -> MembershipImport:
    raw = content.encode() if isinstance(content, str) else content
    return actions.give_memberships(
        by=people.officer, area=people.area, name=name, content=raw, token=uuid4()
    )


def apply(people: People, content: bytes | str) -> MembershipImport:
    return actions.apply_memberships(by=people.officer, kept=give(people, content))


def rows() -> set[tuple[Any, ...]]:
    found = Membership.objects.values_list(
        "network__layer__name", "network__name", "organisation__urn", "role", "since", "until"
    )
    return set(found)


def problems(kept: MembershipImport) -> list[tuple[int, str, str]]:
    assert kept.state == UploadState.REFUSED
    return [(one["row"], one["column"], one["what_to_do"]) for one in kept.report["problems"]]


@pytest.mark.django_db
def test_a_good_file_is_looked_at_first_then_written_whole_and_a_second_time_nothing_changes(
    people: People, schools: list[Organisation]
) -> None:
    a, b, _c = schools
    text = (
        HEAD + f"Localities,North,{a.urn},Lead,01/09/2023,\nlocalities, north ,{b.urn},,2023/24,31/8/2025\n"
    )
    kept = give(people, text)
    assert (kept.state, kept.report["new"], kept.report["networks_new"]) == (
        UploadState.CHECKED,
        2,
        ["North"],
    )
    assert not Membership.objects.exists()
    actions.apply_memberships(by=people.officer, kept=kept)
    first, last = dt.date(2023, 9, 1), dt.date(2025, 8, 31)
    assert rows() == {
        ("Localities", "North", a.urn, "lead", first, None),
        ("Localities", "North", b.urn, "member", first, last),
    }
    assert Network.objects.get().starts == first
    events = AuditEvent.objects.count()
    again = actions.apply_memberships(by=people.officer, kept=kept)
    assert (again.state, Membership.objects.count()) == (UploadState.APPLIED, 2)
    assert AuditEvent.objects.count() == events
    assert give(people, text).state == UploadState.UNCHANGED


@pytest.mark.django_db
def test_every_mistake_is_named_by_row_and_column_and_nothing_is_written(
    people: People, schools: list[Organisation]
) -> None:
    a, b, _c = schools
    text = HEAD + "\n".join([
        f"L,N,{a.urn},,,",
        f",N,{b.urn},,,",
        "L,N,12x,,,",
        "L,N,999998,,,",
        f"L,N,{b.urn},king,,",
        f"L,N,{b.urn},,31/02/2024,",
        f"L,N,{b.urn},,01/09/2024,01/09/2023",
        f"L,N,{a.urn},lead,01/09/2024,",
    ])  # fmt: skip
    found = problems(give(people, text))
    assert [(row, column) for row, column, _what in found] == [
        *((3, "Layer"), (4, "URN"), (5, "URN"), (6, "Role"), (7, "From"), (8, "To"), (9, "URN"))
    ]
    assert "row 2" in found[-1][2]
    assert not Layer.objects.exists()


@pytest.mark.django_db
def test_a_file_that_was_good_is_refused_where_something_changed_meanwhile(
    people: People, schools: list[Organisation]
) -> None:
    text = HEAD + f"L,N,{schools[0].urn},,01/09/2024,\n"
    kept = give(people, text)
    apply(people, HEAD + f"L,N,{schools[0].urn},,01/09/2022,\n")
    before = rows()
    assert actions.apply_memberships(by=people.officer, kept=kept).state == UploadState.REFUSED
    assert rows() == before
    assert MembershipImport.objects.get(pk=kept.pk).rows == []


@pytest.mark.django_db
def test_a_later_file_gives_a_last_day_and_an_empty_cell_says_nothing(
    people: People, schools: list[Organisation]
) -> None:
    a = schools[0]
    apply(people, HEAD + f"L,N,{a.urn},lead,01/09/2022,\n")
    kept = apply(people, HEAD + f"L,N,{a.urn},,,31/08/2024\n")
    assert kept.report["changed"] == 1
    assert rows() == {("L", "N", a.urn, "lead", dt.date(2022, 9, 1), dt.date(2024, 8, 31))}
    apply(people, HEAD + f"L,N,{a.urn},,01/09/2025,\n")
    assert Membership.objects.count() == 2


@pytest.mark.django_db
def test_other_headings_titles_above_them_and_what_excel_makes_of_cells_are_understood(
    people: People, schools: list[Organisation]
) -> None:
    a, b, c = schools
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["Clusters of Saltmarch"])
    sheet.append([])
    sheet.append(["Tier", "Cluster name", "School name", "School URN", "Start date", "End date"])
    sheet.append(["L", "N", "a", int(a.urn or 0), dt.date(2023, 9, 1), None])
    sheet.append(["L", "N", "b", f" {b.urn} ", "1 September 2023", None])
    sheet.append(["L", "N", "c", float(c.urn or 0), 45170, dt.date(2024, 7, 31)])
    file = io.BytesIO()
    book.save(file)
    kept = apply(people, file.getvalue())
    assert kept.state == UploadState.APPLIED, kept.report
    assert {row[4] for row in rows()} == {dt.date(2023, 9, 1)}
    assert kept.report["headings"]["network"] == "Cluster name"


@pytest.mark.parametrize(
    ("cell", "urn"),
    [("12345", "012345"), (123456, "123456"), ("URN: 123456", "123456"), ("'123456", "123456")],
)
def test_a_urn_keeps_its_zeros(cell: Any, urn: str) -> None:
    from isthmus.apps.networks.adapters.spreadsheet import urn_of

    assert urn_of(cell) == urn


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "is empty"),
        (b"Name,Town\na,b\n", "No row has the headings"),
        (HEAD.encode(), "no row below the headings"),
        (b"<html><body>sign in</body></html>", "web page"),
        (b"PK\x03\x04 broken", "damaged"),
        (b"\xd0\xcf\x11\xe0 old", "old Excel file"),
        (b"a,b\0c\n", "no text file"),
    ],
)
def test_what_is_no_such_spreadsheet_is_refused_with_a_way_out(content: bytes, says: str) -> None:
    with pytest.raises(SpreadsheetRefused, match=says):
        read_rows(read(content, "clusters.csv"))


@pytest.mark.django_db
def test_a_real_school_cannot_be_in_a_fictional_area_and_one_of_elsewhere_is_only_pointed_out(
    people: People, schools: list[Organisation]
) -> None:
    real = factories.school(None, urn="123456", fictional=False)
    assert "stay apart" in problems(give(people, HEAD + f"L,N,{real.urn},,,\n"))[0][2]
    elsewhere = factories.school(people.other_area)
    kept = apply(people, HEAD + f"L,N,{elsewhere.urn},,,\n")
    assert kept.state == UploadState.APPLIED
    assert "none of the area’s own schools" in kept.report["warnings"][0]["what_to_do"]


@pytest.mark.django_db
def test_a_closed_school_that_nobody_carries_on_is_pointed_out(
    people: People, schools: list[Organisation]
) -> None:
    closed = factories.school(people.area, status=Status.CLOSED, closed_on=dt.date(2024, 8, 31))
    kept = give(people, HEAD + f"L,N,{closed.urn},,,\n")
    assert "give its last day" in kept.report["warnings"][0]["what_to_do"]


@pytest.mark.django_db
def test_a_double_click_keeps_one_file(people: People, schools: list[Organisation]) -> None:
    token, content = uuid4(), (HEAD + f"L,N,{schools[0].urn},,,\n").encode()
    for _click in range(2):
        actions.give_memberships(
            by=people.officer, area=people.area, name="a.csv", content=content, token=token
        )
    assert MembershipImport.objects.count() == 1
