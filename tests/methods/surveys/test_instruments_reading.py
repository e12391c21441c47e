"""Reading instruments: what is well formed comes back as it was; what is not is refused with line, place and advice."""

from __future__ import annotations

import copy
import json
import random
import time
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from isthmus.methods.surveys.instruments import (
    Instrument,
    InstrumentError,
    Respondent,
    Scoring,
    by_id,
    compare,
    dump,
    fingerprint,
    from_dict,
    load,
    schema,
    shipped,
    to_dict,
)

DOCUMENT = Path(__file__).resolve().parents[3] / "docs" / "instruments.md"
TEXT = """\
format: 1
id: mood
version: 2
title: How is the mood?
purpose: To see how people are.
licence: Ours.
ours: All of it.
who: [staff, pupils]
scoring: totals
reading: Gently.
scales:
  agree:
    options:
      - {code: 1, label: No, plain: Nope}
      - {code: 2, label: Yes}
    not_applicable: Not for me
    dont_know: No idea
  level:
    options: [{code: 0, label: Some}, {code: 1, label: Much}]
sections:
  - id: work
    title: Work
    scale: agree
    items:
      - {id: w1, text: Work is pleasant., plain: School is fun., required: yes}
      - {id: w2, text: Work is hard., reversed: true, who: [staff]}
      - id: w3
        text: Why?
        open: true
        help: |
          Two lines
          of help.
  - id: tie
    title: Ties
    scoring: cumulative
    scale: level
    met: 0
    levels:
      - {level: 1, label: First}
      - {level: 2, label: Second}
    items:
      - {id: t1, text: First?, level: 1}
      - {id: t2, text: Second?, level: 2}
"""


def refused(text: str | bytes, name: str = "") -> InstrumentError:
    with pytest.raises(InstrumentError) as raised:
        load(text, name=name)
    return raised.value


def test_every_part_is_read() -> None:
    mood = load(TEXT)
    assert (mood.id, mood.version, mood.who) == ("mood", 2, (Respondent.STAFF, Respondent.PUPILS))
    assert mood.columns == ("w1", "w2", "t1", "t2")
    w1, w2, w3 = mood.section("work").items
    assert w1.required
    assert w2.reversed
    assert w3.open
    assert w3.help == "Two lines\nof help."
    assert (w1.wording(Respondent.PUPILS), w1.wording(Respondent.STAFF)) == (
        "School is fun.",
        "Work is pleasant.",
    )
    scale = mood.scale_of(w1)
    assert (scale.label(1), scale.label(1, Respondent.PUPILS)) == ("No", "Nope")
    assert (scale.label(-2), scale.label(-3), scale.label(-1)) == ("Not for me", "No idea", "")
    assert scale.allowed == {1, 2, -1, -2, -3}
    with pytest.raises(KeyError):
        scale.label(3)
    tie = mood.section("tie")
    assert (tie.scoring, tie.met, [level.label for level in tie.levels]) == (
        Scoring.CUMULATIVE,
        0,
        ["First", "Second"],
    )
    assert [i.id for s in mood.shown_to(Respondent.PUPILS) for i in s.items] == ["w1", "w3", "t1", "t2"]
    assert load(dump(mood)) == mood
    assert to_dict(mood)["sections"][1]["met"] == 0
    with pytest.raises(KeyError):
        mood.section("none")


@pytest.mark.skipif(not DOCUMENT.is_file(), reason="the documents are not here")
def test_the_example_of_the_documents_is_one() -> None:
    text = DOCUMENT.read_text(encoding="utf-8").split("```yaml\n")[1].split("```")[0]
    assert load(text).columns == ("w1", "w2")


def test_json_and_other_ways_of_writing_are_the_same_instrument() -> None:
    mood = load(TEXT)
    again = load(json.dumps(to_dict(mood), indent=2))
    assert again == mood
    assert fingerprint(again) == fingerprint(load(b"\xef\xbb\xbf" + TEXT.replace("\n", "\r\n").encode()))
    assert fingerprint(mood) != fingerprint(load(TEXT.replace("pleasant", "good")))


def test_a_problem_names_file_line_place_and_remedy() -> None:
    text = TEXT.replace("reversed: true", "reversd: true").replace("title: Ties", "title: [Ties]")
    said = str(refused(text, "mood.yaml")).splitlines()
    assert said == [
        "mood.yaml, line 26, section work, item w2: 'reversd' is no key here. Did you mean 'reversed'?",
        "mood.yaml, line 34, section tie, title: expected a text. Put it in quotes.",
    ]


WRONG: list[tuple[str, str, str]] = [
    ("id: mood", "id: 5mood", "Begin with a letter"),
    ("id: mood\n", "", "'id' is missing. Add a line 'id: …'."),
    ("version: 2", "version: two", "line 3, version: expected a whole number from 1 to 9999, without quotes."),
    ("version: 2", "version: '2'", "whole number"),
    ("format: 1", "format: 2", "format: expected a whole number from 1 to 1"),
    ("who: [staff, pupils]", "who: [staff, pupil]", "'pupil' is not known here. Did you mean 'pupils'?"),
    ("who: [staff, pupils]", "who: staff", "expected a list: lines that begin with '- '."),
    ("who: [staff, pupils]", "who: []", "say who answers"),
    ("scoring: totals", "scoring: total", "Did you mean 'totals'?"),
    ("scoring: totals\n", "", "'scoring' is missing"),
    ("ours: All of it.\n", "", "say where it comes from"),
    ("reading: Gently.", "reading: ''", "line 10, reading: is empty"),
    ("reading: Gently.", "reading: Gently.\nprivate: true\nwaves: [anonymous]", "a private instrument is in no wave"),
    ("reading: Gently.", "reading: Gently.\nwaves: []", "name the kinds of wave"),
    ("reading: Gently.", "reading: Gently.\nprivate: perhaps", "expected true or false"),
    ("{code: 2, label: Yes}", "{code: 1, label: Yes}", "must be above 1"),
    ("{code: 2, label: Yes}", "{code: 101, label: Yes}", "from 0 to 100"),
    ("      - {code: 2, label: Yes}\n", "", "a scale needs two options or more"),
    ("label: Yes", "label: " + "y" * 81, "is longer than 80 characters"),
    ("scale: agree", "scale: agreed", "there is no scale 'agreed'. Did you mean 'agree'?"),
    ("id: w2", "id: W1", "two items have the id 'W1'"),
    ("id: tie", "id: work", "two sections have the id 'work'"),
    ("text: Why?", "text: 'Wh\\ty\\a?'".replace("'", '"'), "characters that cannot be seen"),
    ("text: Why?", 'text: "Why\\u202E?"', "characters that cannot be seen"),
    ("text: Why?", "text: ''", "item w3, text: is empty"),
    ("open: true", "open: true\n        anchors: [a, b]", "an open question has none"),
    ("required: yes", "anchors: [a]", "the scale has 2 options, so write 2 anchors"),
    ("required: yes", "level: 1", "is for items of a section with the scoring 'cumulative'"),
    ("who: [staff]}", "who: [parents]}", "'parents' does not answer this section"),
    ("    title: Work\n", "    title: Work\n    who: [parents]\n", "'parents' does not answer this instrument"),
    ("    title: Work\n", "    title: Work\n    rests_on: [tie]\n", "there is no section 'tie' before this one"),
    ("    title: Work\n", "    title: Work\n    met: 1\n", "levels and 'met' are for the scoring 'cumulative'"),
    ("    title: Work\n", "    title: Work\n    scoring: prompts\n", "prompts are open questions"),
    ("    title: Work\n", "    title: Work\n    scoring: stages\n", "in a section with the scoring 'totals'"),
    ("    scale: agree\n", "", "'totals' needs a scale"),
    ("    met: 0\n", "    met: 3\n", "must be a code of the scale: 0, 1"),
    ("    scale: level\n", "    scale: agree\n", "a criterion always applies"),
    ("text: Second?, level: 2", "text: Second?, level: 3", "the section has no level 3"),
    ("text: Second?, level: 2", "text: Second?", "say of which level this is a criterion"),
    ("text: Second?, level: 2", "text: Second?, level: 1", "no item is a criterion of level 2"),
    ("{level: 2, label: Second}", "{level: 3, label: Second}", "a whole number from 2 to 2"),
    ("text: Work is hard.", "text: Work is hard, and long.", "Put a text with a comma in quotes."),
    ("purpose: To", "purpose: &a To", "line 5: anchors and aliases"),
    ("purpose: To", "purpose: !!python/name:os.system To", "tags (!) are not read"),
    ("purpose: To see how people are.", "purpose: *a", "anchors and aliases"),
    ("purpose:", "title:", "line 5: 'title' stands here twice"),
    ("purpose: To", "? [a, b]\n: To", "a key must be a word"),
    ("purpose: To", "purpose: [To", "this is not YAML"),
    ("purpose: To", "<<: {a: b}\npurpose: To", "'<<' is no key here"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "words"), WRONG)
def test_what_is_wrong_is_said(old: str, new: str, words: str) -> None:
    assert TEXT.count(old) >= 1
    assert words in str(refused(TEXT.replace(old, new, 1)))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "the file is empty"),
        ("# nothing\n", "the file is empty"),
        ("just words", "expected 'key: value' lines"),
        ("- a\n- b\n", "expected 'key: value' lines"),
        (TEXT + "---\n" + TEXT, "a second document begins here"),
        (TEXT.encode("utf-16"), "UTF-8"),
        ("title: café".encode("latin-1"), "line 1: this is not UTF-8"),
        (b"title: \x00", "this is not YAML"),
        ("a" * 1_000_001, "larger than 1 MB"),
        ("[" * 100_000, "more than 12 levels"),
        ("{a: " * 50_000, "more than 12 levels"),
        ("sections: [" + "a," * 400_000, "more than 60,000 values"),
        ("a: &x [1,1,1,1]\nb: &y [*x,*x,*x,*x]\nc: [*y,*y,*y,*y]\n", "anchors and aliases"),
        ("version: " + "9" * 900_000, "whole number"),
        ("? " * 300_000, "key must be a word"),
    ],
    ids=range(15),
)
def test_what_is_hostile_is_refused_at_once(text: str | bytes, words: str) -> None:
    began = time.process_time()
    assert words in str(refused(text))
    assert time.process_time() - began < 3


def test_too_many_items_are_refused() -> None:
    data = to_dict(load(TEXT))
    data["sections"][0]["items"] = [{"id": f"i{n}", "text": "Well?"} for n in range(299)]
    with pytest.raises(InstrumentError, match="hold 301 items; at most 300 are read"):
        from_dict(data)
    data["sections"][0]["items"].pop()
    assert len(from_dict(data).items) == 300


def test_at_most_twenty_problems_are_told() -> None:
    data = to_dict(load(TEXT))
    data["sections"][0]["items"] = [{"id": f"i{n}", "txt": "Well?"} for n in range(300)]
    with pytest.raises(InstrumentError) as raised:
        from_dict(data)
    assert len(raised.value.problems) == 20


def test_values_that_go_round_in_a_circle_are_refused() -> None:
    data: dict[str, Any] = {"id": "a"}
    data["sections"] = [data]
    with pytest.raises(InstrumentError, match="deeply nested"):
        from_dict(data)
    with pytest.raises(InstrumentError, match="a set cannot be part"):
        from_dict({"who": {1}})


def mutated(rng: random.Random, value: Any) -> Any:
    """The value with one thing in it changed, dropped, doubled or replaced."""
    spare = [None, "", 0, 1, -1, True, "x", "x" * 5_000, [], {}, ["a"], {"a": 1}, "totals", "staff", 1.5]
    if isinstance(value, dict) and value and rng.random() < 0.9:
        key = rng.choice(list(value))
        if rng.random() < 0.15:
            return {k: v for k, v in value.items() if k != key}
        if rng.random() < 0.1:
            return {**value, rng.choice(["texts", "open", "level", "help", "scale"]): rng.choice(spare)}
        return {**value, key: mutated(rng, value[key])}
    if isinstance(value, list) and value and rng.random() < 0.9:
        place = rng.randrange(len(value))
        if rng.random() < 0.2:
            return [*value, value[place]]
        return [*value[:place], mutated(rng, value[place]), *value[place + 1 :]]
    return rng.choice(spare)


def test_loader_and_schema_agree() -> None:
    """What the loader takes, the schema takes; what the schema refuses, the loader refuses."""
    rng = random.Random(6)
    check = jsonschema.Draft202012Validator(schema())
    took = refusals = 0
    for _ in range(600):
        data = mutated(rng, copy.deepcopy(to_dict(rng.choice([load(TEXT), by_id("tie-level")]))))
        try:
            made = from_dict(data)
        except InstrumentError:
            refusals += 1
            continue
        took += 1
        assert check.is_valid(to_dict(made))
        assert load(dump(made)) == made
    assert took > 60
    assert refusals > 200


def test_torn_files_are_read_or_refused_and_nothing_else() -> None:
    rng = random.Random(7)
    texts = [dump(one).encode() for one in shipped()]
    outcomes = set()
    for _ in range(300):
        raw = bytearray(rng.choice(texts)[:4_000])
        for _ in range(rng.randrange(1, 6)):
            raw[rng.randrange(len(raw))] = rng.randrange(256)
        try:
            load(bytes(raw))
            outcomes.add("read")
        except InstrumentError as error:
            outcomes.add("refused")
            outcomes |= {problem.words != "" for problem in error.problems}
    assert outcomes >= {"refused", True}
    assert False not in outcomes


TURNING = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff"
seen = st.characters(exclude_categories=["Cc", "Cs", "Co", "Cn", "Zl", "Zp"], exclude_characters=TURNING)
words = st.text(seen, min_size=1, max_size=60).map(str.strip).filter(bool)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(words, min_size=7, max_size=7),
    st.lists(st.integers(0, 100), min_size=2, max_size=9, unique=True),
)
def test_any_words_and_codes_come_back_as_they_were(texts: list[str], codes: list[int]) -> None:
    data = {
        "id": "any", "version": 1, "title": texts[0], "purpose": texts[1] + "\n" + texts[2], "licence": texts[3],
        "ours": "no", "who": ["leaders"], "scoring": "stages", "reading": "null",
        "scales": {"s": {"options": [{"code": code, "label": texts[4]} for code in sorted(codes)]}},
        "sections": [{"id": "a", "title": texts[5], "scale": "s", "items": [{"id": "i", "text": texts[6]}]}],
    }  # fmt: skip
    made = from_dict(data)
    assert load(dump(made)) == made
    assert dump(load(dump(made))) == dump(made)


def changed(old: str, new: str) -> Instrument:
    assert old in TEXT
    return load(TEXT.replace(old, new))


def test_what_two_versions_share() -> None:
    mood = load(TEXT)
    same = compare(mood, changed("version: 2", "version: 3"))
    assert same.kept == ("w1", "w2", "w3", "t1", "t2")
    assert same.sections == ("work", "tie")
    assert (same.reworded, same.rescaled, same.added, same.dropped, same.moved) == ((), (), (), (), ())

    other = compare(mood, changed("Work is hard.", "Work is very hard."))
    assert (other.reworded, other.sections) == (("w2",), ("tie",))
    assert compare(mood, changed("plain: School is fun.", "plain: School is good.")).reworded == ("w1",)
    assert compare(mood, changed("Work is hard.", "Work  is hard.")).reworded == ()
    assert compare(mood, changed("label: Yes", "label: Yes indeed")).reworded == ("w1", "w2")
    assert compare(mood, changed("{code: 2, label: Yes}", "{code: 3, label: Yes}")).rescaled == ("w1", "w2")
    assert compare(mood, changed("reversed: true, ", "")).rescaled == ("w2",)
    assert compare(mood, changed("    met: 0\n", "    met: 1\n")).rescaled == ("t1", "t2")
    # The highest code is what meets a criterion where nothing is said.
    assert compare(changed("    met: 0\n", "    met: 1\n"), changed("    met: 0\n", "")).rescaled == ()
    gone = compare(mood, changed("id: w1", "id: w9"))
    assert (gone.added, gone.dropped, gone.sections) == (("w9",), ("w1",), ("tie",))
    assert compare(mood, changed("  - id: tie", "  - id: ties")).moved == ("t1", "t2")
