"""Numbers in sentences."""

from __future__ import annotations


def counted(number: int, one: str, many: str | None = None) -> str:
    """'1 school', '2 schools'; ``many`` where the plural is not made with s."""
    return f"{number} {one if number == 1 else many or one + 's'}"
