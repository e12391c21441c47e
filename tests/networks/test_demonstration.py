"""The fictional authority's networks tell something, and a second time nothing changes."""

from __future__ import annotations

import pytest

from isthmus.apps.networks import demonstration
from isthmus.apps.networks.adapters.measures import measured
from isthmus.apps.networks.models import Membership, Network, NetworkState
from isthmus.apps.networks.queries.existing import picture, years_of
from isthmus.apps.register import demonstration as register


@pytest.mark.django_db
def test_saltmarch_has_networks_of_several_years_that_tell_something() -> None:
    area = register.build()
    demonstration.build(area)
    before = (Network.objects.count(), Membership.objects.count())
    demonstration.build(area)
    assert (Network.objects.count(), Membership.objects.count()) == before
    found = picture(area)
    survey = measured(found)
    assert len(found.layers) == 5
    assert survey.none
    assert survey.many
    assert max(survey.leading.values()) >= 3
    assert any(school.far for school in survey.schools.values())
    assert Network.objects.filter(state=NetworkState.DISSOLVED).count() == 2
    assert len(years_of(area)) == 6
    assert not Membership.objects.filter(organisation__fictional=False).exists()
