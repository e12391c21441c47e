"""What waits because of requests about personal data, and because of schools that leave."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse

from isthmus.apps.accounts.rights.access import leavings_for, requests_for
from isthmus.apps.accounts.rights.models import Bundle, Leaving, RequestState, Right
from isthmus.apps.core import directory
from isthmus.apps.core.access import Actor
from isthmus.apps.core.dates import in_words, today
from isthmus.apps.core.waiting import Waiting, waits


@waits("rights.requests")
def requests(person: Actor) -> Iterator[Waiting]:
    """Requests to answer, each with the day by which it must be."""
    for asked in requests_for(person).filter(state=RequestState.OPEN).order_by("due_on"):
        late = asked.due_on < today()
        right = str(Right(asked.right).label)
        yield Waiting(
            title=f"Answer a request: {right[0].lower()}{right[1:]} ({asked.reference})",
            url=reverse("accounts:rights_request", args=[asked.pk]),
            state="Late" if late else "To answer",
            hint=f"{'It was due' if late else 'Due'} by {in_words(asked.due_on)}",
            due=asked.due_on,
        )


@waits("rights.copies")
def copies(person: Actor) -> Iterator[Waiting]:
    """A copy of one's own that can be saved."""
    ready = Bundle.objects.filter(request__person_id=person.pk, gone_at=None).exclude(file="")
    for bundle in ready.select_related("request"):
        yield Waiting(
            title="The copy of your information is ready",
            url=reverse("accounts:own_request", args=[bundle.request_id]),
            state="To save",
            hint=f"It is deleted after {in_words(bundle.keep_until)}",
            due=bundle.keep_until,
        )


@waits("rights.leaving")
def leaving(person: Actor) -> Iterator[Waiting]:
    """Schools whose data may be removed now."""
    found = leavings_for(person).filter(state=Leaving.State.WAITING, purge_from__lte=today())
    names = directory.names(one.scope for one in found)
    for leaves in found:
        yield Waiting(
            title=f"Remove what is kept of {names[leaves.scope]}",
            url=reverse("accounts:leaving", args=[leaves.pk]),
            state="To remove",
            due=leaves.purge_from,
        )
