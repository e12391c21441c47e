"""What search finds of core: pages of the product that the person may open, and help."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from django.urls import NoReverseMatch, resolve, reverse

from isthmus.apps.core.access import PUBLIC, Actor, declared
from isthmus.apps.core.help import Entry, entries
from isthmus.apps.core.permissions import Permission
from isthmus.apps.core.search import Found, Matches, finds, words


@finds("pages", "Pages", order=10)
def pages(person: Actor | None, text: str) -> Matches:
    """Pages that need no object, by their title and by the title of what explains them."""
    asked = words(text)
    found = [
        Found(title, reverse(name), entry.said[0])
        for entry in entries()
        for name, title in entry.opens.items()
        if _fits(asked, f"{title} {entry.title}") and may_open(person, name)
    ]
    return Matches(sorted(found, key=lambda page: page.title), list)


@finds("help", "Help", order=90)
def helped(person: Actor | None, text: str) -> Matches:
    """Entries of help, by every word in them; those whose title fits come first."""
    asked = words(text)
    found = [entry for entry in entries() if _fits(asked, " ".join([entry.title, *entry.said]))]
    return Matches(sorted(found, key=lambda entry: not _fits(asked, entry.title)), _shown)


def _shown(found: Sequence[Entry]) -> list[Found]:
    return [Found(entry.title, f"{reverse('core:help')}#{entry.slug}", entry.said[0]) for entry in found]


def _fits(asked: list[str], text: str) -> bool:
    return all(f" {word}" in f" {text.casefold()}" for word in asked)


@cache
def _access(name: str) -> str | Permission | None:
    """What the page's view declares; None where this installation has no such page."""
    try:
        return declared(resolve(reverse(name)).func)
    except NoReverseMatch:
        return None


def may_open(person: Actor | None, name: str) -> bool:
    """Whether the person may open the page whose address has this name."""
    access = _access(name)
    if access is None or access == PUBLIC:
        return access == PUBLIC
    return person is not None and (not isinstance(access, Permission) or person.may(access))
