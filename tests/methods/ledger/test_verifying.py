"""Whatever is done to a record is noticed: by its links where it was done clumsily, by a kept head always."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest

from isthmus.methods import ledger
from isthmus.methods.ledger import Fault
from tests.methods.ledger.tampering import CHAIN, edit, flipped, head, made_anew, true_record

TRIES = [pytest.param(300), pytest.param(10_000, marks=pytest.mark.prove)]


def faults(verdict: ledger.Verdict) -> set[Fault]:
    return {finding.fault for finding in verdict.findings}


def record(chance: Random) -> ledger.Export:
    return true_record(chance, chance.randint(2, 12))


@pytest.mark.parametrize("tries", TRIES)
def test_a_true_record_is_whole_and_what_was_erased_is_no_fault(tries: int) -> None:
    chance = Random(1)
    erased = 0
    for _ in range(tries // 10):
        export = record(chance)
        for known in (None, head(export), *export.heads):
            verdict = ledger.verify(export, known)
            assert verdict.whole, verdict.findings
            assert verdict.erased == tuple(e.position for e in export.entries if e.payload is None)
        erased += len(verdict.erased)
    assert erased


@pytest.mark.parametrize("tries", TRIES)
def test_every_edit_is_found_and_its_place_is_named(tries: int) -> None:
    chance = Random(2)
    for _ in range(tries):
        export = record(chance)
        entries = list(export.entries)
        at = chance.randrange(len(entries))
        entries[at] = edit(chance, entries[at])
        verdict = ledger.verify(replace(export, entries=entries))
        blamed = [f.position for f in verdict.findings if f.fault is Fault.EDITED]
        assert blamed == [at], (at, verdict.findings)
        assert not ledger.verify(made_anew(entries), head(export)).whole


@pytest.mark.parametrize("tries", TRIES)
def test_every_drop_is_found_and_its_place_is_named(tries: int) -> None:
    chance = Random(3)
    for _ in range(tries):
        export = record(chance)
        entries = list(export.entries)
        at = chance.randrange(len(entries) - 1)
        del entries[at]
        verdict = ledger.verify(replace(export, entries=entries))
        assert [f.position for f in verdict.findings if f.fault is Fault.DROPPED] == [at]
        assert Fault.EDITED not in faults(verdict), "the others are as they were"
        assert not ledger.verify(made_anew(entries), head(export)).whole


@pytest.mark.parametrize("tries", TRIES)
def test_every_reordering_is_found(tries: int) -> None:
    chance = Random(4)
    for _ in range(tries):
        export = record(chance)
        entries = list(export.entries)
        one, other = chance.sample(range(len(entries)), 2)
        entries[one], entries[other] = entries[other], entries[one]
        assert faults(ledger.verify(replace(export, entries=entries))) == {Fault.REORDERED}
        assert not ledger.verify(made_anew(entries), head(export)).whole


@pytest.mark.parametrize("tries", TRIES)
def test_every_truncation_is_found_against_a_kept_head_and_only_so(tries: int) -> None:
    chance = Random(5)
    for _ in range(tries):
        export = record(chance)
        cut = chance.randrange(len(export.entries))
        short = ledger.Export(CHAIN, export.entries[:cut], ())
        assert ledger.verify(short).whole, "nothing in a record that was cut off says so"
        verdict = ledger.verify(short, head(export))
        assert faults(verdict) == {Fault.TRUNCATED}
        assert verdict.findings[0].position == cut


@pytest.mark.parametrize("tries", TRIES)
def test_every_byte_that_changes_in_a_file_is_noticed(tries: int) -> None:
    chance = Random(6)
    text = ""
    for number in range(tries):
        if number % 50 == 0:
            export = true_record(chance, 4)
            text = "".join(ledger.write(CHAIN, export.entries, export.heads, "2026-12-01"))
            assert ledger.read(text.splitlines(keepends=True)) == replace(
                export, entries=list(export.entries), heads=list(export.heads)
            )
        what = chance.choice(["flip", "drop a line", "cut"])
        if what == "flip":
            changed = flipped(chance, text, 'abcdef0123456789{}":, \n')
        elif what == "cut":
            changed = text[: chance.randrange(len(text))]
        else:
            lines = text.splitlines(keepends=True)
            del lines[chance.randrange(len(lines))]
            changed = "".join(lines)
        with pytest.raises(ledger.Unreadable):
            ledger.read(changed.splitlines(keepends=True))


def test_a_link_alone_that_was_changed_is_blamed_on_its_entry_only() -> None:
    export = true_record(Random(7), 6)
    for link in ("0" * 64, "nonsense", export.entries[2].link.upper()):
        entries = list(export.entries)
        entries[2] = replace(entries[2], link=link)
        verdict = ledger.verify(replace(export, entries=entries))
        assert [f.position for f in verdict.findings] == [2]


def test_an_entry_that_is_there_twice_or_comes_from_elsewhere_is_found() -> None:
    export = true_record(Random(8), 5)
    twice = replace(export, entries=[*export.entries, export.entries[1]])
    assert Fault.REPEATED in faults(ledger.verify(twice))
    stray = replace(export.entries[1], leaf={**export.entries[1].leaf, "chain": "area:8"})
    verdict = ledger.verify(replace(export, entries=[export.entries[0], stray, *export.entries[2:]]))
    assert "another chain" in verdict.findings[0].words


def test_half_of_what_was_erased_is_an_edit() -> None:
    entry = next(e for e in true_record(Random(9), 5).entries if e.payload)
    for half in (replace(entry, payload=None), replace(entry, salt=None), replace(entry, salt="zz")):
        verdict = ledger.verify(ledger.Export(CHAIN, [half], ()))
        assert any("tells" in finding.words for finding in verdict.findings)
        assert verdict.erased == ()


def test_erasing_keeps_the_record_whole_against_a_head_of_before() -> None:
    export = true_record(Random(10), 9)
    kept = head(export)
    blank = [replace(entry, payload=None, salt=None) for entry in export.entries]
    verdict = ledger.verify(replace(export, entries=blank), kept)
    assert verdict.whole
    assert verdict.erased == tuple(range(9))


def test_a_head_of_another_chain_or_with_another_root_does_not_fit() -> None:
    export = true_record(Random(11), 4)
    kept = head(export)
    for wrong in (
        replace(kept, chain="area:8"),
        replace(kept, root="0" * 64),
        replace(kept, link="0" * 64),
        replace(kept, size=3),
    ):
        assert faults(ledger.verify(export, wrong)) == {Fault.NOT_AS_PUBLISHED}


def test_a_record_that_grew_still_begins_as_published() -> None:
    long = true_record(Random(12), 10)
    kept = head(replace(long, entries=long.entries[:6]))
    assert ledger.verify(long, kept).whole


@pytest.mark.parametrize("value", [float("nan"), float("inf"), object(), {1, 2}, b"x"])
def test_what_json_has_no_word_for_is_refused(value: object) -> None:
    with pytest.raises((TypeError, ValueError)):
        ledger.canonical({"a": value})


def test_one_value_is_written_in_one_way() -> None:
    assert (
        ledger.canonical({"b": [1, True, None], "a": "Ü\x00"}) == '{"a":"\\u00dc\\u0000","b":[1,true,null]}'
    )


def test_a_commitment_binds_and_needs_a_whole_salt() -> None:
    salt = bytes(ledger.SALT_BYTES)
    # HMAC-SHA-256 of nothing under 32 zero bytes, by another program (openssl dgst -sha256 -mac hmac).
    assert ledger.commitment(salt, "") == "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad"
    assert ledger.commitment(salt, "a") != ledger.commitment(salt, "b")
    assert ledger.commitment(salt, "a") != ledger.commitment(b"\x01" * ledger.SALT_BYTES, "a")
    with pytest.raises(ValueError, match="32 bytes"):
        ledger.commitment(b"short", "a")


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ([], "breaks off"),
        (["{}\n"], "not an export"),
        (["nonsense\n"], "not JSON"),
        (["[1]\n"], "not written"),
        (['{"chain":"a","format":"isthmus ledger","version":9}\n'], "Version 9"),
        (['{"chain":"a","format":"isthmus ledger","version":1}\n', '{"head":{}}\n'], "not a head"),
        (['{"chain":"a","format":"isthmus ledger","version":1}\n', '{"leaf":{}}\n'], "not an entry"),
    ],
)
def test_what_is_no_export_is_said_so(lines: list[str], said: str) -> None:
    with pytest.raises(ledger.Unreadable, match=said):
        ledger.read(lines)
