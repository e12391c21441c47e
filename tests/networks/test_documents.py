"""A plan as a page, a PDF and a Word file, all of one source."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import docx
import pytest
from django.urls import reverse
from PIL import Image

from isthmus.apps.accounts.roles import Role
from isthmus.apps.core.scopes import Scope, ScopeKind
from isthmus.apps.networks.exports import documents as exports
from isthmus.apps.networks.models import Plan, PlanRule, RuleKind
from tests import factories
from tests.conftest import People

pytestmark = pytest.mark.django_db
Ask = Callable[..., Plan]


@pytest.fixture
def plan(twelve_schools: list[Any], worked_out: Ask) -> Plan:
    return worked_out()


def fetch(client: Any, plan: Plan, ending: str) -> Any:
    """The file."""
    return client.get(reverse("networks:plan_document_file", args=[plan.pk, ending]))


def test_page_word_and_pdf_say_the_same(
    client_for: Callable[..., Any], people: People, plan: Plan, twelve_schools: list[Any]
) -> None:
    from pypdf import PdfReader

    client = client_for(people.officer)
    page = client.get(reverse("networks:plan_document", args=[plan.pk])).content.decode()
    word = docx.Document(io.BytesIO(fetch(client, plan, "docx").content))
    told = "\n".join(p.text for p in word.paragraphs)
    told += "\n".join(cell.text for table in word.tables for row in table.rows for cell in row.cells)
    answer = fetch(client, plan, "pdf")
    assert answer["Content-Type"] == "application/pdf"
    printed = PdfReader(io.BytesIO(answer.content))
    text = " ".join(" ".join(p.extract_text() for p in printed.pages).split())
    assert len(word.inline_shapes) == 1  # the map
    assert len({image.data for p in printed.pages for image in p.images}) == 1
    for school in twelve_schools:
        assert all(f"URN {school.urn}" in where for where in (page, told, text))
    for words in ("How good it is", "Objective", "Bound", "At least one secondary", "The networks"):
        assert all(words in where for where in (page, told, text)), words
    assert printed.metadata is not None
    assert printed.metadata.title == plan.name


def test_the_picture_has_a_point_for_each_school(plan: Plan) -> None:
    from isthmus.apps.networks.queries.plans import networks

    found = list(networks(plan).order_by("number"))
    image = Image.open(io.BytesIO(exports.picture(found)))
    assert image.size == (exports.WIDTH, exports.HEIGHT)
    colours = {colour for _count, colour in image.getcolors(1 << 24) or ()}
    wanted = {exports.COLOURS[n.number % len(exports.COLOURS)] for n in found}
    assert {tuple(int(c[at : at + 2], 16) for at in (1, 3, 5)) for c in wanted} <= colours


def test_names_are_text_and_nothing_is_fetched(
    client_for: Callable[..., Any], people: People, plan: Plan
) -> None:
    plan.name = '<img src="file:///etc/passwd"><b>Bold</b>'
    plan.save()
    assert fetch(client_for(people.officer), plan, "pdf").content.startswith(b"%PDF")
    word = docx.Document(io.BytesIO(fetch(client_for(people.officer), plan, "docx").content))
    assert word.paragraphs[0].text == plan.name


def test_the_rule_about_competition_is_for_those_who_may_know(
    client_for: Callable[..., Any], people: People, plan: Plan
) -> None:
    PlanRule.objects.create(plan=plan, kind=RuleKind.COMPETITORS, data={})
    adviser = factories.person(Role.ADVISER, Scope(ScopeKind.AREA, people.area.pk))
    url = reverse("networks:plan_document", args=[plan.pk])
    assert "Schools that compete are kept apart" in client_for(people.officer).get(url).content.decode()
    assert "ompet" not in client_for(adviser).get(url).content.decode()
    assert client_for(people.other_officer).get(url).status_code == 404
