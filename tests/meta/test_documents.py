"""What the documents say is so: settings, commands, coverage; and tracked files hold nothing that they should not."""

from __future__ import annotations

import re
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from isthmus.site import environment
from tests.needs import need

ROOT = Path(__file__).resolve().parents[2]
MAP = ROOT.parent / "shared" / "mission" / "MISSION-MAP.md"
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def tracked() -> list[Path]:
    done = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True)
    need(done.returncode == 0, "this is no git checkout, so there are no tracked files to look at")
    return [ROOT / name for name in done.stdout.split("\0") if name and (ROOT / name).is_file()]


def lines(paths: list[Path], *endings: str) -> Iterator[tuple[str, str]]:
    """Each line of these text files, with its place."""
    for path in paths:
        if path.suffix in endings:
            for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
                yield f"{path.relative_to(ROOT)}:{number}", line


def found(paths: list[Path], pattern: str, *endings: str) -> list[str]:
    return [f"{place} {line.strip()}" for place, line in lines(paths, *endings) if re.search(pattern, line)]


def test_every_setting_is_documented_as_the_table_has_it() -> None:
    text = (ROOT / "docs" / "configuration.md").read_text()
    rows = [line for line in text.splitlines() if line.startswith(f"| `{environment.PREFIX}")]
    assert rows == [
        f"| `{environment.PREFIX}{setting.name}` | {setting.default} | {setting.help} |"
        for setting in environment.TABLE
    ]


def test_every_setting_that_is_read_is_in_the_table() -> None:
    code = [ROOT / "src/isthmus/site/settings.py", ROOT / "src/isthmus/site/environment.py"]
    read = {name for path in code for name in re.findall(r'env\.\w+\("([A-Z_]+)"', path.read_text())}
    assert read == {setting.name for setting in environment.TABLE}


def test_no_other_setting_is_read_anywhere() -> None:
    known = {environment.PREFIX + setting.name for setting in environment.TABLE}
    named = {
        name
        for _, line in lines(tracked(), ".py", ".sh", ".md", ".toml")
        for name in re.findall(r"\bISTHMUS_[A-Z_]+[A-Z]\b", line)
    }
    assert named - known == set()


def commands(page: Path) -> Iterator[str]:
    """The lines of the code blocks of a page, and `commands` in its text that begin with make or isthmus."""
    text, begins = page.read_text(), re.compile(r"([A-Z_]+=\S+ )*((\.venv/bin/)?isthmus|make) ")
    fenced = r"^ *```\w*\n(.*?)^ *```"
    for block in re.findall(fenced, text, re.DOTALL | re.MULTILINE):
        yield from filter(begins.match, (line.strip().removeprefix("$ ") for line in block.splitlines()))
    rest = re.sub(fenced, "", text, flags=re.DOTALL | re.MULTILINE)
    yield from filter(begins.match, re.findall(r"`([^`\n]+)`", rest))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_in_a_page_exists(page: Path) -> None:
    from isthmus.cli import build_parser

    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    known = build_parser().format_help()
    for command in commands(page):
        words = [w for w in shlex.split(command, comments=True) if not re.match(r"[A-Z_]+=", w)]
        if words[:1] == ["make"]:
            assert set(words[1:]) <= targets, command
        elif re.match(r"[a-z]+$", words[1]):
            assert re.search(rf"^    {words[1]}\b", known, re.MULTILINE), command


def test_the_commands_of_the_readme_are_found() -> None:
    assert {"make run", "make test"} <= {" ".join(c.split()[:2]) for c in commands(ROOT / "README.md")}


def test_coverage_has_one_row_for_each_item_of_the_mission() -> None:
    need(MAP.exists(), "the mission map is not beside this checkout")
    text = MAP.read_text()
    models = [f"E3.{number}" for number in re.findall(r"^  (\d+)\. ", text, re.MULTILINE)]
    wanted = [item for item in re.findall(r"^- ([A-E]\d+b?) ", text, re.MULTILINE) if item != "E3"] + models
    rows = re.findall(r"^\| ([A-E][\d.]+b?) \|", (ROOT / "docs" / "coverage.md").read_text(), re.MULTILINE)
    assert len(wanted) > 40
    assert sorted(rows) == sorted(wanted)


@pytest.mark.parametrize(
    ("pattern", "endings"),
    [
        # A path of the machine that somebody worked on.
        (
            r"(^|[^A-Za-z0-9_.])/(work|farm|root|home/[a-z]+)/",
            (".py", ".sh", ".md", ".toml", ".html", ".js", ".yml"),
        ),
        # Work left open.
        (r"\b(TODO|FIXME|XXX)\b|raise NotImplementedError", (".py", ".sh", ".html", ".scss")),
        # A test that is left out for good: what a machine lacks is said by tests/needs.py.
        (r"pytest\.mark\.(skip|xfail)\b", (".py",)),
        # A silenced linter without a reason in words.
        (r"# noqa(?!: [A-Z0-9, ]+ +- \w)|# type: ignore(?!\[[a-z, -]+\] +# \w)", (".py",)),
    ],
)
def test_no_tracked_file_holds_what_it_should_not(pattern: str, endings: tuple[str, ...]) -> None:
    here = Path(__file__)
    assert found([path for path in tracked() if path != here], pattern, *endings) == []


def test_no_page_judges_a_school() -> None:
    words = r"(?i)\b(weak|failing|coasting|underperforming)\b"
    assert found(sorted((ROOT / "src").rglob("*.html")), words, ".html") == []
    assert (
        found([p for p in tracked() if p.name == "presenters.py" or "presenters" in p.parts], words, ".py")
        == []
    )


def test_the_patterns_find_what_they_are_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.meta.test_documents.ROOT", tmp_path)
    bad = tmp_path / "bad.py"
    path = "/" + "work/x"
    bad.write_text(f"a = 1  # noqa\nb = 2  # noqa: S101 - compared only\nc = open('{path}')\n")
    assert len(found([bad], r"# noqa(?!: [A-Z0-9, ]+ +- \w)", ".py")) == 1
    assert len(found([bad], r"(^|[^A-Za-z0-9_.])/(work|root)/", ".py")) == 1
