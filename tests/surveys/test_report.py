"""The report of a wave: made once, the same for all, of nobody in particular."""

from __future__ import annotations

import json
from collections.abc import Callable
from random import Random
from typing import Any

import pytest

from isthmus.apps.core.jobs import JobContext
from isthmus.apps.surveys import actions, tasks
from isthmus.apps.surveys.adapters import comparing, reporting, results
from isthmus.apps.surveys.adapters.instruments import codes, read
from isthmus.apps.surveys.models import Ballot, Report, Wave, WaveKind, WaveState, Who
from isthmus.apps.surveys.presenters import report as presenters
from isthmus.cli import main as command
from tests.surveys.conftest import TEXT

pytestmark = pytest.mark.django_db
Make = Callable[..., Wave]


def fill(wave: Wave, answer: Any, sizes: dict[Who, int], *, seed: int = 1, up: int = 0) -> None:
    """Let so many people of each school answer, leaders kinder than staff."""
    random = Random(seed)
    for school in wave.schools.select_related("wave__instrument").order_by("pk"):
        for who, number in sizes.items():
            for _ in range(number):
                best = 4 if who == Who.LEADERS else 3
                codes = {
                    name: min(4, random.randint(1, best) + up)
                    for name in ("know-1", "know-2", "share-1", "share-2")
                }
                answer(school, who, codes=codes)


def closed(wave: Wave, people: Any) -> Wave:
    assert actions.start_close(by=people.officer, wave=wave)
    actions.mix(by=None, wave=wave)
    content = reporting.make(wave, read(wave.instrument.text), progress=lambda _share, _words: None)
    actions.end_close(by=None, wave=wave, content=content)
    wave.refresh_from_db()
    return wave


@pytest.fixture
def reported(make_wave: Make, answer: Any, people: Any) -> Wave:
    """Three schools, each with fourteen staff and twelve leaders."""
    wave = make_wave(schools=3)
    fill(wave, answer, {Who.STAFF: 14, Who.LEADERS: 12})
    return closed(wave, people)


def test_the_figures_are_those_of_the_answers(reported: Wave) -> None:
    told = reporting.thaw(reported.report.content)
    report, instrument = told["report"], read(reported.instrument.text)
    whole = report.lines[0]
    assert whole.base == 78
    part = results.parts(report, instrument, whole.group)[0]
    codes = [bytes(row.codes) for row in reported.answers.all()]
    mean = sum(row[0] for row in codes) / len(codes)
    assert part.questions[0].mean.value == pytest.approx(mean, abs=0.06)
    assert part.questions[0].base == 78
    leaders, staff = results.leaders_and_staff(report, whole.group) or (None, None)
    assert leaders is not None
    assert (report.line(leaders).base, report.line(staff).base) == (36, 42)
    gap = results.difference(
        results.parts(report, instrument, leaders)[0].mean, results.parts(report, instrument, staff)[0].mean
    )
    assert results.sure(gap)
    assert "more than chance" in presenters.gap_in_words(gap)


def test_questions_that_staff_are_not_asked_do_not_apply_to_them(reported: Wave) -> None:
    report = reporting.thaw(reported.report.content)["report"]
    staff = next(line.group for line in report.lines if line.group.value == "staff")
    assert str(report.cell(staff, "share-2").token) == "[z]"


def test_small_groups_are_kept_back(make_wave: Make, answer: Any, people: Any) -> None:
    wave = make_wave(schools=3)
    fill(wave, answer, {Who.STAFF: 14, Who.LEADERS: 3})
    report = reporting.thaw(closed(wave, people).report.content)["report"]
    for line in report.lines:
        if line.group.attribute and len(line.group.members) == 1 and line.group.value == "leaders":
            assert not line.shown
            assert line.base is None


def test_nobody_answered(make_wave: Make, people: Any, client_for: Any) -> None:
    wave = closed(make_wave(), people)
    assert reporting.thaw(wave.report.content)["report"] is None
    assert "Nobody answered" in client_for(people.officer).get(f"/surveys/{wave.pk}/report/").content.decode()


def test_a_report_stays_as_it_is_after_one_more_answer(reported: Wave, answer: Any, people: Any) -> None:
    before = reported.report.content
    school = reported.schools.select_related("wave__instrument").first()
    assert school is not None
    Ballot.objects.create(id=5, wave=reported, school=school, who="staff", codes=b"\x01" * 4)
    again = actions.end_close(by=None, wave=reported, content="{}")
    assert again.content == before
    assert Report.objects.count() == 1


def test_the_page_shows_a_school_its_own_and_the_whole(reported: Wave, people: Any, client_for: Any) -> None:
    page = client_for(people.head).get(f"/surveys/{reported.pk}/report/").content.decode()
    told = reporting.thaw(reported.report.content)
    names = list(told["schools"].values())
    own = people.school.name
    assert own in page
    assert not any(f"<option>{name}" in page or f">{name}<" in page for name in names if name != own)
    number = next(
        n for n, line in enumerate(told["report"].lines) if line.group.unit not in (own, "all schools")
    )
    assert client_for(people.head).get(f"/surveys/{reported.pk}/report/?group={number}").status_code == 404
    assert client_for(people.officer).get(f"/surveys/{reported.pk}/report/?group={number}").status_code == 200
    assert client_for(people.other_officer).get(f"/surveys/{reported.pk}/report/").status_code == 404


def test_there_is_nothing_to_see_while_it_is_open(
    make_wave: Make, answer: Any, people: Any, client_for: Any
) -> None:
    wave = make_wave()
    answer(wave.schools.select_related("wave__instrument").first())
    page = client_for(people.officer).get(f"/surveys/{wave.pk}/report/").content.decode()
    assert "no results before the questionnaire is closed" in page


def test_answers_with_a_name_are_told_as_they_are(make_wave: Make, people: Any) -> None:
    wave = make_wave(kind=WaveKind.ATTRIBUTED, asked=[Who.LEADERS])
    school = wave.schools.select_related("organisation").get(organisation=people.school)
    codes = bytes([4, 3, 255, 1])
    assert actions.respond(
        by=people.head, school=school, ballot=1, who="leaders", codes=codes, comments={"share-3": "x"}
    )
    told = json.loads(closed(wave, people).report.content)
    assert told["report"] is None
    assert told["open"] == [
        {
            "school": str(people.school.pk),
            "who": "leaders",
            "codes": {"know-1": 4, "know-2": 3, "share-2": 1},
            "texts": {"share-3": "x"},
        }
    ]


@pytest.mark.django_db(transaction=True)
def test_the_worker_closes_a_wave_from_end_to_end(make_wave: Make, answer: Any, people: Any) -> None:
    wave = make_wave(schools=2)
    fill(wave, answer, {Who.STAFF: 12})
    job = actions.start_close(by=people.officer, wave=wave)
    assert job is not None
    assert actions.start_close(by=people.officer, wave=wave) is None, "one close at a time"
    with JobContext(job) as context:
        tasks.close(context)
    wave.refresh_from_db()
    assert wave.state == WaveState.CLOSED
    assert wave.answers.count() == 24
    with JobContext(job) as context:
        tasks.close(context)  # a second try finds it done
    assert Report.objects.count() == 1


def test_a_repeat_wave_shows_change_with_its_interval(
    make_wave: Make, answer: Any, people: Any, client_for: Any
) -> None:
    first = make_wave(asked=[Who.STAFF])
    fill(first, answer, {Who.STAFF: 30})
    first = closed(first, people)
    second = make_wave(asked=[Who.STAFF], previous=first, name="Again", schools=1)
    fill(second, answer, {Who.STAFF: 30}, seed=2, up=1)
    second = closed(second, people)
    client = client_for(people.officer)
    page = client.get(f"/surveys/{second.pk}/report/").content.decode()
    assert "What changed" in page
    assert "more than chance" in page
    whole = presenters.choices(reporting.thaw(first.report.content)["report"], None)
    assert len(whole) > 1
    assert "What changed" not in client.get(f"/surveys/{first.pk}/report/").content.decode()


def test_answers_with_a_name_have_a_page(make_wave: Make, people: Any, client_for: Any) -> None:
    wave = make_wave(kind=WaveKind.ATTRIBUTED, asked=[Who.LEADERS])
    for school in wave.schools.select_related("organisation"):
        by = people.head if school.organisation_id == people.school.pk else people.officer
        codes = bytes([4, 3, 2, 1])
        actions.respond(by=by, school=school, ballot=school.pk, who="leaders", codes=codes, comments={})
    wave = closed(wave, people)
    officer = client_for(people.officer).get(f"/surveys/{wave.pk}/report/").content.decode()
    head = client_for(people.head).get(f"/surveys/{wave.pk}/report/").content.decode()
    assert officer.count("7 of 8") == 2
    assert head.count("7 of 8") == 1


def test_the_pages_of_a_wave_say_that_its_schools_are_invented(
    make_wave: Make, people: Any, client_for: Any
) -> None:
    wave, client = make_wave(), client_for(people.officer)
    for page in ("", "extend/", "close/", "posters/", "schools/", "remove/", "report/"):
        said = client.get(f"/surveys/{wave.pk}/{page}").content.decode()
        assert "<strong>Fictional.</strong>" in said, page


def told(value: float | None, half: float | None = None, base: int | None = None) -> results.Told:
    return results.Told("" if value is None else f"{value:.1f}", value, half, base)


def asked(name: str, mean: results.Told) -> results.Question:
    return results.Question(name, name, mean, "", (), 50, "")


def test_only_what_chance_would_hardly_make_stands_out_when_many_are_looked_at() -> None:
    near = [asked(f"q{n}", told(3.0, 0.2)) for n in range(12)]
    odd = asked("odd", told(3.35, 0.2))
    part = results.Part("s", "S", told(3.0), (*near, odd))
    alone = results.difference(odd.mean, told(3.03, 0.2))
    assert results.sure(alone), "alone it would stand out"
    assert comparing.stand_out([part]) == ([], [], 13)
    high, low = asked("high", told(4.0, 0.2)), asked("low", told(2.2, 0.2))
    found = comparing.stand_out([results.Part("s", "S", told(3.0), (*near, high, low))])
    assert ([q.id for q in found[0]], [q.id for q in found[1]], found[2]) == (["high"], ["low"], 14)
    assert comparing.chance(told(1.0)) == 1.0
    assert comparing.chance(told(0.5, 0.0)) == 0.0


def test_each_school_counts_by_its_people(make_wave: Make, answer: Any, people: Any) -> None:
    wave = make_wave(schools=3, asked=[Who.STAFF], opened=False)
    for place, row in enumerate(wave.schools.order_by("pk")):
        row.expected = (40, 40, 200)[place]
        row.save()
    assert actions.open_wave(by=people.officer, wave=wave)
    wave.refresh_from_db()
    random = Random(3)
    rows = list(wave.schools.select_related("wave__instrument").order_by("pk"))
    for place, school in enumerate(rows):
        for _ in range(40):
            low = 1 if place < 2 else 3
            answer(school, Who.STAFF, codes={n: random.randint(low, low + 1) for n in ("know-1", "know-2")})
    report = reporting.thaw(closed(wave, people).report.content)["report"]
    instrument = read(wave.instrument.text)
    whole = report.lines[0].group
    plain = results.parts(report, instrument, whole)[0].mean.value
    weighted, schools, of = comparing.by_people(report, instrument, whole)["know"]
    each = [
        results.parts(report, instrument, group)[0].mean.value
        for group in (next(g for g in results.groups_of(report) if g.members == (name,)) for name in
                      [row.organisation.name for row in rows])
    ]  # fmt: skip
    want = sum(n * (m or 0) for n, m in zip((40, 40, 200), each, strict=True)) / 280
    assert (weighted.value, schools, of) == (pytest.approx(want), 3, 3)
    assert plain is not None
    assert (weighted.value or 0) > plain + 0.2, "the school of most people said more"
    drawn = comparing.schools_beside(report, instrument)
    assert drawn[0].group.members[0] == rows[2].organisation.name
    assert drawn[0].differs
    assert (drawn[0].drawn.value or 9) <= (drawn[0].mean.value or 0), "drawn towards all"


def test_the_command_gives_the_figures_of_the_site(
    make_wave: Make, people: Any, tmp_path: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    """`isthmus survey score --suppress` on the answers of a wave: base, mean and bands of every question and group."""
    text = TEXT.replace("text: We visit each other.,", "text: We keep apart., reversed: true,")
    wave = make_wave(schools=3, instrument=actions.keep_instrument(by=None, text=text))
    random, instrument = Random(5), read(text)
    names, rows = ["know-1", "know-2", "share-1"], ["school,people,know-1,know-2,share-1,share-2"]
    ballots = []
    for school in wave.schools.select_related("organisation").order_by("pk"):
        for who in [Who.STAFF] * 20 + [Who.LEADERS] * 11:
            given = {name: random.choice((1, 2, 2, 3, 4)) for name in names}
            ballots.append(
                Ballot(
                    id=len(ballots) + 1,
                    wave=wave,
                    school=school,
                    who=who,
                    codes=codes(instrument, who, given),
                )
            )
            cells = [school.organisation.name, who.value, *(str(given[name]) for name in names), ""]
            rows.append(",".join(cells))
    Ballot.objects.bulk_create(ballots)
    report = reporting.thaw(closed(wave, people).report.content)["report"]
    (tmp_path / "own.yaml").write_text(text, encoding="utf-8")
    (tmp_path / "answers.csv").write_text("\n".join(rows), encoding="utf-8")
    order = ["survey", "score", tmp_path / "answers.csv", "--instrument", tmp_path / "own.yaml"]
    groups = ["--group", "school", "--group", "people", "--suppress", "--json"]
    assert command([str(one) for one in (*order, *groups)]) == 0
    said = {
        (one["group"].get("school"), one["group"].get("people")): one
        for one in json.loads(capsys.readouterr().out)["groups"]
    }
    compared = 0
    for line in report.lines:
        if line.group.attribute not in ("", "people"):
            continue
        unit = line.group.unit if line.group.level else None
        one = said[unit, line.group.value or None]
        assert one["people"] == line.base
        part = {q.id: q for p in results.parts(report, instrument, line.group) for q in p.questions}
        for item in one["items"]:
            if item["item"] not in names:
                continue
            question = part[item["item"]]
            assert (item["base"], item["mean_text"] or "[c]") == (question.base, question.mean.text)
            bands = {}
            for code, label in zip((1, 2, 3, 4), ("Not at all", "A little", "Mostly", "Fully"), strict=True):
                turned = str(5 - code) if item["item"] == "know-2" else str(code)
                if item["counts"]:
                    band = item["counts"][turned]
                    bands[label] = f"{band['low']} to {band['high']}"
            assert dict(question.shares) == bands
            compared += bool(item["mean_text"])
    assert compared >= 6
    whole = results.parts(report, instrument, report.lines[0].group)[0].questions[1]
    answered = [5 - bytes(row.codes)[1] for row in wave.answers.all()]
    assert whole.mean.value == pytest.approx(sum(answered) / len(answered), abs=0.06)


def test_which_questions_a_mean_leaves_out_is_said() -> None:
    section = read(TEXT).sections[0]
    four = [asked(f"q{n}", told(3.0, 0.1)) for n in range(3)] + [asked("q4", told(None))]
    mean = results._section(section, four)
    assert (mean.value, mean.why) == (3.0, results.LEFT_OUT.format(3, 4))
    not_asked = results.Question("q5", "q5", results.Told("[z]"), "[z]", (), None, "")
    assert results._section(section, [*four[:3], not_asked]).why == "", "others were asked that"
    assert results._section(section, [four[0], four[3], four[3]]).text == "[c]"
