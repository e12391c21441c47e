"""The scripts around the tests do what they say."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
REPORT = (
    '<testsuites><testsuite tests="{tests}" failures="{failed}" errors="0" skipped="{skipped}"/></testsuites>'
)


def summary(folder: Path) -> subprocess.CompletedProcess[str]:
    script = ROOT / "scripts" / "summary.py"
    return subprocess.run([sys.executable, script, folder, "61"], capture_output=True, text=True)


def test_the_closing_line_adds_the_stages_up(tmp_path: Path) -> None:
    (tmp_path / "unit.xml").write_text(REPORT.format(tests=10, failed=0, skipped=2))
    (tmp_path / "browser.xml").write_text(REPORT.format(tests=5, failed=0, skipped=0))
    done = summary(tmp_path)
    assert done.stdout.strip("= \n") == "13 passed, 2 skipped in 61s"
    assert done.returncode == 0
    (tmp_path / "scenarios.xml").write_text(REPORT.format(tests=3, failed=1, skipped=0))
    done = summary(tmp_path)
    assert done.stdout.strip("= \n") == "1 failed, 15 passed, 2 skipped in 61s"
    assert done.returncode == 1


def test_no_tests_at_all_is_a_failure(tmp_path: Path) -> None:
    assert summary(tmp_path).returncode == 1


@pytest.mark.parametrize(
    ("text", "fine"),
    [
        ('<script src="/a.js" defer></script><p class="style">on=off</p>', True),
        ("<script>alert(1)</script>", False),
        ('<script type="module">x</script>', False),
        ('<p style="color: red">', False),
        ("<style>p { color: red }</style>", False),
        ('<button onclick="go()">', False),
        ('<a href="javascript:go()">', False),
    ],
)
def test_inline_script_and_style_are_found(text: str, fine: bool, tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text(text)
    done = subprocess.run([ROOT / "scripts" / "no_inline.sh", tmp_path], capture_output=True)
    assert (done.returncode == 0) is fine


def stages(script: str) -> subprocess.CompletedProcess[str]:
    """Run lines of bash with the stages at hand."""
    return subprocess.run(
        ["bash", "-c", f"source scripts/stages.sh\n{script}"], cwd=ROOT, capture_output=True, text=True
    )


def test_a_failed_stage_fails_the_whole_and_the_others_still_run() -> None:
    done = stages("stage one 1 false; stage two 1 echo ran; finish")
    assert done.returncode == 1
    assert "ran" in done.stdout
    assert "Failed: one" in done.stdout


def test_a_stage_over_its_budget_is_said() -> None:
    done = stages("stage slow 0 sleep 1.1; finish")
    assert "Over budget: slow" in done.stdout


def test_missing_packages_are_named_and_fail_only_on_ci(tmp_path: Path) -> None:
    # An unprivileged person on a machine without them: `id` says so, and nothing of apt is on the path.
    for name, text in {"id": "echo 1000", "dirname": "exit 0"}.items():
        (tmp_path / name).write_text(f"#!/bin/bash\n{text}\n")
        (tmp_path / name).chmod(0o755)
    for ci, status in (("", 0), ("true", 1)):
        done = subprocess.run(
            ["/bin/bash", ROOT / "scripts" / "system_packages.sh"],
            env={"PATH": str(tmp_path), "CI": ci, "HOME": os.environ["HOME"]},
            capture_output=True,
            text=True,
        )
        assert done.returncode == status
        assert "chromium" in done.stdout, done.stderr
        assert "sudo apt-get install" in done.stdout


def test_ci_runs_make_test_and_nothing_else() -> None:
    lines = (ROOT / ".ci" / "run").read_text().splitlines()
    assert [line for line in lines if "make" in line and not line.startswith("#")] == ["exec make test"]
    assert os.access(ROOT / ".ci" / "run", os.X_OK)
