"""What waits of actions, and of answers that one person alone reads; what changed in actions."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from isthmus.apps.core.access import Actor
from isthmus.apps.core.changes import seen
from isthmus.apps.core.dates import in_words, today
from isthmus.apps.core.permissions import Permission
from isthmus.apps.core.scopes import Scope, ScopeKind, on_scopes
from isthmus.apps.core.stories import things
from isthmus.apps.core.waiting import Open, Waiting, opens, waits
from isthmus.apps.surveys.access import RUN, own_organisations, scopes_where, waves_run_by, waves_seen
from isthmus.apps.surveys.models import Step, StepState
from isthmus.apps.surveys.queries.reading import reader_holds_role, waves_to_read

SOON, LATELY = timedelta(days=7), timedelta(days=30)
MOST = 10


@waits("surveys.actions")
def due(person: Actor) -> Iterator[Waiting]:
    """Open actions that are due within a week or overdue: the person's own, and those that they look after."""
    if not person.may(Permission.SURVEY_VIEW):
        return
    own = [scope.id for scope in person.scopes(RUN) if scope.kind == ScopeKind.ORGANISATION]
    looked_after = Q(organisation=None, wave__in=waves_run_by(person).order_by().values("pk"))
    mine = Q(responsible=person.pk, wave__in=waves_seen(person).order_by().values("pk"))
    mine &= Q(organisation=None) | Q(organisation__in=own_organisations(person))
    rows = Step.objects.filter(looked_after | Q(organisation__in=own) | mine)
    rows = rows.filter(state=StepState.OPEN, due__lte=today() + SOON).select_related("wave")
    for step in rows.order_by("due", "pk")[:MOST]:
        yield Waiting(
            title=step.what,
            url=reverse("surveys:action", args=[step.wave_id, step.pk]),
            state="Overdue" if step.overdue else "Due soon",
            hint=f"{step.who}, by {in_words(step.due)}; an action from ‘{step.wave.name}’",
            due=step.due,
        )


@waits("surveys.to_read")
def to_read(person: Actor) -> Iterator[Waiting]:
    """Confidential answers that the person alone reads, for a month after the close."""
    for wave in waves_to_read(person.pk).filter(closed_at__gte=timezone.now() - LATELY)[:MOST]:
        if reader_holds_role(wave):
            yield Waiting(
                title=f"You read who said what in ‘{wave.name}’",
                url=reverse("surveys:reader", args=[wave.pk]),
                state="To read",
                hint="Nobody else sees more than groups",
            )


@opens("surveys.actions")
def open_actions(_person: Actor, scope: Scope) -> Iterator[Open]:
    """The open actions of a scope: whoever follows looks after them."""
    own = Q(organisation=scope.id) if scope.kind == ScopeKind.ORGANISATION else Q(pk=None)
    of_scope = Q(organisation=None, wave__scope_kind=scope.kind, wave__scope_id=scope.id)
    for step in Step.objects.filter(own | of_scope, state=StepState.OPEN).order_by("due", "pk")[:100]:
        yield Open(
            title=f"Action: {step.what}",
            url=reverse("surveys:action", args=[step.wave_id, step.pk]),
            hint=f"{step.who}, by {in_words(step.due)}",
        )


things(
    "surveys.step",
    lambda ids: {
        # Officers read the events of their area: what a school decided for itself is not in its name.
        str(step.pk): (
            "A school's own action" if step.organisation_id else step.what,
            reverse("surveys:action", args=[step.wave_id, step.pk]),
        )
        for step in Step.objects.filter(pk__in=ids)
    },
)


@seen("surveys.step", "Actions")
def steps(person: Actor) -> Q | None:
    """What happens to actions that they look after; events of a school's own are of the school."""
    return on_scopes(scopes_where(person, RUN)) if person.may(RUN) else None
