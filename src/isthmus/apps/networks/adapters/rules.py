"""From the rules that people set to those of the method. What `PlanRule.data` holds stands here, by kind."""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from isthmus.apps.networks.adapters.given import Given, pairs_of
from isthmus.apps.networks.choices import TAUGHT_SECONDARY
from isthmus.apps.networks.models import PlanRule, RuleKind
from isthmus.apps.register.models import Organisation
from isthmus.methods.coordinates import to_grid

if TYPE_CHECKING:
    from isthmus.methods.formation import Rule, Travel

SMALL_SCHOOL = 100
"""A small school has fewer pupils than this."""
PLACED_RULES = (RuleKind.TOGETHER, RuleKind.FIXED)


def pack(rows: Sequence[Sequence[Any]]) -> bytes:
    """A long table for `PlanRule.large`."""
    return zlib.compress(json.dumps(rows, separators=(",", ":")).encode())


def unpack(large: bytes | memoryview | None) -> list[list[Any]]:
    """The table that `pack` wrote."""
    return json.loads(zlib.decompress(bytes(large))) if large else []


def is_of(school: Organisation, what: str) -> bool | None:
    """Whether a school is what a rule counts: 'secondary', 'small', 'special', 'phase:…', 'faith:…'; None: unknown."""
    kind, _, value = what.partition(":")
    if kind == "secondary":
        return school.phase in TAUGHT_SECONDARY
    if kind == "small":
        return None if school.pupils is None else school.pupils < SMALL_SCHOOL
    if kind == "special":
        return school.type_group == "Special schools"
    if kind == "phase":
        return school.phase == value
    return None if school.has_faith is None else school.has_faith and school.religious_character == value


def columns(rules: Sequence[PlanRule], schools: Sequence[Organisation]) -> dict[str, list[object]]:
    """The attributes that the rules count, one column for each."""
    found: dict[str, list[object]] = {}
    for rule in rules:
        if rule.kind in (RuleKind.AT_LEAST, RuleKind.AT_MOST):
            what = rule.data["what"]
            answers = [is_of(school, what) for school in schools]
            found[what] = [None if answer is None else "yes" if answer else "no" for answer in answers]
        elif rule.kind == RuleKind.PUPILS:
            found["pupils"] = [school.pupils for school in schools]
    return found


def engine_rule(rule: PlanRule, schools: Sequence[Organisation], given: Given) -> Rule | None:
    """The method's rule; None where it says nothing about these schools, or is no rule but a way to count distance.

    Schools that are not among `schools` any more, or have no place, are left out: a rule about two of which one has
    gone says nothing.
    """
    from isthmus.methods import formation

    data = rule.data
    known = {s.urn for s in schools if s.easting is not None or rule.kind not in PLACED_RULES}
    urns = tuple(urn for urn in data.get("urns", ()) if urn in known)
    make: dict[str, Callable[[], Rule | None]] = {
        RuleKind.TOGETHER: lambda: formation.Together(urns) if len(urns) > 1 else None,
        RuleKind.APART: lambda: formation.Apart(urns) if len(urns) > 1 else None,
        RuleKind.FIXED: lambda: formation.Fixed(data["network"], urns) if urns else None,
        RuleKind.AT_LEAST: lambda: formation.AtLeast({data["what"]: "yes"}, data["count"]),
        RuleKind.AT_MOST: lambda: formation.AtMost({data["what"]: "yes"}, data["count"]),
        RuleKind.PUPILS: lambda: formation.Cap("pupils", data["most"]),
        RuleKind.REACH: lambda: formation.Reach(data["km"]),
        RuleKind.NO_REPEAT: lambda: formation.NoRepeat(
            _among(pairs_of(data["groups"]), known), data["source"]
        ),
        RuleKind.BARRIER: lambda: _barrier(data, known),
        RuleKind.TRAVEL: lambda: None,
        RuleKind.COMPETITORS: lambda: formation.NoRepeat(_among(given.competing, known), "competitors"),
    }
    return make[rule.kind]()


def _among(pairs: Sequence[tuple[str, str]], known: set[str | None]) -> tuple[tuple[str, str], ...]:
    return tuple(pair for pair in pairs if pair[0] in known and pair[1] in known)


def _barrier(data: dict[str, Any], known: set[str | None]) -> Rule | None:
    from isthmus.methods import formation

    if data.get("side"):
        side = {urn for urn in data["side"] if urn in known}
        other = sorted(u for u in known if u and u not in side)
        pairs = tuple((a, b) for a in sorted(side) for b in other)
        return formation.NoRepeat(pairs, f"the two sides of {data['name']}") if pairs else None
    return formation.Barrier(on_grid(data["lines"]), data.get("factor"), data["name"])


def on_grid(lines: Sequence[Sequence[Sequence[float]]]) -> tuple[tuple[tuple[float, float], ...], ...]:
    """Lines of [latitude, longitude] as lines of (easting, northing) in metres."""
    found = []
    for line in lines:
        easting, northing = to_grid([latitude for latitude, _ in line], [longitude for _, longitude in line])
        found.append(tuple((float(x), float(y)) for x, y in zip(easting, northing, strict=True)))
    return tuple(found)


def travel(rules: Sequence[PlanRule], schools: Sequence[Organisation]) -> Travel | None:
    """The minutes between these schools, where a rule brings them."""
    from isthmus.methods import formation

    known = {s.urn for s in schools if s.easting is not None}
    for rule in rules:
        if rule.kind == RuleKind.TRAVEL:
            minutes = {(a, b): float(m) for a, b, m in unpack(rule.large) if a in known and b in known}
            return formation.Travel(minutes) if minutes else None
    return None
