"""What happened to one thing, in plain words. Each app says how its own actions read."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from isthmus.apps.core.components import Fact
from isthmus.apps.core.dates import in_words, moment_in_words
from isthmus.apps.core.models import AuditEvent
from isthmus.apps.core.numbers import NOT_AVAILABLE

_WORDS: dict[str, str] = {
    "audit.erase": "erased what earlier events told",
    "record.export": "exported the record",
}
_DAY = re.compile(r"\d{4}-\d\d-\d\d$")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?[+-]\d\d:\d\d$")


def tell(words: Mapping[str, str]) -> None:
    """Say how actions read after a person's name: {'plan.ask': 'asked for the plan'}."""
    _WORDS.update(words)


def known() -> dict[str, str]:
    """Every action that has words, with them."""
    return dict(_WORDS)


Find = Callable[[Sequence[str]], dict[str, tuple[str, str]]]
_THINGS: dict[str, Find] = {}


def things(kind: str, find: Find) -> None:
    """Say how things of a kind ('networks.plan') are found: ids to name and address, for those that are there."""
    _THINGS[kind] = find


def named(events: Iterable[AuditEvent]) -> dict[tuple[str, str], tuple[str, str]]:
    """Name and address of what events were done to, in one query a kind; what is gone or has no page is left out."""
    wanted: dict[str, set[str]] = {}
    for event in events:
        wanted.setdefault(event.target_kind, set()).add(event.target_id)
    return {
        (kind, pk): found
        for kind, ids in wanted.items()
        if kind in _THINGS
        for pk, found in _THINGS[kind](sorted(ids)).items()
    }


def story(events: Iterable[AuditEvent]) -> list[Fact]:
    """One fact an event: when, who in which role, what, what it was before, and why. Give events with their actors."""
    return [Fact(moment_in_words(event.at), _lines(event)) for event in events]


def _lines(event: AuditEvent) -> list[str]:
    return [f"{who(event)} {what(event)}", *particulars(event)]


def what(event: AuditEvent) -> str:
    """What was done, as it reads after a name."""
    return _WORDS.get(event.action, f"did this: {_spoken(event.action)}")


def particulars(event: AuditEvent) -> list[str]:
    """What changed, and why; or that this was erased."""
    told = event.told
    if told is None:
        return ["What this told was erased."]
    lines = _changes(told.get("before") or {}, told.get("after") or {})
    return lines + ([f"Why: {told['why']}"] if told.get("why") else [])


def who(event: AuditEvent) -> str:
    """Who did it, in the roles of that moment."""
    told = event.told or {}
    if event.actor is None:
        return "Isthmus"
    roles = dict.fromkeys(role.rpartition(" on ")[0] for role in told.get("roles", ()))
    name = str(getattr(event.actor, "name", event.actor))
    return f"{name} ({', '.join(roles)})" if roles else name


def _changes(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    lines = []
    for field in dict.fromkeys([*before, *after]):
        old, new = before.get(field), after.get(field)
        if old == new:
            continue
        name = _spoken(field)
        name = name[:1].upper() + name[1:]
        if field not in after:
            lines.append(f"{name} until then: {_value(old)}")
        elif field not in before or old in (None, ""):
            lines.append(f"{name}: {_value(new)}")
        else:
            lines.append(f"{name}: {_value(old)}, now {_value(new)}")
    return lines


def _value(value: Any) -> str:
    if value in (None, "", []):
        return NOT_AVAILABLE
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str) and _DAY.match(value):
        return in_words(date.fromisoformat(value))
    if isinstance(value, str) and _MOMENT.match(value):
        return moment_in_words(datetime.fromisoformat(value))
    return ", ".join(map(_value, value)) if isinstance(value, list) else str(value)


def _spoken(name: str) -> str:
    return name.replace(".", " ").replace("_", " ")
