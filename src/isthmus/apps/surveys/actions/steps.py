"""Actions that people take from a report or a meeting: taken, changed, done, dropped, taken up again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from isthmus.apps.core import audit
from isthmus.apps.core.access import Actor
from isthmus.apps.core.dates import in_words
from isthmus.apps.core.scopes import Scope, ScopeKind
from isthmus.apps.surveys.models import Step, StepState, Wave


@dataclass(frozen=True)
class Deed:
    """What is done, who does it (`responsible_id`: their account, where there is one), by when, and what it answers."""

    what: str
    who: str
    due: date
    section: str = ""
    item: str = ""
    responsible_id: int | None = None


def _scope(step: Step) -> Scope:
    """Where its events belong: a school's own action is nobody else's to read about."""
    own = step.organisation_id
    return Scope(ScopeKind.ORGANISATION, own) if own else step.wave.scope


def _told(step: Step) -> dict[str, Any]:
    """What an event tells: officers read the events of their area, so of a school's own action not what it is."""
    told = {"by when": in_words(step.due), "state": step.get_state_display()}
    return told if step.organisation_id else {"what": step.what, "who": step.who, **told}


@transaction.atomic
def take_step(
    *,
    by: Actor,
    wave: Wave,
    deed: Deed,
    token: UUID,
    organisation: int | None = None,
    in_meeting: bool = False,
) -> Step:
    """Take an action about a wave, for everybody who reads its report or for one school; the same `token` is one."""
    fields = {
        **vars(deed),
        "wave": wave,
        "organisation_id": organisation,
        "in_meeting": in_meeting,
        "made_by_id": by.pk,
    }
    step, made = Step.objects.get_or_create(token=token, defaults=fields)
    if made:
        audit.record("step.take", by=by, target=step, scope=_scope(step), after=_told(step))
    return step


def _locked(step: Step) -> Step:
    return Step.objects.select_for_update(of=("self",)).select_related("wave").get(pk=step.pk)


@transaction.atomic
def change_step(*, by: Actor, step: Step, deed: Deed) -> bool:
    """Say an open action better; False where it is not open any more."""
    kept = _locked(step)
    if kept.state != StepState.OPEN:
        return False
    before = _told(kept)
    if all(getattr(kept, name) == value for name, value in vars(deed).items()):
        return True
    for name, value in vars(deed).items():
        setattr(kept, name, value)
    kept.save()
    audit.record("step.change", by=by, target=kept, scope=_scope(kept), before=before, after=_told(kept))
    return True


@transaction.atomic
def end_step(*, by: Actor, step: Step, state: StepState, why: str = "") -> bool:
    """Say that an open action is done, or dropped and why. False where somebody did so before, or `why` is missing."""
    kept = _locked(step)
    if kept.state != StepState.OPEN or state == StepState.OPEN or (state == StepState.DROPPED) != bool(why):
        return False
    before = _told(kept)
    kept.state, kept.why, kept.ended_at = state, why, timezone.now()
    kept.save(update_fields=["state", "why", "ended_at"])
    audit.record("step.end", by=by, target=kept, scope=_scope(kept), before=before, after=_told(kept))
    return True


@transaction.atomic
def reopen_step(*, by: Actor, step: Step) -> bool:
    """Take an action up again that was done or dropped; False where it is open."""
    kept = _locked(step)
    if kept.state == StepState.OPEN:
        return False
    before = _told(kept)
    kept.state, kept.why, kept.ended_at = StepState.OPEN, "", None
    kept.save(update_fields=["state", "why", "ended_at"])
    audit.record("step.reopen", by=by, target=kept, scope=_scope(kept), before=before, after=_told(kept))
    return True
