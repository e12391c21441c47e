"""The sweep's part for files of reports: of a wave that one person reads, closed, in each officer's area."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

from isthmus.apps.core.dates import today
from isthmus.apps.core.scopes import Scope, ScopeKind
from isthmus.apps.register.models import Area
from isthmus.apps.register.queries import area_members
from isthmus.apps.surveys import actions
from isthmus.apps.surveys.actions import Asking
from isthmus.apps.surveys.adapters import reporting
from isthmus.apps.surveys.adapters.instruments import codes, read
from isthmus.apps.surveys.models import Response, Wave, WaveKind, WaveState, Who
from tests.conftest import People
from tests.meta.sweep_networks import of_area
from tests.surveys.conftest import TEXT


def build(people: People) -> None:
    """For each officer: a report on the answers of a dozen leaders of one school."""
    instrument, until = read(TEXT), today() + timedelta(days=9)
    for officer, area in ((people.officer, people.area), (people.other_officer, people.other_area)):
        kind = WaveKind.CONFIDENTIAL
        wave = actions.start_wave(
            by=officer,
            scope=Scope(ScopeKind.AREA, area.pk),
            instrument=actions.keep_instrument(by=officer, text=TEXT),
            asking=Asking("Read", "Why", "Us", kind, until, until, [Who.LEADERS], reader_id=officer.pk),
            schools=[area_members(area)[0]],
            token=uuid4(),
        )
        assert actions.open_wave(by=officer, wave=wave)
        row = codes(instrument, Who.LEADERS, {item.id: 3 for item in instrument.scored})
        school = wave.schools.get()
        for ballot in range(1, 13):
            number = 100 * wave.pk + ballot
            Response.objects.create(wave=wave, school=school, ballot=number, who=Who.LEADERS, codes=row)
        Wave.objects.filter(pk=wave.pk).update(state=WaveState.CLOSING)
        content = reporting.make(wave, instrument, progress=lambda _share, _words: None)
        actions.end_close(by=None, wave=wave, content=content)


def _file(area: Area, ending: str) -> dict[str, Any]:
    return {"pk": Wave.objects.get(scope_id=area.pk, kind=WaveKind.CONFIDENTIAL).pk, "ending": ending}


of_area("surveys:report_file", find=lambda area: _file(area, "csv"))
of_area("surveys:report_document", find=lambda area: _file(area, "docx"))
