"""What the races of questionnaires need: a wave a race."""

from __future__ import annotations

from typing import Any


def build(officer: Any, area: Any) -> dict[str, Any]:
    """Everything by its name in `races_surveys`."""
    from django.utils import timezone

    from isthmus.apps.accounts.models import RoleHolding
    from isthmus.apps.accounts.roles import Role
    from isthmus.apps.core.scopes import Scope, ScopeKind
    from isthmus.apps.register.models import SCHOOL_KINDS
    from isthmus.apps.surveys.actions.meetings import start_meeting
    from isthmus.apps.surveys.adapters import drafting
    from isthmus.apps.surveys.adapters.instruments import read
    from isthmus.apps.surveys.models import Comment, InstrumentDraft, Wave, WaveKind, WaveState, Way
    from isthmus.apps.surveys.schools import schools_of
    from tests.harness import stage_links
    from tests.harness.stage import _real
    from tests.surveys.conftest import JOINT, TEXT
    from tests.surveys.making import a_step, a_wave

    scope = Scope(ScopeKind.AREA, area.pk)
    every = [one for one in schools_of(scope) if one.kind in SCHOOL_KINDS]
    drafts = ("changes", "asks", "opens", "removes")
    waves = {
        name: a_wave(
            scope, every[:2], by=officer, owner=area, opened=name not in drafts, name=f"Race {name}",
            comments=name == "closed", kind=WaveKind.ATTRIBUTED if name == "named" else WaveKind.ANONYMOUS,
        )
        for name in (*drafts, "extends", "closes", "named", "closed", "taken")
    }  # fmt: skip
    waves["together"] = a_wave(scope, every[:2], by=officer, owner=area, name="Race together", text=JOINT)
    own = waves["closed"].schools.order_by("pk")[0]
    rows = [Comment(wave=own.wave, school=own, item="share-3", text=f"x {n}") for n in range(12)]
    remarks = Comment.objects.bulk_create(rows)
    Wave.objects.filter(pk=own.wave_id).update(state=WaveState.CLOSED, closed_at=timezone.now())
    asked = waves["named"].schools.select_related("organisation").order_by("pk")[0]
    head = _real("survey_head")
    RoleHolding.objects.create(
        person=head, role=Role.HEAD, scope_kind=ScopeKind.ORGANISATION, scope_id=asked.organisation_id
    )
    for name in ("begins", "meets", "ends"):
        given = {"by": officer, "owner": area, "kind": WaveKind.IN_ROOM, "name": f"Race {name}"}
        waves[name] = a_wave(scope, every[:2], **given)
        if name != "begins":
            start_meeting(by=officer, wave=waves[name], way=Way.APART)
    given = {"by": officer, "owner": area, "kind": WaveKind.CONFIDENTIAL, "reader_id": officer.pk}
    waves["reads"] = a_wave(scope, every[:2], **given)
    Wave.objects.filter(pk=waves["reads"].pk).update(state=WaveState.CLOSED, closed_at=timezone.now())
    content = drafting.copied(read(TEXT), credit=False)
    drafts = {
        name: InstrumentDraft.objects.create(owner=area, title=f"Race {name}", content=content)
        for name in ("moves", "changes", "loses", "removes", "ends")
    }
    return {
        **{f"draft_{name}": draft.pk for name, draft in drafts.items()},
        "question_seen": drafting.digest(content, "question", "know-1", whole=True),
        **{f"wave_{name}": wave.pk for name, wave in waves.items()},
        "survey_head": head,
        **stage_links.build(officer, area, scope, every[:2]),
        **{f"step_{name}": a_step(waves["closed"]).pk for name in ("drops", "changes")},
        "school_read": waves["reads"].schools.order_by("pk")[0].pk,
        "room_code": waves["meets"].schools.order_by("pk")[0].code,
        "named_school": asked.pk,
        "a_comment": remarks[0].pk,
        "asked_first": every[0].urn,
        "schools_of_area": len(every),
        "open_code": waves["taken"].schools.order_by("pk")[0].code,
        "instrument_key": f"own-{waves['taken'].instrument_id}",
        "instrument_text": TEXT.replace("version: 1", "version: 2"),
    }
