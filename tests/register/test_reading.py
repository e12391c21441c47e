"""Bad files: a clear message, nothing written, no more memory or time than the limit allows."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from isthmus.apps.register.actions import import_files
from isthmus.apps.register.models import Organisation
from tests.register.support import establishments

pytestmark = pytest.mark.django_db


def refused(path: Path) -> str:
    report = import_files([path], check_only=False)
    assert not report.ok
    assert not Organisation.objects.exists()
    return report.refused or report.errors.kept[0].what_to_do


def give(folder: Path, content: bytes, name: str = "edubasealldata20220420.csv") -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"  \r\n ", "empty"),
        (b"<!DOCTYPE html><html><body>Sign in</body></html>", "web page"),
        (b"\xef\xbb\xbf\n <HTML>", "web page"),
        (b"a,b\n1,2\n", "not a file that can be brought in"),
        (b"just some words\n", "not a file that can be brought in"),
        ("URN,x\n1,2\n".encode("utf-16"), "UTF-16"),
        (b"URN\0,x\n", "not a text file"),
        (b"\xd0\xcf\x11\xe0" + b"\1" * 50, "Excel"),
        (b"%PDF-1.7 ...", "not a CSV"),
        (b'{"a": 1}', "JSON"),
        (b"\xef\xbb\xbfURN,Name\n1,\xff\xfe\n", "encoding"),
        (b"URN,Name\n1,\x81\x8d\n", "encoding"),
    ],
)
def test_what_is_no_register_file_is_refused(tmp_path: Path, content: bytes, words: str) -> None:
    assert words in refused(give(tmp_path, content))


def test_a_missing_file_is_said(tmp_path: Path) -> None:
    assert "no file" in refused(tmp_path / "not-there.csv")


def test_a_header_alone_is_refused(tmp_path: Path) -> None:
    file = establishments(tmp_path, {})
    file.write_bytes(file.read_bytes().splitlines(keepends=True)[0])
    assert "nothing below" in refused(file)


def test_a_file_cut_short_is_refused(tmp_path: Path) -> None:
    file = establishments(tmp_path, {}, {"URN": "115851"})
    file.write_bytes(file.read_bytes()[:-60])
    assert "cut short" in refused(file)


def test_a_file_cut_in_its_last_cell_or_before_the_end_of_a_row_is_refused(tmp_path: Path) -> None:
    """Both have as many cells in each row as there should be."""
    content = establishments(tmp_path, {}, {"URN": "115851"}).read_bytes()
    for cut in (2, 4):
        assert "save it as CSV" in refused(give(tmp_path, content[:-cut]))


def test_a_links_file_is_published_without_an_end_of_its_last_line(tmp_path: Path) -> None:
    head = b'"URN","LinkURN","LinkName","LinkType","LinkEstablishedDate"\r\n'
    whole = head + b'100006,134643,"Name","Predecessor","01-01-2022"'
    name = "links_edubasealldata20250422.csv"
    report = import_files([give(tmp_path, whole, name)], check_only=True)
    assert report.ok
    assert report.warnings.count == 0
    cut = import_files([give(tmp_path, whole[: -len(b'"01-01-2022"')], name)], check_only=True)
    assert "cut short" in cut.warnings.kept[0].what_to_do
    assert any("cut short" in line for line in cut.lines())


def test_a_file_that_lacks_many_schools_of_its_authorities_is_told(tmp_path: Path) -> None:
    rows = [{"URN": str(115800 + number)} for number in range(40)]
    away = {"GSSLACode (name)": "E06000045", "LA (name)": "Southampton", "LA (code)": "852"}
    others = [{"URN": str(116800 + number), **away} for number in range(40)]
    assert not import_files([establishments(tmp_path, *rows, *others)], check_only=False).warnings.count
    nearly = import_files([establishments(tmp_path, *rows[:36], day="20230420")], check_only=True)
    assert not nearly.warnings.count
    half = import_files([establishments(tmp_path, *rows[:20], day="20230420")], check_only=True)
    assert half.ok
    assert "Hampshire 20 of 40" in half.warnings.kept[0].what_to_do
    assert "Southampton" not in half.warnings.kept[0].what_to_do


def test_a_file_cut_within_quotes_is_refused(tmp_path: Path) -> None:
    file = establishments(tmp_path, {"EstablishmentName": 'A "quoted", name'})
    content = file.read_bytes()
    file.write_bytes(content[: content.index(b"quoted")])
    assert "breaks off" in refused(file)


def test_a_row_with_too_many_cells_is_refused(tmp_path: Path) -> None:
    file = establishments(tmp_path, {})
    file.write_bytes(file.read_bytes().rstrip() + b",extra\r\n")
    assert "more cells" in refused(file)


def test_the_size_is_limited(tmp_path: Path, settings: object) -> None:
    settings.UPLOAD_LIMIT = 2**20  # type: ignore[attr-defined]  # pytest-django's settings take any name
    file = give(tmp_path, b"URN,Name\n" + b"1,x\n" * 300_000)
    assert "larger than 1 MB" in refused(file)


def packed(folder: Path, *members: tuple[str, bytes], name: str = "extract.zip") -> Path:
    path = folder / name
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for member, content in members:
            file.writestr(member, content)
    return path


def test_a_zip_of_a_register_file_is_read(tmp_path: Path) -> None:
    content = establishments(tmp_path, {}).read_bytes()
    report = import_files([packed(tmp_path, ("edubasealldata20220420.csv", content))], check_only=False)
    assert report.ok, report.lines()
    assert Organisation.objects.filter(urn="115850").exists()


def test_bombs_and_locked_or_damaged_zip_files_are_refused(tmp_path: Path, settings: object) -> None:
    settings.UPLOAD_LIMIT = 2**24  # type: ignore[attr-defined]  # as above
    assert "absurd" in refused(packed(tmp_path, ("a.csv", b"0" * 5_000_000)))
    assert "more than is allowed" in refused(packed(tmp_path, ("a.csv", b"0" * 17_000_000)))
    assert "more than is allowed" in refused(packed(tmp_path, *[(f"{n}.csv", b"x") for n in range(30)]))
    assert "no CSV" in refused(packed(tmp_path, ("readme.txt", b"hello")))
    whole = packed(tmp_path, ("a.csv", b"URN,Name\n" * 500)).read_bytes()
    assert "damaged" in refused(give(tmp_path, whole[:90], "cut.zip"))


def test_a_zip_that_lies_about_its_size_is_stopped_at_the_limit(tmp_path: Path, settings: object) -> None:
    settings.UPLOAD_LIMIT = 2**20  # type: ignore[attr-defined]  # as above
    path = packed(tmp_path, ("a.csv", b"0" * 4_000_000))
    content = bytearray(path.read_bytes())
    told = (4_000_000).to_bytes(4, "little")
    while told in content:  # both headers say 1,000 bytes
        at = content.index(told)
        content[at : at + 4] = (1000).to_bytes(4, "little")
    path.write_bytes(content)
    refused(path)


def test_a_workbook_is_told_from_a_zip_file(tmp_path: Path) -> None:
    import xlsxwriter

    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream) as book:
        book.add_worksheet().write(0, 0, "URN")
    assert "Excel" in refused(give(tmp_path, stream.getvalue(), "edubasealldata20220420.csv"))


@pytest.mark.parametrize("encoding", ["cp1252", "utf-8", "utf-8-sig"])
def test_both_encodings_are_read(tmp_path: Path, encoding: str) -> None:
    file = establishments(tmp_path, {"EstablishmentName": "École Saint-Ouën’s"})
    file.write_bytes(file.read_bytes().decode("cp1252").encode(encoding))
    assert import_files([file], check_only=False).ok
    assert Organisation.objects.get(urn="115850").name == "École Saint-Ouën’s"
