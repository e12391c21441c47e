"""Themes that words suggest."""

from __future__ import annotations

from isthmus.methods.surveys.themes import suggest_themes

TEXTS = [
    "The buses are late and parking is dear.",
    "More visits! The bus, and its parking.",
    "A bus for every school; parking too.",
    "We have too little time.",
    "Time, time, time.",
    "Nobody gives us time to meet.",
    "Thank you.",
]


def test_what_many_share_is_a_theme_and_the_rest_is_looked_at_again() -> None:
    bus, time = suggest_themes(TEXTS)
    assert (bus.words, bus.texts) == (("bus", "parking"), (0, 1, 2))
    assert (time.words, time.texts) == (("time",), (3, 4, 5))
    assert suggest_themes(TEXTS, most=1) == (bus,)


def test_words_of_few_and_words_of_no_meaning_suggest_nothing() -> None:
    assert suggest_themes(["The bus", "A bus"]) == ()
    assert suggest_themes(["they would have", "they would not", "they should"] * 9) == ()
    assert suggest_themes([]) == ()
    assert suggest_themes(["bus"] * 4 + ["x"] * 96) == (), "one in twenty"
