"""Moves by hand in a plan of 600 schools in 120 networks.

python -m benchmarks.workbench            median and p95 of the server's time for what a person does to move a school
python -m benchmarks.workbench --assert   and exit 1 where the p95 of a preview or a move is more than 100 ms

SQLite with the settings of an installation. Pages are asked for in this process, so the figure is the server's own
time. The first preview after a move is of a version that this process has not seen, as on another web process.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
from random import Random
from typing import Any

from benchmarks.networks import fixture

MOST_MS, MOVES, NETWORKS = 100.0, 30, 120


def a_plan(area: Any) -> Any:
    """600 schools in 120 networks of five, near each other, as a plan that was worked out."""
    from django.utils import timezone

    from isthmus.apps.networks.adapters.workbench import bench_of
    from isthmus.apps.networks.choices import Choices
    from isthmus.apps.networks.models import Plan, PlanState, ProposedMember, ProposedNetwork
    from isthmus.apps.register.models import Organisation

    asked = Choices(4, 6, ("primary", "secondary", "all_through"), 10, 3, 2, "mixed", 0, secondary_each=False)
    plan = Plan.objects.create(
        owner=area,
        about=area,
        name="Benchmark",
        choices=asked.to_json(),
        state=PlanState.READY,
        objective=0.0,
        bound=0.0,
        worked_out_at=timezone.now(),
    )
    schools = list(Organisation.objects.filter(authority=area).order_by("easting"))
    strips = [
        sorted(schools[at : at + 50], key=lambda s: s.northing or 0) for at in range(0, len(schools), 50)
    ]
    ordered = [school for strip in strips for school in strip]
    for number in range(NETWORKS):
        inside = ordered[5 * number : 5 * number + 5]
        network = ProposedNetwork.objects.create(plan=plan, number=number + 1, name=f"N{number}", size=5)
        ProposedMember.objects.bulk_create(
            ProposedMember(plan=plan, network=network, organisation=school) for school in inside
        )
    plan.objective, plan.terms = bench_of(plan).objective()
    plan.save()
    return plan


def measure() -> bool:
    """Print what was measured; whether the promise was kept."""
    from django.core.management import call_command
    from django.test import Client

    from isthmus.apps.accounts.actions import give_role
    from isthmus.apps.accounts.models import Person
    from isthmus.apps.accounts.roles import Role
    from isthmus.apps.core.scopes import Scope, ScopeKind
    from isthmus.apps.networks.models import ProposedMember
    from isthmus.apps.networks.queries.workbench import version_of

    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    area: Any = fixture.build()
    plan = a_plan(area)
    person = Person.objects.create(email="measure@example.org", name="Measure", is_demonstration=True)
    give_role(by=None, person=person, role=Role.AUTHORITY_OFFICER, scope=Scope(ScopeKind.AREA, area.pk))
    client, random = Client(), Random(3)
    client.force_login(person)
    members = list(ProposedMember.objects.filter(plan=plan).values_list("organisation__urn", flat=True))
    times: dict[str, list[float]] = {}
    start = f"/plans/{plan.pk}/"

    def ask(name: str, method: Any, path: str, data: dict[str, Any], status: int) -> None:
        began = time.perf_counter()
        answer = method(path, data, HTTP_HOST="localhost")
        times.setdefault(name, []).append(1000 * (time.perf_counter() - began))
        if answer.status_code != status:
            raise SystemExit(f"{path} answered {answer.status_code}")

    for urn in random.sample(members, MOVES + 3):
        path = f"{start}schools/{urn}/move/"
        home = ProposedMember.objects.get(plan=plan, organisation__urn=urn).network
        to = next(n for n in (random.randrange(1, NETWORKS + 1) for _ in range(9)) if n != home.number)
        version = version_of(plan)
        ask("preview of a version new to the process", client.get, path, {"to": to}, 200)
        ask("preview", client.get, path, {"to": to}, 200)
        ask("move", client.post, path, {"to": to, "base": version, "why": "Measured"}, 302)
        ask("why here", client.get, f"{start}schools/{urn}/", {}, 200)
        ask("workbench", client.get, f"{start}workbench/", {}, 200)
        ask("undo", client.post, f"{start}workbench/undo/", {"base": version + 1}, 302)
    ok = True
    print(f"{'what':<42} {'median ms':>10} {'p95 ms':>8}")
    for name, found in times.items():
        kept = sorted(found[3:])
        p95 = kept[int(0.95 * len(kept)) - 1]
        most = MOST_MS if "preview" in name or name in ("move", "undo") else 1.5 * MOST_MS
        ok = ok and p95 <= most
        print(f"{name:<42} {statistics.median(kept):10.1f} {p95:8.1f}", flush=True)
    return ok


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--assert", action="store_true", dest="hold", help="exit 1 where the promise is not kept"
    )
    hold = parser.parse_args().hold
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {"DJANGO_SETTINGS_MODULE": "isthmus.site.settings", "ISTHMUS_DATA": folder}
        os.environ.pop("ISTHMUS_DATABASE_URL", None)
        import django

        django.setup()
        import logging

        logging.disable(logging.INFO)
        kept = measure()
    return 1 if hold and not kept else 0


if __name__ == "__main__":
    sys.exit(main())
