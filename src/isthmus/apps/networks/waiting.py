"""Plans that wait for the person who asked for them, and plans that are open when a role passes on."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from django.urls import reverse
from django.utils import timezone

from isthmus.apps.core.access import Actor
from isthmus.apps.core.dates import in_words, moment_in_words
from isthmus.apps.core.scopes import Scope, ScopeKind
from isthmus.apps.core.tokens import derived
from isthmus.apps.core.waiting import Open, Waiting, opens, waits
from isthmus.apps.networks.access import own_consultations, own_invitations, plans_for
from isthmus.apps.networks.models import CONSULTATION_PURPOSE, Plan, PlanState
from isthmus.apps.networks.models.adopting import ANSWER_PURPOSE

LATELY = timedelta(days=7)


@waits("networks.plans")
def plans(person: Actor) -> Iterator[Waiting]:
    """Plans that the person asked for and that became ready in the last week."""
    ready = plans_for(person).filter(
        created_by_id=person.pk, state=PlanState.READY, worked_out_at__gte=timezone.now() - LATELY
    )
    for plan in ready.order_by("-worked_out_at", "pk")[:10]:
        yield Waiting(
            title=f"The plan ‘{plan.name}’ is ready",
            url=reverse("networks:plan", args=[plan.pk]),
            state="To look at",
            hint=f"Worked out on {moment_in_words(plan.worked_out_at)}",
        )


@opens("networks.plans")
def open_plans(person: Actor, scope: Scope) -> Iterator[Open]:
    """The plans of an area, newest first: whoever follows looks after them."""
    if scope.kind != ScopeKind.AREA:
        return
    for plan in Plan.objects.filter(owner=scope.id).order_by("-created_at", "-pk")[:100]:
        state = str(PlanState(plan.state).label).lower()
        yield Open(
            title=f"Plan ‘{plan.name}’",
            url=reverse("networks:plan", args=[plan.pk]),
            hint=f"{state}, asked for on {in_words(plan.created_at)}",
        )


@waits("networks.consultations")
def consultations(person: Actor) -> Iterator[Waiting]:
    """What the person's school is asked and has not answered, soonest last day first."""
    for answer in own_consultations(person)[:10]:
        token = derived(CONSULTATION_PURPOSE, answer.reference)
        yield Waiting(
            title=f"‘{answer.consultation.name}’ asks {answer.organisation.name}",
            url=reverse("networks:consultation_link", args=[token]),
            state="To answer",
            hint=f"Until the end of {in_words(answer.consultation.until)}",
        )


@waits("networks.invitations")
def invitations(person: Actor) -> Iterator[Waiting]:
    """Networks to which the person's school is invited and has not said what it thinks, the first to begin first."""
    for asked in own_invitations(person)[:10]:
        token = derived(ANSWER_PURPOSE, asked.reference)
        yield Waiting(
            title=f"{asked.organisation.name} is invited to the network ‘{asked.network_name}’",
            url=reverse("networks:adoption_invitation", args=[token]),
            state="To answer",
            hint=f"It begins on {in_words(asked.adoption.starts)}",
        )
