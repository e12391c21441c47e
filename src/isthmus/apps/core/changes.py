"""What others changed since a person's last visit, on things that they may see. Each app says where that is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby

from django.db.models import Q

from isthmus.apps.core import stories
from isthmus.apps.core.access import Actor
from isthmus.apps.core.dates import moment_in_words
from isthmus.apps.core.models import AuditEvent

PREVIOUS = "previous_visit"
"""Where a session keeps the moment at which its owner signed in the time before, in ISO format."""
MOST_EVENTS, MOST_THINGS, MOST_LINES = 200, 10, 3

Where = Callable[[Actor], Q | None]
"""From a person to the condition that an event is about something of theirs to see; None where nothing is."""
_SEEN: dict[str, tuple[str, Where]] = {}


@dataclass(frozen=True)
class Thing:
    """Something that changed, with what was done to it, newest first. `more` counts what is left out."""

    title: str
    url: str
    lines: list[str] = field(default_factory=list)
    more: int = 0


@dataclass(frozen=True)
class Group:
    """The things of one kind that changed. `more` counts the things that are left out."""

    heading: str
    things: list[Thing]
    more: int = 0


def seen(kind: str, heading: str) -> Callable[[Where], Where]:
    """Register where a person may see changes of things of a kind ('networks.plan'). Its name and page come from
    `stories.things`, so an event whose action has no words is not told."""

    def add(where: Where) -> Where:
        _SEEN[kind] = (heading, where)
        return where

    return add


def since(person: Actor, moment: datetime) -> list[Group]:
    """What others did after `moment`, by kind and thing, what changed last at the top; the newest 200 events."""
    allowed = Q(pk__in=[])
    for kind, (_heading, where) in _SEEN.items():
        condition = where(person)
        if condition is not None:
            allowed |= Q(target_kind=kind) & condition
    found = AuditEvent.objects.filter(allowed, at__gt=moment, action__in=stories.known())
    found = found.exclude(actor_id=person.pk).select_related("actor", "payload")
    events = list(found.order_by("-at", "-pk")[:MOST_EVENTS])
    names = stories.named(events)
    things: dict[tuple[str, str], list[AuditEvent]] = {}
    for event in events:
        things.setdefault((event.target_kind, event.target_id), []).append(event)
    order = list(_SEEN)
    by_kind = groupby(sorted(things, key=lambda thing: order.index(thing[0])), key=lambda thing: thing[0])
    return [_group(kind, [_thing(things[one], names.get(one)) for one in ones]) for kind, ones in by_kind]


def _group(kind: str, things: list[Thing]) -> Group:
    return Group(_SEEN[kind][0], things[:MOST_THINGS], max(len(things) - MOST_THINGS, 0))


def _thing(events: list[AuditEvent], name: tuple[str, str] | None) -> Thing:
    title, url = name or (_name_of_old(events), "")
    lines = [f"{stories.who(event)} {stories.what(event)}, {moment_in_words(event.at)}" for event in events]
    return Thing(title, url, lines[:MOST_LINES], max(len(lines) - MOST_LINES, 0))


def _name_of_old(events: list[AuditEvent]) -> str:
    """What is gone is called as the events remember it."""
    for event in events:
        for part in ("before", "after"):
            name = ((event.told or {}).get(part) or {}).get("name")
            if name:
                return str(name)
    return "Something that is gone"
