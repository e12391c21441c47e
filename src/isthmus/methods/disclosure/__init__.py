"""Disclosure: what may be shown of answers, so that nobody can work out those of a small group.

``publish`` decides for a whole report and all earlier ones; nothing else of the answers may be shown.
"""

from isthmus.methods.disclosure.asking import Comments, Expected, expect, show_comments, while_open
from isthmus.methods.disclosure.deriving import sd_estimate, section_mean, shares_estimate
from isthmus.methods.disclosure.lattice import Lattice
from isthmus.methods.disclosure.model import (
    NOT_ANSWERED,
    NOT_ASKED,
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
from isthmus.methods.disclosure.publishing import Stopped, publish
from isthmus.methods.disclosure.writing import read_report, write_report

__all__ = [
    "NOT_ANSWERED",
    "NOT_ASKED",
    "Band",
    "Cell",
    "Comments",
    "Detail",
    "DisclosureError",
    "Expected",
    "Group",
    "Item",
    "Lattice",
    "Line",
    "Mean",
    "Report",
    "Rules",
    "Stopped",
    "Token",
    "expect",
    "publish",
    "read_report",
    "sd_estimate",
    "section_mean",
    "shares_estimate",
    "show_comments",
    "while_open",
    "write_report",
]
