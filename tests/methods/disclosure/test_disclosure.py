"""The rules one by one, against brute force where it can be had, and what holds of every report."""

from __future__ import annotations

import itertools
import json
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from isthmus.methods.disclosure import (
    Detail,
    DisclosureError,
    Group,
    Item,
    Lattice,
    Rules,
    Token,
    bands,
    expect,
    publish,
    read_report,
    sd_estimate,
    section_mean,
    shares_estimate,
    show_comments,
    while_open,
    write_report,
)
from isthmus.methods.disclosure.linear import find_leak
from isthmus.methods.disclosure.official import partnership_total, pupil_base, ratio, totals_leak
from tests.methods.disclosure.areas import LIKERT, area

TWO = {"leader": 14, "teacher": 20}


def leaks(inside: np.ndarray, sizes: np.ndarray, threshold: int, colluders: int) -> bool:
    """Whether something leaks, by trying every choice of colluders and every union of atoms."""
    live = np.flatnonzero(sizes > 0)
    table, people = inside[:, live], sizes[live]
    takes = [()] + [(a,) for a in range(len(live))] * (colluders > 0)
    if colluders == 2:
        takes += [
            p
            for p in itertools.combinations_with_replacement(range(len(live)), 2)
            if p[0] != p[1] or people[p[0]] > 1
        ]
    for take in takes:
        rest = people - np.bincount(np.array(take, int), minlength=len(live))
        left = np.flatnonzero(rest > 0)
        rows = table[:, left].astype(float)
        rank = np.linalg.matrix_rank(rows)
        named = {tuple(row) for row in table[:, left]}
        for bits in itertools.product((False, True), repeat=len(left)):
            union = np.array(bits, float)
            small = 0 < rest[left] @ union < threshold and bits not in named
            if small and np.linalg.matrix_rank(np.vstack([rows, union])) == rank:
                return True
    return False


@given(st.integers(0, 10**6), st.integers(0, 2))
def test_the_linear_audit_finds_what_brute_force_finds(seed: int, colluders: int) -> None:
    rng = np.random.default_rng(seed)
    atoms = int(rng.integers(2, 7))
    sizes = rng.integers(0, 7, atoms)
    inside = rng.random((int(rng.integers(1, 6)), atoms)) < 0.6
    inside = inside[(inside @ sizes) >= 5]
    assert (find_leak(inside, sizes, 5, colluders) is not None) == leaks(inside, sizes, 5, colluders)


@given(st.integers(10, 700), st.data())
def test_bands_cover_three_counts_and_hold_the_count(base: int, data: st.DataObject) -> None:
    count = data.draw(st.integers(0, base))
    fine, wide = bands.band_of(count, base), bands.band_of(count, base, 2)
    assert fine.low <= count <= fine.high
    assert fine.high - fine.low >= 2
    assert wide.low <= fine.low <= fine.high <= wide.high
    assert bands.band_of(fine.low, base) == bands.band_of(fine.high, base) == fine


@given(st.integers(10, 700), st.data())
def test_a_printed_mean_holds_the_sum_and_never_says_that_nobody_did(base: int, data: st.DataObject) -> None:
    total = data.draw(st.integers(base, 5 * base))
    mean = bands.mean_of(total, base, LIKERT)
    assert mean is not None
    assert mean.total.low <= total <= mean.total.high
    assert mean.total.high >= base + 8
    assert mean.total.low <= 5 * base - 8
    if "or" not in mean.text:
        assert abs(Fraction(total, base) - Fraction(str(mean.value))) <= Fraction(str(mean.step)) / 2


def test_a_report_is_the_same_in_any_order_and_survives_being_written() -> None:
    one = area({"A": {"leader": 4, "teacher": 20}, "B": TWO, "C": TWO})
    order = np.random.default_rng(1).permutation(len(one.answers))
    shuffled = {name: [column[place] for place in order] for name, column in one.people.items()}
    first = publish("w", one.lattice, one.people, one.items, one.answers)
    second = publish("w", one.lattice, shuffled, one.items, one.answers[order], threads=2)
    assert write_report(first) == write_report(second)
    assert read_report(write_report(first)) == first


def test_a_small_group_and_a_sibling_are_hidden_with_all_they_have() -> None:
    one = area({"A": {"leader": 4, "teacher": 20}, "B": TWO, "C": TWO})
    report = publish("w", one.lattice, one.people, one.items, one.answers)
    for role in ("leader", "teacher"):
        line = report.line(Group(("A",), "role", role))
        cell = report.cell(line.group, "q1")
        assert (line.base, line.token) == (None, Token.CONFIDENTIAL)
        assert (cell.base, cell.mean, cell.shares, cell.favourable) == (None, None, (), None)
        assert "fewer than 10" in cell.why
    assert report.line(Group(("A",))).base == 24


def test_a_unanimous_school_is_shown_in_bands() -> None:
    one = area({"A": TWO, "B": TWO, "C": TWO}, said={"A": [4]})
    cell = publish("w", one.lattice, one.people, one.items, one.answers).cell(Group(("A",)), "q1")
    assert cell.shown
    assert cell.mean is None or "or more" in cell.mean.text
    assert all(band.high - band.low >= 2 for band in cell.shares)


def test_too_few_answers_make_no_report_and_words_say_so() -> None:
    one = area({"A": {"teacher": 4}, "B": {"teacher": 5}})
    report = publish("w", one.lattice, one.people, one.items, one.answers)
    assert "fewer than 10" in report.withheld
    assert not any(line.shown for line in report.lines)
    assert not any(cell.shown for cell in report.cells)


def test_an_item_not_asked_in_a_group_says_so_and_a_short_base_is_hidden() -> None:
    one = area({"A": TWO, "B": TWO, "C": TWO})
    answers = np.repeat(one.answers, 2, axis=1)
    leaders = np.array([role == "leader" for role in one.people["role"]])
    answers[leaders, 1] = -2
    of_a = np.flatnonzero([school == "A" for school in one.people["school"]])
    answers[of_a[5:], 0] = -1
    items = (LIKERT, Item("q2", 5, (1, 2, 3, 4, 5)))
    report = publish("w", one.lattice, one.people, items, answers)
    assert report.cell(Group(("B",), "role", "leader"), "q2").token == Token.NOT_APPLICABLE
    assert report.cell(Group(("A",)), "q1").token == Token.CONFIDENTIAL
    assert section_mean(report, Group(("A",)), ("q1", "q2")) is None


def test_changed_answers_and_changed_rules_are_refused() -> None:
    one = area({"A": TWO, "B": TWO, "C": TWO})
    first = publish("w", one.lattice, one.people, one.items, one.answers)
    with pytest.raises(DisclosureError, match="other rules"):
        publish("w", one.lattice, one.people, one.items, one.answers, Rules(threshold=9), before=[first])
    with pytest.raises(DisclosureError, match="stay frozen"):
        publish("w", one.lattice, one.people, one.items, np.zeros_like(one.answers), before=[first])


def test_progress_may_stop_the_work() -> None:
    one = area({"A": TWO, "B": TWO})

    def stop(done: float, words: str) -> None:
        raise KeyboardInterrupt(words)

    with pytest.raises(KeyboardInterrupt, match="1 of 1"):
        publish("w", one.lattice, one.people, one.items, one.answers, progress=stop)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: Rules(threshold=4), "smallest group"),
        (lambda: Item("q", 5, (1, 2, 3)), "each answer a score"),
        (lambda: Lattice(("school",), (("A",), ("A",))), "named once"),
        (lambda: Lattice(("s", "n", "m"), (("A", "N", "X"), ("B", "N", "Y"))), "nested"),
        (lambda: read_report("{}"), "not a frozen report"),
        (lambda: expect(Lattice(("school",), (("A",),)), {"B": 3}, 0.5), "is not a school"),
    ],
)
def test_what_cannot_be_judged_is_refused(make: object, words: str) -> None:
    with pytest.raises(DisclosureError, match=words):
        make()  # type: ignore[operator]  # each is a function without arguments


def test_before_opening_small_schools_are_offered_a_group() -> None:
    lattice = Lattice(
        ("school", "network"), (("A", "N"), ("B", "M"), ("C", "N"), ("D", "M"), ("E", "M"), ("F", "M"))
    )
    invited = {"A": 10, "B": 40, "C": 14, "D": 16, "E": 12, "F": 18}
    found = {one.unit: one for one in expect(lattice, invited, 0.5)}
    assert [one.unit for one in found.values() if one.own] == ["B"]
    assert found["A"].together == found["C"].together == ("A", "C")
    assert found["D"].together == found["E"].together == found["F"].together == ("D", "E", "F")
    assert found["B"].together == ()
    alone = expect(lattice, invited, 0.5, near={"A": ["E"], "C": ["D"]})
    assert {one.unit: one.together for one in alone}["A"] == ("A", "E")


def test_estimates_come_from_what_is_shown() -> None:
    one = area({"A": TWO, "B": TWO, "C": TWO})
    cell = publish("w", one.lattice, one.people, one.items, one.answers).cell(Group(("A", "B", "C")), "q1")
    shares = shares_estimate(cell)
    counts = np.bincount(one.answers[:, 0], minlength=5)
    assert sum(shares) == pytest.approx(1)
    assert np.abs(np.array(shares) - counts / counts.sum()).max() < 0.03
    assert sd_estimate(cell, LIKERT) == pytest.approx(one.answers.std(ddof=1), abs=0.15)


def test_counts_while_open() -> None:
    assert [while_open(n) for n in (0, 9, 10, 12, 13, 48)] == [None, None, 10, 10, 15, 50]


def test_comments_need_ten_people_a_whole_school_and_a_reader() -> None:
    texts = [f"c{i}" for i in range(12)]
    rng = np.random.default_rng(3)
    assert not show_comments(texts[:9], rng).texts
    assert not show_comments([*texts[:11], None], rng).texts
    assert not show_comments(texts, rng, whole_unit=False).texts
    one, two = show_comments(texts, rng).texts, show_comments(texts, rng).texts
    assert sorted(one) == sorted(two) == sorted(texts)
    assert one != two


def test_pupils_ratios_and_totals() -> None:
    assert pupil_base(5).token == Token.CONFIDENTIAL
    assert pupil_base(6).text == "6"
    assert ratio(2, 40).text == ratio(0, 40).text == "5% or less"
    assert ratio(40, 40).text == ratio(38, 40).text == "95% or more"
    assert ratio(1, 5).token == Token.CONFIDENTIAL
    assert partnership_total({"A": 100, "B": 90}).token == Token.CONFIDENTIAL
    assert partnership_total({"A": 100, "B": 90, "C": 5}).token == Token.CONFIDENTIAL
    assert partnership_total({"A": 100, "B": 90, "C": 60}).text == "250"
    assert totals_leak([("A", "B", "C", "D"), ("A", "B", "C")], {"A": 9, "B": 9, "C": 9, "D": 9}) == ("D",)
    assert totals_leak([("A", "B", "C", "D", "E", "F"), ("A", "B", "C")], dict.fromkeys("ABCDEF", 9)) == ()


@settings(max_examples=8)
@given(st.integers(0, 10**6))
def test_every_report_keeps_its_promises(seed: int) -> None:
    rng = np.random.default_rng(seed)
    schools = {name: {role: int(rng.integers(0, 16)) for role in ("leader", "teacher")} for name in "ABCDE"}
    one = area(schools, dict(zip("ABCDE", "NNMMM", strict=True)), seed=seed)
    if not len(one.answers):
        return
    report = publish("w", one.lattice, one.people, one.items, one.answers)
    for cell in report.cells:
        people = [
            answer
            for school, role, answer in zip(
                one.people["school"], one.people["role"], one.answers[:, 0], strict=True
            )
            if school in cell.group.members and (not cell.group.attribute or role == cell.group.value)
        ]
        if cell.shown:
            assert cell.base == len(people) >= 10
            assert report.line(cell.group).shown
            for code, band in enumerate(cell.shares):
                assert band.low <= people.count(code) <= band.high
        else:
            assert cell.base is None
            assert cell.why
            assert cell.detail == Detail.HIDDEN


def test_a_large_group_keeps_its_means_and_a_small_one_gives_way() -> None:
    """Leaders of each school are too few; what hides them is taken from schools first, from the whole last."""
    schools = {name: {"leader": 4, "teacher": 16 + 4 * place} for place, name in enumerate("ABCDEF")}
    for seed in range(3):
        one = area(schools, dict(zip("ABCDEF", "NNNMMM", strict=True)), seed=seed)
        report = publish("w", one.lattice, one.people, one.items, one.answers)
        cells = {level: [c for c in report.cells if c.group.level == level] for level in ("", "school")}
        whole = next(c for c in cells[""] if not c.group.attribute)
        assert whole.mean is not None
        assert any(c.detail > whole.detail for c in cells["school"])


@given(st.integers(10, 700), st.lists(st.integers(0, 60), min_size=5, max_size=5))
def test_each_detail_allows_all_that_the_one_before_it_allows(base: int, weights: list[int]) -> None:
    share = np.array(weights) + 1
    counts = np.floor(share * base / share.sum()).astype(np.int64)
    group, other = Group(("A",)), np.roll(counts, 1)
    base = int(counts.sum())
    steps = bands.ladder(LIKERT, base)[:-1]
    allowed = []
    for step in steps:
        rows = bands.rows_of(bands.print_cell(group, LIKERT, counts, step), LIKERT, counts)
        for moved in (counts, other, counts + np.array([1, -1, 0, 0, 0])):
            stands = rows.weight @ moved
            allowed.append((step, bool(((stands >= rows.low) & (stands <= rows.high)).all())))
    for place in range(3):
        fits = [fit for _step, fit in allowed[place::3]]
        assert fits == sorted(fits)
        assert place or all(fits)


def test_reports_of_the_first_format_can_still_be_read() -> None:
    one = area({"A": TWO, "B": TWO, "C": TWO})
    report = publish("w", one.lattice, one.people, one.items, one.answers)
    assert report.cells[0].detail == Detail.COARSE
    told = json.loads(write_report(report))
    told["version"] = 1
    for cell in told["cells"]:
        cell["detail"] = {Detail.FULL: 0, Detail.COARSE: 2}.get(cell["detail"], 5)
    again = read_report(json.dumps(told))
    assert again.cells[0] == report.cells[0]
    assert {c.detail for c in again.cells} <= {Detail.FULL, Detail.COARSE, Detail.HIDDEN}
