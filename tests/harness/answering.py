"""An open anonymous wave in an installation, and people who answer it over HTTP."""

from __future__ import annotations

import http.client
import json
import random
import secrets
import urllib.parse
from dataclasses import dataclass, field
from typing import Any

from tests.harness.installation import Installation

INSTRUMENT = "collaboration-diagnostic"
OPEN = f"""
import json
import django
django.setup()
from datetime import timedelta
from uuid import uuid4
from isthmus.apps.core.dates import today
from isthmus.apps.core.scopes import Scope, ScopeKind
from isthmus.apps.register.models import Area, AreaKind, Organisation
from isthmus.apps.surveys import actions
from isthmus.apps.surveys.adapters import instruments
from isthmus.apps.surveys.models import WaveKind, Who
import yaml
parts = yaml.safe_load(instruments.to_text(instruments.by_id("{INSTRUMENT}")))
parts["sections"][-1]["items"].append({{"id": "else", "text": "What else would you say?", "open": True}})
text = yaml.safe_dump(parts, sort_keys=False, allow_unicode=True)
read = instruments.read(text)
area = Area.objects.get(fictional=True, kind=AreaKind.AUTHORITY)
wave = actions.start_wave(
    by=None,
    scope=Scope(ScopeKind.AREA, area.pk),
    instrument=actions.keep_instrument(by=None, text=text),
    asking=actions.Asking(
        name="How we work together with others", why="To see where we stand.", asks="The partnership",
        kind=WaveKind.ANONYMOUS, until=today() + timedelta(days=10), results_on=today() + timedelta(days=20),
        asked=[Who.STAFF], comments=True,
    ),
    schools=list(Organisation.objects.filter(fictional=True, kind="school").order_by("pk")[:2]),
    token=uuid4(),
)
assert actions.open_wave(by=None, wave=wave)
links = []
if LINKED:
    from isthmus.apps.core.tokens import derived
    from isthmus.apps.surveys import emails
    from isthmus.apps.surveys.actions import rosters
    from isthmus.apps.surveys.queries.rosters import Listed
    each = LINKED // 2
    for school in wave.schools.order_by("pk"):
        listed = [Listed(f"p{{n}}-{{school.code}}@school.example", "staff") for n in range(each)]
        assert rosters.give_list(by=None, school=school, people=listed)
    assert rosters.send_links(by=None, wave=wave)
    for school in wave.schools.order_by("pk"):
        for one in school.invited.order_by("email"):
            made = emails.token_of(one, wave)
            links.append([school.code, derived(made.purpose, made.reference), one.email, one.mark])
asked = [item for section in instruments.sections_for(read, "staff") for item in section.scored]
print(json.dumps({{
    "pk": wave.pk,
    "codes": list(wave.schools.order_by("pk").values_list("code", flat=True)),
    "columns": list(read.columns),
    "allowed": {{item.id: sorted(read.scale_of(item).codes) for item in asked}},
    "texts": instruments.text_keys(read, "staff"),
    "links": links,
}}))
"""
CLOSE = """
import django
django.setup()
from isthmus.apps.surveys import actions
from isthmus.apps.surveys.models import Wave
assert actions.start_close(by=None, wave=Wave.objects.get(pk={pk})) is not None
"""


@dataclass(frozen=True)
class Wave:
    """An open wave: its key, its schools' short codes, and what may be answered."""

    pk: int
    codes: list[str]
    columns: list[str]
    allowed: dict[str, list[int]]
    texts: list[str]
    links: list[list[str]]
    """Of each person with a link: their school's code, the token, the address, and the hash that is kept."""


def open_wave(installation: Installation, linked: int = 0) -> Wave:
    """A wave of the collaboration diagnostic, with an open question, for the staff of two invented schools; so many of
    them are asked by links of their own."""
    return Wave(**json.loads(installation.python(OPEN.replace("LINKED", str(linked)))))


def start_close(installation: Installation, wave: Wave) -> None:
    """Somebody closes it; the worker makes the report."""
    installation.python(CLOSE.format(pk=wave.pk))


@dataclass(frozen=True)
class Answer:
    """What somebody is about to send. `said` is a comment on the first question that takes one."""

    code: str
    ballot: int
    chosen: dict[str, int]
    said: str = ""
    link: str = ""

    def kept_as(self, wave: Wave) -> bytes:
        """The bytes that the tables hold of it."""
        return bytes(self.chosen.get(name, -1) & 0xFF for name in wave.columns)

    def fields(self, wave: Wave) -> dict[str, str]:
        """The last form that a browser sends."""
        given = {"ballot": str(self.ballot), "who": "staff", "page": str(len(self.chosen)), "do": "send"}
        given |= {f"q-{name}": str(code) for name, code in self.chosen.items()}
        return given | ({f"t-{wave.texts[0]}": self.said} if self.said else {})


def draw(wave: Wave, chance: random.Random, said: str = "") -> Answer:
    """A complete answer by chance."""
    chosen = {name: chance.choice(codes) for name, codes in wave.allowed.items()}
    return Answer(chance.choice(wave.codes), 1 + secrets.randbelow(2**62), chosen, said)


@dataclass
class Sender:
    """A device that sends answers over one connection, and opens another when that is gone."""

    port: int
    host: str = "localhost"
    _held: http.client.HTTPConnection | None = field(default=None, repr=False)

    def send(self, wave: Wave, answer: Answer) -> bool:
        """Whether the answer was acknowledged. Raises `OSError` or `HTTPException` where nobody answers."""
        at = f"/a/{answer.code}/" + (f"link/{answer.link}/" if answer.link else "")
        status, leads_to, _ = self.post(f"{at}questions/", answer.fields(wave))
        return status == 302 and leads_to.endswith("/thanks/")

    def post(self, path: str, fields: dict[str, str]) -> tuple[int, str, str]:
        """Status, where it leads, and the page."""
        return self._ask("POST", path, urllib.parse.urlencode(fields))

    def get(self, path: str) -> tuple[int, str, str]:
        """Status, where it leads, and the page."""
        return self._ask("GET", path, None)

    def _ask(self, method: str, path: str, body: str | None) -> tuple[int, str, str]:
        held = self._held or http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        self._held = held
        headers: dict[str, Any] = {"Host": self.host}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            held.request(method, path, body, headers)
            answered = held.getresponse()
            page = answered.read().decode(errors="replace")
            return answered.status, answered.headers.get("Location", ""), page
        except BaseException:
            self.end()
            raise

    def end(self) -> None:
        """Hang up."""
        if self._held:
            self._held.close()
        self._held = None
