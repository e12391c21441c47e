"""The page of measurements is what the measurements say, and the notebook runs."""

from __future__ import annotations

import json
from importlib import util
from pathlib import Path
from types import ModuleType

import pytest

from benchmarks import report
from benchmarks.formation import published
from benchmarks.formation.__main__ import Case

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))


def test_the_page_and_its_picture_are_made_from_the_measurements_kept() -> None:
    assert report.PAGE.read_text("utf-8") == report.page(published.RESULTS)
    assert report.PICTURE.read_text("utf-8") == report.picture(published.RESULTS)


def row(seed: int, objective: float, day: str = "2026-01-01") -> dict[str, object]:
    return {
        "set": "mdgp", "file": "Some_n120", "items": 120, "seed": seed, "workers": 2, "limit": 3.0, "sense": "max",
        "reference": 1000.0, "objective": objective, "short": (1000.0 - objective) / 1000.0, "reached": None,
        "status": "feasible", "bound": None, "seconds": 3.0, "steps": 5, "trail": [[0.1, 900.0], [2.5, objective]],
        "version": "0", "python": "3", "processor": "some", "cores": 2, "day": day,
    }  # fmt: skip


def test_what_was_missed_is_told_and_a_later_run_counts(tmp_path: Path) -> None:
    file = tmp_path / "published.jsonl"
    file.write_text("".join(json.dumps(r) + "\n" for r in (row(1, 999.0), row(2, 998.0))))
    text = report.page(tmp_path)
    assert "| MDGPLIB | 120 | 1 | 2 | 3 | 0 of 1 | 0 of 2 |" in text
    assert "| Some_n120 | 1,000.000 | 999.000 | -0.1000% | -0.1500% |" in text
    with file.open("a") as stream:
        stream.write(json.dumps(row(2, 1000.0)) + "\n")
    text = report.page(tmp_path)
    assert "| 1 of 1 | 1 of 2 | 2.5 | -0.050% | -0.100% |" in text
    assert "Not reached by any run: 0 of 1 files." in text


def test_a_sweep_that_was_stopped_is_taken_up_where_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    ran: list[tuple[str, int]] = []

    def run(case: published.Case, seed: int, **_: object) -> dict[str, object]:
        ran.append((case.name, seed))
        return {**row(seed, 999.0), "file": case.name, **published.machine()}

    cases = [Case("mdgp", name, lambda: pytest.fail("loaded"), 3.0, 1000.0, 120) for name in ("a", "b")]
    monkeypatch.setattr(published, "cases", lambda data: iter(cases))
    monkeypatch.setattr(published, "run", run)
    into = ["published", "--into", str(tmp_path / "new" / "runs.jsonl"), "--data", str(tmp_path)]
    monkeypatch.setattr("sys.argv", [*into, "--seeds", "1"])
    assert published.main() == 0
    monkeypatch.setattr("sys.argv", [*into, "--seeds", "2"])
    assert published.main() == 0
    assert ran == [("a", 1), ("b", 1), ("a", 2), ("b", 2)]
    monkeypatch.setattr("sys.argv", [*into, "--seeds", "3", "--for", "1"])
    assert published.main() == 0
    assert len(ran) == 4
    assert "2 runs are left" in capsys.readouterr().out


def script(name: str) -> ModuleType:
    spec = util.spec_from_file_location(name, ROOT / "scripts" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs_and_is_kept_with_what_it_says(path: Path) -> None:
    notebook = json.loads(path.read_text("utf-8"))
    _, found = script("notebooks").answers(notebook["cells"])
    kept = [cell["outputs"] for cell in notebook["cells"] if cell["cell_type"] == "code"]
    kinds = [[o["output_type"] for o in cell] for cell in found]
    assert kinds == [[o["output_type"] for o in cell] for cell in kept]
    assert any("image/svg+xml" in o.get("data", {}) for cell in kept for o in cell)
    assert path.stat().st_size < 100_000


def test_the_notebook_about_networks_shows_what_it_claims() -> None:
    notebook = json.loads((ROOT / "notebooks" / "forming-networks.ipynb").read_text("utf-8"))
    names, found = script("notebooks").answers(notebook["cells"])
    assert names["plan"].bound <= names["plan"].objective
    assert names["asked_too_much"].status == "infeasible"
    assert names["check"](names["ruled"], names["kept"].groups, names["kept"].names) == ()
    assert names["kept"].objective >= names["free"].objective
    assert found[-1][0]["text"] == ["same plan: True\n", "scored afresh: True\n"]


def test_there_is_a_notebook() -> None:
    assert NOTEBOOKS
