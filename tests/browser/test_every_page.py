"""Every page, as the accessibility statement says it: axe at 320 and at 1,280 pixels, and nothing sticks out.

In `make test` every second page, drawn anew in each run, in the narrow window; all of them in both in `make prove`.
The journeys look at the pages that they pass in every run.
"""

from __future__ import annotations

import os
import random
import secrets
from collections.abc import Callable

import pytest

from tests import factories
from tests.browser.support.axe import violations
from tests.browser.support.visitor import NARROW, WIDE, Visitor
from tests.meta import sweep

pytestmark = pytest.mark.django_db(transaction=True)
WHO = ("anonymous", "officer", "administrator")
WIDTHS = "[document.documentElement.scrollWidth, window.innerWidth]"


SLOW = pytest.mark.prove


@pytest.mark.parametrize(
    ("every", "width"),
    [
        pytest.param(False, NARROW),
        pytest.param(True, NARROW, marks=SLOW),
        pytest.param(True, WIDE, marks=SLOW),
    ],
)
@pytest.mark.parametrize("half", [0, 1])  # so that two processes share the work
def test_every_page(
    visit: Callable[..., Visitor], transactional_db: None, half: int, *, every: bool, width: int
) -> None:
    number = int(os.environ.get("SWEEP_SEED") or secrets.randbelow(10**6))
    people = factories.cast()
    world = sweep.build(people)
    windows = {who: visit(people.by_name()[who], width=width) for who in WHO}
    names = sorted({way.address.name for way in sweep.visits(world)})
    names = names[half::2] if every else random.Random(number).sample(names[half::2], len(names) // 4)
    todo, looked_at, wrong = set(names), set(), []
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
    assert wrong == [], f"again with SWEEP_SEED={number}"
    assert len(looked_at) > (45 if every else 22), "the sweep found its pages"
