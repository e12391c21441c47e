"""Checks at start: a view that declares no permission stops the build."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.core.checks import CheckMessage, Error, register
from django.urls import URLPattern, URLResolver, get_resolver

from isthmus.apps.core.access import declared


def patterns(resolver: URLResolver | None = None, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Every address of the product with its pattern."""
    for entry in (resolver or get_resolver()).url_patterns:
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from patterns(entry, route)
        else:
            yield route, entry


@register()
def undeclared_views(app_configs: Any, **_kwargs: Any) -> list[CheckMessage]:
    """An error for each view without a declared permission."""
    return [
        Error(
            f"The view at /{route} declares no permission",
            hint="Put @public, @signed_in or @requires(Permission...) on it.",
            id="core.E001",
        )
        for route, pattern in patterns()
        if declared(pattern.callback) is None
    ]
