"""Numbers as people read them. What is not known is said so; it is never 0."""

from __future__ import annotations

NOT_AVAILABLE = "not available"


def whole(value: int | None) -> str:
    """'12,345', or 'not available'."""
    return NOT_AVAILABLE if value is None else f"{value:,}"


def decimal(value: float | None, places: int = 1, unit: str = "") -> str:
    """'12.3 km': rounded to `places`, thousands separated; or 'not available'."""
    return NOT_AVAILABLE if value is None else f"{value:,.{places}f}{' ' + unit if unit else ''}"


def percent(value: float | None, places: int = 1) -> str:
    """'12.3%' of a value that is already in percent; or 'not available'."""
    return NOT_AVAILABLE if value is None else f"{value:,.{places}f}%"


def count(number: int, one: str, many: str = "") -> str:
    """'1 school', '2 schools': a number with its noun."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def row_number(text: str | None) -> int | None:
    """The number of a row as an address or a form gives it; None for anything else, odd digits and too long too."""
    if text and text.isascii() and text.isdigit() and len(text) <= 18:
        return int(text)
    return None
