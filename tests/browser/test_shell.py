"""The shell in a real browser: search, help in place, what changed, cookies, pages of errors, the record, devices."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from isthmus.apps.accounts.actions import give_role
from isthmus.apps.accounts.roles import Role
from isthmus.apps.core import audit, sealing
from isthmus.apps.core.scopes import Scope, ScopeKind
from isthmus.apps.networks.models import Plan
from tests import factories
from tests.accounts import signing as steps
from tests.browser.support.keyboard import focused, tab_to
from tests.browser.support.visitor import EACH_WIDTH, EVERY_WAY, Visitor
from tests.browser.test_first_sign_in import button, presses
from tests.conftest import People
from tests.meta.sweep import _plan as a_plan

pytestmark = pytest.mark.django_db(transaction=True)
Visit = Callable[..., Visitor]
COOKIES = {"isthmus_session", "isthmus_csrf"}


@pytest.fixture
def cast(transactional_db: None) -> People:
    people = factories.cast()
    for number in range(7):
        plan = a_plan(people.area)
        Plan.objects.filter(pk=plan.pk).update(name=f"Marsh {number}")
        audit.record("plan.worked_out", by=people.administrator, target=plan, scope=plan.scope)
    factories.school(people.area, name="Marsh Primary School", search=" marsh primary school")
    factories.person(Role.ADVISER, Scope(ScopeKind.AREA, people.area.pk), name="Mary Marsh")
    return people


def looked_at(visitor: Visitor, name: str) -> None:
    visitor.is_accessible()
    visitor.takes_picture(f"shell-{name}")


@EVERY_WAY
def test_search_from_any_page(visit: Visit, cast: People, javascript: bool, width: int) -> None:
    officer = visit(cast.officer, javascript=javascript, width=width)
    officer.opens("/areas/")
    tab_to(officer.page, officer.page.get_by_label("Search all of Isthmus"))
    officer.page.keyboard.type("marsh")
    officer.page.keyboard.press("Enter")
    officer.sees_heading("Search")
    officer.sees("9 results for ‘marsh’.")
    looked_at(officer, "search")
    presses(officer, officer.page.get_by_role("link", name="See all 7 in Plans"))
    officer.sees("Plans (7)")
    expect(officer.page.locator(".app-results a")).to_have_count(7)
    looked_at(officer, "search-plans")
    presses(officer, officer.page.get_by_role("link", name="All kinds of results for ‘marsh’"))
    presses(officer, officer.page.get_by_role("link", name="Mary Marsh"))
    officer.sees_heading("Mary Marsh: adviser")
    officer.opens("/search/?q=unheard")
    officer.sees("Nothing that you may see fits")
    looked_at(officer, "search-nothing")


@EVERY_WAY
def test_help_stands_on_the_page(visit: Visit, cast: People, javascript: bool, width: int) -> None:
    officer = visit(cast.officer, javascript=javascript, width=width)
    officer.opens("/people/")
    summary = officer.page.locator("summary", has_text="What is this page?")
    expect(officer.page.get_by_text("Here you see who holds which role")).to_be_hidden()
    presses(officer, summary)
    expect(officer.page.get_by_text("Here you see who holds which role")).to_be_visible()
    looked_at(officer, "help-in-place")
    presses(officer, officer.page.get_by_role("link", name="All help"))
    officer.sees_heading("Help")
    looked_at(officer, "help")


@EVERY_WAY
def test_home_says_what_others_changed(visit: Visit, cast: People, javascript: bool, width: int) -> None:
    first = visit(cast.officer, javascript=javascript, width=width)
    first.opens("/")
    first.sees("This is your first visit")
    looked_at(first, "home-first")
    plan = Plan.objects.get(name="Marsh 3")
    audit.record("plan.worked_out", by=cast.administrator, target=plan, scope=plan.scope)
    second = visit(cast.officer, javascript=javascript, width=width)
    second.opens("/")
    second.sees("What others changed since")
    second.sees("worked it out")
    second.does_not_see("Marsh 4")
    looked_at(second, "home-changed")
    presses(second, second.page.get_by_role("link", name="Marsh 3"))
    second.sees_heading("Marsh 3")


@EACH_WIDTH
def test_only_the_cookies_on_the_page_are_set(visit: Visit, cast: People, width: int) -> None:
    head = visit(width=width)
    head.opens("/cookies/")
    head.sees_heading("Cookies")
    looked_at(head, "cookies")
    listed = {name.inner_text() for name in head.page.locator("tbody th").all()}
    assert listed == COOKIES
    head.opens("/sign-in/")
    head.presses(f"Sign in as {cast.head.name}")
    for path in ("/", "/schools/", f"/areas/{cast.area.pk}/", "/people/", "/search/?q=a", "/mail/"):
        head.opens(path)
    assert {cookie["name"] for cookie in head.context.cookies()} == COOKIES
    kept = "Object.keys(localStorage).concat(Object.keys(sessionStorage))"
    assert head.page.evaluate(kept) == []
    assert all(cookie["httpOnly"] and cookie["sameSite"] == "Lax" for cookie in head.context.cookies())


@EACH_WIDTH
def test_pages_of_errors_and_statements(visit: Visit, cast: People, width: int) -> None:
    head = visit(cast.head, width=width)
    for path, status, heading in (
        ("/nowhere/", 404, "Page not found"),
        ("/register-files/", 403, "You cannot see this page"),
        ("/schools/?q=%00", 400, "There is a problem with the request"),
        ("/accessibility/", 200, "Accessibility statement"),
    ):
        head.opens(path, status=status)
        head.sees_heading(heading)
        looked_at(head, f"page-{status}")


@EVERY_WAY
def test_the_record_and_what_happened_to_a_thing(
    visit: Visit, cast: People, javascript: bool, width: int
) -> None:
    sealing.seal()
    officer = visit(cast.officer, javascript=javascript, width=width)
    officer.opens("/record/")
    officer.sees_heading("The record")
    looked_at(officer, "records")
    presses(officer, officer.page.get_by_role("link", name=f"Record of {cast.area.name}").first)
    officer.sees_heading(f"Record of {cast.area.name}")
    looked_at(officer, "record")
    keep = officer.page.get_by_role("link", name=re.compile("^Save")).first
    tab_to(officer.page, keep)
    with officer.page.expect_download() as saved:
        officer.page.keyboard.press("Enter")
    assert saved.value.suggested_filename.endswith(".json")
    held = cast.head.holdings.get()
    officer.opens(f"/people/roles/{held.pk}/")
    officer.sees("What has happened")
    officer.sees("gave the role")
    looked_at(officer, "role-history")


@EVERY_WAY
def test_a_session_is_seen_and_ended(visit: Visit, javascript: bool, width: int) -> None:
    person = steps.real(Role.ADVISER, Scope(ScopeKind.AREA, 1))
    here, there = (visit(person, javascript=javascript, width=width) for _ in range(2))
    here.opens("/account/devices/")
    looked_at(here, "devices")
    presses(here, here.page.get_by_role("button", name="Sign out there").first)
    here.sees("Signed out there.")
    looked_at(here, "device-ended")
    there.opens("/account/devices/")
    there.sees_heading("Sign in")


@EVERY_WAY
def test_a_term_is_changed(visit: Visit, cast: People, javascript: bool, width: int) -> None:
    held = give_role(
        by=None,
        person=factories.person(name="Terry Term"),
        role=Role.ADVISER,
        scope=Scope(ScopeKind.AREA, cast.area.pk),
    )
    officer = visit(cast.officer, javascript=javascript, width=width)
    officer.opens(f"/people/roles/{held.pk}/")
    presses(officer, officer.page.get_by_role("link", name="Change the term"))
    officer.sees_heading("Change the term of Terry Term")
    looked_at(officer, "term")
    for label, text in (("Day", "31"), ("Month", "8"), ("Year", str(timezone.localdate().year + 2))):
        tab_to(officer.page, officer.page.get_by_label(label, exact=True))
        officer.page.keyboard.type(text)
    presses(officer, button(officer, "Change the term"))
    officer.sees_errors("Say why the term changes")
    looked_at(officer, "term-errors")
    tab_to(officer.page, officer.page.get_by_label("Why does the term change?"))
    officer.page.keyboard.type("The project goes on")
    presses(officer, button(officer, "Change the term"))
    officer.sees(f"now lasts until 31 August {timezone.localdate().year + 2}")
    officer.sees("Why: The project goes on")
    looked_at(officer, "term-changed")
    officer.opens("/people/?q=terry")
    with officer.page.expect_download() as saved:
        presses(officer, officer.page.get_by_role("link", name="Excel"))
    assert saved.value.suggested_filename == "people.xlsx"
    assert focused(officer.page).count() <= 1
