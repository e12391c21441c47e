"""`isthmus survey`: files in, figures out, and a sentence for whatever is wrong."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from isthmus.cli import main
from isthmus.methods.surveys import labelled
from isthmus.methods.surveys.instruments import by_id, load, results, shipped

DIAGNOSTIC = by_id("collaboration-diagnostic")
CODES = np.random.default_rng(2).choice(np.array([-3, -2, -1, 1, 2, 3, 4, 5], dtype=np.int8), (160, 38))
SCHOOLS = [["Elm, north", "Oak", "Ash", "Yew"][n % 4] for n in range(160)]
ROLES = ["leader" if n % 5 == 0 else "staff" for n in range(160)]
SPELT = {
    -3: "dk",
    -2: "n/a",
    -1: "",
    1: "1",
    2: " 2 ",
    3: "Neither agree nor disagree",
    4: "4",
    5: "STRONGLY AGREE",
}


def write(path: Path, *rows: str) -> Path:
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return path


@pytest.fixture
def answers(tmp_path: Path) -> Path:
    """160 people of four schools, their answers as codes, labels and abbreviations; columns in another order."""
    order = list(reversed(range(38)))
    rows = [",".join(["school", "note", *(DIAGNOSTIC.columns[n] for n in order), "role"])]
    for n, codes in enumerate(CODES.tolist()):
        rows.append(",".join([f'"{SCHOOLS[n]}"', "x", *(SPELT[codes[i]] for i in order), ROLES[n]]))
    return write(tmp_path / "answers.csv", *rows)


def survey(capsys: pytest.CaptureFixture[str], *arguments: object, code: int = 0) -> str:
    """What the command prints, or what it says where it is refused."""
    assert main(["survey", *map(str, arguments)]) == code
    out, err = capsys.readouterr()
    if code == 2:
        assert out == ""
        assert "Traceback" not in err
        return err
    return out


def scored(capsys: pytest.CaptureFixture[str], *arguments: object) -> Any:
    return json.loads(survey(capsys, "score", *arguments, "--json"))


def test_the_figures_are_those_of_the_library(answers: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = scored(
        capsys, answers, "--instrument", DIAGNOSTIC.id, "--group", "school", "--group", "school,role"
    )
    columns = {"school": labelled(SCHOOLS), "role": labelled(ROLES)}
    want = results(DIAGNOSTIC, CODES, columns, [("school",), ("school", "role")])
    assert found["people"] == 160
    assert len(found["groups"]) == len(want.groups) == 13
    compared = 0
    for got, group in zip(found["groups"], want.groups, strict=True):
        assert got["group"] == dict(zip(group.columns, group.group, strict=True))
        for part, section in zip(got["sections"], group.sections, strict=True):
            assert section.mean is not None
            assert part["mean"]["value"] == section.mean.value
            assert part["mean"]["low"] == section.mean.low
            for cell, item in zip(part["items"], section.items, strict=True):
                assert cell["item"] == item.item
                assert cell["dont_know"] == item.dont_know
                assert cell["base"] == item.spread.base
                assert tuple(cell["counts"].values()) == item.counts
                assert item.mean is not None
                assert cell["mean"]["value"] == item.mean.value
                compared += 1
    assert compared == 13 * 38
    assert found["reliability"]["know"]["value"] == want.reliability["know"].raw.value
    assert found["suppressed"] is False


def test_a_table_for_a_person(answers: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked = write(
        tmp_path / "asked.csv", "school,asked", '"Elm, north",50', "Oak,60", "Ash,70", "Yew,80", "Fir,40"
    )
    told = survey(
        capsys, "score", answers, "--instrument", DIAGNOSTIC.id, "--group", "school", "--asked", asked
    )
    assert "160 people answered, of 300 asked (53%)." in told
    assert "Know our area: mean " in told
    assert "Elm, north      40      50" in told
    assert "Fir              0      40" in told
    assert "No disclosure rules were applied." in told


def test_only_what_may_be_shown(answers: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """A school of four people has no result of its own, and nothing else gives it away by its absence."""
    rows = answers.read_text().splitlines()
    kept = [rows[0], *(r for n, r in enumerate(rows[1:]) if SCHOOLS[n] != "Yew" or n < 16)]
    section = [name for name in DIAGNOSTIC.columns if name.startswith("know")]
    places = [kept[0].split(",").index(name) for name in ["school", *section]]
    cells = [
        [c.replace("Elm north", "Elm") for c in r.replace('"Elm, north"', "Elm").split(",")] for r in kept
    ]
    small = write(tmp_path / "small.csv", *(",".join(row[p] for p in places) for row in cells))
    found = scored(capsys, small, "--instrument", DIAGNOSTIC.id, "--group", "school", "--suppress")
    assert found["suppressed"] is True
    assert "Not in the file" in found["notes"][0]
    groups = {g["group"].get("school", ""): g for g in found["groups"]}
    assert groups[""]["people"] == 124
    assert groups["Yew"]["people"] is None
    assert groups["Yew"]["token"] == "[c]"
    assert all(item["mean"] is None and item["counts"] == {} for item in groups["Yew"]["items"])
    # Hidden alone, Yew could be had by subtraction: another is hidden with it.
    assert sum(g["people"] is None for g in groups.values()) >= 2
    told = survey(capsys, "score", small, "--instrument", DIAGNOSTIC.id, "--group", "school", "--suppress")
    assert "Yew: [c]" in told

    few = write(tmp_path / "few.csv", *small.read_text().splitlines()[:8])
    nothing = survey(
        capsys, "score", few, "--instrument", DIAGNOSTIC.id, "--group", "school", "--suppress", code=3
    )
    assert "mean" not in nothing


def test_an_instrument_of_ones_own(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = survey(capsys, "instruments", "readiness-check")
    assert load(text) == by_id("readiness-check")
    own = write(tmp_path / "own.yaml", text.replace("id: readiness-check", "id: own"))
    data = write(tmp_path / "a.csv", "trust-1,trust-2,trust-3", "Yes,Partly,0", "2,,I do not know")
    found = scored(capsys, data, "--instrument", own)
    assert found["instrument"] == "own"
    assert [section["section"] for section in found["groups"][0]["sections"]] == ["trust"]
    items = found["groups"][0]["sections"][0]["items"]
    assert [item["median"]["value"] for item in items] == [2, 1, 0]
    assert "mean" not in items[0]
    assert "median 2, lowest 2" in survey(capsys, "score", data, "--instrument", own)


def test_shipped_instruments_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    told = survey(capsys, "instruments").splitlines()
    assert [line.split()[0] for line in told] == sorted(one.id for one in shipped())
    assert len(json.loads(survey(capsys, "instruments", "--json"))) == len(shipped())


@pytest.mark.parametrize(
    ("rows", "more", "words"),
    [
        (["know-1", "3"], [], "The file has no column headed know-2"),
        (["a,b", "3,4"], [], "no column is headed by an item of collaboration-diagnostic"),
        ([], [], "no column is headed"),
        (["{all}"], [], "there are headings and no answers"),
        (
            ["{all}", "{all}"],
            [],
            "Line 2, column know-1 holds 'know-1': a whole number from 1 to 5 is needed",
        ),
        (["{all}", "7"], [], "Line 2"),
        (["{all}", "{threes}"], ["--group", "school"], "no column headed school"),
        (["{all}", "{threes}"], ["--group", "school,"], "name columns of the file, each once"),
        (["{all}", "{threes}"], ["--asked", "none.csv"], "none.csv: there is no such file"),
        (["{all}", "{threes}"], ["--suppress"], "--suppress needs the units first"),
        (
            ["school,{all}", "A,{threes}"],
            ["--suppress", "--group", "school", "--threshold", "4"],
            "--suppress:",
        ),
    ],
)
def test_what_is_wrong_with_the_answers_is_said(
    rows: list[str], more: list[str], words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    filled = [
        row.replace("{all}", ",".join(DIAGNOSTIC.columns)).replace("{threes}", ",".join("3" * 38))
        for row in rows
    ]
    path = write(tmp_path / "a.csv", *filled)
    said = survey(capsys, "score", path, "--instrument", DIAGNOSTIC.id, *more, code=2)
    assert said.startswith("isthmus survey score: ")
    assert words in said


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        (["school,number", "Oak,4"], "no column is headed 'asked'"),
        (["school,asked", "Oak,many"], "line 2, column asked: 'many' is not a number of people"),
        (["school,asked", "Oak,4", "Oak,5"], "line 3: Oak stands here twice"),
        (["school,asked", "Oak,4"], "Oak: 40 answers from 4 people asked cannot be"),
    ],
)
def test_what_is_wrong_with_numbers_of_people_is_said(
    rows: list[str], words: str, answers: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = write(tmp_path / "asked.csv", *rows)
    arguments = ["score", answers, "--instrument", DIAGNOSTIC.id, "--group", "school", "--asked", asked]
    # Everybody comes first: there are more than four people in the file.
    said = survey(capsys, *arguments, code=2)
    assert words.removeprefix("Oak: 40 answers") in said


def test_numbers_of_people_are_added_up(
    answers: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [f'"{s}",{r},{n}' for s in set(SCHOOLS) for r, n in (("leader", 20), ("staff", 90))]
    asked = write(tmp_path / "asked.csv", "school,role,asked", *rows, "Fir,staff,7")
    arguments = [
        answers,
        "--instrument",
        DIAGNOSTIC.id,
        "--group",
        "school,role",
        "--group",
        "school",
        "--asked",
        asked,
    ]
    found = {tuple(g["group"].values()): g["response"]["base"] for g in scored(capsys, *arguments)["groups"]}
    assert found[()] == 447
    assert found["Oak",] == 110
    assert found["Oak", "leader"] == 20
    assert found["Fir",] == 7
    # By role alone, as the file has it: added up over schools.
    by_role = scored(capsys, answers, "--instrument", DIAGNOSTIC.id, "--group", "role", "--asked",
                     write(tmp_path / "roles.csv", "role,asked", "leader,80", "staff,360"))  # fmt: skip
    assert [g["response"]["base"] for g in by_role["groups"]] == [440, 80, 360]


@pytest.mark.parametrize(
    "raw", [b"school,asked\nCaf\xe9,4\n", b'school,asked\n"' + b"x" * 200_000 + b'",4\n']
)
def test_torn_numbers_of_people_are_refused(
    raw: bytes, answers: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = tmp_path / "asked.csv"
    asked.write_bytes(raw)
    # How long a cell may be is set for the whole process, and other tests read registers, which sets it wider.
    wider = csv.field_size_limit(131_072)
    try:
        said = survey(
            capsys,
            "score",
            answers,
            "--instrument",
            DIAGNOSTIC.id,
            "--group",
            "school",
            "--asked",
            asked,
            code=2,
        )
    finally:
        csv.field_size_limit(wider)
    assert "this is not CSV in UTF-8" in said


def test_reversed_items_and_those_that_do_not_apply_are_suppressed_as_they_count(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """One school of 200 people: the mean of a reversed item is turned, and who is outside is in no base."""
    own = write(
        tmp_path / "own.yaml",
        "{id: own, version: 1, title: T, purpose: P, licence: L, ours: O, who: [staff], scoring: totals, reading: R,",
        "scales: {s: {options: [{code: 1, label: a}, {code: 2, label: b}, {code: 3, label: c}], not_applicable: out}},",
        "sections: [{id: one, title: T, scale: s, items: [{id: up, text: U}, {id: down, text: D, reversed: true}]}]}",
    )
    rows = ["3,3"] * 90 + ["2,2"] * 50 + ["1,1"] * 20 + ["out,n/a"] * 40
    data = write(tmp_path / "a.csv", "school,up,down", *(f"Oak,{row}" for row in rows))
    found = scored(capsys, data, "--instrument", own, "--group", "school", "--suppress")
    up, down = found["groups"][0]["items"]
    assert up["base"] == down["base"] == 160
    assert up["mean"] == pytest.approx(2.44, abs=0.06)
    assert down["mean"] == pytest.approx(4 - 2.44, abs=0.06)
    assert down["counts"]["1"]["low"] <= 90 <= down["counts"]["1"]["high"]


def test_labels_that_mean_two_codes_are_not_guessed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each label of the three scales of the tie level means one code, until two of them share one."""
    tie = by_id("tie-level")
    row = {**dict.fromkeys(tie.columns, ""), "exchange": "yes", "time": "Some", "intended": "Networking"}
    data = write(tmp_path / "a.csv", ",".join(row), ",".join(row.values()))
    sections = {
        s["section"]: s for s in scored(capsys, data, "--instrument", tie.id)["groups"][0]["sections"]
    }
    counts = {i["item"]: i["counts"] for s in sections.values() for i in s["items"]}
    assert (counts["exchange"]["1"], counts["time"]["2"], counts["intended"]["1"]) == (1, 1, 1)
    assert sections["level"]["levels"]["open"] == 1
    text = survey(capsys, "instruments", "tie-level")
    other = write(tmp_path / "b.csv", *data.read_text().replace("Some", "").splitlines())
    own = write(tmp_path / "own.yaml", text.replace("label: Some", "label: Networking"))
    assert "column intended holds 'Networking'" in survey(capsys, "score", other, "--instrument", own, code=2)


def test_what_is_wrong_with_an_instrument_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said = survey(capsys, "instruments", "mine", code=2)
    assert "there is no such file, and no such instrument. Shipped are: agreement-check, " in said
    bad = write(tmp_path / "bad.yaml", "id: x", "titel: X")
    said = survey(capsys, "instruments", bad, code=2)
    assert f"isthmus survey instruments: {bad}, line 2: 'titel' is no key here. Did you mean 'title'?" in said
    assert survey(capsys, "score", "none.csv", "--instrument", DIAGNOSTIC.id, code=2)
    open_only = write(tmp_path / "open.csv", "why", "x")
    said = survey(capsys, "score", open_only, "--instrument", "five-reflections", code=2)
    assert "which has open questions only" in said


def test_the_command_starts_without_what_it_does_not_need(tmp_path: Path) -> None:
    code = (
        "import sys\nfrom isthmus.cli import main\ntry:\n    main({0})\nexcept SystemExit:\n    pass\n"
        "print(sorted(n for n in sys.modules if n.split('.')[0] in {1}))"
    )
    for arguments, heavy in (
        (["survey", "score", "--help"], {"django", "numpy", "scipy", "numba", "yaml"}),
        (["survey", "instruments"], {"django", "pandas"}),
    ):
        done = subprocess.run(
            [sys.executable, "-c", code.format(arguments, heavy)],
            cwd=tmp_path,
            capture_output=True,
            text=True,
        )
        assert done.stdout.splitlines()[-1] == "[]", done.stderr
