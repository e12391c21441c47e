"""Who will know what cannot be changed once a wave is open, not even in the database."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import DatabaseError, connection, transaction

from isthmus.apps.surveys.models import Wave, WaveKind, WaveSchool, WaveState, Who
from tests import factories

pytestmark = pytest.mark.django_db
Make = Callable[..., Wave]


@pytest.mark.parametrize(
    "change",
    [
        {"kind": WaveKind.ATTRIBUTED},
        {"k": 5},
        {"asked": [Who.STAFF]},
        {"comments": True},
        {"consent": "otherwise"},
        {"scope_id": 0},
        {"state": WaveState.DRAFT, "opened_at": None},
    ],
)
def test_an_open_wave_keeps_what_was_promised(make_wave: Make, change: dict[str, object]) -> None:
    wave = make_wave()
    with pytest.raises(DatabaseError, match="keeps its kind"), transaction.atomic():
        Wave.objects.filter(pk=wave.pk).update(**change)


def test_a_draft_may_change(make_wave: Make) -> None:
    wave = make_wave(opened=False)
    assert Wave.objects.filter(pk=wave.pk).update(kind=WaveKind.ATTRIBUTED, k=5) == 1


def test_a_closed_wave_never_opens_again(make_wave: Make) -> None:
    wave = make_wave()
    Wave.objects.filter(pk=wave.pk).update(state=WaveState.CLOSING)
    with pytest.raises(DatabaseError, match="keeps its kind"), transaction.atomic():
        Wave.objects.filter(pk=wave.pk).update(state=WaveState.OPEN)


def test_whom_an_open_wave_asks_stays(make_wave: Make) -> None:
    wave = make_wave()
    school = wave.schools.order_by("pk").first()
    assert school is not None
    with pytest.raises(DatabaseError, match="keeps its kind"), transaction.atomic():
        WaveSchool.objects.filter(pk=school.pk).update(group="another")
    with pytest.raises(DatabaseError, match="keeps its kind"), transaction.atomic():
        WaveSchool.objects.create(wave=wave, organisation=factories.school(), code="abcdefgh")
    WaveSchool.objects.filter(pk=school.pk).update(expected=40)  # what is known of numbers may become better


def test_the_guards_stand_after_each_migration(make_wave: Make) -> None:
    from isthmus.apps.surveys import guards

    guards.install(connection)
    guards.install(connection)
    with pytest.raises(DatabaseError), transaction.atomic():
        Wave.objects.filter(pk=make_wave().pk).update(k=5)
