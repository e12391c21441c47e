"""The cookies that Isthmus sets, from the settings that set them. A test walks the product and finds no other."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings

from isthmus.apps.core.components import Column, Table
from isthmus.apps.core.numbers import count


@dataclass(frozen=True)
class Cookie:
    """A cookie: what it is for, how long the browser keeps it, when it is set."""

    name: str
    purpose: str
    lasts: str
    when: str


def cookies() -> list[Cookie]:
    """Every cookie that Isthmus sets."""
    return [
        Cookie(
            settings.SESSION_COOKIE_NAME,
            "Keeps you signed in while you go from page to page, and holds what a step of signing in needs for the "
            "next step. It holds a random number only.",
            _lasts(settings.SESSION_COOKIE_AGE),
            "When you begin to sign in",
        ),
        Cookie(
            settings.CSRF_COOKIE_NAME,
            "Makes sure that what is sent in your name was sent from a page of this site. It holds a random number "
            "only.",
            _lasts(settings.CSRF_COOKIE_AGE),
            "On each page with a form that changes something",
        ),
    ]


def _lasts(seconds: int) -> str:
    days, rest = divmod(seconds, 24 * 60 * 60)
    return count(days, "day") if days and not rest else count(round(seconds / 3600), "hour")


def table() -> Table:
    """The cookies as the page shows them."""
    columns = [
        Column("Name"),
        Column("What it is for"),
        Column("When it is set"),
        Column("How long it lasts"),
    ]
    rows = [(c.name, c.purpose, c.when, c.lasts) for c in cookies()]
    return Table("Cookies of Isthmus", columns, rows, caption_hidden=True)
