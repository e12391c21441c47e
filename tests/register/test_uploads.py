"""Bringing a file in on a page: upload, check in the worker, apply or put aside."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from isthmus.apps.core import jobs
from isthmus.apps.core.jobs import run_job
from isthmus.apps.core.models import AuditEvent
from isthmus.apps.register.actions import uploads
from isthmus.apps.register.models import ImportState, Organisation, RegisterImport
from tests.conftest import People
from tests.register.support import establishments, write
from tests.register.test_layouts import TRUST

pytestmark = pytest.mark.django_db(transaction=True)
NAME = "edubasealldata20220420.csv"


@pytest.fixture
def administrator(people: People, client_for: Callable[..., Client]) -> Client:
    return client_for(people.administrator)


@pytest.fixture(autouse=True)
def own_files(settings: Any, tmp_path: Path) -> None:
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path / "files"},
        },
    }


def give(
    client: Client, folder: Path, *changes: dict[str, Any], name: str = NAME, **more: Any
) -> RegisterImport:
    content = establishments(folder, *changes or ({},)).read_bytes()
    answer = client.post(reverse("register:import_new"), {"file": SimpleUploadedFile(name, content), **more})
    assert answer.status_code == 302, answer.text
    return RegisterImport.objects.latest("pk")


def work(kept: RegisterImport) -> RegisterImport:
    """What the worker does."""
    kept.refresh_from_db()
    assert kept.job is not None
    run_job.call(str(kept.job_id), kept.job.attempt)
    kept.refresh_from_db()
    return kept


def url(kept: RegisterImport) -> str:
    return reverse("register:import", args=[kept.pk])


def test_a_file_is_checked_then_applied(administrator: Client, tmp_path: Path) -> None:
    kept = give(administrator, tmp_path, {}, {"URN": "115851"})
    assert kept.state == ImportState.WAITING
    assert "job-panel" in administrator.get(url(kept)).text
    work(kept)
    assert kept.state == ImportState.CHECKED
    assert not Organisation.objects.filter(urn="115850").exists()
    page = administrator.get(url(kept)).text
    assert "The file is good" in page
    assert "New schools" in page
    administrator.post(url(kept), {"do": "apply"})
    work(kept)
    assert kept.state == ImportState.APPLIED
    assert Organisation.objects.filter(urn__in=("115850", "115851")).count() == 2
    assert not kept.upload
    assert not default_storage.listdir("register")[1]
    assert "Applied on" in administrator.get(url(kept)).text
    actions = list(AuditEvent.objects.filter(action__startswith="register.").values_list("action", flat=True))
    assert sorted(actions) == ["register.apply", "register.checked", "register.import", "register.upload"]
    assert RegisterImport.objects.count() == 1


def test_applying_twice_does_it_once(administrator: Client, tmp_path: Path) -> None:
    kept = work(give(administrator, tmp_path))
    for _ in range(2):
        administrator.post(url(kept), {"do": "apply"})
    work(kept)
    administrator.post(url(kept), {"do": "apply"})
    kept.refresh_from_db()
    assert kept.state == ImportState.APPLIED
    assert AuditEvent.objects.filter(action="register.import").count() == 1


def test_a_double_click_gives_one_import(administrator: Client, tmp_path: Path) -> None:
    page = administrator.get(reverse("register:import_new")).text
    token = page.split('name="token" value="')[1].split('"')[0]
    first = give(administrator, tmp_path, token=token)
    assert give(administrator, tmp_path, token=token) == first
    assert RegisterImport.objects.count() == 1
    assert len(default_storage.listdir("register")[1]) == 1
    assert AuditEvent.objects.filter(action="register.upload").count() == 1
    assert give(administrator, tmp_path, token="damaged") != first


def test_wrong_rows_are_shown_and_the_file_is_not_kept(administrator: Client, tmp_path: Path) -> None:
    kept = work(give(administrator, tmp_path, {"URN": "<script>alert(1)</script>"}))
    assert kept.state == ImportState.REFUSED
    page = administrator.get(url(kept)).text
    assert "must be put right" in page
    assert "5 to 7 digits" in page
    assert "<script>alert" not in page
    assert "Apply it" not in page
    assert not default_storage.listdir("register")[1]


def test_nothing_new_is_said_so(administrator: Client, tmp_path: Path) -> None:
    kept = work(give(administrator, tmp_path))
    administrator.post(url(kept), {"do": "apply"})
    work(kept)
    again = work(give(administrator, tmp_path))
    assert again.state == ImportState.UNCHANGED
    assert "holds all of this already" in administrator.get(url(again)).text


def test_a_file_can_be_put_aside(administrator: Client, tmp_path: Path) -> None:
    kept = work(give(administrator, tmp_path))
    administrator.post(url(kept), {"do": "aside"})
    kept.refresh_from_db()
    assert kept.state == ImportState.PUT_ASIDE
    assert not default_storage.listdir("register")[1]
    assert not Organisation.objects.filter(urn="115850").exists()


def test_the_date_can_be_given_where_the_name_has_none(administrator: Client, tmp_path: Path) -> None:
    assert "no date" in administrator.get(url(work(give(administrator, tmp_path, name="results.csv")))).text
    kept = give(administrator, tmp_path, name="results.csv", date_day="20", date_month="4", date_year="2022")
    assert work(kept).state == ImportState.CHECKED


def test_a_file_that_carries_its_dates_is_shown_without_one(administrator: Client, tmp_path: Path) -> None:
    content = write(tmp_path / "trusts.csv", [TRUST]).read_bytes()
    upload = SimpleUploadedFile("trusts-ks4-2025.csv", content)
    administrator.post(reverse("register:import_new"), {"file": upload})
    kept = work(RegisterImport.objects.latest("pk"))
    page = administrator.get(url(kept)).text
    assert "1 row, dated row by row" in page


def test_a_form_without_a_file_says_what_is_missing(administrator: Client) -> None:
    page = administrator.post(
        reverse("register:import_new"), {"date_day": "1", "date_month": "1", "date_year": "2999"}
    )
    assert page.status_code == 200
    assert "Choose register file" in page.text
    assert "today or earlier" in page.text


def test_stopping_a_check_forgets_the_file_and_stopping_an_import_does_not(
    administrator: Client, people: People, tmp_path: Path
) -> None:
    kept = give(administrator, tmp_path)
    jobs.cancel(kept.job, by=people.administrator)
    kept.refresh_from_db()
    assert kept.state == ImportState.REFUSED
    assert not default_storage.listdir("register")[1]
    other = work(give(administrator, tmp_path))
    administrator.post(url(other), {"do": "apply"})
    other.refresh_from_db()
    jobs.cancel(other.job, by=people.administrator)
    other.refresh_from_db()
    assert other.state == ImportState.CHECKED
    assert default_storage.exists(other.upload.name)


def test_a_try_that_died_after_writing_is_not_written_again(administrator: Client, tmp_path: Path) -> None:
    kept = work(give(administrator, tmp_path))
    administrator.post(url(kept), {"do": "apply"})
    kept.refresh_from_db()
    name = kept.upload.name
    uploads.import_files([kept.upload.path], check_only=False, names=[kept.file_name], kept=kept)
    kept.refresh_from_db()
    assert (kept.state, kept.upload.name) == (ImportState.APPLIED, name)
    work(kept)
    assert kept.state == ImportState.APPLIED
    assert not kept.upload
    assert AuditEvent.objects.filter(action="register.import").count() == 1


def test_only_an_administrator_sees_imports(
    people: People, client_for: Callable[..., Client], tmp_path: Path
) -> None:
    kept = give(client_for(people.administrator), tmp_path)
    for person in (people.officer, people.head):
        client = client_for(person)
        for address in (reverse("register:imports"), reverse("register:import_new"), url(kept)):
            assert client.get(address).status_code == 403
        assert client.post(url(kept), {"do": "apply"}).status_code == 403
    kept.refresh_from_db()
    assert kept.state == ImportState.WAITING


def test_the_list_of_imports_costs_the_same_number_of_queries(
    administrator: Client, people: People, list_query_count: Callable[..., int]
) -> None:
    def make() -> RegisterImport:
        return RegisterImport.objects.create(
            file_name="a.csv", state=ImportState.CHECKED, by=people.administrator, report={}
        )

    list_query_count(make, lambda: administrator.get(reverse("register:imports")))
