"""One cell of a published file to one value. An empty cell, or letters that stand for a number, is None."""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache

NOT_A_NUMBER = frozenset(
    {"z", "x", "c", "k", "u", "np", "ne", "nr", "na", "n/a", "nota", "new", "low", "lowcov", "supp", "sup"}
    | {"spsup", "dnp", "dna", "dns", "-", "--", ".", "..", ":", "*", "~"}
)
"""What publishers write where there is no number: not applicable, suppressed, too few, not published."""

_POSTCODE = re.compile(r"[A-Z]{1,2}[0-9][A-Z0-9]? [0-9][A-Z]{2}")
_DAY_FIRST = re.compile(r"(\d{1,2})[-/](\d{1,2})[-/](\d{4})(?: 00:00(?::00)?)?")
_YEAR_FIRST = re.compile(r"(\d{4})-?(\d{2})-?(\d{2})(?:[T ]00:00(?::00)?)?")
# A comma stands before each group of three digits, or nowhere: 12,5 and 0,125 are no numbers here.
_NUMBER = re.compile(
    r"[-+]?(?:[1-9][0-9]{0,2}(?:,[0-9]{3})+(?:\.[0-9]*)?|[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]{1,3})?"
)
_NEVER = date(1900, 1, 1)


class BadValue(ValueError):
    """A cell cannot be read; the text says what was expected."""


def text(cell: str) -> str:
    """The cell with surplus spaces removed, control characters too; otherwise as it stands."""
    if cell.isprintable() and "  " not in cell:
        return cell.strip()
    return " ".join("".join(c if c.isprintable() else " " for c in cell).split())


def is_code(cell: str) -> bool:
    """Whether the cell holds letters that a publisher writes in place of a number."""
    return cell.casefold() in NOT_A_NUMBER


@lru_cache(maxsize=20_000)
def whole(cell: str) -> int | None:
    """A whole number that is not negative."""
    value = number(cell)
    if value is None:
        return None
    if value < 0 or value != int(value):
        raise BadValue("write a whole number, or leave it empty")
    if value > 2_000_000_000:
        raise BadValue("this number is too large; write the right one, or leave it empty")
    return int(value)


@lru_cache(maxsize=20_000)
def number(cell: str) -> float | None:
    """A number, with or without thousands separators or a sign of percent."""
    cell = text(cell)
    if not cell or is_code(cell):
        return None
    bare = cell.removesuffix("%").strip()
    if not _NUMBER.fullmatch(bare):
        comma = "; write a decimal with a point, as 12.5" if "," in bare else ""
        raise BadValue(f"write a number, or leave it empty{comma}")
    value = float(bare.replace(",", ""))
    if value in (float("inf"), float("-inf")):
        raise BadValue("write a number, or leave it empty")
    return value


@lru_cache(maxsize=20_000)
def percentage(cell: str) -> float | None:
    """A percentage from 0 to 100."""
    value = number(cell)
    if value is not None and not 0 <= value <= 100:
        raise BadValue("write a percentage from 0 to 100, or leave it empty")
    return value


@lru_cache(maxsize=20_000)
def day(cell: str) -> date | None:
    """A date as dd-mm-yyyy, dd/mm/yyyy, yyyy-mm-dd or yyyymmdd. The register's 01-01-1900 means not known."""
    cell = text(cell)
    if not cell:
        return None
    try:
        if found := _DAY_FIRST.fullmatch(cell):
            value = date(int(found[3]), int(found[2]), int(found[1]))
        elif found := _YEAR_FIRST.fullmatch(cell):
            value = date(int(found[1]), int(found[2]), int(found[3]))
        else:
            raise ValueError
    except ValueError:
        raise BadValue("write the date as day-month-year, for example 01-09-2024") from None
    return None if value == _NEVER else value


def digits(least: int, most: int, cell: str) -> str:
    """A code of `least` to `most` digits, kept as text with its leading zeros."""
    cell = text(cell)
    if cell and not (cell.isascii() and cell.isdigit() and least <= len(cell) <= most):
        long = f"{most}" if least == most else f"{least} to {most}"
        raise BadValue(f"write {long} digits, with leading zeros, and nothing else")
    return cell


@lru_cache(maxsize=20_000)
def postcode(cell: str) -> str:
    """A postcode in capitals with one space; one that cannot be a British postcode is left out."""
    bare = re.sub(r"[^A-Z0-9]", "", cell.upper())
    whole_code = f"{bare[:-3]} {bare[-3:]}"
    return whole_code if _POSTCODE.fullmatch(whole_code) else ""


def file_day(name: str) -> date | None:
    """The date in a file's name: 20250422 or 2025-04-22, or 31 August of 2024-25 / 2024_2025 / 202425."""
    for found in re.finditer(r"(?<!\d)(20\d{2})-?(\d{2})-?(\d{2})(?!\d)", name):
        try:
            return date(int(found[1]), int(found[2]), int(found[3]))
        except ValueError:
            continue
    if found_year := re.search(r"(?<!\d)(20\d{2})[-_]?(?:20)?(\d{2})(?!\d)", name):
        first, second = int(found_year[1]), int(found_year[2])
        if (first + 1) % 100 == second:
            return date(first + 1, 8, 31)
    return None
