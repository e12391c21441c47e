"""Spreadsheets of needs, ties and competition: both shapes, mistakes by row and column, whole or not at all."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any
from uuid import uuid4

import openpyxl
import pytest
from django.test import Client

from isthmus.apps.core.dates import today
from isthmus.apps.needs import actions
from isthmus.apps.needs.actions import Said
from isthmus.apps.needs.models import Competition, FileState, GivenFile, Level, Statement, Tie, What
from isthmus.apps.register.models import Organisation, Theme
from tests.conftest import People

pytestmark = pytest.mark.django_db


def give(people: People, what: What, text: str) -> GivenFile:
    return actions.give_file(
        by=people.officer, area=people.area, what=what, name="a.csv", content=text.encode(), token=uuid4()
    )


def apply(people: People, what: What, text: str) -> GivenFile:
    return actions.apply_file(by=people.officer, kept=give(people, what, text))


def said() -> set[tuple[str | None, str, str]]:
    return set(Statement.objects.values_list("organisation__urn", "theme__name", "level"))


def problems(kept: GivenFile) -> list[tuple[int, str]]:
    assert kept.state == FileState.REFUSED
    return [(one["row"], one["column"]) for one in kept.report["problems"]]


def test_a_table_of_schools_and_themes(
    people: People, topics: list[Theme], schools: list[Organisation]
) -> None:
    text = f"URN,School,Inclusion,Peer review\n{schools[0].urn},A,need,Strength\n{schools[1].urn},B,,both\n"
    kept = apply(people, What.NEEDS, text)
    assert (kept.state, kept.report["new"]) == (FileState.APPLIED, 3)
    a, b = schools[0].urn, schools[1].urn
    assert said() == {(a, "Inclusion", "need"), (a, "Peer review", "strength"), (b, "Peer review", "both")}
    statement = Statement.objects.all()[0]
    assert (statement.on_behalf, statement.source, statement.said_as) == (
        True,
        "spreadsheet",
        "Authority officer",
    )
    assert give(people, What.NEEDS, text).state == FileState.UNCHANGED


def test_a_row_for_each_school_and_theme_with_all_there_is_to_say(
    people: People, topics: list[Theme], schools: list[Organisation]
) -> None:
    text = (
        "URN,Theme,Need or strength,What exactly,People affected,What they said,Solution,Met on,Who said so,Said on\n"
        f"{schools[0].urn},inclusion,need,Places,Families,Ask us first,A worker,01/02/2024,Head,01/09/2023\n"
    )
    assert apply(people, What.NEEDS, text).state == FileState.APPLIED
    row = Statement.objects.get()
    assert (row.note, row.affected, row.their_words, row.solution) == (
        "Places",
        "Families",
        "Ask us first",
        "A worker",
    )
    assert (f"{row.said_on} {row.met_on}", row.said_as) == ("2023-09-01 2024-02-01", "Head")
    assert apply(people, What.NEEDS, text).state == FileState.UNCHANGED


def test_every_mistake_has_its_row_and_column_and_nothing_is_written(
    people: People, topics: list[Theme], schools: list[Organisation]
) -> None:
    later = today() + timedelta(days=40)
    rows = [
        f"{schools[0].urn},Inclusion,need,,",
        "123456,Inclusion,need,,",  # no school of the area
        f"{schools[0].urn},Inclusoin,need,,",  # no theme
        f"{schools[0].urn},Peer review,weak,,",  # no level
        f"{schools[0].urn},Inclusion,need,,",  # twice
        f"{schools[1].urn},Governance,need,,{later:%d/%m/%Y}",  # still to come
        f"{schools[1].urn},Inclusion,need,01/02/2024,",  # met by nothing
    ]
    kept = give(people, What.NEEDS, "URN,Theme,Level,Met on,Said on\n" + "\n".join(rows) + "\n")
    assert problems(kept) == [
        (3, "URN"),
        (4, "Theme"),
        (5, "Level"),
        (6, "Theme"),
        (7, "Said on"),
        (8, "Met on"),
    ]
    assert "‘Inclusion’" in kept.report["problems"][1]["what_to_do"]
    assert actions.apply_file(by=people.officer, kept=kept).state == FileState.REFUSED
    assert not Statement.objects.exists()


def test_a_mistake_in_a_table_names_the_column_of_the_theme(
    people: People, topics: list[Theme], schools: list[Organisation]
) -> None:
    kept = give(people, What.NEEDS, f"URN,Inclusion,Peer review\n{schools[0].urn},need,poor\n")
    assert problems(kept) == [(2, "Peer review")]


def test_a_file_without_headings_says_what_to_write(people: People, topics: list[Theme]) -> None:
    kept = give(people, What.NEEDS, "a,b\n1,2\n")
    assert kept.state == FileState.REFUSED
    assert "URN, Theme, Need or strength" in kept.report["refused"]
    assert "a column for each theme" in kept.report["refused"]


def test_what_a_file_does_not_say_stays(
    people: People, topics: list[Theme], schools: list[Organisation]
) -> None:
    theme = next(theme for theme in topics if theme.name == "Inclusion")
    before = Said(theme, Level.NEED, note="Places")
    actions.say(
        by=people.officer, area=people.area, school=schools[0], said=[before], on=today().replace(year=2020)
    )
    kept = give(people, What.NEEDS, f"URN,Inclusion\n{schools[0].urn},need\n")
    assert kept.state == FileState.UNCHANGED
    apply(people, What.NEEDS, f"URN,Inclusion\n{schools[0].urn},both\n")
    assert Statement.objects.count() == 2


def test_others_may_change_things_between_check_and_apply(
    people: People, topics: list[Theme], schools: list[Organisation]
) -> None:
    kept = give(people, What.NEEDS, f"URN,Inclusion\n{schools[0].urn},need\n")
    Theme.objects.filter(name="Inclusion").update(in_use=False)
    after = actions.apply_file(by=people.officer, kept=kept)
    assert after.state == FileState.REFUSED
    assert not Statement.objects.exists()


def test_a_second_click_and_a_second_file_with_its_token_have_one_effect(
    people: People, topics: list[Theme], schools: list[Organisation]
) -> None:
    content, token = f"URN,Inclusion\n{schools[0].urn},need\n".encode(), uuid4()
    first, second = (
        actions.give_file(
            by=people.officer, area=people.area, what=What.NEEDS, name="a.csv", content=content, token=token
        )
        for _ in range(2)
    )
    assert first.pk == second.pk
    actions.apply_file(by=people.officer, kept=first)
    assert actions.apply_file(by=people.officer, kept=second).state == FileState.APPLIED
    assert Statement.objects.count() == 1


def test_ties_by_spreadsheet(people: People, topics: list[Theme], schools: list[Organisation]) -> None:
    a, b, c = (school.urn for school in schools)
    text = f"Tie,URN,Other URN,Note,From\nfeeder,{b},{a},Most,2020/21\nshared staff,{c},{a},,\n"
    assert apply(people, What.TIES, text).state == FileState.APPLIED
    assert set(Tie.objects.values_list("kind", "first__urn", "second__urn")) == {
        ("feeder", b, a),
        ("shared staff", a, c),
    }
    assert give(people, What.TIES, text).state == FileState.UNCHANGED
    assert problems(give(people, What.TIES, f"Tie,URN,Other URN\nfeeder,{a},{a}\n")) == [(2, "Other URN")]


def test_competition_by_spreadsheet(people: People, topics: list[Theme], schools: list[Organisation]) -> None:
    a, b, _c = (school.urn for school in schools)
    text = f"URN,Other URN,Over,They compete,Reason\n{b},{a},pupils,yes,One bus\n"
    assert apply(people, What.COMPETITION, text).state == FileState.APPLIED
    assert give(people, What.COMPETITION, text).state == FileState.UNCHANGED
    changed = apply(people, What.COMPETITION, text.replace("yes", "no"))
    assert changed.report["changed"] == 1
    assert Competition.objects.get().competes is False
    missing = give(people, What.COMPETITION, f"URN,Other URN,Over,Reason\n{b},{a},pupils,\n")
    assert problems(missing) == [(2, "Reason")]


def test_what_is_saved_can_be_brought_in_again(
    people: People, topics: list[Theme], schools: list[Organisation], client_for: Any
) -> None:
    text = f"URN,Inclusion,Peer review\n{schools[0].urn},need,=1+1\n".replace("=1+1", "strength")
    apply(people, What.NEEDS, text)
    client: Client = client_for(people.officer)
    saved = client.get(f"/areas/{people.area.pk}/needs/needs.csv").content
    again = actions.give_file(
        by=people.officer, area=people.area, what=What.NEEDS, name="n.csv", content=saved, token=uuid4()
    )
    assert (again.state, again.report["unchanged"]) == (FileState.UNCHANGED, 2)
    template = client.get(f"/areas/{people.area.pk}/needs/template.xlsx").content
    sheet = openpyxl.load_workbook(io.BytesIO(template)).active
    assert sheet is not None
    assert [cell.value for cell in sheet[1]][:4] == ["URN", "School", "Who said so", "Said on"]
    assert sheet.max_row == 1 + 4  # the head's own school and three more
