"""A head asks 600 staff, closes, reads the report, asks again, and reads what changed: all of it over HTTP."""

from __future__ import annotations

import html
import random
import re
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from statistics import mean

import pytest

from isthmus.apps.core.dates import today
from tests.harness.answering import Sender
from tests.harness.conftest import Install
from tests.harness.installation import Installation, Visitor, hidden, wait_for

pytestmark = pytest.mark.prove
HEAD = "Harun Haldane"
STAFF, DEVICES = 600, 4
MOST_SECONDS = 300
RADIO = re.compile(r'<input[^>]*type="radio"[^>]*>')


def day(name: str, days: int) -> dict[str, str]:
    """A day from today as its three boxes send it."""
    when = today() + timedelta(days=days)
    return {f"{name}_day": str(when.day), f"{name}_month": str(when.month), f"{name}_year": str(when.year)}


def form_of(page: str, within: str) -> str:
    """The form of a page in which this stands."""
    found: list[str] = re.findall(r"<form.*?</form>", page, re.DOTALL)
    return next(form for form in found if within in form)


class Head:
    """A head at a browser without a screen."""

    def __init__(self, installation: Installation) -> None:
        self.installation, self.visitor = installation, Visitor(installation.port)
        self.visitor.sign_in(HEAD)

    def reads(self, path: str) -> str:
        """A page that is there."""
        status, _, page = self.visitor.ask("GET", path)
        assert status == 200, (path, status)
        return page

    def sends(self, path: str, within: str, **given: str) -> str:
        """Fill in the form of a page; gives where it leads."""
        form = form_of(self.reads(path), within)
        fields = {**dict(hidden(form)), **given}
        status, leads_to, page = self.visitor.ask("POST", path, list(fields.items()))
        assert status == 302, (path, status, re.findall(r'error-message">(.*?)</p>', page, re.DOTALL))
        return leads_to

    def asks(self, name: str, previous: str = "") -> tuple[str, str]:
        """A questionnaire that is open: its page and its code."""
        scope = self.installation.one(
            "SELECT h.scope_id FROM accounts_roleholding h JOIN accounts_person p ON p.id = h.person_id "
            f"WHERE p.name = '{HEAD}' AND h.role = 'head'"
        )
        said = {"name": name, "why": "To see where we stand.", "asks": "Your head", "kind": "anonymous"}
        said |= {"asked": "staff", "k": "10", **day("until", 5), **day("results_on", 9)}
        said |= {"previous": previous} if previous else {}
        at = f"/surveys/new/?scope=organisation:{scope}&instrument=collaboration-diagnostic"
        page = self.sends(at, 'name="why"', **said)
        self.sends(f"{page}open/", "csrfmiddlewaretoken")
        code = self.installation.one(
            f"SELECT code FROM surveys_waveschool WHERE wave_id = {page.strip('/').split('/')[-1]}"
        )
        return page, str(code)

    def closes(self, page: str) -> str:
        """Close it, wait for the worker, and read the report."""
        self.sends(f"{page}close/", 'name="why"', why="Everybody has answered")

        def report() -> str:
            _, _, text = self.visitor.ask("GET", f"{page}report/")
            return text if "Question by question" in text else ""

        return html.unescape(wait_for(report, lambda: self.installation.log("worker"), 120))


def answers(port: int, code: str, people: int, seed: int, better: float) -> list[dict[str, int]]:
    """So many people answer, one after the other, from the first page to thanks; gives what they chose."""
    chance, sender, said = random.Random(seed), Sender(port), []
    for _ in range(people):
        status, _, page = sender.get(f"/a/{code}/")
        assert status == 200
        fields = {**dict(hidden(form_of(page, "questions"))), "do": "start"}
        chosen: dict[str, int] = {}
        for _page in range(20):
            status, leads_to, page = sender.post(f"/a/{code}/questions/", fields)
            if status == 302:
                assert leads_to == f"/a/{code}/thanks/"
                break
            form = form_of(page, "questions")
            names = {name[1] for tag in RADIO.findall(form) if (name := re.search(r'name="q-([^"]+)"', tag))}
            here = {
                name: 5 if chance.random() < better else chance.choice((1, 2, 3, 4)) for name in sorted(names)
            }
            chosen |= here
            fields = {**dict(hidden(form)), **{f"q-{name}": str(code_) for name, code_ in here.items()}}
            fields["do"] = "next" if names else "send"
        else:
            raise AssertionError("twenty pages, and no thanks")
        said.append(chosen)
    sender.end()
    return said


def six_hundred(installation: Installation, code: str, better: float) -> list[dict[str, int]]:
    """Everybody answers, on several devices at once."""
    with ThreadPoolExecutor(DEVICES) as pool:
        given = pool.map(
            lambda seed: answers(installation.port, code, STAFF // DEVICES, seed, better), range(DEVICES)
        )
        return [one for device in given for one in device]


def section_means(said: list[dict[str, int]], prefix: str) -> float:
    """The mean of people's means over a section, which is what a report shows."""
    return mean(mean(code for name, code in one.items() if name.startswith(f"{prefix}-")) for one in said)


def test_a_head_asks_600_staff_twice_and_reads_what_changed(install: Install) -> None:
    began = time.monotonic()
    installation = install("sqlite")
    installation.start_web()
    installation.start_worker()
    head = Head(installation)
    first, code = head.asks("Autumn")
    said = six_hundred(installation, code, 0.2)
    assert len(said) == STAFF
    assert "about 600" in head.reads(first)
    report = head.closes(first)
    assert f"{section_means(said, 'know'):.1f}" in report
    again, code = head.asks("Spring", previous=first.strip("/").split("/")[-1])
    later = six_hundred(installation, code, 0.6)
    report = head.closes(again)
    assert "Change since ‘Autumn’" in report
    assert f"{section_means(later, 'know'):.1f}" in report
    assert f"{section_means(later, 'know') - section_means(said, 'know'):.1f}" in report
    assert not installation.rows("SELECT * FROM surveys_ballot"), "ballots are gone after the close"
    took = time.monotonic() - began
    assert took < MOST_SECONDS, f"it took {took:.0f} s"
