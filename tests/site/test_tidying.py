"""What the worker removes each hour, and what it leaves."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from isthmus.apps.accounts.signing.models import SharedCount
from isthmus.apps.core import chores, health, jobs
from isthmus.site import tidying

pytestmark = pytest.mark.django_db


def test_finished_rows_of_the_queue_go_after_a_week_and_others_stay() -> None:
    jobs.job_kind("test.old", title="A test")(lambda job: None)
    rows = []
    for status, days in (("SUCCESSFUL", 8), ("FAILED", 8), ("SUCCESSFUL", 6), ("RUNNING", 8), ("READY", 8)):
        job = jobs.start("test.old", by=None, params={})
        ended = timezone.now() - timedelta(days=days) if status in ("SUCCESSFUL", "FAILED") else None
        DBTaskResult.objects.filter(pk=job.task_id).update(status=status, finished_at=ended)
        rows.append(job.task_id)
    del jobs._KINDS["test.old"]
    assert tidying.remove_finished_tasks() == 2
    assert {str(row.pk) for row in DBTaskResult.objects.all()} == set(rows[2:])


def test_past_counts_go_and_counts_in_force_stay() -> None:
    cache.clear()
    cache.set("in force", 1, 600)
    cache.set("past", 1, 600)
    SharedCount.objects.exclude(cache_key=cache.make_key("in force")).update(
        expires=timezone.now() - timedelta(seconds=1)
    )
    health.beat()
    assert tidying.remove_past_counts() == 1
    assert cache.get("in force") == 1
    assert health.last_beat() is not None, "the worker's own mark has no end"


def test_the_worker_does_both_each_hour(monkeypatch: pytest.MonkeyPatch) -> None:
    from isthmus.site import worker  # noqa: F401 - what is started is what must know its chores

    cache.set("past", 1, 600)
    SharedCount.objects.update(expires=timezone.now() - timedelta(seconds=1))
    monkeypatch.setattr(chores, "_CHORES", {k: v for k, v in chores._CHORES.items() if k.startswith("site.")})
    assert set(chores._CHORES) == {"site.finished_tasks", "site.past_counts"}
    chores.run()
    assert not SharedCount.objects.exists()
