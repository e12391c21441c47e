"""What happened to one thing, in plain words. Each app says how its own actions read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from isthmus.apps.core.components import Fact
from isthmus.apps.core.dates import moment_in_words
from isthmus.apps.core.models import AuditEvent
from isthmus.apps.core.numbers import NOT_AVAILABLE

_WORDS: dict[str, str] = {}


def tell(words: Mapping[str, str]) -> None:
    """Say how actions read after a person's name: {'plan.ask': 'asked for the plan'}."""
    _WORDS.update(words)


def story(events: Iterable[AuditEvent]) -> list[Fact]:
    """One fact an event: when, who in which role, what, what it was before, and why. Give events with their actors."""
    return [Fact(moment_in_words(event.at), _lines(event)) for event in events]


def _lines(event: AuditEvent) -> list[str]:
    told = event.told
    lines = [f"{_who(event, told or {})} {_WORDS.get(event.action, f'did this: {_spoken(event.action)}')}"]
    if told is None:
        return [*lines, "What this told was erased."]
    lines += _changes(told.get("before") or {}, told.get("after") or {})
    return lines + ([f"Why: {told['why']}"] if told.get("why") else [])


def _who(event: AuditEvent, told: dict[str, Any]) -> str:
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
        if field not in before or old in (None, ""):
            lines.append(f"{name}: {_value(new)}")
        else:
            lines.append(f"{name}: {_value(old)}, now {_value(new)}")
    return lines


def _value(value: Any) -> str:
    if value in (None, "", []):
        return NOT_AVAILABLE
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(map(_value, value)) if isinstance(value, list) else str(value)


def _spoken(name: str) -> str:
    return name.replace(".", " ").replace("_", " ")
