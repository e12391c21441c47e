"""Counts in every grouping, reading files, and scores of sections: against counting by hand and Python's csv."""

from __future__ import annotations

import csv
import math
from collections import Counter
from pathlib import Path
from statistics import mean, median_low

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from isthmus.methods.surveys import (
    SurveyError,
    as_numbers,
    distribution,
    labelled,
    read_csv,
    section_scores,
    tabulate,
    tabulate_csv,
)

codes = st.sampled_from([-2, -1, 1, 2, 3, 4, 5])
places = st.sampled_from(["north", "south", "", "a, b"])
people = st.lists(st.tuples(places, places, codes, codes, codes), max_size=25)
GROUPINGS = [(), ("one",), ("other",), ("one", "other"), ("other", "one", "one")]
quiet = settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@quiet
@given(people)
def test_every_count_is_that_of_counting(rows: list[tuple[str, str, int, int, int]]) -> None:
    answers = np.array([row[2:] for row in rows], dtype=np.int8).reshape(-1, 3)
    columns = {"one": labelled([row[0] for row in rows]), "other": labelled([row[1] or None for row in rows])}
    found = tabulate(answers, columns, GROUPINGS, lowest=1, highest=5)
    assert (found.rows, found.lowest, list(found.by)) == (len(rows), 1, GROUPINGS)
    for names, grouped in found.by.items():
        keyed = [tuple(row[["one", "other"].index(name)] for name in names) for row in rows]
        inside = Counter(key for key in keyed if all(key))
        assert set(grouped.groups) == set(inside) | ({()} if not names else set())
        assert grouped.left_out == len(rows) - sum(inside.values())
        for g, group in enumerate(grouped.groups):
            theirs = [row[2:] for row, key in zip(rows, keyed, strict=True) if key == group]
            assert grouped.people[g] == len(theirs)
            for item in range(3):
                many = Counter(row[item] for row in theirs)
                assert grouped.counts[g, item].tolist() == [many[code] for code in range(1, 6)]
                assert (grouped.missing[g, item], grouped.not_applicable[g, item]) == (many[-1], many[-2])


def test_crossing_many_labels_counts_the_same() -> None:
    """Above 800,000 possible pairs they are numbered by sorting: the counts must not change."""
    rng = np.random.default_rng(7)
    first, second = rng.integers(0, 1200, 3000), rng.integers(0, 1200, 3000)
    columns = {"a": labelled([f"a{i}" for i in first]), "b": labelled([f"b{i}" for i in second])}
    assert len(columns["a"].labels) * len(columns["b"].labels) > 800_000
    found = tabulate(np.ones((3000, 1), dtype=np.int8), columns, [("a", "b")], lowest=1, highest=1).by[
        "a", "b"
    ]
    known = Counter((f"a{i}", f"b{j}") for i, j in zip(first, second, strict=True))
    assert dict(zip(found.groups, found.people.tolist(), strict=True)) == dict(known)


def test_what_is_no_table() -> None:
    fine, columns = np.array([[1, 5]], dtype=np.int8), {"a": labelled(["x"])}
    for wrong, row, item in (([[1, 5], [1, 6]], 2, 2), ([[0, 1]], 1, 1), ([[1, -3]], 1, 2)):
        with pytest.raises(SurveyError, match=f"Row {row}, item {item}"):
            tabulate(np.array(wrong, dtype=np.int8), {}, [()], lowest=1, highest=5)
    with pytest.raises(SurveyError, match="int8"):
        tabulate(np.array([[1, 2]]), {}, [()], lowest=1, highest=5)  # type: ignore[arg-type]  # wrong on purpose
    with pytest.raises(SurveyError, match="no column b"):
        tabulate(fine, columns, [("b",)], lowest=1, highest=5)
    with pytest.raises(SurveyError, match="2 rows and the answers have 1"):
        tabulate(fine, {"a": labelled(["x", "y"])}, [("a",)], lowest=1, highest=5)
    with pytest.raises(SurveyError, match="from 0 or more"):
        tabulate(fine, columns, [()], lowest=-1, highest=5)


cells = st.one_of(st.integers(1, 5).map(str), st.sampled_from(["", "n/a", "NA", " 3 ", "N/A"]))
words = st.text(st.sampled_from('ab ",\né'), max_size=4)
MEAN = {"": -1, "na": -1, "n/a": -2}


@quiet
@given(
    st.lists(st.tuples(words, cells, words, cells), max_size=12),
    st.booleans(),
    st.sampled_from(["\n", "\r\n"]),
)
def test_a_file_is_read_as_python_reads_it(
    tmp_path: Path, rows: list[tuple[str, str, str, str]], all_quoted: bool, ending: str
) -> None:
    path = tmp_path / "answers.csv"
    with path.open("w", newline="") as file:
        quoting = csv.QUOTE_ALL if all_quoted else csv.QUOTE_MINIMAL
        writer = csv.writer(file, lineterminator=ending, quoting=quoting)
        writer.writerows([("group", "q2", "comment", "q1"), *rows])
    found = read_csv(path, ["q1", "q2"], ["group"], lowest=1, highest=5)
    code = {cell: MEAN.get(cell.strip().lower()) for cell in ("", "n/a", "NA", "N/A")}
    expected = [[code.get(cell) or int(cell) for cell in (row[3], row[1])] for row in rows]
    assert found.codes.tolist() == expected
    group = found.columns["group"]
    read = [group.labels[place] if place >= 0 else "" for place in group.codes]
    assert read == [row[0].strip(" ") for row in rows]


def test_a_file_and_its_arrays_give_the_same_table(tmp_path: Path) -> None:
    path = tmp_path / "answers.csv"
    path.write_text("﻿school, role ,q1,q2\n\nHill,head,1,\nHill,,5,n/a\n\n Dale ,staff,3,5", encoding="utf-8")
    found = tabulate_csv(path, ["q1", "q2"], [("school",), ("school", "role")], lowest=1, highest=5)
    schools = found.by["school",]
    assert (schools.groups, schools.people.tolist()) == ((("Hill",), ("Dale",)), [2, 1])
    assert schools.counts[0, 0].tolist() == [1, 0, 0, 0, 1]
    assert (schools.missing[0, 1], schools.not_applicable[0, 1]) == (1, 1)
    both = found.by["school", "role"]
    assert (set(both.groups), both.left_out) == ({("Hill", "head"), ("Dale", "staff")}, 1)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "empty"),
        ("school\nx\n", "no column headed q1. Its headings are: school"),
        ("school,q1,q1\nx,1,1\n", "more than one column headed q1"),
        ("school,q1\nx,1\ny,6\n", "Line 3, column q1 holds '6': a whole number from 1 to 5"),
        ("school,q1\nx,0\n", "holds '0'"),
        ("school,q1\nx,1.0\n", "holds '1.0'"),
        ("school,q1\nx,-1\n", "holds '-1'"),
        ("school,q1\nx,0001\n", "holds '0001'"),
        ('school,q1\n"x\ny",1\nz,7\n', "Line 4, column q1"),
        ("school,q1\n\n\nx,1,2\n", "Line 4 has more cells than the 2 headings"),
        ("school,q1\nx\n", "Line 2 has 1 cells and the headings are 2"),
        ('school,q1\n"x,1\n', "never closed"),
        ('school,q1\n"x"y,1\n', "after the closing"),
    ],
)
def test_what_is_wrong_in_a_file_is_said_with_its_place(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "answers.csv"
    path.write_text(text)
    with pytest.raises(SurveyError) as caught:
        read_csv(path, ["q1"], ["school"], lowest=1, highest=5)
    assert message in str(caught.value)


def test_other_letters_and_too_many_groups_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "answers.csv"
    path.write_bytes("school,q1\nSt André,1\n".encode("windows-1252"))
    with pytest.raises(SurveyError, match="column school that are not UTF-8"):
        read_csv(path, ["q1"], ["school"], lowest=1, highest=5)
    path.write_text("school,q1\n" + "".join(f"p{i},1\n" for i in range(65_537)))
    with pytest.raises(SurveyError, match="Is it a person's number"):
        read_csv(path, ["q1"], ["school"], lowest=1, highest=5)
    assert len(read_csv(path, ["q1"], lowest=1, highest=5).codes) == 65_537
    with pytest.raises(SurveyError, match="asked for twice"):
        read_csv(path, ["q1", "q1"], lowest=1, highest=5)


def test_own_words_for_what_is_missing(tmp_path: Path) -> None:
    path = tmp_path / "answers.csv"
    path.write_text("q1,q2\nDon't know,12\n,0\n")
    found = read_csv(path, ["q1", "q2"], lowest=0, highest=12, words={"": -1, "Don't know": -2})
    assert found.codes.tolist() == [[-2, 12], [-1, 0]]


@given(
    st.lists(st.lists(codes, min_size=4, max_size=4), min_size=1, max_size=8),
    st.sampled_from([0.25, 0.5, 0.75, 1]),
)
def test_scores_of_sections_by_hand(rows: list[list[int]], at_least: float) -> None:
    answers = np.array(rows, dtype=np.int8)
    found = section_scores(answers, [0, 2, 3], at_least=at_least, reverse={2: 6, 1: 6})
    totals = section_scores(answers, [0, 2, 3], at_least=at_least, reverse={2: 6}, total=True)
    for row, score, total in zip(rows, found, totals, strict=True):
        given_ = [row[0], 6 - row[2] if row[2] > 0 else row[2], row[3]]
        answered, asked = [one for one in given_ if one > 0], [one for one in given_ if one != -2]
        if not answered or len(answered) < at_least * len(asked):
            assert math.isnan(score)
            assert math.isnan(total)
        else:
            assert score == pytest.approx(mean(answered))
            assert total == pytest.approx(3 * mean(answered))


def test_sections_that_are_none() -> None:
    answers = np.ones((2, 3), dtype=np.int8)
    for items in ([], [0, 0], [3], [-1]):
        with pytest.raises(SurveyError, match="each a column"):
            section_scores(answers, items)
    with pytest.raises(SurveyError, match="at most 1"):
        section_scores(answers, [0], at_least=0)
    with pytest.raises(SurveyError, match="not answered"):
        as_numbers(np.array([[-3]]))
    with pytest.raises(SurveyError, match="whole numbers"):
        as_numbers([[1.5]])


@given(st.lists(st.integers(0, 5), min_size=4, max_size=4), st.integers(0, 3))
def test_distributions_by_hand(counts: list[int], not_applicable: int) -> None:
    base = sum(counts)
    population = base + not_applicable + 4
    found = distribution(
        counts, [1, 2, 3, 4], missing=4, not_applicable=not_applicable, population=population
    )
    listed = [value for value, many in zip((1, 2, 3, 4), counts, strict=True) for _ in range(many)]
    if not listed:
        assert found.median.value is found.least is found.shares[0].value is None
        assert "Nobody" in found.median.why
        return
    assert (found.median.value, found.least) == (median_low(listed), min(listed))
    assert [one.value for one in found.shares] == pytest.approx([many / base for many in counts])
    assert found.median.low is not None
    assert found.median.high is not None
    assert found.median.low <= found.median.value <= found.median.high
    again = distribution(counts, [1, 2, 3, 4], population=base + 4)
    assert again.shares == found.shares


def test_the_interval_of_a_median_holds_it_as_often_as_it_says() -> None:
    rng = np.random.default_rng(8)
    chances, held = [0.1, 0.25, 0.3, 0.35], 0
    for _ in range(600):
        counts = rng.multinomial(40, chances)
        found = distribution(counts, [1, 2, 3, 4]).median
        held += not found.excludes(3)
    assert held / 600 > 0.93
    wide = distribution([10, 0, 0, 10], [1, 2, 3, 4]).median
    assert (wide.low, wide.high) == (1, 4)


def test_distributions_that_are_none() -> None:
    with pytest.raises(SurveyError, match="rise in value"):
        distribution([1, 2], [2, 1])
    with pytest.raises(SurveyError, match="count for each"):
        distribution([1, 2], [1])
    with pytest.raises(SurveyError, match="whole numbers"):
        distribution([1, -2], [1, 2])
    with pytest.raises(SurveyError, match="more answers"):
        distribution([3, 2], [1, 2], population=6, not_applicable=2)
