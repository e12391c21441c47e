"""Run the notebooks and keep what their cells answer, without a Jupyter installation.

    .venv/bin/python scripts/notebooks.py      every notebook in notebooks/, from the project's root

A cell's printed text and the value of its last line are kept as Jupyter would keep them: pictures from
``_repr_svg_``, else the value's ``repr``. Run it after a change to the methods that a notebook shows.
"""

from __future__ import annotations

import ast
import contextlib
import io
import json
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
Cell = dict[str, Any]


def answers(cells: list[Cell]) -> tuple[dict[str, Any], list[list[Cell]]]:
    """(names that are left, outputs of each code cell) after running the code cells one after another."""
    names: dict[str, Any] = {"__name__": "__main__"}
    found = []
    for cell in cells:
        if cell["cell_type"] != "code":
            continue
        tree = ast.parse("".join(cell["source"]))
        end = tree.body[-1] if tree.body else None
        last = end if isinstance(end, ast.Expr) else None
        if last:
            tree.body.pop()
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec(compile(tree, "cell", "exec"), names)
            value = eval(compile(ast.Expression(last.value), "cell", "eval"), names) if last else None
        found.append(outputs(printed.getvalue(), value))
    return names, found


def outputs(printed: str, value: object) -> list[Cell]:
    made: list[Cell] = []
    if printed:
        made.append({"name": "stdout", "output_type": "stream", "text": printed.splitlines(keepends=True)})
    if value is not None:
        data: Cell = {"text/plain": repr(value).splitlines(keepends=True)}
        if hasattr(value, "_repr_svg_"):
            data = {"image/svg+xml": value._repr_svg_().splitlines(keepends=True), "text/plain": ["a map"]}
        made.append({"data": data, "execution_count": None, "metadata": {}, "output_type": "execute_result"})
    return made


def main() -> int:
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        notebook = json.loads(path.read_text("utf-8"))
        _, found = answers(notebook["cells"])
        code = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
        for cell, made in zip(code, found, strict=True):
            cell["outputs"] = made
        path.write_text(json.dumps(notebook, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        print(path.relative_to(ROOT))
    return 0


if __name__ == "__main__":
    sys.exit(main())
