"""Sharing between areas: opening a dataset to another area, taking it back, and what each side sees of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone

from isthmus.apps.core import audit, directory
from isthmus.apps.core.access import Actor
from isthmus.apps.core.dates import in_words, today
from isthmus.apps.core.models import Sharing
from isthmus.apps.core.permissions import Permission
from isthmus.apps.core.scopes import INSTALLATION, Scope, ScopeKind, on_scopes
from isthmus.apps.core.seeing import DATASETS, Dataset
from isthmus.apps.core.stories import tell
from isthmus.apps.core.waiting import Waiting, waits

LATELY = timedelta(days=14)
tell(
    {
        "sharing.open": "opened it",
        "sharing.opened_to_us": "opened it to the other area",
        "sharing.take_back": "took it back",
        "sharing.taken_back_from_us": "took it back from the other area",
    }
)


class CannotShare(Exception):
    """It cannot be shared; the text says why and what to do."""


def datasets_to_share() -> list[Dataset]:
    """What can be shared with another area, by its words."""
    return sorted((d for d in DATASETS.values() if d.shared_classes), key=lambda d: d.words)


def areas_of(person: Actor, permission: Permission) -> list[Scope]:
    """The areas on which the person holds `permission`."""
    return [scope for scope in person.scopes(permission) if scope.kind == ScopeKind.AREA]


def other_areas() -> dict[Scope, str]:
    """Every area by name, as one to share with."""
    inside = directory.inside(INSTALLATION)
    return {scope: name for scope, name in inside if scope.kind == ScopeKind.AREA}


def sharings_for(person: Actor) -> QuerySet[Sharing]:
    """What the person's areas share, and what is or was shared with them."""
    mine = areas_of(person, Permission.SHARING_VIEW)
    rows = Sharing.objects.filter(on_scopes(mine) | on_scopes(mine, "to"))
    return rows.select_related("made_by")


def get_sharing(person: Actor, pk: UUID, permission: Permission = Permission.SHARING_VIEW) -> Sharing:
    """A sharing by or with an area of the person; with SHARING_MAKE, only one by an area where they hold it.

    Else Http404, as if there were none.
    """
    rows = sharings_for(person)
    if permission != Permission.SHARING_VIEW:
        rows = rows.filter(on_scopes(areas_of(person, permission)))
    return get_object_or_404(rows, pk=pk)


@transaction.atomic
def share(
    *, by: Actor, owner: Scope, to: Scope, dataset: str, purpose: str, starts: date, ends: date
) -> Sharing:
    """Open `dataset` of the area `owner` to the area `to`. The same a second time (a double click) gives the first.

    Each area's chain gets an event. Raises CannotShare where the two areas share it already in another way, or
    where the request makes no sense.
    """
    if dataset not in {d.name for d in datasets_to_share()}:
        raise CannotShare("Choose data that can be shared")
    if owner == to or ScopeKind.AREA not in (owner.kind, to.kind) or not directory.exists(to):
        raise CannotShare("Choose another area")
    if starts < today() or ends < starts:
        raise CannotShare("The first day must be today or later, and the last day the same or later")
    between = {"scope_kind": owner.kind, "scope_id": owner.id, "to_kind": to.kind, "to_id": to.id}
    # What has run out makes room; its history stays.
    Sharing.objects.filter(**between, dataset=dataset, open=True, ends__lt=today()).update(open=False)
    wanted = {"purpose": purpose, "starts": starts, "ends": ends}
    made_by = {"made_by_id": by.pk}
    row, made = Sharing.objects.get_or_create(
        **between, dataset=dataset, open=True, defaults={**wanted, **made_by}
    )
    if not made and wanted != {key: getattr(row, key) for key in wanted}:
        raise CannotShare(
            f"It is shared with that area already, until {in_words(row.ends)}. Take that back first"
        )
    if made:
        _record_both("sharing.open", "sharing.opened_to_us", row, by, after=_told(row), why=purpose)
    return row


@transaction.atomic
def take_back(*, by: Actor, sharing: Sharing, why: str = "") -> bool:
    """Close what was shared, at once. False where it was taken back or had run out already."""
    row = Sharing.objects.select_for_update(of=("self",)).get(pk=sharing.pk)
    if not row.open or row.ends < today():
        return False
    row.open, row.taken_back_at = False, timezone.now()
    row.save(update_fields=["open", "taken_back_at"])
    _record_both("sharing.take_back", "sharing.taken_back_from_us", row, by, before=_told(row), why=why)
    return True


def _told(row: Sharing) -> dict[str, str]:
    """What the record says of a sharing."""
    return {
        "data": DATASETS[row.dataset].words,
        "of": directory.name(row.scope),
        "shown_to": directory.name(row.to),
        "first_day": row.starts.isoformat(),
        "last_day": row.ends.isoformat(),
    }


def _record_both(
    ours: str,
    theirs: str,
    row: Sharing,
    by: Actor,
    *,
    before: dict[str, str] | None = None,
    after: dict[str, str] | None = None,
    why: str = "",
) -> None:
    """One event on each area's chain: either side can show what was open and when it closed."""
    audit.record(ours, by=by, target=row, scope=row.scope, before=before, after=after, why=why)
    audit.record(theirs, by=by, target=row, scope=row.to, before=before, after=after, why=why)


@waits("core.sharings")
def sharings(person: Actor) -> Iterator[Waiting]:
    """What another area opened to the person's areas, or took back, in the last two weeks."""
    mine, since = areas_of(person, Permission.SHARING_VIEW), timezone.now() - LATELY
    rows = Sharing.objects.filter(on_scopes(mine, "to"), ends__gte=today())
    for row in rows.order_by("-made_at", "pk")[:10]:
        taken_back = row.taken_back_at is not None
        if (row.taken_back_at or row.made_at) < since:
            continue
        did = "has taken back" if taken_back else "shares"
        yield Waiting(
            title=f"{directory.name(row.scope)} {did} its {DATASETS[row.dataset].words}",
            url=reverse("core:sharing", args=[row.pk]),
            state="Taken back" if taken_back else "New",
            hint="" if taken_back else f"From {in_words(row.starts)} until {in_words(row.ends)}",
        )
