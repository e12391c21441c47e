"""What a school that leaves takes along of networks and needs, and what is removed."""

from __future__ import annotations

import pytest

from isthmus.apps.core import leaving
from isthmus.apps.core.scopes import Scope, ScopeKind
from isthmus.apps.needs.models import Statement, Tie
from isthmus.apps.networks.models import AdoptionAnswer, ConsultationAnswer, Membership
from tests.meta import country

pytestmark = pytest.mark.django_db


def test_a_school_takes_along_what_is_its_own_and_leaves_the_rest() -> None:
    land = country.build()
    leaves, stays = land.scopes["school 1"], land.scopes["school 2"]
    answer = ConsultationAnswer.objects.get(consultation__area=land.scopes["A"].id, note="x")
    answers = Scope(ScopeKind.ORGANISATION, answer.organisation_id)
    ours = {data.key: data for data in leaving.kept()}

    def told(key: str, scope: Scope) -> str:
        return str([part.rows for part in ours[key].of(scope)])

    assert "network 1" in told("memberships", leaves)
    assert "Theme A" in told("needs", leaves)
    assert "Asked" in told("network-answers", answers)
    assert "Another tie" in told("needs", answers)
    before = Membership.objects.count(), Statement.objects.count(), Tie.objects.count()
    for key, scope, count in (
        ("memberships", leaves, 3),
        ("needs", leaves, 1),
        ("needs", answers, 1),
        ("network-answers", answers, 1),
    ):
        assert ours[key].purge(scope).count == count
        assert ours[key].purge(scope).count == 0
    assert (Membership.objects.count(), Statement.objects.count(), Tie.objects.count()) == (
        before[0] - 3,
        before[1] - 1,
        before[2] - 1,
    )
    assert "network 1" in told("memberships", stays)
    assert not ConsultationAnswer.objects.filter(pk=answer.pk).exists()
    assert AdoptionAnswer.objects.exists()
