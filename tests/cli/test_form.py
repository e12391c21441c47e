"""`isthmus form`: files in, plans out, and a sentence for whatever is wrong."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pytest

from isthmus.cli import form as form_module
from isthmus.cli import form_output, main
from isthmus.methods.formation import schema

ISTHMUS = Path(sys.executable).parent / "isthmus"


def write(path: Path, *rows: str) -> Path:
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return path


@pytest.fixture
def schools(tmp_path: Path) -> Path:
    """Forty schools on two lines, the last without coordinates; every fifth a secondary."""
    rng = np.random.default_rng(4)
    rows = ["urn,easting,northing,phase,number_of_pupils,religious_character,needs,strengths,trust_uid"]
    for i in range(39):
        x, y = (
            430_000 + 900 * (i % 20) + int(rng.integers(300)),
            110_000 + 9_000 * (i // 20) + int(rng.integers(300)),
        )
        pupils = "" if i == 5 else str(100 + 10 * i)
        themes = ("reading;maths" if i % 4 == 0 else "", "reading" if i % 9 == 1 else "")
        phase = "Secondary" if i % 5 == 0 else "Primary"
        rows.append(
            f"0{i:05},{x},{y},{phase},{pupils},{'None' if i % 2 else ''},{themes[0]},{themes[1]},T{i % 3}"
        )
    return write(tmp_path / "schools.csv", *rows, "099999,,,Primary,80,,,,T1")


def form(capsys: pytest.CaptureFixture[str], *arguments: object, code: int = 0) -> dict[str, Any]:
    """Run with --json and few steps; check the exit code and the schema; the plan (or what was said)."""
    given = [str(a) for a in arguments]
    limit = [] if {"--steps", "--seconds"} & set(given) else ["--steps", "20000"]
    found = run(["form", *given, "--json", *limit])
    out, err = capsys.readouterr()
    assert found == code, err
    if code == 2:
        assert out == ""
        return {"message": err}
    plan: dict[str, Any] = json.loads(out)
    jsonschema.validate(plan, schema())
    return plan


def run(arguments: list[str]) -> int:
    try:
        return main(arguments)
    except SystemExit as end:
        return int(end.code or 0)


def test_a_plan_of_near_schools(schools: Path, capsys: pytest.CaptureFixture[str]) -> None:
    plan = form(capsys, schools, "--size", "4..6")
    assert plan["status"] == "feasible"
    assert plan["sense"] == "min"
    assert len(plan["groups"]) == len(plan["names"]) == 8
    assert all(4 <= len(group) <= 6 for group in plan["groups"])
    assert plan["unplaced"] == ["099999"]
    assert plan["violations"] == plan["conflict"] == plan["moved"] == []
    assert plan["terms"] == {"nearness": pytest.approx(plan["objective"])}
    assert plan["bound"] <= plan["objective"]
    assert plan["gap"] == pytest.approx((plan["objective"] - plan["bound"]) / plan["objective"])
    assert "000000" in {id_ for group in plan["groups"] for id_ in group}


def test_the_objective_is_straight_line_kilometres(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = write(
        tmp_path / "s.csv", "urn,easting,northing", "a,400000,100000", "b,403000,104000",
        "c,500000,100000", "d,500000,101000"
    )  # fmt: skip
    plan = form(capsys, file, "--size", "2..2")
    assert plan["status"] == "optimal"
    assert plan["objective"] == pytest.approx(6.0)
    assert plan["gap"] == 0
    mean = form(capsys, file, "--groups", "2", "--objective", "mean")
    assert mean["objective"] == pytest.approx(6.0)


def test_the_same_steps_and_seed_give_the_same_plan_for_any_workers(
    schools: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plans = [form(capsys, schools, "--size", "4..6", "--seed", 3, "--workers", w)["groups"] for w in (1, 2)]
    assert plans[0] == plans[1]


def test_every_term(schools: Path, capsys: pytest.CaptureFixture[str]) -> None:
    weights = "nearness=1,mixed:phase=0.5,alike:religious_character=0.25,mixed:number_of_pupils=0.5,complementarity=0.5"
    plan = form(capsys, schools, "--size", "4..6", "--weights", weights)
    assert set(plan["terms"]) == {
        "nearness", "mixed:phase", "alike:religious_character", "mixed:number_of_pupils", "complementarity"
    }  # fmt: skip
    assert plan["rates"]["mixed:phase"] > 0
    assert sum(plan["terms"].values()) == pytest.approx(plan["objective"])


RULES = """\
together: [["000000", "000001"]]
apart: [["000002", "000003"]]
fixed: {West: ["000004"], East: ["000019"]}
each:
  - where: {phase: Secondary}
    at_least: 1
  - where: {trust_uid: [T0]}
    at_most: 4
cap: {number_of_pupils: 3000}
no_repeat: [earlier.csv]
barriers: river.geojson
"""


def test_every_rule(schools: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = schools.parent
    write(folder / "earlier.csv", "urn,network", "000006,x", "000007,x", "000008,y")
    river = {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "properties": {"name": "the river"},
                "geometry": {"type": "LineString", "coordinates": [[400_000, 114_500], [480_000, 114_500]]},
            }
        ],
    }
    (folder / "river.geojson").write_text(json.dumps(river), encoding="utf-8")
    rules = write(folder / "rules.yaml", RULES)
    plan = form(capsys, schools, "--size", "4..7", "--rules", rules)
    home = {id_: g for g, group in enumerate(plan["groups"]) for id_ in group}
    assert home["000000"] == home["000001"]
    assert home["000002"] != home["000003"]
    assert plan["names"][home["000004"]] == "West"
    assert plan["names"][home["000019"]] == "East"
    assert home["000006"] != home["000007"]
    assert all(any(int(id_) % 5 == 0 for id_ in group) for group in plan["groups"])
    assert all(len({int(id_) < 20 for id_ in group}) == 1 for group in plan["groups"])
    assert any("not known for 1 of 39" in warning for warning in plan["warnings"])
    again = form(
        capsys, schools, "--size", "4..7", "--rules", rules, "--evaluate", saved(folder / "plan.json", plan)
    )
    assert again["objective"] == pytest.approx(plan["objective"])
    assert again["violations"] == []


def saved(path: Path, plan: dict[str, Any]) -> Path:
    path.write_text(json.dumps(plan), encoding="utf-8")
    return path


def test_rules_that_cannot_hold(schools: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rules = write(
        schools.parent / "r.yaml", 'together: [["000000", "000001"], ["000001", "000002"]]',
        'apart: [["000002", "000000"], ["000007", "000008"]]',
    )  # fmt: skip
    plan = form(capsys, schools, "--size", "4..6", "--rules", rules, code=3)
    assert plan["status"] == "infeasible"
    assert plan["groups"] == []
    assert plan["irreducible"] is True
    assert sorted(plan["conflict"]) == [
        "apart: 000002, 000000", "together: 000000, 000001", "together: 000001, 000002"
    ]  # fmt: skip
    assert plan["relaxation"]["broken"] == 1
    assert plan["relaxation"]["rule"] in plan["conflict"]


def test_too_few_secondaries_is_proved_by_counting(schools: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rules = write(schools.parent / "r.yaml", "each: [{where: {phase: Secondary}, at_least: 1}]")
    plan = form(capsys, schools, "--size", "2..4", "--rules", rules, code=3)
    assert plan["conflict"] == ["each network: at least 1 where phase is Secondary"]
    assert plan["relaxation"]["broken"] >= 13 - 8
    assert plan["warnings"] == []
    hint = form(capsys, schools, "--size", "3..6", "--rules", rules, code=3)["warnings"]
    assert hint == ["With 8 networks instead of 9, counting does not rule a plan out: try --groups 8."]
    assert form(capsys, schools, "--size", "3..6", "--groups", 8, "--rules", rules)["status"] == "feasible"


def test_sizes_that_cannot_be(schools: Path, capsys: pytest.CaptureFixture[str]) -> None:
    plan = form(capsys, schools, "--size", "30..35", code=3)
    assert plan["conflict"] == ["size: 30 to 35, 1 network"]
    assert form(capsys, schools, "--size", "4..5", "--groups", "3", code=3)["status"] == "infeasible"


def test_a_plan_to_start_from(schools: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = ["urn,network", *(f"0{i:05},{'NESW'[i % 4]}{i % 8}" for i in range(39))]
    start = write(schools.parent / "start.csv", *rows)
    plan = form(capsys, schools, "--size", "4..6", "--start", start, "--max-moves", 4)
    assert 0 < len(plan["moved"]) <= 4
    assert set(plan["names"]) == {row.split(",")[1] for row in rows[1:]}
    scored = form(capsys, schools, "--evaluate", start)
    assert scored["objective"] > plan["objective"]
    assert scored["steps"] == 0
    assert form(
        capsys, schools, "--size", "4..6", "--start", start, "--weights", "nearness=0.01,continuity=5"
    )
    broken = form(capsys, schools, "--size", "6..6", "--evaluate", start, code=3)
    assert broken["violations"]


def test_wishes_other_layers_themes_and_reach(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = write(
        tmp_path / "s.csv", "urn,easting,northing,themes", "a,400000,100000,reading", "b,401000,100000,maths;send",
        "c,400000,102000,maths ; SEND", "d,401000,102000,reading"
    )  # fmt: skip
    wishes = write(tmp_path / "w.csv", "urn,wish", "a,c", "c,a", "b,d")
    wished = form(capsys, file, "--size", "2..2", "--weights", "wishes=1", "--wishes", wishes)
    assert {tuple(sorted(g)) for g in wished["groups"]} == {("a", "c"), ("b", "d")}
    assert wished["terms"]["wishes"] == pytest.approx(0.5 * wished["rates"]["wishes"])
    themed = form(capsys, file, "--size", "2..2", "--weights", "themes=1")
    assert {tuple(sorted(g)) for g in themed["groups"]} == {("a", "d"), ("b", "c")}
    assert themed["objective"] == 0
    earlier = write(tmp_path / "e.csv", "urn,network", "a,x", "b,x", "c,y", "d,y")
    new = form(capsys, file, "--size", "2..2", "--weights", "nearness=1,newness=5", "--earlier", earlier)
    assert {tuple(sorted(g)) for g in new["groups"]} == {("a", "c"), ("b", "d")}
    rules = write(tmp_path / "r.yaml", "reach: 1.5")
    assert form(capsys, file, "--size", "2..2", "--rules", rules)["objective"] == 2
    short = write(tmp_path / "short.yaml", "reach: 0.5")
    assert form(capsys, file, "--size", "2..2", "--rules", short, code=3)["conflict"]


def test_travel_times_replace_straight_lines(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = write(
        tmp_path / "s.csv", "urn,easting,northing", "a,400000,100000", "b,401000,100000",
        "c,400000,102000", "d,401000,102000"
    )  # fmt: skip
    near = form(capsys, file, "--size", "2..2")
    assert {tuple(sorted(g)) for g in near["groups"]} == {("a", "b"), ("c", "d")}
    travel = write(tmp_path / "t.csv", "from,to,minutes", "a,b,60", "c,d,60", "a,c,4", "b,d,4")
    by_road = form(capsys, file, "--size", "2..2", "--travel", travel)
    assert {tuple(sorted(g)) for g in by_road["groups"]} == {("a", "c"), ("b", "d")}


def test_published_formats(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pairs = ["0 1 5", "0 2 1", "0 3 1", "1 2 1", "1 3 1", "2 3 7.5"]
    mdgp = write(tmp_path / "m.txt", "4 2 ss 2 2 2 2", *pairs)
    plan = form(capsys, mdgp, "--format", "mdgplib")
    assert (plan["status"], plan["sense"], plan["objective"]) == ("optimal", "max", 12.5)
    ccp = write(tmp_path / "c.txt", "4 2 ds 3 9 3 9 W 1 2 3 4", *pairs)
    plan = form(capsys, ccp, "--format", "ccp")
    assert (plan["status"], plan["objective"]) == ("optimal", 12.5)
    handover = write(tmp_path / "h", "3", "2", "2.0", "1", "1", "1", "0 5 1 4 0 0 1 2 0")
    plan = form(capsys, handover, "--format", "handover")
    assert (plan["status"], plan["sense"], plan["objective"]) == ("optimal", "min", 4.0)


@pytest.mark.parametrize(
    ("text", "options", "said"),
    [
        ("urn,easting\n1,2", ("--size", "2"), "no column 'northing'"),
        ("", ("--size", "2"), "empty"),
        ("urn,easting,northing", ("--size", "2"), "no school below"),
        ("urn,easting,northing\n1,x,3", ("--size", "2"), "row 2, column easting: 'x' is not a number"),
        ("urn,easting,northing\n1,5,\n", ("--size", "2"), "row 2, column northing"),
        ("urn,easting,northing\n1,-1.5,51.2\n", ("--size", "2"), "outside the National Grid"),
        ("urn,easting,northing\n1,1,1\n1,2,2", ("--size", "2"), "already in row 2"),
        ("urn,easting,northing\n,1,1", ("--size", "2"), "row 2, column urn"),
        ("urn,easting,northing\n1,1,1,9,9", ("--size", "2"), "5 cells under 3 headings"),
        ("urn,urn,easting,northing\n1,1,1,1", ("--size", "2"), "occurs twice"),
        ("<html><body>", ("--size", "2"), "web page"),
        ("urn,easting,northing\n1,1,1", (), "--size 6..10"),
        ("urn,easting,northing\n1,1,1", ("--size", "six"), "write it as 6..10"),
        ("urn,easting,northing\n1,1,1", ("--size", "9..6"), "the smaller must be"),
        ("urn,easting,northing\n1,1,1", ("--groups", "4"), "1 school cannot make 4 networks"),
        ("urn,easting,northing\n1,1,1", ("--size", "1..2", "--groups", "99999999999999999999"), "1 school cannot make"),
        ("urn,easting,northing\n1,1,1", ("--size", "²"), "write it as 6..10"),
        ("urn,easting,northing\n1,1,1", ("--size", "2..٣"), "write it as 6..10"),
        ("urn,easting,northing\n1,1,1", ("--size", "1", "--out", "."), "is a folder"),
        ("urn,easting,northing\n1,1,1", ("--size", "1", "--weights", "nearnes=1"), "no such term"),
        ("urn,easting,northing\n1,1,1", ("--size", "1", "--weights", "mixed:phase"), "needs the column phase"),
        ("urn,easting,northing\n1,1,1", ("--size", "1", "--weights", "themes=1"), "needs the column themes"),
        ("urn,easting,northing\n1,1,1", ("--size", "1", "--weights", "newness=1"), "--earlier"),
        ("urn,easting,northing\n1,1,1", ("--size", "1", "--weights", "wishes=1"), "--wishes"),
        ("urn,easting,northing\n1,1,1", ("--size", "1", "--wishes", "w.csv"), "add wishes=1"),
        ("urn,easting,northing\n1,1,1", ("--size", "1", "--weights", "balance"), "name a column"),
        ("urn,easting,northing\n1,1,1", ("--size", "1", "--weights", "nearness=x"), "not a number"),
        ("urn,easting,northing\n1,1,1", ("--size", "1", "--weights", "continuity=1"), "--start"),
        ("urn,easting,northing\n1,1,1", ("--size", "1", "--max-moves", "1"), "--start"),
        ("urn,easting,northing\n1,1,1", ("--size", "1", "--seed", "-4"), "seed"),
        ("urn,easting,northing\n1,1,1", ("--size", "1", "--seconds", "0"), "Seconds"),
        ("urn,easting,northing\n1,1,1", ("--size", "1", "--seconds", "1", "--steps", "2"), "not allowed"),
        ("urn,easting,northing\n1,,", ("--size", "1"), "No school has coordinates"),
        ("urn,easting,northing,number_of_pupils\n1,1,1,many", ("--size", "1"), "column number_of_pupils: 'many'"),
        ('urn,easting,northing\na,"45000,5",2', ("--size", "1"), "row 2, column easting: '45000,5' is not a number"),
        ('urn,easting,northing\na,"1,00,000",2', ("--size", "1"), "Write decimals with a point"),
        ('urn,easting,northing,fsm\na,1,2,"10,5"', ("--size", "1"), "row 2, column fsm: '10,5' is not a number"),
        ('urn,easting,northing\n1,1,1\n"2,2,2\n3,3,3', ("--size", "1"), 'row 3: a double quote (") opens here'),
        ('urn,easting,northing\n1,"1"x,1', ("--size", "1"), "row 2: the row cannot be read"),
        ("4 2 ss 2 2", ("--format", "mdgplib"), "2 bounds for 2 groups"),
        ("2 1 ss 1 2\n0 5 1", ("--format", "mdgplib"), "row 2"),
        ("2 1 ss 1 2\n0 1 a", ("--format", "mdgplib"), "row 2"),
        ("3 1 ss 1 3\n0 1 1\n1 0 1", ("--format", "mdgplib"), "row 3"),
        ("2 1 ss 1 2\n0 1 1", ("--format", "mdgplib", "--size", "1"), "--size is for --format csv"),
        ("2 1 ss 1 2 \n0 1 1", ("--format", "ccp"), "no weights"),
        ("3 2 2.0 1 1", ("--format", "handover"), "3 items need 15"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said(
    text: str, options: tuple[str, ...], said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "file.csv"
    file.write_text(text, encoding="utf-8")
    assert said in form(capsys, file, *options, code=2)["message"]


@pytest.mark.parametrize(
    ("rules", "said"),
    [
        ("together: [[a", "not YAML"),
        ("colour: red", "'colour' is not a rule"),
        ("together: [['000000', 'nobody']]", "nobody, which is not among the schools"),
        ("together: [['000000', '099999']]", "099999, which has no coordinates"),
        ("together: ['000000']", "list of two schools"),
        ("each: [{where: {colour: red}, at_least: 1}]", "needs the column colour"),
        ("each: [{at_least: 1}]", "entry 1"),
        ("cap: {phase: 3}", "column of numbers"),
        ("cap: {number_of_pupils: lots}", "not a number"),
        ("no_repeat: [missing.csv]", "no such file"),
        ("barriers: missing.geojson", "no such file"),
        ("- a", "key: value"),
        ("apart: []\ntogether: []\napart: []", "row 3: 'apart' is already in row 1"),
        ("fixed:\n  A: ['000000']\n  A: ['000001']", "row 3: 'A' is already in row 2"),
        ("each: [{where: {phase: x, Phase: y}, at_least: 1}]", "names a column twice"),
    ],
)
def test_what_is_wrong_with_rules_is_said(
    rules: str, said: str, schools: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = write(schools.parent / "r.yaml", rules)
    assert said in form(capsys, schools, "--size", "4..6", "--rules", file, code=2)["message"]


def test_a_detour_factor_that_shortens_is_refused_for_what_it_is(
    schools: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    line = {"type": "LineString", "coordinates": [[400_000, 114_500], [480_000, 114_500]]}
    feature = {"type": "Feature", "properties": {"detour_factor": 0.5}, "geometry": line}
    (schools.parent / "river.geojson").write_text(json.dumps(feature), encoding="utf-8")
    rules = write(schools.parent / "r.yaml", "barriers: river.geojson")
    said = form(capsys, schools, "--size", "4..6", "--rules", rules, code=2)["message"]
    assert "river.geojson, feature 1: The detour factor" in said
    assert "1 or more, not 0.5" in said
    assert "not GeoJSON" not in said


def test_nought_nought_is_no_place(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = write(
        tmp_path / "s.csv", "urn,easting,northing", 'a,"400,000",100000', "b,0,0", "c,400100,100000"
    )  # fmt: skip
    plan = form(capsys, file, "--size", "2..2")
    assert plan["unplaced"] == ["b"]
    assert plan["groups"] == [["a", "c"]]
    assert plan["objective"] == pytest.approx(0.1)
    assert any("0, 0 are no place" in warning and "b" in warning for warning in plan["warnings"])


def test_people_get_a_table_and_a_file(schools: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = schools.parent / "plan.json"
    assert run(["form", str(schools), "--size", "4..6", "--steps", "5000", "--out", str(out)]) == 0
    said = capsys.readouterr().out
    for wanted in (
        "39 schools in 8 networks",
        "Objective",
        "Bound",
        "gap",
        "mean km",
        "Not placed",
        "099999",
    ):
        assert wanted in said
    jsonschema.validate(json.loads(out.read_text("utf-8")), schema())
    assert [path.name for path in out.parent.iterdir() if path.name.startswith(".")] == []
    lost = form(capsys, schools, "--size", "4..6", "--out", schools.parent / "none" / "plan.json", code=2)
    assert "no folder" in lost["message"]


def test_undecided_is_said(
    schools: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from isthmus.methods.formation import exact, improving

    monkeypatch.setattr(improving, "REPAIR_ROUNDS", 0)
    monkeypatch.setattr(exact, "CELLS", 0)
    rules = write(schools.parent / "r.yaml", 'apart: [["000000", "000001"]]')
    assert form(capsys, schools, "--size", "4..6", "--rules", rules, code=4)["status"] == "undecided"


@pytest.mark.parametrize("wait", [0.15, 0.3, 0.6])
def test_an_interrupt_before_there_is_a_plan_ends_with_a_sentence(schools: Path, wait: float) -> None:
    # Whatever it is doing then: it says at the start that it is there, and is interrupted a while later.
    begin = (
        "import sys, isthmus.cli.form as form; from isthmus.cli import main; run = form.run; "
        "form.run = lambda args: (print('begun', flush=True), run(args))[1]; sys.exit(main(sys.argv[1:]))"
    )
    command = [
        sys.executable,
        "-c",
        begin,
        "form",
        str(schools),
        "--size",
        "4..6",
        "--seconds",
        "60",
        "--json",
    ]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "begun\n"
    time.sleep(wait)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=50)
    assert "Traceback" not in err
    if process.returncode == 0:
        assert json.loads(out)["status"] in {"feasible", "optimal"}
    else:
        assert process.returncode == 4
        assert err == "isthmus form: stopped before there was a plan, so nothing is decided.\n"
        assert out == ""


def test_an_interrupt_while_reading_ends_with_a_sentence(
    schools: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from isthmus.methods.formation.readers import table

    before = signal.getsignal(signal.SIGINT)
    monkeypatch.setattr(table, "read_schools", lambda _: os.kill(os.getpid(), signal.SIGINT))
    assert run(["form", str(schools), "--size", "4..6"]) == 4
    assert "stopped before there was a plan" in capsys.readouterr().err
    assert signal.getsignal(signal.SIGINT) is before


def test_an_interrupt_while_writing_loses_nothing(
    schools: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = form_output._write_whole

    def interrupted(path: Path, found: dict[str, Any]) -> None:
        os.kill(os.getpid(), signal.SIGINT)
        whole(path, found)

    monkeypatch.setattr(form_output, "_write_whole", interrupted)
    plan = form(capsys, schools, "--size", "4..6", "--out", tmp_path / "plan.json")
    assert json.loads((tmp_path / "plan.json").read_text("utf-8")) == plan


def test_a_file_that_cannot_be_written_is_found_before_the_search(
    schools: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(form_module, "_plan", lambda *_: pytest.fail("it searched"))
    pipe = schools.parent / "pipe"
    os.mkfifo(pipe)
    for out in (schools.parent, pipe, Path("/proc/x.json")):
        assert "--out" in form(capsys, schools, "--size", "4..6", "--out", out, code=2)["message"]


def test_a_plan_that_cannot_be_written_is_printed(
    schools: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_path: Path, _found: dict[str, Any]) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(form_output, "_write_whole", full)
    out = tmp_path / "plan.json"
    assert run(["form", str(schools), "--size", "4..6", "--steps", "500", "--out", str(out), "--json"]) == 2
    said = capsys.readouterr()
    assert len(json.loads(said.out)["groups"]) == 8
    assert "cannot be written (No space left on device)" in said.err


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full here")
def test_a_plan_that_cannot_be_printed_is_said(schools: Path, tmp_path: Path) -> None:
    command = [str(ISTHMUS), "form", str(schools), "--size", "4..6", "--steps", "500", "--json"]
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [*command, "--out", str(tmp_path / "plan.json")], stdout=full, stderr=subprocess.PIPE, text=True
        )
    assert done.returncode == 2
    assert done.stderr.startswith(
        "isthmus form: the plan cannot be printed (No space left on device). It is in"
    )
    assert "Traceback" not in done.stderr
    assert "Exception" not in done.stderr
    assert len(json.loads((tmp_path / "plan.json").read_text("utf-8"))["groups"]) == 8


def test_a_school_of_a_plan_that_is_not_in_the_file_is_left_out(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = write(tmp_path / "s.csv", "urn,easting,northing", "a,400000,100000", "b,400000,101000")
    old = write(tmp_path / "p.csv", "urn,network", "a,North", "b,North", "gone,North", "lost,South")
    plan = form(capsys, file, "--evaluate", old)
    assert plan["groups"] == [["a", "b"]]
    assert plan["names"] == ["North"]
    assert plan["violations"] == []
    assert plan["warnings"] == [
        "2 schools of the plan are not among the schools and were left out: gone, lost."
    ]
    assert run(["form", str(file), "--evaluate", str(old)]) == 0
    said = capsys.readouterr().out
    assert "2 schools in 1 network of 2." in said
    assert "base: 1 network)" in said
    assert form(capsys, file, "--evaluate", write(tmp_path / "q.csv", "urn,network", "x,N"), code=2)[
        "message"
    ].startswith("isthmus form: None of the plan's schools")


def test_an_interrupt_gives_the_best_plan_so_far(schools: Path, tmp_path: Path) -> None:
    command = [str(ISTHMUS), "form", str(schools), "--size", "4..6", "--seconds", "60", "--json"]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=tmp_path, env={**os.environ}
    )
    time.sleep(5)
    began = time.monotonic()
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=50)
    assert process.returncode == 0, err
    assert time.monotonic() - began < 45
    plan = json.loads(out)
    assert plan["status"] == "feasible"
    assert sum(map(len, plan["groups"])) == 39
