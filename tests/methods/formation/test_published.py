"""Published instances: the readers, and values that others proved."""

from __future__ import annotations

import csv
import gzip
from pathlib import Path

import numpy as np
import pytest

from isthmus.methods.formation import Stop, evaluate, solve
from isthmus.methods.formation.readers.matrices import read_handover, read_pairs

DATA = Path(__file__).resolve().parents[4] / "shared" / "data" / "grouping"
pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="the shared instances are not at hand")


def table(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def proven() -> list[dict[str, str]]:
    if not DATA.is_dir():
        return []
    rows = table("mdgplib/proven_optima_n010_n012.csv")
    return [row for row in rows if (DATA / "mdgplib" / f"{row['instance']}.txt.gz").is_file()]


@pytest.mark.parametrize("row", proven(), ids=lambda row: row["instance"])
def test_proven_optima_are_found_and_proved(row: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    # What can be proved is tested here, not how soon: a busy machine needs longer.
    monkeypatch.setattr("isthmus.methods.formation.improving.PROOF_SECONDS", 120.0)
    problem = read_pairs(DATA / "mdgplib" / f"{row['instance']}.txt.gz", weighted=False)
    plan = solve(problem, stop=Stop(steps=50_000))
    assert plan.status == "optimal"
    assert plan.objective == pytest.approx(float(row["optimum"]), abs=1e-3)
    groups: list[list[str]] = [[] for _ in range(int(row["groups"]))]
    for item, g in enumerate(row["assignment"].split()):
        groups[int(g)].append(str(item))
    scored = evaluate(problem, sorted(groups, key=len), names=None)
    assert scored.objective == pytest.approx(float(row["optimum"]), abs=1e-3)
    relaxed = evaluate(problem, plan.groups).bound
    assert relaxed is not None
    assert relaxed >= float(row["optimum"]) - 1e-3


@pytest.mark.parametrize(
    "row", [r for r in table("handover/best_known.csv") if int(r["n"]) <= 30] if DATA.is_dir() else []
)
def test_small_handover_reaches_the_published_value(row: dict[str, str]) -> None:
    problem = read_handover(DATA / "handover" / row["instance"])
    known = float(row["best_known_min_handover"])
    plan = solve(problem, stop=Stop(steps=1_000_000))
    assert plan.objective is not None
    assert plan.objective >= known - 1e-6
    assert plan.objective <= known * 1.02
    assert plan.bound is None or plan.bound <= known + 1e-6


@pytest.mark.parametrize("name", ["Sparse82_01", "RanReal240_01"])
def test_capacitated_clustering_is_read_and_solved(name: str) -> None:
    problem = read_pairs(DATA / "ccp" / f"{name}.txt", weighted=True)
    reference = next(
        float(r["reference_value"]) for r in table("reference_values.csv") if r["instance"] == name
    )
    plan = solve(problem, stop=Stop(steps=2_000_000))
    assert plan.objective is not None
    assert plan.bound is not None
    assert plan.objective >= 0.9 * reference
    assert plan.bound >= max(plan.objective, reference)


def test_mdgplib_values_are_read_as_they_stand() -> None:
    path = DATA / "mdgplib" / "Geo_n030_ds_01.txt.gz"
    problem = read_pairs(path, weighted=False)
    with gzip.open(path, "rt") as stream:
        next(stream)
        total = sum(float(line.split()[2]) for line in stream if line.strip())
    assert problem.affinity is not None
    assert float(np.triu(problem.affinity).sum()) == pytest.approx(total)
    assert len(problem.ids) == 30
    assert problem.bounds.groups == 5
