"""The sweep's part for links by mail and paper forms: of a wave that asks the first school of an area."""

from __future__ import annotations

from typing import Any

from isthmus.apps.accounts.models import Person
from isthmus.apps.core.scopes import Scope, ScopeKind
from isthmus.apps.core.tokens import derived
from isthmus.apps.register.models import Area, Organisation
from isthmus.apps.surveys import emails
from isthmus.apps.surveys.actions.rosters import ask_school, give_list, send_links
from isthmus.apps.surveys.models import Invited, Wave
from isthmus.apps.surveys.queries.rosters import Listed
from tests.meta.sweep import names
from tests.meta.sweep_networks import of_area
from tests.surveys.making import a_wave


def build(officer: Person, area: Area, school: Organisation) -> None:
    """A wave whose links were sent, and one for whose list the school is asked."""
    scope = Scope(ScopeKind.AREA, area.pk)
    linked = a_wave(scope, [school], by=officer, owner=area, name="Linked")
    people = [Listed("a@school.example", "staff"), Listed("b@school.example", "staff")]
    assert give_list(by=officer, school=linked.schools.get(), people=people)
    assert send_links(by=officer, wave=linked)
    asked = a_wave(scope, [school], by=officer, owner=area, name="To list")
    assert ask_school(by=officer, school=asked.schools.get())


def _wave(area: Area, name: str) -> Wave:
    return Wave.objects.get(scope_id=area.pk, name=name)


def _school(area: Area) -> dict[str, Any]:
    wave = _wave(area, "To list")
    return {"pk": wave.pk, "number": wave.schools.get().pk}


def _form(area: Area) -> dict[str, Any]:
    return {**_school(area), "who": "staff"}


def _link(area: Area) -> dict[str, Any]:
    wave = _wave(area, "Linked")
    token = emails.token_of(Invited.objects.filter(school__wave=wave).order_by("email")[0], wave)
    return {"code": wave.schools.get().code, "token": derived(token.purpose, token.reference)}


of_area("surveys:links", find=lambda area: {"pk": _wave(area, "Linked").pk})
# The head's own school is asked, and its head types and lists for it.
of_area("surveys:paper", find=lambda area: {"pk": _wave(area, "To list").pk}, without=())
of_area("surveys:links_list", find=_school, without=())
of_area("surveys:paper_entry", "surveys:paper_form", "surveys:paper_pdf", find=_form, without=())
# Whoever has the link may answer; any other token opens nothing.
names(
    *("surveys:link_intro", "surveys:link_questions"),
    own=lambda world, who: _link(world.people.area),
    other=lambda world, who: {**_link(world.people.area), "token": "x" * 43},
)
