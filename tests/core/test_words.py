"""Dates and numbers as people read them."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from isthmus.apps.core import dates, numbers
from isthmus.apps.core.dates import SchoolYear


@given(st.dates(date(1900, 1, 1), date(2200, 1, 1)))
def test_a_day_lies_in_its_school_year(day: date) -> None:
    year = SchoolYear.of(day)
    assert year.first_day <= day <= year.last_day
    assert (year.last_day - year.first_day).days in (364, 365)
    assert SchoolYear(year.start + 1).first_day.toordinal() == year.last_day.toordinal() + 1


def test_a_school_year_turns_on_the_first_of_september() -> None:
    assert str(SchoolYear.of(date(2026, 8, 31))) == "2025/26"
    assert str(SchoolYear.of(date(2026, 9, 1))) == "2026/27"
    assert str(SchoolYear.of(date(1999, 9, 1))) == "1999/00"


@pytest.mark.parametrize(
    ("given_", "words"),
    [
        (None, "not available"),
        (date(2026, 3, 3), "3 March 2026"),
        # Half past eleven at night in Greenwich is the next day in an English summer.
        (datetime(2026, 6, 30, 23, 30, tzinfo=UTC), "1 July 2026"),
    ],
)
def test_a_date_in_words(given_: date | None, words: str) -> None:
    assert dates.in_words(given_) == words


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        (None, "not available"),
        (datetime(2026, 1, 5, 0, 7, tzinfo=UTC), "5 January 2026 at 12:07am"),
        (datetime(2026, 1, 5, 12, 0, tzinfo=UTC), "5 January 2026 at 12:00pm"),
        (datetime(2026, 7, 5, 13, 5, tzinfo=UTC), "5 July 2026 at 2:05pm"),
    ],
)
def test_a_moment_in_words(moment: datetime | None, words: str) -> None:
    assert dates.moment_in_words(moment) == words


def test_numbers_in_words() -> None:
    assert numbers.whole(12345) == "12,345"
    assert numbers.decimal(1234.56, 1, "km") == "1,234.6 km"
    assert numbers.decimal(2, 0) == "2"
    assert numbers.percent(12.34) == "12.3%"
    assert [numbers.count(n, "school") for n in (0, 1, 1200)] == ["0 schools", "1 school", "1,200 schools"]
    assert numbers.count(2, "authority", "authorities") == "2 authorities"


@pytest.mark.parametrize("function", [numbers.whole, numbers.decimal, numbers.percent])
def test_what_is_not_known_is_never_zero(function: object) -> None:
    assert function(None) == "not available"  # type: ignore[operator]  # parametrised by function
    assert function(0) != "not available"  # type: ignore[operator]  # as above
