"""`isthmus person add`: how the first administrator comes in."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from isthmus.apps.accounts import commands
from isthmus.apps.accounts.models import Person
from isthmus.apps.accounts.roles import Role
from isthmus.apps.core.mail import render
from tests import factories
from tests.accounts import signing as steps

pytestmark = pytest.mark.django_db


def test_the_link_that_is_shown_signs_the_administrator_in(
    client: Client, capsys: pytest.CaptureFixture[str]
) -> None:
    for _ in range(2):
        assert commands.add_person(" Ada@Example.org ", "Ada", administrator=True, send=False) == 0
    person = Person.objects.get()
    assert (person.email, [h.role for h in person.held]) == ("ada@example.org", [Role.ADMINISTRATOR])
    address = re.findall(r"https?://\S+", capsys.readouterr().out)[-1]
    assert address.startswith("http://localhost:8000/sign-in/link/")
    assert client.post("/" + address.split("/", 3)[3]).url == "/account/"
    assert "Your role needs a second step" in client.get("/account/").content.decode()


def test_the_link_that_is_mailed_works_too(client: Client, capsys: pytest.CaptureFixture[str]) -> None:
    assert commands.add_person("ada@example.org", "Ada", administrator=False, send=True) == 0
    assert "http" not in capsys.readouterr().out
    mail = steps.mails("ada@example.org")[-1]
    address = re.findall(r"https?://\S+/sign-in/link/[^/\s]+/", render(mail).text)[0]
    assert address.split("/")[-2] not in str(mail.letter) + str(mail.token), (
        "the token itself is kept nowhere"
    )
    assert client.get("/" + address.split("/", 3)[3]).status_code == 200
    assert client.post("/" + address.split("/", 3)[3]).url == "/"


@pytest.mark.parametrize("email", ["", "no address", "a@b"])
def test_what_is_no_address_is_refused(email: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert commands.add_person(email, "Ada", administrator=True, send=False) == 2
    assert capsys.readouterr().err
    assert not Person.objects.exists()


def test_neither_invented_people_nor_leavers_get_a_link(capsys: pytest.CaptureFixture[str]) -> None:
    for person in (factories.person(), steps.real(is_active=False)):
        assert commands.add_person(person.email, "x", administrator=True, send=False) == 2
        assert "cannot sign in" in capsys.readouterr().err
        assert not person.holdings.exists()
