"""A long task as somebody watches it: it moves by itself, keeps the keyboard where it is, and ends with its result."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from isthmus.apps.core.models import Job, JobState
from tests import factories
from tests.browser.support.keyboard import tab_to
from tests.browser.support.visitor import NARROW, Visitor

pytestmark = pytest.mark.django_db(transaction=True)
Visit = Callable[..., Visitor]


@pytest.fixture
def job(transactional_db: None) -> Job:
    from isthmus.apps.accounts.roles import Role
    from isthmus.apps.core.scopes import INSTALLATION

    person = factories.person(Role.ADMINISTRATOR, INSTALLATION)
    return Job.objects.create(
        kind="gallery",
        title="Proposing networks",
        state=JobState.RUNNING,
        percent=10,
        message="reading schools",
        result_url="/accessibility/",
        started_by=person,
        scope_kind=INSTALLATION.kind,
        scope_id=INSTALLATION.id,
    )


def change(job: Job, **fields: object) -> None:
    Job.objects.filter(pk=job.pk).update(**fields)


def test_it_moves_by_itself_and_ends_with_its_result(visit: Visit, job: Job) -> None:
    visitor = visit(job.started_by, width=NARROW)
    visitor.opens(f"/tasks/{job.pk}/")
    visitor.sees("10%: reading schools")
    visitor.is_accessible()
    visitor.takes_picture("job")
    tab_to(visitor.page, visitor.page.get_by_role("button", name="Stop this task"))
    change(job, percent=62, message="comparing schools")
    visitor.sees("62%: comparing schools")
    visitor.has_focus_on("Stop this task")
    expect(visitor.page.locator("#announcements")).to_have_text("Running: 60%")
    change(job, state=JobState.DONE, percent=100, message="")
    visitor.sees("Finished")
    visitor.is_accessible()
    visitor.follows("See the result")
    visitor.sees_heading("Accessibility statement")


def test_without_javascript_it_moves_when_asked(visit: Visit, job: Job) -> None:
    visitor = visit(job.started_by, javascript=False)
    visitor.opens(f"/tasks/{job.pk}/")
    visitor.sees("10%: reading schools")
    change(job, percent=62, message="comparing schools")
    visitor.follows("Refresh")
    visitor.sees("62%: comparing schools")
    visitor.presses("Stop this task")
    job.refresh_from_db()
    assert job.cancel_requested


def test_when_the_session_has_ended_the_window_goes_to_sign_in(visit: Visit, job: Job) -> None:
    visitor = visit(job.started_by)
    visitor.opens(f"/tasks/{job.pk}/")
    visitor.sees("10%: reading schools")
    visitor.context.clear_cookies()
    visitor.sees_heading("Sign in")
    assert f"next=/tasks/{job.pk}/" in visitor.page.url
