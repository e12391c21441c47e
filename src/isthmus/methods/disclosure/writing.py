"""A report as text and back. The same report gives the same bytes; no true count of a band is in it."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from isthmus.methods.disclosure.model import (
    Band,
    Cell,
    Detail,
    DisclosureError,
    Group,
    Item,
    Line,
    Mean,
    Report,
    Rules,
    Token,
)

FORMAT = "isthmus disclosure report"
VERSION = 2
FIRST = (Detail.FULL, Detail.FULL, Detail.COARSE, Detail.SHARES, Detail.FAVOURABLE, Detail.HIDDEN)
"""The details of format 1, by their numbers there."""


def write_report(report: Report) -> str:
    """The report as JSON: keys in order, no spaces."""
    value = asdict(report) | {"format": FORMAT, "version": VERSION}
    for item in value["items"]:
        item["favourable"] = sorted(item["favourable"])
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True)


def read_report(text: str) -> Report:
    """The report that ``write_report`` wrote. Raises DisclosureError for any other text."""
    try:
        value = json.loads(text)
        if value["format"] != FORMAT or value["version"] not in (1, VERSION):
            raise DisclosureError("This is not a frozen report")
        details = FIRST if value["version"] == 1 else tuple(Detail)
        items = tuple(
            Item(
                one["name"],
                one["categories"],
                tuple(one["scores"]) if one["scores"] else None,
                frozenset(one["favourable"]),
            )
            for one in value["items"]
        )
        lines = tuple(
            Line(**one | {"group": _group(one["group"]), "token": _token(one)}) for one in value["lines"]
        )
        cells = tuple(_cell(one, details) for one in value["cells"])
        return Report(value["wave"], Rules(**value["rules"]), items, lines, cells, value["withheld"])
    except (KeyError, TypeError, ValueError) as fault:
        raise DisclosureError("This is not a frozen report") from fault


def _group(value: dict[str, Any]) -> Group:
    return Group(**value | {"members": tuple(value["members"])})


def _token(value: dict[str, Any]) -> Token | None:
    return Token(value["token"]) if value["token"] else None


def _band(value: dict[str, int] | None) -> Band | None:
    return Band(**value) if value else None


def _cell(value: dict[str, Any], details: tuple[Detail, ...]) -> Cell:
    mean = value["mean"]
    return Cell(
        **value
        | {
            "group": _group(value["group"]),
            "detail": details[value["detail"]],
            "mean": Mean(**mean | {"total": Band(**mean["total"])}) if mean else None,
            "shares": tuple(Band(**band) for band in value["shares"]),
            "favourable": _band(value["favourable"]),
            "token": _token(value),
        }
    )
