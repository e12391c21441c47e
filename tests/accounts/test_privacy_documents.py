"""The records of processing, the notice and the impact assessment say what is declared and what is set now."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils.html import escape

from isthmus.apps.accounts.models import Person
from isthmus.apps.accounts.privacy import actions, presenters, queries, tasks
from isthmus.apps.accounts.privacy.measures import MEASURES
from isthmus.apps.accounts.privacy.models import Disposal
from isthmus.apps.core import guards, personal
from tests.accounts.test_privacy_disposal import message
from tests.conftest import People

pytestmark = pytest.mark.django_db
Clients = Callable[[Person | None], Client]
ROOT = Path(__file__).resolve().parents[2]


def text(client: Client, name: str, *arguments: Any) -> str:
    answer = client.get(reverse(f"accounts:{name}", args=arguments))
    assert answer.status_code == 200
    return str(answer.content.decode())


@pytest.mark.parametrize("page", ["privacy_notice", "privacy_records", "privacy_assessment", "retention"])
def test_every_class_stands_in_every_document(client_for: Clients, page: str) -> None:
    said = text(client_for(None), page)
    for data in personal.declared():
        wanted = data.what if page == "privacy_notice" else data.title
        assert escape(wanted) in said, data.key
        assert escape(data.keep.since) in said, data.key
        if page != "retention":
            assert escape(data.basis.value) in said


def test_documents_say_the_time_that_is_set_and_not_the_proposed(people: People, client_for: Clients) -> None:
    data = personal.find("mail")
    assert data
    actions.choose_retention(by=people.administrator, data=data, days=61, why="x")
    for page in ("privacy_notice", "privacy_records", "privacy_assessment", "retention"):
        said = text(client_for(None), page)
        assert "61 days (about 2 months) after the message was sent" in said
        assert "30 days after the message was sent" not in said
    actions.choose_retention(by=people.administrator, data=data, days=20, why="x")
    said = text(client_for(None), "privacy_notice")
    assert "61 days (about 2 months) after the message was sent" in said
    assert re.search(r"From \d+ \w+ \d{4}: 20 days", said)


def test_the_records_are_saved_as_csv_and_excel(client_for: Clients) -> None:
    client = client_for(None)
    answer = client.get(reverse("accounts:privacy_records_export", args=["csv"]))
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert rows[0] == list(presenters.RECORDS_HEADER)
    assert [row[0] for row in rows[1:]] == [data.title for data in personal.declared()]
    answer = client.get(reverse("accounts:privacy_records_export", args=["xlsx"]))
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    assert [list(row) for row in book["Processing"].iter_rows(values_only=True)] == rows
    assert book["Controller"]["A2"].value == "Controller"
    assert client.get(reverse("accounts:privacy_records_export", args=["pdf"])).status_code == 404


def test_the_assessment_lists_each_risk_with_its_measure(client_for: Clients) -> None:
    said = text(client_for(None), "privacy_assessment")
    answer = client_for(None).get(reverse("accounts:privacy_assessment_export", args=["csv"]))
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))[1:]
    assert len(rows) == len(MEASURES) + sum(len(data.risks) for data in personal.declared())
    for _about, risk, measure, _proof in rows:
        assert risk
        assert measure
        assert escape(risk) in said
        assert escape(measure) in said
    assert (
        client_for(None).get(reverse("accounts:privacy_assessment_export", args=["xlsx"])).status_code == 404
    )


def missing(proofs: list[str]) -> list[str]:
    """Proofs whose test is not there."""
    found = []
    for proof in proofs:
        path, _, name = proof.partition("::")
        file = ROOT / path
        if not (file.is_file() and re.search(rf"^def {name}\(", file.read_text(), re.MULTILINE)):
            found.append(proof)
    return found


def test_the_proof_of_each_measure_is_there() -> None:
    assert len(MEASURES) >= 15
    assert missing([measure.proof for measure in MEASURES]) == []
    assert missing(["tests/accounts/test_privacy_documents.py::test_that_is_gone"]) != []


def test_the_notice_is_linked_from_every_page_and_says_what_the_site_is_joined_to(
    client_for: Clients, settings: Any
) -> None:
    client = client_for(None)
    assert reverse("accounts:privacy_notice") in client.get("/").content.decode()
    assert "no mail leaves this machine" in text(client, "privacy_notice")
    settings.MAIL_TRANSPORT = "notify"
    settings.TILES = "https://tiles.example/{z}/{x}/{y}.png"
    said = text(client, "privacy_notice")
    assert "api.notifications.service.gov.uk" in said
    assert "tiles.example" in said
    assert "no mail leaves" not in said


def test_one_place_leads_to_all_of_it(people: People, client_for: Clients) -> None:
    names = ("privacy_notice", "privacy_records", "privacy_assessment", "retention", "roles")
    said = text(client_for(None), "privacy")
    assert all(reverse(f"accounts:{name}") in said for name in names)
    assert reverse("accounts:disposals") not in said
    assert reverse("accounts:disposals") in text(client_for(people.administrator), "privacy")


def test_certificates_are_listed_found_and_saved(people: People, client_for: Clients) -> None:
    client = client_for(people.administrator)
    assert "Nothing was disposed of yet" in text(client, "disposals")
    message(40)
    tasks.dispose()
    row = Disposal.objects.get()
    said = text(client, "disposals")
    assert reverse("accounts:disposal", args=[row.pk]) in said
    assert "Outgoing mail" in said
    page = client.get(reverse("accounts:disposals"), {"what": "people"}).content.decode()
    assert "Nothing of this kind" in page
    rows = client.get(reverse("accounts:disposals_export", args=["csv"]), {"what": "mail"})
    assert row.digest in rows.content.decode()
    rows = client.get(reverse("accounts:disposals_export", args=["csv"]), {"what": "people"})
    assert row.digest not in rows.content.decode()
    sheet = client.get(reverse("accounts:disposals_export", args=["xlsx"]))
    assert openpyxl.load_workbook(io.BytesIO(sheet.content)).active["B2"].value == "Outgoing mail"  # type: ignore[index]  # one
    assert client.get(reverse("accounts:disposals_export", args=["pdf"])).status_code == 404


def test_a_certificate_is_read_and_saved(people: People, client_for: Clients) -> None:
    message(40)
    tasks.dispose()
    row = Disposal.objects.get()
    client = client_for(people.administrator)
    said = text(client, "disposal", row.pk)
    assert row.digest in said
    assert "not as it was issued" not in said
    answer = client.get(reverse("accounts:disposal_file", args=[row.pk]))
    assert ".json" in answer.headers["Content-Disposition"]
    assert json.loads(answer.content) == {"certificate": queries.content(row), "sha256": row.digest}
    assert client.get(reverse("accounts:disposal", args=[row.pk + 1])).status_code == 404
    for person in (people.head, people.officer):
        assert client_for(person).get(reverse("accounts:disposal_file", args=[row.pk])).status_code == 403


def test_a_certificate_that_was_changed_says_so(people: People, client_for: Clients) -> None:
    message(40)
    tasks.dispose()
    row = Disposal.objects.get()
    guards.remove(connection)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE accounts_disposal SET count = 7")
    guards.install(connection)
    assert "not as it was issued" in text(client_for(people.administrator), "disposal", row.pk)


def test_the_list_costs_the_same_for_one_certificate_and_for_three(
    people: People, client_for: Clients, list_query_count: Callable[..., int]
) -> None:
    client = client_for(people.administrator)
    days = iter(range(40, 50))

    def make() -> None:
        message(next(days))
        tasks.dispose()

    list_query_count(make, lambda: text(client, "disposals"))
