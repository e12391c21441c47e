"""The instruments that come with Isthmus: all there, well formed, plain, and in words of our own."""

from __future__ import annotations

import re
from pathlib import Path

import jsonschema
import pytest

from isthmus.methods.surveys.instruments import (
    Instrument,
    Respondent,
    Scoring,
    WaveKind,
    by_id,
    dump,
    fingerprint,
    from_dict,
    load,
    schema,
    shipped,
    to_dict,
)
from tests.methods.surveys.wording import grade, runs, words

SOURCES = Path(__file__).resolve().parents[4] / "shared" / "mission" / "sources"
EVERY = shipped()
JOINED = re.compile(r"\b(and|or|not|never|no)\b")
# Names of strands in the source; one question that asks which of two; and 'not' where the thing itself is one.
MAY_JOIN = re.compile(
    r"finding and growing leaders|mentoring and coaching|trust and give-and-take|evaluation and challenge|"
    r"as a whole, or for both\?|place or around|teaching and learning|not our own|do not flatter|does not help|"
    r"small networks and too|did not need before"
)
SIZES = {
    "agreement-check": [7],
    "cluster-strengths": [5, 5],
    "collaboration-diagnostic": [5, 5, 6, 6, 6, 5, 5],
    "development-visit": [2, 3, 3, 2, 4],
    "five-challenges": [4, 4, 4, 4, 5],
    "five-reflections": [5],
    "key-questions": [8],
    "levels-of-collaboration": [1],
    "maturity-model": [4, 4, 4, 4, 4, 4, 6, 5, 3, 4, 4, 4, 5],
    "nine-benefits": [9],
    "partnership-activities": [3, 2, 2, 2, 3, 2, 2],
    "readiness-check": [3, 3, 3, 3, 3, 3, 4],
    "review-questions": [3, 2, 3, 3, 3],
    "senior-leader-review": [6, 8, 3],
    "those-affected": [6, 4],
    "tie-level": [7, 4, 1],
}
SCORINGS = {
    "collaboration-diagnostic": Scoring.TOTALS,
    "agreement-check": Scoring.AGREEMENT,
    "maturity-model": Scoring.STAGES,
    "tie-level": Scoring.CUMULATIVE,
    "five-reflections": Scoring.PROMPTS,
}
every = pytest.mark.parametrize("instrument", EVERY, ids=lambda one: one.id)


def test_all_are_there_with_the_sections_of_their_sources() -> None:
    assert {one.id: [len(s.items) for s in one.sections] for one in EVERY} == SIZES
    assert {id_: by_id(id_).scoring for id_ in SCORINGS} == SCORINGS
    assert len({fingerprint(one) for one in EVERY}) == len(EVERY)
    with pytest.raises(KeyError):
        by_id("another")


@every
def test_each_is_written_and_read_back_as_it_was(instrument: Instrument) -> None:
    text = dump(instrument)
    assert load(text) == instrument
    assert dump(load(text)) == text
    assert from_dict(to_dict(instrument)) == instrument
    jsonschema.validate(to_dict(instrument), schema())


@every
def test_each_says_what_is_ours_and_what_is_cited(instrument: Instrument) -> None:
    assert instrument.ours
    assert instrument.sources
    assert "own words" in instrument.licence or "our own" in instrument.licence
    assert all(source.used for source in instrument.sources)


@every
def test_each_is_plain(instrument: Instrument) -> None:
    texts = [item.text for item in instrument.items]
    # Grade 9 is a reader of fourteen.
    assert grade(texts) < 9
    assert [text for text in texts if len(words(text)) > 16] == []
    rated = [MAY_JOIN.sub("", item.text) for item in instrument.scored]
    assert [text for text in rated if JOINED.search(text)] == [], "one idea, said positively"
    assert re.findall(r"\b(weak\w*|fail\w*|inadequate)\b", dump(instrument)) == []


def test_what_pupils_and_parents_read_is_plainer_still() -> None:
    read = {
        who: [i.wording(who) for one in EVERY for section in one.shown_to(who) for i in section.items]
        for who in (Respondent.PUPILS, Respondent.PARENTS)
    }
    assert len(read[Respondent.PUPILS]) == 15
    # Grade 5 is a reader of ten.
    assert all(grade(texts) < 5 for texts in read.values())
    assert not any(
        re.search(r"\bpupils|schools\b", text, re.I)
        for text in read[Respondent.PUPILS]
        if "other" not in text
    )


def test_a_hard_text_is_found_out() -> None:
    assert grade(["Organisational accountability necessitates collaborative evaluation methodologies."]) > 20


@every
@pytest.mark.skipif(not SOURCES.is_dir(), reason="the source documents are not here")
def test_no_sentence_comes_from_a_source(instrument: Instrument) -> None:
    ours = runs(" . ".join(re.findall(r": '?(.*)", dump(instrument).split("\nours:", 1)[1])), 6)
    copied = {
        path.name: [" ".join(run) for run in ours & runs(path.read_text(encoding="utf-8"), 6)]
        for path in SOURCES.glob("*.txt")
    }
    assert len(copied) == 5
    assert not any(copied.values()), copied


def test_private_ones_are_in_no_wave() -> None:
    assert {one.id for one in EVERY if one.private} == {"five-reflections", "partnership-activities"}
    assert all(bool(one.waves) != one.private for one in EVERY)
    assert by_id("collaboration-diagnostic").waves == tuple(WaveKind)


def test_ties_name_partners_and_so_are_never_anonymous() -> None:
    assert all(WaveKind.ANONYMOUS not in by_id(id_).waves for id_ in ("tie-level", "levels-of-collaboration"))


def test_the_maturity_model_judges_school_and_partnership_apart_and_then_together() -> None:
    model = by_id("maturity-model")
    strands: dict[str, list[str]] = {}
    for item in model.items:
        if item.anchors:
            assert len(item.anchors) == len(model.scale_of(item).options) == 3
            strands.setdefault(item.topic, []).append(item.about)
    assert len(strands) == 12
    assert all(
        about == ["our school", "our partnership", "agreed for the partnership"] for about in strands.values()
    )
    third = [s for s in model.sections if s.id.endswith("-collaborative")]
    assert [len(s.rests_on) for s in third] == [2, 2, 2]
    judged = [i for s in model.sections if s.id.startswith(("school-", "partnership-")) for i in s.items]
    assert all(item.evidence for item in judged)
    assert {s.id for s in model.shown_to(Respondent.PUPILS)} == {"pupils-heard"}
    assert {s.id for s in model.shown_to(Respondent.STAFF)} == {"staff-heard"}
    together = [s.id for s in model.shown_to(Respondent.LEADERS, together=True)]
    assert together == [
        "moderation",
        "joint-professional",
        "joint-competence",
        "joint-collaborative",
        "statement",
    ]


def test_stages_are_data() -> None:
    data = to_dict(by_id("maturity-model"))
    data["scales"]["stages"]["options"].append({"code": 4, "label": "Leading"})
    for section in data["sections"]:
        if section.get("scale") == "stages":
            for item in section["items"]:
                item["anchors"].append("Others learn it from us.")
    assert from_dict(data).scale("stages").highest == 4


def test_the_two_continua_are_kept_apart() -> None:
    himmelman = [level.label for level in by_id("tie-level").section("level").levels]
    frey = [option.label for option in by_id("levels-of-collaboration").scales[0].options]
    assert himmelman == ["Networking", "Co-ordination", "Co-operation", "Collaboration"]
    assert frey == ["None", "Networking", "Co-operation", "Co-ordination", "Coalition", "Collaboration"]
