"""Automatic accessibility checks by axe-core, run by the debugger, so that the page's policy stays as it is."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

from playwright.sync_api import Page

# A back link stands before <main> on purpose, so that the skip link skips it: `region` cannot know.
OPTIONS = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "rules": {"region": {"enabled": False}},
    "resultTypes": ["violations"],
}


@cache
def source() -> str:
    """axe-core's code."""
    return (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")


def violations(page: Page) -> list[dict[str, Any]]:
    """What axe finds wrong with the page as it stands."""
    if not page.evaluate("typeof window.axe === 'object'"):
        page.evaluate(source())
    found: list[dict[str, Any]] = page.evaluate("options => axe.run(document, options)", OPTIONS)[
        "violations"
    ]
    return found


def axe(page: Page) -> None:
    """Raise AssertionError where the page has a violation: the rule, where, and what to read."""
    found = violations(page)
    lines = [
        f"{v['id']} ({v['impact']}): {v['help']}\n    {node['html'][:200]}\n    {node['failureSummary']}"
        for v in found
        for node in v["nodes"]
    ]
    assert not found, f"{page.url} is not accessible:\n" + "\n".join(lines)
