"""Every page, as the accessibility statement says it: axe at 320 and at 1,280 pixels, and nothing sticks out.

The narrow window in `make test`, the wide one in `make prove`.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests import factories
from tests.browser.support.axe import violations
from tests.browser.support.visitor import NARROW, WIDE, Visitor
from tests.meta import sweep

pytestmark = pytest.mark.django_db(transaction=True)
WHO = ("anonymous", "officer", "administrator")
WIDTHS = "[document.documentElement.scrollWidth, window.innerWidth]"


@pytest.mark.parametrize("width", [NARROW, pytest.param(WIDE, marks=pytest.mark.prove)])
@pytest.mark.parametrize("half", [0, 1])  # so that two processes share the work
def test_every_page(visit: Callable[..., Visitor], transactional_db: None, half: int, width: int) -> None:
    people = factories.cast()
    world = sweep.build(people)
    windows = {who: visit(people.by_name()[who], width=width) for who in WHO}
    names = sorted({way.address.name for way in sweep.visits(world)})
    todo, looked_at, wrong = set(names[half::2]), set(), []
    for way in sweep.visits(world):
        if way.who not in WHO or not way.own or way.address.name not in todo - looked_at:
            continue
        if sweep.expected(world, way) != 200 or "export" in way.address.name or "." in way.url:
            continue
        window = windows[way.who]
        response = window.page.goto(f"{window.address}{way.url}")
        if response is None or not response.headers.get("content-type", "").startswith("text/html"):
            continue
        looked_at.add(way.address.name)
        wide, inside = window.page.evaluate(WIDTHS)
        found = violations(window.page)
        wrong += [f"{way.url} at {width}: {v['id']}: {v['nodes'][0]['html'][:120]}" for v in found]
        wrong += [f"{way.url} is {wide} wide in a window of {inside}"] if wide > inside else []
    assert wrong == []
    assert len(looked_at) > 45, "the sweep found its pages"
