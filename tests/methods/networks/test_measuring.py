"""Measures of networks against figures worked out by hand, and against a slow second way."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from isthmus.methods.networks import Group, Layer, Member, School, compare, survey

LAYERS = [Layer("place", everybody=True), Layer("theme")]
GROUPS = [Group("north", "place"), Group("south", "place"), Group("reading", "theme")]


def school(key: str, east: float | None = 0.0, **more: object) -> School:
    """A primary school `east` kilometres east of a point."""
    given: dict[str, object] = {"phase": "primary", "faith": "none", "secondary": False, **more}
    at = None if east is None else (1000.0 * east, 0.0)
    return School(key, at, **given)  # type: ignore[arg-type]  # names and values are checked by the dataclass's users


SCHOOLS = [
    school("a", 0),
    school("b", 3),
    school("c", 4, phase="secondary", secondary=True, faith="Church of England"),
    school("d", 30),
    school("e", None),
    school("f", 1),
]
MEMBERS = [
    *(Member("north", key, leads=key == "c") for key in "abc"),
    *(Member("south", key) for key in "de"),
    *(Member("reading", key, leads=key == "c") for key in "abcd"),
]


def test_a_small_picture_is_measured_as_by_hand() -> None:
    found = survey(SCHOOLS, LAYERS, GROUPS, MEMBERS)
    assert (found.none, found.one, found.many) == (("f",), ("e",), ("a", "b", "c", "d"))
    north = found.networks["north"]
    assert (north.size, north.leads, north.secondaries, dict(north.phases)) == (
        3,
        1,
        1,
        {"primary": 2, "secondary": 1},
    )
    assert north.mean_km == pytest.approx((3 + 4 + 1) / 3)
    assert north.furthest_km == pytest.approx(4)
    assert dict(north.faiths) == {"none": 2, "Church of England": 1}
    south = found.networks["south"]
    assert (south.mean_km, south.unplaced, south.secondaries) == (None, 1, 0)
    assert found.layers["place"].none == ("f",)
    assert (found.layers["theme"].one, found.layers["theme"].none) == (4, ("e", "f"))
    assert dict(found.leading) == {"c": 2}
    first = found.overlaps[0]
    assert (first.one, first.other, first.shared, first.share) == ("north", "reading", 3, 3 / 4)
    assert found.pieces == 1
    assert found.schools["d"].far == ("reading",)
    assert found.schools["a"].ties == 3


def test_schools_of_elsewhere_count_in_networks_and_not_in_the_area() -> None:
    found = survey([*SCHOOLS, school("x", 2, here=False)], LAYERS, GROUPS, [*MEMBERS, Member("north", "x")])
    assert found.networks["north"].size == 4
    assert "x" not in (*found.none, *found.one, *found.many)


def test_a_network_alone_is_a_piece_of_its_own_and_an_empty_one_is_none() -> None:
    members = [Member("north", "a"), Member("south", "d")]
    found = survey(SCHOOLS, LAYERS, GROUPS, members)
    assert found.pieces == 2
    assert found.networks["north"].apart
    assert not found.networks["reading"].apart


def test_what_changed_is_told_from_both_sides() -> None:
    before = ([GROUPS[0], GROUPS[1]], [Member("north", "a"), Member("north", "b"), Member("south", "d")])
    after = ([GROUPS[0], GROUPS[2]], [Member("north", "a"), Member("north", "c"), Member("reading", "a")])
    found = compare(before, after)
    assert (found.began, found.ended) == (("reading",), ("south",))
    assert (found.changed["north"].joined, found.changed["north"].left) == (("c",), ("b",))
    assert (found.found_one, found.left_all) == (("c",), ("b", "d"))
    assert compare(after, after).changed == {}


@given(st.sets(st.tuples(st.sampled_from(["north", "south", "reading"]), st.sampled_from("abcdef"))))
def test_counts_agree_with_counting_one_by_one(pairs: set[tuple[str, str]]) -> None:
    found = survey(SCHOOLS, LAYERS, GROUPS, [Member(group, key) for group, key in pairs])
    for one in SCHOOLS:
        mine = {group for group, key in pairs if key == one.key}
        assert set(found.schools[one.key].networks) == mine
        mates = {key for group, key in pairs if group in mine and key != one.key}
        assert found.schools[one.key].ties == len(mates)
    assert len(found.none) + len(found.one) + len(found.many) == len(SCHOOLS)
    for overlap in found.overlaps:
        one_, other = ({k for g, k in pairs if g == key} for key in (overlap.one, overlap.other))
        assert overlap.shared == len(one_ & other) > 0
        assert overlap.share == pytest.approx(len(one_ & other) / len(one_ | other))
