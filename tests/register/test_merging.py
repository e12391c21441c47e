"""Merging facts: whatever the order of the files, the newest fact of each kind is the one that stays."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from isthmus.apps.register.adapters.plan import Plan
from isthmus.apps.register.adapters.records import SchoolRecord, SourceInfo
from isthmus.apps.register.adapters.state import Snapshot

DAY = date(2020, 1, 1)
FACTS = ("name", "pupils", "town", "closed_on")


@st.composite
def files(draw: st.DrawFn) -> list[tuple[SourceInfo, dict[str, object]]]:
    """Files about one school: each with a date of its facts, a date of its own, and facts (None: there is none)."""
    made = []
    for number in range(draw(st.integers(1, 5))):
        day, late = draw(st.integers(0, 4)), draw(st.integers(0, 3))
        source = SourceInfo(f"s{number}", "S", DAY + timedelta(day), DAY + timedelta(day + late))
        facts: dict[str, object] = {"status": 1, "name": f"N{number}"}
        facts |= draw(st.dictionaries(st.sampled_from(FACTS[1:]), st.one_of(st.none(), st.integers(0, 3))))
        made.append((source, facts))
    return made


def merged(
    given_files: list[tuple[SourceInfo, dict[str, object]]],
) -> tuple[dict[str, object], dict[str, str]]:
    plan = Plan(Snapshot(stored=False))
    for source, facts in given_files:
        plan.add_sources({source.code: source})
        record = SchoolRecord(2, "100001", dict(facts), dict.fromkeys(facts, source.code))
        plan.add("file", [record])
    state = plan.touched["100001"]
    return state.facts, state.provenance


@given(files(), st.randoms())
def test_the_order_of_files_does_not_matter(given_files: list, random: object) -> None:
    shuffled = list(given_files)
    random.shuffle(shuffled)  # type: ignore[attr-defined]  # hypothesis gives a Random
    assert merged(given_files) == merged(shuffled)


@given(files())
def test_each_fact_is_that_of_its_newest_source(given_files: list) -> None:
    facts, provenance = merged(given_files)
    for fact in FACTS:
        telling = [(source.rank, source.code, told[fact]) for source, told in given_files if fact in told]
        if telling:
            _rank, code, value = max(telling, key=lambda one: one[:2])
            assert (facts.get(fact), provenance[fact]) == (value, code)
        else:
            assert fact not in facts
            assert fact not in provenance


@given(files())
def test_merging_again_changes_nothing(given_files: list) -> None:
    assert merged(given_files) == merged([*given_files, *given_files])
