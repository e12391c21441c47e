"""What the races of links by mail and of paper forms need: a wave a race."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any


def build(officer: Any, area: Any, scope: Any, schools: Sequence[Any]) -> dict[str, Any]:
    """Everything by its name in `races_links`."""
    from isthmus.apps.core.tokens import derived
    from isthmus.apps.surveys import emails
    from isthmus.apps.surveys.actions.rosters import give_list, send_links
    from isthmus.apps.surveys.models import PaperBatch, PaperSheet, Roster
    from isthmus.apps.surveys.queries.rosters import Listed
    from tests.surveys.making import a_wave

    names = ("sends", "reminds", "draws", "asks_schools", "lists", "types", "hands_in", "linked")
    waves = {
        name: a_wave(scope, schools, by=officer, owner=area, name=f"Race links {name}") for name in names
    }
    first = {name: wave.schools.order_by("pk")[0] for name, wave in waves.items()}
    people = [Listed(f"p{n}@school.example", "leaders") for n in range(8)]
    for name in ("sends", "reminds", "draws", "linked"):
        assert give_list(by=officer, school=first[name], people=people)
    for name in ("reminds", "linked"):
        assert send_links(by=officer, wave=waves[name])
    Roster.objects.filter(school__wave=waves["reminds"]).update(reminded_on=date(2026, 1, 1))
    batch = PaperBatch.objects.create(school=first["hands_in"], who="leaders", again=True)
    PaperSheet.objects.create(batch=batch, number=1, codes=b"\x04\xff\xff\xff", checked=True)
    token = emails.token_of(first["linked"].invited.order_by("email")[0], waves["linked"])
    return {
        **{f"wave_{name}": wave.pk for name, wave in waves.items()},
        **{f"school_{name}": school.pk for name, school in first.items()},
        "linked_code": first["linked"].code,
        "linked_token": derived(token.purpose, token.reference),
    }
