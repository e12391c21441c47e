"""Minutes of travel: from a table, and from a routing service that answers, falls silent or talks nonsense."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from isthmus.apps.networks.adapters import travel
from isthmus.apps.networks.adapters.travel import TravelRefused, coverage, fetch, read_table
from isthmus.apps.networks.models import TravelBlock


class Service(HTTPServer):
    """A routing service on this machine: `mode` says how it answers, `asked` what it was asked."""

    mode = "minutes"

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answer)
        self.asked: list[str] = []


class Answer(BaseHTTPRequestHandler):
    """Ten minutes for each place between two."""

    server: Service

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        if self.server.mode == "silent":
            threading.Event().wait(1.0)
        query = dict(part.split("=") for part in self.path.split("?")[1].split("&"))
        rows, columns = (query[name].split(";") for name in ("sources", "destinations"))
        table: Any = [[600.0 * abs(int(a) - int(b)) for b in columns] for a in rows]
        if self.server.mode == "no way":
            table[0][-1] = None
        body = json.dumps({"code": "Ok", "durations": table}).encode()
        if self.server.mode == "nonsense":
            body = b'{"code": "Ok", "durations": [["soon"]]}'
        self.send_response(500 if self.server.mode == "broken" else 200)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: Any) -> None:
        """Nothing on the screen."""


@pytest.fixture
def service(settings: Any) -> Iterator[Service]:
    server = Service()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    settings.TRAVEL_SERVICE = f"http://127.0.0.1:{server.server_port}/"
    yield server
    server.shutdown()
    server.server_close()


Schools = list[Any]


@pytest.mark.django_db
def test_the_service_is_asked_once_and_kept(twelve_schools: Schools, service: Service) -> None:
    rows = fetch(twelve_schools, on_progress=lambda share: None)
    minutes = {(a, b): m for a, b, m in rows}
    urns = [school.urn for school in twelve_schools]
    assert len(rows) == 132
    assert minutes[urns[0], urns[3]] == 30.0
    assert fetch(twelve_schools, on_progress=lambda share: None) == rows
    assert len(service.asked) == TravelBlock.objects.count() == 1


@pytest.mark.django_db
def test_blocks_join_to_one_table(
    twelve_schools: Schools, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(travel, "BLOCK", 5)
    rows = fetch(twelve_schools, on_progress=lambda share: None)
    assert len({(a, b) for a, b, _m in rows}) == 132
    assert len(service.asked) == 9


@pytest.mark.django_db
def test_a_pair_without_a_way_is_left_out(twelve_schools: Schools, service: Service) -> None:
    service.mode = "no way"
    assert len(fetch(twelve_schools, on_progress=lambda share: None)) == 131


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("mode", "says"),
    [
        ("broken", "answered 500"),
        ("nonsense", "makes no sense"),
        ("silent", "did not answer"),
        ("away", "reached"),
    ],
)
def test_what_goes_wrong_is_said_and_nothing_is_kept(
    twelve_schools: Schools,
    service: Service,
    monkeypatch: pytest.MonkeyPatch,
    settings: Any,
    mode: str,
    says: str,
) -> None:
    service.mode = mode
    monkeypatch.setattr(travel, "SECONDS", 0.2)
    if mode == "away":
        settings.TRAVEL_SERVICE = "http://127.0.0.1:9"
    with pytest.raises(TravelRefused, match=says):
        fetch(twelve_schools, on_progress=lambda share: None)
    assert not TravelBlock.objects.exists()


@pytest.mark.django_db
def test_a_plan_by_road_and_one_that_the_service_left_alone(
    people: Any, twelve_schools: Schools, service: Service, worked_out: Callable[..., Any]
) -> None:
    from uuid import uuid4

    from isthmus.apps.core.jobs import run_job
    from isthmus.apps.networks import actions
    from isthmus.apps.networks.models import PlanState, RuleKind
    from tests.networks.conftest import choices

    states = []
    for mode in ("minutes", "broken"):
        service.mode = mode
        TravelBlock.objects.all().delete()
        asked: dict[str, Any] = {"by": people.officer, "owner": people.area, "about": people.area}
        plan = actions.put_together(**asked, name=mode, choices=choices(), token=uuid4(), like=None)
        data = {"source": "service"}
        actions.set_rule(by=people.officer, plan=plan, kind=RuleKind.TRAVEL, data=data, token=uuid4())
        plan = actions.send_draft(by=people.officer, plan=plan)
        run_job.call(str(plan.job_id), 1)
        plan.refresh_from_db()
        states.append(plan.state)
    assert states == [PlanState.READY, PlanState.FAILED]
    assert plan.job is not None
    assert "answered 500" in plan.job.message


def table(text: str) -> travel.Table:
    return read_table(text.encode(), {"100001", "100002", "100003"})


def test_a_table_is_read_in_any_order_of_columns() -> None:
    read = table("Minutes,From,To\n12.5,100001,100002\n\n7,100003,999999\n")
    assert read.rows == [("100001", "100002", 12.5)]
    assert read.others == 1
    assert not read.problems


def test_every_slip_has_its_row() -> None:
    read = table(
        "from,to,minutes\n100001,100002,soon\n100001,x,3\n100001,100003,4\n100001,100003,5\n100001,100002,-1"
    )
    assert [problem.split(":")[0] for problem in read.problems] == ["Row 2", "Row 3", "Row 5", "Row 6"]


@pytest.mark.parametrize("text", ["", "a,b\n1,2", "from,to,minutes\n", "from,to,minutes\n9,8,7"])
def test_what_is_no_table_is_refused(text: str) -> None:
    with pytest.raises(TravelRefused):
        table(text)


def test_how_much_is_known_is_said() -> None:
    class School:
        easting = 1

        def __init__(self, urn: str) -> None:
            self.urn = urn

    schools: Any = [School("1"), School("2"), School("3")]
    assert "1 of 3 pairs" in coverage([("1", "2", 5)], schools)
    assert "1 school is in no row" in coverage([("1", "2", 5)], schools)
    assert "every pair" in coverage([("1", "2", 5), ("2", "3", 1), ("3", "1", 1)], schools)
