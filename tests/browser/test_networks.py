"""An officer's first day: a spreadsheet of clusters with a mistake, put right, applied, and what it tells."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from isthmus.apps.networks.models import Membership
from isthmus.apps.register.models import Organisation, Phase
from tests import factories
from tests.browser.support.visitor import BOTH_WAYS, Visitor
from tests.conftest import People

pytestmark = pytest.mark.django_db(transaction=True)
Visit = Callable[..., Visitor]


@pytest.fixture
def cast(transactional_db: None) -> People:
    people = factories.cast()
    people.area.fictional = True
    people.area.save()
    return people


@pytest.fixture
def schools(cast: People) -> list[Organisation]:
    phases = [Phase.SECONDARY, *[Phase.PRIMARY] * 5]
    return [
        factories.school(cast.area, phase=phase, longitude=-1.4 + number / 50, latitude=50.9 + number / 90)
        for number, phase in enumerate(phases)
    ]


def gives(visitor: Visitor, file: Path, text: str) -> None:
    file.write_text(text)
    visitor.page.get_by_label("Spreadsheet", exact=True).set_input_files(file)
    visitor.presses("Check the spreadsheet")


@BOTH_WAYS
def test_from_a_spreadsheet_to_findings(
    visit: Visit, cast: People, schools: list[Organisation], tmp_path: Path, javascript: bool, width: int
) -> None:
    rows = [f"Localities,North,{one.urn},,01/09/2023,\n" for one in schools[:4]]
    rows += [f"Reading,Early reading,{one.urn},lead,2024/25,\n" for one in schools[:1]]
    head = "Layer,Cluster name,School URN,Role,Start date,End date\n"
    officer = visit(cast.officer, javascript=javascript, width=width)
    area = f"/areas/{cast.area.pk}/networks/"
    officer.opens(area)
    officer.sees("No network is known here yet")
    officer.is_accessible()
    officer.presses("Bring in a spreadsheet")
    officer.sees_heading("Bring in who is in what")
    officer.is_accessible()
    gives(officer, tmp_path / "clusters.csv", head + "".join(rows) + "Localities,North,12x,,,\n")
    officer.sees("1 thing must be put right in the file first")
    officer.sees("School URN")
    officer.is_accessible()
    officer.takes_picture("networks-1-mistake")
    assert not Membership.objects.exists()
    officer.presses("Give the file again")
    gives(officer, tmp_path / "clusters.csv", head + "".join(rows))
    officer.sees("The file is good")
    officer.is_accessible()
    officer.presses("Apply it")
    officer.sees_heading(f"Networks in {cast.area.name}")
    officer.sees("3 of 7 schools are in no network")
    officer.is_accessible()
    officer.takes_picture("networks-2-findings")
    officer.follows("Schools in no network")
    officer.sees(schools[5].name)
    officer.is_accessible()
    for page, name in (("list/", "3-map"), ("layers-of-schools/", "4-matrix"), ("changes/", "5-changes")):
        officer.opens(area + page)
        if page == "list/" and javascript:
            officer.sees_the_map()
        officer.is_accessible()
        officer.takes_picture(f"networks-{name}")
    network = Membership.objects.order_by("pk")[0].network
    officer.opens(f"/networks/{network.pk}/")
    officer.sees_heading("North")
    officer.is_accessible()
    officer.takes_picture("networks-6-network")
    officer.presses("Add a member")
    officer.page.locator("main").get_by_role("searchbox").fill("School")
    officer.presses("Find")
    officer.is_accessible()
    officer.takes_picture("networks-7-add")
    for path, name in (
        ("new/", "area-new"),
        (f"{cast.area.pk}/terms/", "terms"),
        (f"{cast.area.pk}/themes/", "themes"),
        (f"{cast.area.pk}/partners/", "partners"),
    ):
        officer.opens(f"/areas/{path}")
        officer.is_accessible()
        officer.takes_picture(f"networks-{name}")
