"""An area with themes and schools that can say what they need."""

from __future__ import annotations

import pytest

from isthmus.apps.register import actions as register
from isthmus.apps.register.models import Area, Organisation, Theme
from isthmus.apps.register.queries import themes
from tests import factories
from tests.conftest import People


@pytest.fixture
def area(people: People) -> Area:
    people.area.fictional = True
    people.area.save()
    register.seed_themes(by=people.officer, area=people.area)
    return people.area


@pytest.fixture
def topics(area: Area) -> list[Theme]:
    return list(themes(area))


@pytest.fixture
def schools(area: Area) -> list[Organisation]:
    return [factories.school(area, name=f"School {letter}", pupils=200) for letter in "ABC"]
