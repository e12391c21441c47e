"""The questionnaires of the small country, as rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils import timezone

from isthmus.apps.core.scopes import Scope
from isthmus.apps.register.models import Area, Organisation
from isthmus.apps.surveys.actions import keep_instrument
from isthmus.apps.surveys.actions.meetings import start_meeting
from isthmus.apps.surveys.adapters import drafting
from isthmus.apps.surveys.adapters.instruments import read
from isthmus.apps.surveys.models import Comment, InstrumentDraft, Wave, WaveKind, WaveState, Way
from tests import factories
from tests.meta import country_links, tenancy
from tests.surveys.conftest import JOINT, TEXT
from tests.surveys.making import a_step, a_wave

if TYPE_CHECKING:
    from tests.meta.country import Country

OWNERS = ("A", "B", "school 1", "school 2", "school 3", "school 4", "network 1", "network 2", "network 3")


def waves(country: Country) -> None:
    """A wave of each kind of state for each place that may ask, and waves of areas that ask the schools."""
    _of_areas(country)
    for kind in (
        "wave to run",
        "joint statement",
        "closed wave",
        "wave seen",
        "wave that asks",
        "poster",
        "school that answers",
        "meeting",
        "action",
        "action to change",
    ):
        country.things[kind] = {}
    for name in OWNERS:
        _of(country, name)
    country_links.schools(country)
    for name in ("school 1", "school 2", "school 3", "school 4"):
        school = Organisation.objects.get(pk=country.scopes[name].id)
        area = country.scopes[tenancy.PLACES[name][1]]
        asks = a_wave(area, [school])
        country.things["wave that asks"][name] = {"pk": asks.pk}
        country.things["poster"][name] = {"pk": asks.pk, "ending": "csv"}
        named = a_wave(area, [school], kind=WaveKind.ATTRIBUTED)
        country.things["school that answers"][name] = {"pk": named.pk, "number": named.schools.get().pk}


def _of_areas(country: Country) -> None:
    """An instrument of each area's own, and one that is being written."""
    content = drafting.copied(read(TEXT), credit=False)
    for name in ("A", "B"):
        area = Area.objects.get(pk=country.scopes[name].id)
        kept = keep_instrument(by=None, text=TEXT, owner=area)
        country.things.setdefault("own instrument", {})[name] = {"key": f"own-{kept.pk}"}
        draft = InstrumentDraft.objects.create(owner=area, title="Being written", content=content)
        named = {"pk": draft.pk, "kind": "section", "part": "know"}
        country.things.setdefault("instrument being written", {})[name] = named


def _of(country: Country, name: str) -> None:
    """Waves of one place. They ask schools where nobody here holds a role, so that only the place opens them."""
    scope = country.scopes[name]
    area = Area.objects.get(pk=_area(country, name).id)

    def wave(**given: Any) -> Wave:
        return a_wave(scope, [factories.school(area)], **given)

    things = country.things
    things["joint statement"][name] = {"pk": wave(text=JOINT).pk, "item": "agreed-1"}
    things["wave to run"][name] = {"pk": wave(opened=False).pk}
    things["wave seen"][name] = {"pk": wave().pk}
    closed = wave(comments=True)
    school = closed.schools.get()
    said = [Comment(wave=closed, school=school, item="share-3", text="x") for _ in range(11)]
    remark = Comment.objects.bulk_create(said)[0]
    Wave.objects.filter(pk=closed.pk).update(state=WaveState.CLOSED, closed_at=timezone.now())
    things["closed wave"][name] = {"pk": closed.pk, "number": remark.pk}
    step = a_step(closed)
    for kind in ("action", "action to change"):
        things[kind][name] = {"pk": closed.pk, "number": step.pk}
    meeting = start_meeting(by=None, wave=wave(kind=WaveKind.IN_ROOM), way=Way.APART)
    assert meeting is not None
    things["meeting"][name] = {"pk": meeting.wave_id, "section": "know", "ending": "docx"}


def _area(country: Country, name: str) -> Scope:
    wider = tenancy.PLACES[name][1]
    return country.scopes[name] if wider == "everything" else country.scopes[wider]
