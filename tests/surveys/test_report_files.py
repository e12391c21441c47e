"""The files of a report: the figures of its page, of the group chosen, for whoever sees them there."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from html import unescape
from typing import Any

import docx
import html5lib
import openpyxl
import pptx
import pytest
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from isthmus.apps.accounts.roles import Role
from isthmus.apps.core.scopes import Scope, ScopeKind
from isthmus.apps.surveys import actions
from isthmus.apps.surveys.adapters.reporting import thaw
from isthmus.apps.surveys.models import Comment, Wave, WaveKind, Who
from isthmus.apps.surveys.presenters import report_files as presenters
from tests import factories
from tests.conftest import People
from tests.surveys.test_report import closed, fill

pytestmark = pytest.mark.django_db
WHOLE = "all schools"
FORMULA = '=HYPERLINK("http://evil.example","Ash Lane")'
ENDINGS = {
    **dict.fromkeys(("xlsx", "csv"), "report_file"),
    **dict.fromkeys(("pdf", "docx", "pptx"), "report_document"),
}
Make = Callable[..., Wave]


@pytest.fixture
def reported(make_wave: Make, answer: Any, people: People) -> Wave:
    """Three schools, each with fourteen staff and twelve leaders; a name begins as a formula does."""
    people.school.name = FORMULA
    people.school.save()
    wave = make_wave(schools=3)
    fill(wave, answer, {Who.STAFF: 14, Who.LEADERS: 12})
    return closed(wave, people)


def address(wave: Wave, ending: str, group: int | str = "") -> str:
    url = reverse(f"surveys:{ENDINGS[ending]}", args=[wave.pk, ending])
    return f"{url}?group={group}" if group != "" else url


def fetch(client: Client, wave: Wave, ending: str, group: int | str = "") -> bytes:
    answer = client.get(address(wave, ending, group))
    assert answer.status_code == 200
    assert answer["Content-Disposition"].endswith(f'.{ending}"')
    content: bytes = answer.content
    return content


def on_page(client: Client, wave: Wave, group: int) -> tuple[list[list[list[str]]], str]:
    """Every table of the report's page as texts, head first, and the page as plain words."""
    page = client.get(reverse("surveys:report", args=[wave.pk]), {"group": group}).content.decode()
    tree = html5lib.parse(page, namespaceHTMLElements=False)
    tables = [
        [[" ".join("".join(cell.itertext()).split()) for cell in row] for row in table.iter("tr")]
        for table in tree.iter("table")
    ]
    return tables, " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())


def group_of(wave: Wave, place: str, value: str = "") -> int:
    """The number of a group in the wave's report."""
    lines = thaw(wave.report.content)["report"].lines
    return next(
        n for n, li in enumerate(lines) if (li.group.unit or "all schools", li.group.value) == (place, value)
    )


def shown(cell: object) -> str:
    """A cell of a spreadsheet as the page writes it: a mean has one decimal."""
    return f"{cell:.1f}" if isinstance(cell, float) else str(cell)


def sheet(book: Any, name: str) -> list[list[Any]]:
    return [list(row) for row in book[name].iter_rows(values_only=True)]


@pytest.mark.parametrize(("place", "value"), [("all schools", ""), ("all schools", "staff"), (FORMULA, "")])
def test_a_workbook_has_the_figures_of_the_page(
    reported: Wave, people: People, client_for: Any, place: str, value: str
) -> None:
    client, group = client_for(people.officer), group_of(reported, place, value)
    (sections, *others), _words = on_page(client, reported, group)
    questions = [table for table in others if table[0][0] == "Question"]
    book = openpyxl.load_workbook(io.BytesIO(fetch(client, reported, "xlsx", group)))
    more = (
        ["Schools beside each other", "How far answers go together"] if (place, value) == (WHOLE, "") else []
    )
    assert book.sheetnames == ["Sections", "Questions", *more, "About"]
    found = sheet(book, "Sections")
    assert [[shown(_numbered(cell)) for cell in row] for row in found] == sections
    assert len(found) == 3
    assert isinstance(found[1][1], (int, float)), "a mean is a number"
    header, *rows = sheet(book, "Questions")
    assert header[1:] == max((table[0] for table in questions), key=len)
    want = [row for table in questions for row in table[1:]]
    assert [
        [shown(_numbered(c)) for c in row[1 : 1 + len(w)]] for row, w in zip(rows, want, strict=True)
    ] == want
    left = {cell for row, w in zip(rows, want, strict=True) for cell in row[1 + len(w) :]}
    assert left <= ({"[c]", "[z]"} if value == "staff" else {"[c]"}), "they have such answers: kept back"
    assert [row[0] for row in rows] == ["Knowing each other"] * 2 + ["Sharing"] * 2
    if value == "staff":
        assert "[z]" in rows[3], "only leaders are asked the last question"
    about = {row[0]: str(row[1]) for row in sheet(book, "About")}
    assert about["Mark of the report"] == reported.report.digest
    assert about["Kind"] == str(WaveKind(reported.kind).label)
    assert about["Smallest group shown"] == f"{reported.k} people"
    assert about["Answers"] == {("all schools", ""): "78", ("all schools", "staff"): "42"}.get(
        (place, value), "26"
    )
    assert {"[c]", "[x]", "[z]", "‘12 to 14’"} <= set(about)


def _numbered(cell: Any) -> Any:
    """Workbooks know one kind of number: in these tables a whole mean is the only whole number below ten."""
    return float(cell) if isinstance(cell, int) and cell < 10 else cell


def test_a_csv_has_them_too(reported: Wave, people: People, client_for: Any) -> None:
    client, group = client_for(people.officer), group_of(reported, FORMULA)
    (sections, *questions), _words = on_page(client, reported, group)
    text = fetch(client, reported, "csv", group).decode("utf-8-sig")
    header, *rows = list(csv.reader(io.StringIO(text)))
    assert header == ["Whose answers", "Section", *max((table[0] for table in questions), key=len)]
    assert all(row[0] == f"'{FORMULA}" for row in rows), "a spreadsheet runs nothing"
    want = []
    for section, table in zip(sections[1:], questions, strict=True):
        want.append([section[0], presenters.ALL, *section[1:3]])
        want += [[section[0], *row] for row in table[1:]]
    assert [row[1 : 1 + len(w)] for row, w in zip(rows, want, strict=True)] == want


@pytest.fixture
def repeated(make_wave: Make, answer: Any, people: People) -> Wave:
    """A second wave of five schools with all that a report can have: change, schools beside each other, weights,
    agreement and comments."""
    first = make_wave(schools=2, asked=[Who.STAFF])
    fill(first, answer, {Who.STAFF: 30})
    closed(first, people)
    wave = make_wave(schools=5, asked=[Who.STAFF], previous=first, name="Again", comments=True, opened=False)
    for place, school in enumerate(wave.schools.order_by("pk")):
        school.expected = 30 + 5 * place
        school.save()
    assert actions.open_wave(by=people.officer, wave=wave)
    wave.refresh_from_db()
    fill(wave, answer, {Who.STAFF: 25}, up=1)
    own = wave.schools.select_related("wave__instrument").get(organisation=people.school)
    Comment.objects.bulk_create(
        Comment(wave=wave, school=own, item="share-3", text="x", shown=f"The bus {n}", looked_at=True)
        for n in range(12)
    )
    return closed(wave, people)


def test_the_same_figures_everywhere(repeated: Wave, people: People, client_for: Any) -> None:
    """Every table of the page stands with the same cells in the workbook, the CSV, Word, PDF and slides."""
    client = client_for(people.officer)
    people_of = ["Section", "School", "Section"]  # each school by its people, schools, agreement
    for group, kinds in ((0, people_of), (group_of(repeated, people.school.name), ["Section"])):  # change
        more = len(kinds)
        tables, words = on_page(client, repeated, group)
        assert [table[0][0] for table in tables] == ["Section", *kinds, "Question", "Question"]
        book = openpyxl.load_workbook(io.BytesIO(fetch(client, repeated, "xlsx", group)))
        sheets = [[[shown(c) for c in row] for row in sheet(book, name)] for name in book.sheetnames]
        beside = [[[_plain(c) for c in row] for row in table] for table in (sheets[0], *sheets[2 : 2 + more])]
        assert beside == [[[_plain(c) for c in row] for row in table] for table in tables[: 1 + more]]
        word = docx.Document(io.BytesIO(fetch(client, repeated, "docx", group)))
        assert [[[c.text for c in r.cells] for r in grid.rows] for grid in word.tables][1:] == tables
        text = fetch(client, repeated, "csv", group).decode("utf-8-sig")
        printed = PdfReader(io.BytesIO(fetch(client, repeated, "pdf", group)))
        on_paper = "".join("".join(p.extract_text() for p in printed.pages).split())
        deck = pptx.Presentation(io.BytesIO(fetch(client, repeated, "pptx", group)))
        grids = [s.table for slide in deck.slides for s in slide.shapes if s.has_table]
        assert [[[c.text for c in row.cells] for row in grid.rows] for grid in grids] == tables[: 1 + more]
        for cell in (cell for table in tables[: 1 + more] for row in table[1:] for cell in row):
            assert "".join(cell.split()) in on_paper
        assert all(cell in text for table in tables[1 : 1 + more] for row in table[1:] for cell in row)
        said = " ".join(s.text_frame.text for slide in deck.slides for s in slide.shapes if s.has_text_frame)
        assert repeated.report.digest[:12] in said
        chart = next(s.chart for slide in deck.slides for s in slide.shapes if s.has_chart)
        means = [f"{value:.1f}" for value in chart.plots[0].series[0].values if value is not None]
        assert means == [row[1] for row in tables[0][1:] if row[1] != "[c]"]
        for comment in (f"The bus {n}" for n in range(12)):
            everywhere = (words, text, said, " ".join(p.text for p in word.paragraphs))
            assert {comment in one for one in everywhere} == {group != 0}


def _plain(cell: object) -> str:
    """Numbers without the nought that a page may write behind the point."""
    text = str(cell).replace("−", "-")
    return str(float(text)) if re.fullmatch(r"-?[0-9]+([.][0-9]+)?", text) else text


def test_another_school_is_beside_none(repeated: Wave, people: People, client_for: Any) -> None:
    client = client_for(people.head)
    _tables, words = on_page(client, repeated, 0)
    assert "How far answers go together" in words
    assert "Schools beside each other" not in words
    other = next(n for n in thaw(repeated.report.content)["schools"].values() if n != people.school.name)
    for ending in ("csv", "pptx", "xlsx"):
        content = fetch(client, repeated, ending, 0)
        if ending == "csv":
            assert other not in content.decode()
        elif ending == "xlsx":
            book = openpyxl.load_workbook(io.BytesIO(content))
            assert other not in str([sheet(book, name) for name in book.sheetnames])
        else:
            deck = pptx.Presentation(io.BytesIO(content))
            assert not [
                s for slide in deck.slides for s in slide.shapes if s.has_text_frame and other in s.text
            ]


def test_names_stay_text_in_a_workbook(reported: Wave, people: People, client_for: Any) -> None:
    group = group_of(reported, FORMULA, "staff")
    book = openpyxl.load_workbook(io.BytesIO(fetch(client_for(people.officer), reported, "xlsx", group)))
    cells = [cell for name in book.sheetnames for row in book[name].iter_rows() for cell in row]
    named = [cell for cell in cells if FORMULA in str(cell.value)]
    assert named
    assert {cell.data_type for cell in named} == {"s"}
    assert not [cell for cell in cells if cell.data_type == "f" or cell.hyperlink]


@pytest.mark.parametrize("value", ["", "leaders"])
def test_word_and_pdf_say_what_the_page_says(
    reported: Wave, people: People, client_for: Any, value: str
) -> None:
    client, group = client_for(people.officer), group_of(reported, "all schools", value)
    tables, words = on_page(client, reported, group)
    word = docx.Document(io.BytesIO(fetch(client, reported, "docx", group)))
    grids = [[[cell.text for cell in row.cells] for row in grid.rows] for grid in word.tables]
    assert grids[1:] == tables, "facts first, then sections and a table a section"
    printed = PdfReader(io.BytesIO(fetch(client, reported, "pdf", group)))
    text = "".join("".join(p.extract_text() for p in printed.pages).split())
    told = "".join("".join(p.text for p in word.paragraphs).split())
    for cell in (cell for table in tables for row in table for cell in row):
        assert "".join(cell.split()) in text, cell
    for said in ("Strengths", "To talk about", "What stands out", reported.report.digest[:12]):
        assert (said in words) == ("".join(said.split()) in text) == ("".join(said.split()) in told), said
    for line in (p.text for p in word.paragraphs if p.style and p.style.name == "List Bullet"):
        assert line.rstrip(".") in words, line
    assert printed.metadata is not None
    assert printed.metadata.title == f"Report of {reported.name}"


def test_the_page_leads_to_the_files_of_its_group(reported: Wave, people: People, client_for: Any) -> None:
    client, group = client_for(people.officer), group_of(reported, "all schools", "staff")
    page = client.get(reverse("surveys:report", args=[reported.pk]), {"group": group}).content.decode()
    assert "Take it with you" in page
    for ending in ENDINGS:
        assert f'href="{address(reported, ending, group)}"' in page


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_file_is_for_those_who_see_the_page(
    reported: Wave, people: People, client_for: Any, ending: str
) -> None:
    other = next(n for n in thaw(reported.report.content)["schools"].values() if n != FORMULA)
    others, own = group_of(reported, other), group_of(reported, FORMULA)
    head = client_for(people.head)
    for group in ("", own):
        assert head.get(address(reported, ending, group)).status_code == 200
    assert head.get(address(reported, ending, others)).status_code == 404
    for strange in ("999", "-1", "x", "²", "1" * 40):
        assert head.get(address(reported, ending, strange)).status_code == 404
    assert client_for(people.officer).get(address(reported, ending, others)).status_code == 200
    stranger = factories.person(Role.HEAD, Scope(ScopeKind.ORGANISATION, factories.school(people.area).pk))
    for person in (people.other_officer, stranger):
        assert client_for(person).get(address(reported, ending)).status_code == 404
    assert client_for(people.officer).post(address(reported, ending)).status_code == 405
    assert Client().get(address(reported, ending)).status_code == 302


def test_where_the_page_has_no_figures_there_are_no_files(
    make_wave: Make, answer: Any, people: People, client_for: Any
) -> None:
    client = client_for(people.officer)
    still_open = make_wave(schools=2)
    named = closed(make_wave(kind=WaveKind.ATTRIBUTED, asked=[Who.LEADERS]), people)
    small = make_wave(schools=3)
    fill(small, answer, {Who.STAFF: 14, Who.LEADERS: 3})
    closed(small, people)
    lines = thaw(small.report.content)["report"].lines
    hidden = next(number for number, line in enumerate(lines) if not line.shown)
    for ending in ENDINGS:
        for url in (address(still_open, ending), address(named, ending), address(small, ending, hidden)):
            assert client.get(url).status_code == 404
    page = client.get(reverse("surveys:report", args=[small.pk]), {"group": hidden}).content.decode()
    assert "Take it with you" not in page


def test_answers_with_a_name_have_files_for_those_who_see_them(
    make_wave: Make, people: People, client_for: Any
) -> None:
    wave = make_wave(kind=WaveKind.ATTRIBUTED, asked=[Who.LEADERS])
    for school in wave.schools.select_related("organisation"):
        by = people.head if school.organisation_id == people.school.pk else people.officer
        row = bytes([4, 3, 2, 1])
        actions.respond(by=by, school=school, ballot=school.pk, who="leaders", codes=row, comments={})
    closed(wave, people)
    for client, number in ((client_for(people.officer), 2), (client_for(people.head), 1)):
        page = client.get(reverse("surveys:report", args=[wave.pk])).content.decode()
        tree = html5lib.parse(page, namespaceHTMLElements=False)
        table = [["".join(cell.itertext()).strip() for cell in row] for row in tree.iter("tr")]
        assert len(table) == 1 + number
        assert list(csv.reader(io.StringIO(fetch(client, wave, "csv").decode("utf-8-sig")))) == table
        book = openpyxl.load_workbook(io.BytesIO(fetch(client, wave, "xlsx")))
        assert sheet(book, "Answers") == table
        word = docx.Document(io.BytesIO(fetch(client, wave, "docx")))
        assert [[cell.text for cell in row.cells] for row in word.tables[0].rows] == table
        assert fetch(client, wave, "pdf").startswith(b"%PDF")
        assert client.get(address(wave, "pptx")).status_code == 404
    assert client_for(people.other_officer).get(address(wave, "csv")).status_code == 404


def test_without_a_printer_the_page_says_what_to_take_instead(
    reported: Wave, people: People, client_for: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from isthmus.apps.core.documents import NoPrinter
    from isthmus.apps.surveys.views import report_files

    def broken(_document: Any) -> bytes:
        raise NoPrinter("PDF files need Pango.")

    monkeypatch.setattr(report_files, "pdf", broken)
    answer = client_for(people.officer).get(address(reported, "pdf", 1), follow=True)
    assert answer.redirect_chain == [(f"/surveys/{reported.pk}/report/?group=1", 302)]
    assert "PDF files need Pango. Take the Word file" in answer.content.decode()


def test_files_say_where_schools_are_invented(
    reported: Wave, people: People, client_for: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = client_for(people.officer)

    def said() -> list[bool]:
        word = docx.Document(io.BytesIO(fetch(client, reported, "docx")))
        book = openpyxl.load_workbook(io.BytesIO(fetch(client, reported, "xlsx")))
        texts = [p.text for p in word.paragraphs], [row[1] for row in sheet(book, "About")]
        return [presenters.FICTIONAL in found for found in texts]

    assert said() == [True, True], "schools of tests are invented"
    monkeypatch.setattr(presenters, "is_fictional", lambda _wave: False)
    assert said() == [False, False]
