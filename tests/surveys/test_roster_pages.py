"""Pages of links by mail: lists that are checked whole, samples with a stated margin, and nobody's state to be seen."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from isthmus.apps.core.models import AuditEvent, Job
from isthmus.apps.surveys import actions, spending
from isthmus.apps.surveys.marking import mark_used
from isthmus.apps.surveys.models import Invited, Roster, Wave, WaveKind, WaveSchool, Who
from isthmus.apps.surveys.queries.rosters import Listed
from isthmus.apps.surveys.waiting import lists
from isthmus.methods.surveys import margin_of_error

pytestmark = pytest.mark.django_db
Make = Callable[..., Wave]


@pytest.fixture(autouse=True)
def memory(tmp_path: Path, settings: Any) -> None:
    """A list of used links of each test's own."""
    settings.MEMORY = tmp_path


def first(wave: Wave) -> WaveSchool:
    return wave.schools.select_related("wave__instrument", "organisation").order_by("pk")[0]


def words(response: Any) -> str:
    return " ".join(response.content.decode().split())


def at(school: WaveSchool) -> str:
    return reverse("surveys:links_list", args=[school.wave_id, school.pk])


def links_at(wave: Wave) -> str:
    return reverse("surveys:links", args=[wave.pk])


def test_a_list_is_pasted_with_roles_and_groups(make_wave: Make, people: Any, client_for: Any) -> None:
    school = first(make_wave(opened=False))
    text = (
        "E-mail\tRole\tGroup\nA.Able@School.Example\tTeacher\tMaths\n\n b@school.example , Leader\n"
        '"c@school.example", staff, "Art, and design"\n'
    )
    assert client_for(people.officer).post(at(school), {"rows": text}).status_code == 302
    found = set(Invited.objects.values_list("email", "who", "stratum"))
    assert found == {
        ("a.able@school.example", "staff", "Maths"),
        ("b@school.example", "leaders", ""),
        ("c@school.example", "staff", "Art, and design"),
    }
    shown = words(client_for(people.officer).get(at(school)))
    assert "a.able@school.example, staff, Maths" in shown
    assert AuditEvent.objects.filter(action="roster.give").count() == 1


def test_every_wrong_line_is_named_and_nothing_is_kept(make_wave: Make, people: Any, client_for: Any) -> None:
    school = first(make_wave())
    text = "ok@school.example, staff\nnobody, staff\nx@school.example, wizard\nok@school.example, staff\n"
    text += f"y@school.example, staff, {'g' * 61}\n"
    page = words(client_for(people.officer).post(at(school), {"rows": text}))
    for said in (
        "Line 2: ‘nobody’ is no mail address",
        "Line 3: the role of x@school.example must be one of leaders, staff, not ‘wizard’",
        "Line 4: ok@school.example stands there twice",
        "Line 5: the group must have 60 letters or fewer",
    ):
        assert said in page, said
    assert not Invited.objects.exists()
    many = "\n".join(f"n{n}, staff" for n in range(40))
    assert "And 30 more lines that cannot be read" in words(
        client_for(people.officer).post(at(school), {"rows": many})
    )
    empty = words(client_for(people.officer).post(at(school), {"rows": " \n"}))
    assert "Give a line for one person or more" in empty


@pytest.mark.parametrize("kind", ["xlsx", "csv", "latin"])
def test_a_list_comes_from_a_file(make_wave: Make, people: Any, client_for: Any, kind: str) -> None:
    school = first(make_wave())
    rows = [
        ["Email", "Role", "Group"],
        ["a@school.example", "staff", "Café"],
        ["b@school.example", "leaders", None],
    ]
    content = "\r\n".join(",".join(cell or "" for cell in row) for row in rows).encode(
        "cp1252" if kind == "latin" else "utf-8-sig"
    )
    if kind == "xlsx":
        book, out = openpyxl.Workbook(), io.BytesIO()
        for row in rows:
            book.active.append(row)
        book.save(out)
        content = out.getvalue()
    file = SimpleUploadedFile(f"list.{'xlsx' if kind == 'xlsx' else 'csv'}", content)
    assert client_for(people.officer).post(at(school), {"rows": "", "file": file}).status_code == 302
    assert set(Invited.objects.values_list("email", "stratum")) == {
        ("a@school.example", "Café"),
        ("b@school.example", ""),
    }


def test_a_broken_file_is_refused_in_words(make_wave: Make, people: Any, client_for: Any) -> None:
    school = first(make_wave())
    for content in (b"PK\x03\x04rubbish", b"\xd0\xcf\x11\xe0old", b"\0\0"):
        file = SimpleUploadedFile("list.xlsx", content)
        page = words(client_for(people.officer).post(at(school), {"rows": "", "file": file}))
        assert "Save it" in page or "save it" in page
    assert not Invited.objects.exists()


def test_a_school_is_asked_for_its_list_and_gives_it(make_wave: Make, people: Any, client_for: Any) -> None:
    wave = make_wave(opened=False)
    school = first(wave)
    head = client_for(people.head)
    assert head.get(at(school)).status_code == 404, "nobody asked them"
    client_for(people.officer).post(links_at(wave), {"do": "ask"})
    assert Roster.objects.filter(by_school=True).count() == 2
    (waits,) = list(lists(people.head))
    assert waits.url == at(school)
    assert head.get(links_at(wave)).status_code == 404
    assert head.post(at(school), {"rows": "a@school.example, staff"}).status_code == 302
    assert list(lists(people.head)) == []
    assert school.invited.count() == 1
    neighbour = wave.schools.exclude(pk=school.pk).get()
    assert head.post(at(neighbour), {"rows": "a@school.example, staff"}).status_code == 404


def given(wave: Wave, people: Any, number: int = 60) -> None:
    """Staff and leaders of each school."""
    for school in wave.schools.order_by("pk"):
        listed = [Listed(f"p{n}@{school.code}.example", Who.STAFF) for n in range(number)]
        listed += [Listed(f"l{n}@{school.code}.example", Who.LEADERS) for n in range(4)]
        assert actions.give_list(by=people.officer, school=school, people=listed)


def test_a_sample_is_drawn_for_a_margin_that_it_keeps(make_wave: Make, people: Any, client_for: Any) -> None:
    wave = make_wave()
    given(wave, people)
    client = client_for(people.officer)
    asked = {"way": "margin", "margin": "7", "response": "100", "at_least": "3"}
    page = words(client.get(links_at(wave), asked))
    total = int(re.search(r"(\d+) people would be asked", page)[1])  # type: ignore[index]  # it is there
    assert not Invited.objects.filter(drawn=False).exists(), "to look changes nothing"
    assert client.post(links_at(wave), {**asked, "do": "draw"}).status_code == 302
    people_, drawn = {}, {}
    for one in Invited.objects.all():
        key = (one.school_id, one.who)
        people_[key] = people_.get(key, 0) + 1
        drawn[key] = drawn.get(key, 0) + one.drawn
    assert sum(drawn.values()) == total < 128
    assert min(drawn.values()) >= 3
    found = margin_of_error(drawn, people_)
    assert found is not None
    assert found <= 0.07
    assert f"± {found * 100:.1f} points" in words(client.get(links_at(wave)))
    before = set(Invited.objects.filter(drawn=True).values_list("pk", flat=True))
    client.post(links_at(wave), {**asked, "do": "draw"})
    assert set(Invited.objects.filter(drawn=True).values_list("pk", flat=True)) == before, (
        "not until it suits"
    )
    client.post(links_at(wave), {"do": "everyone"})
    assert not Invited.objects.filter(drawn=False).exists()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"way": "number"}, "Enter how many people to ask"),
        ({"way": "number", "number": "9999"}, "9999 people cannot be drawn"),
        ({"way": "number", "number": "2", "at_least": "3"}, "2 people cannot be drawn"),
        ({"margin": ""}, "Enter the margin of error"),
        ({"margin": "0"}, "must be 1 or more"),
        ({"response": "x"}, "whole number"),
        ({"way": "all"}, "Choose"),
    ],
)
def test_a_sample_that_cannot_be_is_explained(
    make_wave: Make, people: Any, client_for: Any, changes: dict[str, str], said: str
) -> None:
    wave = make_wave()
    given(wave, people, number=10)
    asked = {"way": "margin", "margin": "7", "response": "100", "at_least": "3", **changes}
    client = client_for(people.officer)
    assert said in words(client.get(links_at(wave), asked))
    assert said in words(client.post(links_at(wave), {**asked, "do": "draw"}))
    assert not Invited.objects.filter(drawn=False).exists()


def test_only_those_drawn_get_links(make_wave: Make, people: Any, client_for: Any) -> None:
    wave = make_wave()
    given(wave, people, number=10)
    client = client_for(people.officer)
    client.post(
        links_at(wave), {"way": "number", "number": "8", "response": "50", "at_least": "1", "do": "draw"}
    )
    client.post(links_at(wave), {"do": "send"})
    assert Invited.objects.exclude(mark=None).count() == 8
    assert not Invited.objects.filter(drawn=False).exclude(mark=None).exists()
    assert Job.objects.filter(kind="surveys.links").count() == 1
    assert [school.expected for school in wave.schools.all()] == [14, 14]


def test_pages_do_not_change_with_who_has_answered(make_wave: Make, people: Any, client_for: Any) -> None:
    wave = make_wave()
    given(wave, people, number=12)
    client = client_for(people.officer)
    client.post(links_at(wave), {"do": "send"})
    pages = [links_at(wave), *(at(school) for school in wave.schools.all())]
    tokens = re.compile(r'value="[^"]{60,}"|nonce="[^"]*"')
    client.get(links_at(wave))  # it says once that links are on their way
    before = [tokens.sub("", words(client.get(url))) for url in pages]
    for one in Invited.objects.filter(school=first(wave), who=Who.STAFF)[:11]:
        spending.used(str(one.mark))
    assert mark_used() == 11
    assert [tokens.sub("", words(client.get(url))) for url in pages] == before
    for url in pages[1:]:
        assert not re.search(r"p\d+@", words(client.get(url))), "once links were sent, sizes alone are shown"


def test_kinds_with_an_account_or_a_room_have_no_links(make_wave: Make, people: Any, client_for: Any) -> None:
    for kind in (WaveKind.ATTRIBUTED, WaveKind.IN_ROOM):
        wave = make_wave(kind=kind)
        assert client_for(people.officer).get(links_at(wave)).status_code == 404
        assert client_for(people.officer).get(at(first(wave))).status_code == 404
