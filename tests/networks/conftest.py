"""An area with schools to group, and a plan of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

from isthmus.apps.core.jobs import run_job
from isthmus.apps.networks import actions
from isthmus.apps.networks.choices import Choices
from isthmus.apps.networks.models import Plan
from isthmus.apps.register.models import Phase
from tests import factories
from tests.conftest import People

USUAL: dict[str, Any] = {
    "smallest": 3,
    "largest": 5,
    "phases": ("primary", "secondary"),
    "nearness": 10,
    "mixed_phases": 3,
    "faith": 0,
    "faith_way": "mixed",
    "mixed_disadvantage": 3,
    "secondary_each": True,
}


def choices(**changed: Any) -> Choices:
    """What is usually asked in these tests, with something changed."""
    return Choices(**{**USUAL, **changed})


@pytest.fixture
def twelve_schools(people: People) -> list[Any]:
    """Twelve more schools in the officer's area: three secondaries, nine primaries, in three far-off towns."""
    made = [
        factories.school(
            people.area,
            phase=Phase.SECONDARY if number == 0 else Phase.PRIMARY,
            town=f"Town {town}",
            easting=440_000 + town * 50_000 + number * 400,
            northing=120_000 + town * 10_000 + number * 300,
            latitude=50.9 + town * 0.09,
            longitude=-1.4 + town * 0.7 + number * 0.005,
            fsm_percent=None if number == 3 else 10.0 * number,
            religious_character="Church of England" if number == 1 else "Does not apply",
        )
        for town in range(3)
        for number in range(4)
    ]
    # The head's own school stands apart, so that every test's plan has twelve schools.
    people.school.delete()
    return made


@pytest.fixture
def ask(people: People) -> Callable[..., Plan]:
    """Ask for a plan as the officer does."""

    def asked(**changed: Any) -> Plan:
        return actions.ask_for_plan(
            by=people.officer,
            owner=people.area,
            about=people.area,
            name=changed.pop("name", "September"),
            choices=choices(**changed),
            token=uuid4(),
        )

    return asked


@pytest.fixture
def worked_out(ask: Callable[..., Plan]) -> Callable[..., Plan]:
    """Ask for a plan and let the worker do it."""

    def done(**changed: Any) -> Plan:
        plan = ask(**changed)
        assert plan.job is not None
        run_job.call(str(plan.job_id), plan.job.attempt)
        plan.refresh_from_db()
        return plan

    return done
