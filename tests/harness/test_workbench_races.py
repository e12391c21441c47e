"""Two people change one plan, or one consultation, at the same moment: nothing of either is lost, and nobody gets an
error that is not theirs. The threads of tests/networks do it on PostgreSQL alone."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.harness.conftest import Install
from tests.harness.installation import Installation
from tests.harness.races import Click, at_once, browser

ROOT = Path(__file__).resolve().parents[2]
ROUNDS = 2
STAGE = f"""
import json, sys
sys.path.insert(0, {str(ROOT)!r})
import django
django.setup()
from tests.harness.stage_workbench import build
sys.stdout.write(json.dumps(build({ROUNDS})))
"""
FRESH = """
import django
django.setup()
from isthmus.apps.networks.adapters.workbench import bench_of
from isthmus.apps.networks.models import Plan
print(max(abs(p.objective - bench_of(p).objective()[0]) for p in Plan.objects.filter(versions__isnull=False)), end="")
"""
STEPS = "SELECT COUNT(*) FROM networks_planstep WHERE plan_id = {}"
HOME = (
    "SELECT n.number FROM networks_proposedmember m JOIN networks_proposednetwork n ON n.id = m.network_id "
    "JOIN register_organisation o ON o.id = m.organisation_id WHERE m.plan_id = {} AND o.urn = '{}'"
)
SIZES = (
    "SELECT n.id FROM networks_proposednetwork n LEFT JOIN networks_proposedmember m ON m.network_id = n.id "
    "GROUP BY n.id, n.size HAVING COUNT(m.id) <> n.size"
)
# Two times of one school in one network that share a day.
OVERLAPS = (
    "SELECT a.id FROM networks_membership a JOIN networks_membership b ON a.network_id = b.network_id "
    "AND a.organisation_id = b.organisation_id AND a.id < b.id "
    "WHERE (a.until IS NULL OR b.since IS NULL OR a.until >= b.since) "
    "AND (b.until IS NULL OR a.since IS NULL OR b.until >= a.since)"
)


class Two:
    """Two officers of one area before a plan of four networks."""

    def __init__(self, installation: Installation) -> None:
        self.installation = installation
        self.stage: dict[str, Any] = json.loads(installation.python(STAGE).splitlines()[-1])
        installation.start_web()

    def click(self, who: str, path: str, **fields: str) -> Click:
        return Click(path, {**fields}, browser(self.stage, who))

    def move(self, who: str, plan: int, school: str, to: int, base: int = 0) -> Click:
        path = f"/plans/{plan}/schools/{school}/move/"
        return self.click(who, path, base=str(base), to=str(to), why="At once")

    def both(self, *clicks: Click) -> list[int]:
        return at_once(self.installation, clicks)

    def one(self, sql: str, *given: object) -> Any:
        return self.installation.one(sql.format(*given))

    def school(self, network: int, at: int = 0) -> str:
        return str(self.stage["groups"][str(network)][at])

    def told_asks_again(self, plan: int, moves: list[tuple[str, str, int]]) -> None:
        """One of two moves is made and the other is told of it; asked again on what is there now, it is made too."""
        said = self.both(*(self.move(who, plan, school, to) for who, school, to in moves))
        assert sorted(said) == [302, 409], "one wins and the other is told"
        assert self.one(STEPS, plan) == 1
        done, told = moves[said.index(302)], moves[said.index(409)]
        assert self.one(HOME, plan, done[1]) == done[2]
        assert self.both(self.move(told[0], plan, told[1], told[2], base=1)) == [302]
        assert self.one(STEPS, plan) == 2
        assert self.one(HOME, plan, told[1]) == told[2]
        if told[1] != done[1]:
            assert self.one(HOME, plan, done[1]) == done[2], "the first change is lost"


@pytest.mark.parametrize(
    "database",
    [
        pytest.param("sqlite", marks=pytest.mark.scenario),
        pytest.param("postgresql", marks=pytest.mark.prove),
    ],
)
def test_two_at_once_lose_nothing(install: Install, database: str) -> None:
    two = Two(install(database))
    plans = iter(two.stage["plans"])
    for _round in range(ROUNDS):
        _moves(two, next(plans), next(plans), next(plans))
        _move_and_lock(two, next(plans))
        _move_and_adopt(two, next(plans))
        _remove_and_adopt(two, next(plans))
    for layer in two.stage["adopted"]:
        _adopt_among_others(two, layer)
    _close_and_answer(two)
    _remove_and_open(two)
    assert two.installation.rows(SIZES) == []
    assert float(two.installation.python(FRESH)) < 1e-6, "an objective is not that of its plan"
    assert "Traceback" not in (two.installation.folder / "web.log").read_text()


def _moves(two: Two, same: int, into: int, apart: int) -> None:
    """The same school; two schools into one network; two schools that have nothing to do with each other."""
    one, other = two.school(1), two.school(3)
    two.told_asks_again(same, [("first", one, 2), ("second", one, 3)])
    two.told_asks_again(into, [("first", one, 2), ("second", other, 2)])
    assert two.both(two.move("first", apart, one, 2), two.move("second", apart, other, 4)) == [302, 302]
    assert two.one(STEPS, apart) == 2
    assert (two.one(HOME, apart, one), two.one(HOME, apart, other)) == (2, 4)


def _move_and_lock(two: Two, plan: int) -> None:
    """No school comes into a network once it is locked."""
    school = two.school(1)
    lock = two.click("second", f"/plans/{plan}/workbench/lock/", network="2", on="1")
    moved, locked = two.both(two.move("first", plan, school, 2), lock)
    assert locked == 302
    first = two.one("SELECT kind FROM networks_planstep WHERE plan_id = {} AND number = 1", plan)
    assert (moved, first) in ((302, "move"), (409, "lock"))
    assert two.one(HOME, plan, school) == (2 if moved == 302 else 1)


def _move_and_adopt(two: Two, plan: int) -> None:
    """What is adopted is what the plan is: it stands still from then on."""
    prepare = two.click("second", f"/plans/{plan}/adopt/", **two.stage["adopt"])
    moved, prepared = two.both(two.move("first", plan, two.school(1), 2), prepare)
    assert prepared == 302
    assert moved in (200, 302)
    steps = two.one(STEPS, plan)
    assert steps == (moved == 302)
    assert two.one("SELECT version FROM networks_adoption WHERE plan_id = {}", plan) == steps


def _remove_and_adopt(two: Two, plan: int) -> None:
    """A plan that is to be adopted stays; one that is gone is not found."""
    prepare = two.click("second", f"/plans/{plan}/adopt/", **two.stage["adopt"])
    removed, prepared = two.both(two.click("first", f"/plans/{plan}/remove/"), prepare)
    assert removed == 302
    there = two.one("SELECT COUNT(*) FROM networks_plan WHERE id = {}", plan)
    adopted = two.one("SELECT COUNT(*) FROM networks_adoption WHERE plan_id = {}", plan)
    assert (there, adopted, prepared) in ((1, 1, 302), (0, 0, 404))


def _adopt_among_others(two: Two, layer: dict[str, Any]) -> None:
    """Two plans are adopted in one layer while others found a network there, join one and apply a file."""
    area, one, other = two.stage["area"], *layer["adoptions"]
    joined = {"q": layer["urn"], "organisation": str(layer["school"]), "role": "member"}
    founded = {"name": layer["name"], "layer": str(layer["layer"]), "form": "loose", "purpose": "To run"}
    said = two.both(
        two.click("first", f"/adoptions/{one}/adopt/"),
        two.click("second", f"/adoptions/{other}/adopt/"),
        two.click("first", f"/networks/{layer['network']}/members/add/", **joined),
        two.click("second", f"/areas/{area}/networks/new/", **founded),
        two.click("first", f"/areas/{area}/networks/files/{layer['file']}/", do="apply"),
    )
    assert set(said) <= {200, 302}, said
    assert two.one("SELECT COUNT(*) FROM networks_network WHERE layer_id = {}", layer["layer"]) == 4
    adopted = "SELECT COUNT(*) FROM networks_adoption WHERE layer_id = {} AND state = 'adopted'"
    assert two.one(adopted, layer["layer"]) == 2
    assert two.installation.rows(OVERLAPS) == []


def _close_and_answer(two: Two) -> None:
    """Who was sending still counts, and whoever comes after it was closed does not."""
    for number, links in two.stage["open"].items():
        clicks = [two.click("", f"/consultations/answer/{link}/parts/", seen="0", email="") for link in links]
        said = two.both(*clicks, two.click("first", f"/consultations/{number}/close/"))
        assert set(said) == {302}
        events = "SELECT id FROM core_auditevent WHERE action = '{}' AND target_id = '{}'"
        closed = two.one(events, "consultation.close", number)
        later = (
            "SELECT COUNT(*) FROM core_auditevent WHERE action = 'consultation.answer' AND id > {} AND "
            "target_id IN (SELECT CAST(id AS VARCHAR(20)) FROM networks_consultationanswer "
            "WHERE consultation_id = {})"
        )
        assert two.one(later, closed, number) == 0


def _remove_and_open(two: Two) -> None:
    """One that was opened stays; one that is gone is not found."""
    for number in two.stage["drafts"]:
        removed, opened = two.both(
            two.click("first", f"/consultations/{number}/remove/"),
            two.click("second", f"/consultations/{number}/open/"),
        )
        there = two.one("SELECT COUNT(*) FROM networks_consultation WHERE id = {}", number)
        assert (there, removed, opened) in ((1, 302, 302), (0, 302, 404))
