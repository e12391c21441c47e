"""Help in place: what each kind of page is, said once. Shown on the page itself, on the page of help, and by search."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Entry:
    """What some pages are for. `pages` are names of addresses; `opens` those of them that need no object, titled."""

    slug: str
    title: str
    said: tuple[str, ...]
    pages: frozenset[str]
    opens: Mapping[str, str] = field(default_factory=dict)


_ENTRIES: dict[str, Entry] = {}
_BY_PAGE: dict[str, Entry] = {}


def explain(
    slug: str, title: str, *said: str, pages: Iterable[str] = (), opens: Mapping[str, str] | None = None
) -> None:
    """Say what pages are for: `pages` by the names of their addresses, `opens` those that search may lead to.

    Raises ValueError where a page is explained twice: a reader would see one of the two at random.
    """
    entry = Entry(slug, title, said, frozenset([*pages, *(opens or {})]), opens or {})
    for name in entry.pages:
        if _BY_PAGE.setdefault(name, entry).slug != slug:
            raise ValueError(f"{name} is explained by {_BY_PAGE[name].slug!r} and {slug!r}")
    _ENTRIES[slug] = entry


def entries() -> list[Entry]:
    """Every entry, by title."""
    return sorted(_ENTRIES.values(), key=lambda entry: entry.title.casefold())


def entry_for(page: str) -> Entry | None:
    """What explains the page whose address has this name."""
    return _BY_PAGE.get(page)
