"""Published data and results: small tables are written out, others are read where they are at hand."""

from __future__ import annotations

import csv
import gzip
import math
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

DATA = Path(__file__).resolve().parents[4] / "shared" / "data" / "survey"

RATINGS = [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]
"""Six targets by four raters (Shrout and Fleiss 1979)."""

COHESION: dict[str, list[list[float]]] = {
    "1044B 1ST": [[4, 5, 5, 5, 5], [3, math.nan, 5, 5, 5], [2, 3, 3, 3, 3]],
    "1044B 2ND": [[3, 4, 3, 4, 4], [4, 4, 3, 4, 4], [3, 3, 2, 2, 1]],
    "1044C 1ST": [[3, 3, 3, 3, 3], [3, 1, 4, 3, 4]],
    "1044C 2ND": [[3, 3, 3, 3, 3], [2, 2, 2, 3, 2], [1, 1, 1, 3, 3]],
}
"""Five items of `cohesion` (R multilevel), by unit and platoon."""

DYESTUFF = {
    "A": [1545, 1440, 1440, 1520, 1580],
    "B": [1540, 1555, 1490, 1560, 1495],
    "C": [1595, 1550, 1605, 1510, 1560],
    "D": [1445, 1440, 1595, 1465, 1545],
    "E": [1595, 1630, 1515, 1635, 1625],
    "F": [1520, 1455, 1450, 1480, 1445],
}
"""`Dyestuff` (R lme4)."""

SCHOOLS = {"E": 4421, "H": 755, "M": 1018}
"""Schools by type in the population that the `api` samples (R survey) were drawn from."""


def rows(name: str) -> list[dict[str, str]]:
    """A published table; the test is left out where it is not at hand."""
    path = DATA / name
    if not path.exists():
        pytest.skip(f"the published table {name} is not at hand")
    raw = path.read_bytes()
    text = (gzip.decompress(raw) if path.suffix == ".gz" else raw).decode()
    return list(csv.DictReader(text.splitlines()))


def numbers(of: list[dict[str, str]], *names: str) -> NDArray[np.float64]:
    """Columns of a table, NaN where R wrote NA: one as a list, several as a table."""
    read = [[math.nan if row[name] == "NA" else float(row[name]) for name in names] for row in of]
    array = np.array(read)
    return array[:, 0] if len(names) == 1 else array
