"""How hard a text is to read, and whether it was copied."""

from __future__ import annotations

import re

WORD = re.compile(r"[a-z]+(?:'[a-z]+)?")
VOWELS = re.compile(r"[aeiouy]+")


def words(text: str) -> list[str]:
    return WORD.findall(text.lower().replace("-", " ").replace("’", "'"))


def syllables(word: str) -> int:
    """By groups of vowels, without a silent e."""
    found = len(VOWELS.findall(word))
    if word.endswith("e") and not word.endswith("le") and found > 1:
        found -= 1
    if word.endswith("ed") and not word.endswith(("ted", "ded")) and found > 1:
        found -= 1
    return max(found, 1)


def grade(texts: list[str]) -> float:
    """Flesch–Kincaid grade of sentences taken together (Kincaid and others, 1975); about five less than an age."""
    told = [word for text in texts for word in words(text)]
    return 0.39 * len(told) / len(texts) + 11.8 * sum(map(syllables, told)) / len(told) - 15.59


def runs(text: str, length: int) -> set[tuple[str, ...]]:
    """Every run of so many words."""
    told = words(text)
    return {tuple(told[n : n + length]) for n in range(len(told) - length + 1)}
