"""Instruments: those that come with Isthmus, an area's own, and how one is brought in."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from isthmus.apps.core.models import AuditEvent
from isthmus.apps.surveys.actions import keep_instrument
from isthmus.apps.surveys.adapters.instruments import read, shipped
from isthmus.apps.surveys.models import Instrument
from tests import factories
from tests.surveys.conftest import TEXT

pytestmark = pytest.mark.django_db
NEW = "/instruments/new/"


def text_of(response: Any) -> str:
    return " ".join(response.content.decode().split())


def given(people: Any, **changes: str) -> dict[str, str]:
    return {"area": str(people.area.pk), "text": TEXT, **changes}


def test_the_list_names_every_shipped_instrument(people: Any, client_for: Any) -> None:
    client, at = client_for(people.officer), reverse("surveys:instruments")
    page = client.get(at).content.decode()
    for one in shipped():
        assert f"/instruments/{one.id}/" in page
    only = client.get(at, {"who": "pupils"}).content.decode()
    assert "/instruments/those-affected/" in only
    assert "/instruments/tie-level/" not in only
    assert "No instrument fits" in text_of(client.get(at, {"q": "plums"}))
    rows = client.get(reverse("surveys:instruments_file", args=["csv"]), {"q": "readiness"}).content.decode()
    assert rows.count("\n") <= 3


@pytest.mark.parametrize("key", [one.id for one in shipped()])
def test_every_instrument_can_be_read_as_each_respondent_sees_it(
    people: Any, client_for: Any, key: str
) -> None:
    client, one = client_for(people.head), next(one for one in shipped() if one.id == key)
    for who in one.who:
        page = client.get(reverse("surveys:instrument", args=[key]), {"who": who.value})
        assert page.status_code == 200
        asked = next(iter(one.shown_to(who))).items[0]
        assert asked.wording(who).split("'")[0][:30] in text_of(page)
    text = client.get(reverse("surveys:instrument_file", args=[key])).content.decode()
    assert read(text) == one, "what is saved is read back as it was"


def test_one_s_own_is_looked_through_first_and_kept_once(people: Any, client_for: Any) -> None:
    client = client_for(people.officer)
    page = text_of(client.post(NEW, given(people)))
    assert "has 2 sections and 5 questions" in page
    assert "We visit each other." in page
    assert not Instrument.objects.exists()
    urls = {client.post(NEW, given(people, do="keep")).url for _ in range(3)}
    kept = Instrument.objects.get()
    assert urls == {f"/instruments/own-{kept.pk}/"}
    assert kept.owner == people.area
    assert AuditEvent.objects.filter(action="instrument.keep").count() == 1
    file = SimpleUploadedFile("mine.yaml", TEXT.replace("version: 1", "version: 2").encode())
    assert "version 2" in text_of(client.post(NEW, {"area": str(people.area.pk), "file": file}))
    assert (
        client.get(
            reverse("surveys:new") + f"?scope=area:{people.area.pk}&instrument=own-{kept.pk}"
        ).status_code
        == 200
    )


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"text": ""}, "Choose a file, or paste the text"),
        ({"text": "- no instrument"}, "There is a problem"),
        ({"text": TEXT.replace("scale: agree", "scale: agre", 1)}, "there is no scale &#x27;agre&#x27;"),
        ({"text": TEXT.replace("id: know-2", "id: know-1")}, "know-1"),
        ({"area": ""}, "area"),
        ({"area": "99999"}, "Choose"),
    ],
)
def test_what_is_wrong_is_said_by_place_and_nothing_kept(
    people: Any, client_for: Any, changes: dict[str, str], words: str
) -> None:
    page = text_of(client_for(people.officer).post(NEW, given(people, do="keep", **changes)))
    assert "There is a problem" in page
    assert words in page
    assert not Instrument.objects.exists()


def test_faults_name_their_line(people: Any, client_for: Any) -> None:
    broken = TEXT.replace("scale: agree", "scale: agre", 1)
    line = next(number for number, row in enumerate(broken.splitlines(), 1) if "scale: agre" in row)
    assert f"Line {line}," in text_of(client_for(people.officer).post(NEW, given(people, text=broken)))


def test_other_words_need_another_version(people: Any, client_for: Any) -> None:
    client = client_for(people.officer)
    client.post(NEW, given(people, do="keep"))
    other = TEXT.replace("We visit each other.", "We see each other.")
    assert "make it version 2" in text_of(client.post(NEW, given(people, text=other, do="keep")))
    client.post(NEW, given(people, text=other.replace("version: 1", "version: 2"), do="keep"))
    newest = Instrument.objects.get(version=2)
    listed = client.get(reverse("surveys:instruments")).content.decode()
    assert f"own-{newest.pk}/" in listed
    assert listed.count(">Working together</a>") == 1, "the newest alone"
    assert "Version 1" in text_of(client.get(f"/instruments/own-{newest.pk}/"))


def test_an_area_s_own_is_not_there_for_others(people: Any, client_for: Any) -> None:
    kept = keep_instrument(by=people.officer, text=TEXT, owner=people.area)
    for name in ("instrument", "instrument_file"):
        at = reverse(f"surveys:{name}", args=[f"own-{kept.pk}"])
        assert client_for(people.head).get(at).status_code == 200, "a school's head may be asked with it"
        assert client_for(people.other_officer).get(at).status_code == 404
        assert client_for(people.administrator).get(at).status_code == 403
    assert client_for(people.officer).get("/instruments/own-99999/").status_code == 404
    assert client_for(people.officer).get("/instruments/nothing/").status_code == 404
    own = given(people, do="keep", area=str(people.other_area.pk))
    assert "There is a problem" in text_of(client_for(people.officer).post(NEW, own))
    assert (
        client_for(people.officer)
        .get(f"/surveys/new/?scope=area:{people.area.pk}&instrument=own-{kept.pk}")
        .status_code
        == 200
    )
    foreign = client_for(people.other_officer).get(
        f"/surveys/new/?scope=area:{people.other_area.pk}&instrument=own-{kept.pk}"
    )
    assert "Choose one of these" in text_of(foreign)


def test_a_head_cannot_bring_one_in(people: Any, client_for: Any) -> None:
    assert "Ask an officer of your area" in text_of(client_for(people.head).get(NEW))
    client_for(people.head).post(NEW, given(people, do="keep"))
    assert not Instrument.objects.exists()


def test_the_list_costs_the_same_however_many(people: Any, client_for: Any, list_query_count: Any) -> None:
    client = client_for(people.officer)

    def more() -> None:
        word = f"own-{factories.school().pk}"
        keep_instrument(by=None, text=TEXT.replace("id: working-together", f"id: {word}"), owner=people.area)

    list_query_count(more, lambda: client.get(reverse("surveys:instruments")))
