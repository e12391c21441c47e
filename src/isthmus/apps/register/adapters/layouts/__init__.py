"""The kinds of file that can be brought in, told apart by their header."""

from __future__ import annotations

from collections.abc import Sequence

from isthmus.apps.register.adapters.layouts import establishments, groups, links, measures, open_schools
from isthmus.apps.register.adapters.layouts.base import Context, Layout

LAYOUTS: tuple[Layout, ...] = (
    establishments.Establishments(),
    open_schools.OpenSchools(),
    links.Links(),
    groups.GroupLinks(),
    groups.Groups(),
    groups.TrustResults(),
    measures.Measures(),
)
__all__ = ["LAYOUTS", "Context", "Layout", "recognise"]


def recognise(header: Sequence[str]) -> Layout | None:
    """The first layout that knows `header`, or None."""
    names = {name.strip() for name in header}
    return next((layout for layout in LAYOUTS if layout.knows(names)), None)
