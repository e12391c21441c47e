"""Reading one mapping of a tree by its known keys; faults are gathered with their places, and reading goes on."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Collection, Iterator
from enum import StrEnum
from typing import TypeVar

from isthmus.methods.surveys.instruments.problems import InstrumentError, Problem
from isthmus.methods.surveys.instruments.trees import Tree

MOST_PROBLEMS = 20
WORD, SENTENCE, PASSAGE = 80, 500, 4_000
"""The most characters of a label, of a question, and of an explanation."""
ID = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{0,39}")
TRUE, FALSE = ("true", "yes"), ("false", "no")
FORBIDDEN = {"Cc", "Cs", "Co", "Cn", "Zl", "Zp"}
# Marks that turn the direction of a line and so make it read otherwise than it is stored.
TURNING = set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")
E = TypeVar("E", bound=StrEnum)


class Faults:
    """What was found wrong so far."""

    def __init__(self) -> None:
        self.found: list[Problem] = []

    def add(self, line: int | None, place: str, words: str) -> None:
        """Note a fault; after twenty the reading ends."""
        self.found.append(Problem(line, place, words))
        if len(self.found) >= MOST_PROBLEMS:
            self.stop()

    def stop(self) -> None:
        """Raise what was found, if anything was."""
        if self.found:
            raise InstrumentError(tuple(self.found))


def nearest(word: str, known: Collection[str]) -> str:
    """The known word most like this one, as a question; else all of them."""
    like = difflib.get_close_matches(word.lower(), list(known), 1, 0.6)
    return f"Did you mean '{like[0]}'?" if like else f"Known are: {', '.join(known)}."


class Form:
    """A mapping at a place. Every method takes one key, notes what is wrong with its value, and gives a usable one."""

    def __init__(self, tree: Tree, place: str, faults: Faults, known: Collection[str]) -> None:
        self.place, self.line, self.faults = place, tree.line, faults
        self.values: dict[str, Tree] = tree.value if isinstance(tree.value, dict) else {}
        if not isinstance(tree.value, dict):
            faults.add(tree.line, place, f"expected 'key: value' lines with the keys {', '.join(known)}.")
        for key, value in self.values.items():
            if key not in known:
                hint = nearest(key[:40], known) if " " not in key else "Put a text with a comma in quotes."
                self.fault(None, f"'{key[:40]}' is no key here. {hint}", value.line)

    def fault(self, key: str | None, words: str, line: int | None = None) -> None:
        """Note a fault at a key, or at the whole mapping."""
        if line is None:
            line = self.values[key].line if key in self.values else self.line
        self.faults.add(line, ", ".join(p for p in (self.place, key or "") if p), words)

    def has(self, key: str) -> bool:
        """Whether the key is there with a value."""
        return key in self.values and self.values[key].value is not None

    def missing(self, key: str) -> None:
        """Note that a key is needed."""
        self.fault(None, f"'{key}' is missing. Add a line '{key}: …'.")

    def text(self, key: str, most: int, *, needed: bool = False) -> str:
        """A text, trimmed and in one form of Unicode; empty where there is none."""
        if not self.has(key):
            if needed:
                self.missing(key)
            return ""
        return self._text(key, self.values[key], most, needed=needed)

    def _text(self, key: str, tree: Tree, most: int, *, needed: bool = True) -> str:
        if not isinstance(tree.value, str):
            self.fault(key, "expected a text. Put it in quotes.", tree.line)
            return ""
        text = unicodedata.normalize("NFC", tree.value).replace("\r\n", "\n").replace("\t", " ")
        text = "\n".join(line.rstrip(" ") for line in text.split("\n")).strip()
        if any((c in TURNING or unicodedata.category(c) in FORBIDDEN) and c != "\n" for c in text):
            self.fault(key, "holds characters that cannot be seen. Type the text again.", tree.line)
            return ""
        if len(text) > most:
            self.fault(key, f"is longer than {most:,} characters. Shorten it.", tree.line)
        if needed and not text:
            self.fault(key, "is empty. Write a text.", tree.line)
        return text

    def id(self, key: str = "id") -> str:
        """An id: a letter, then letters, digits, '.', '-' or '_', 40 at most."""
        found = self.text(key, 40, needed=True)
        if found and not ID.fullmatch(found):
            self.fault(
                key, f"'{found}' is no id. Begin with a letter; then letters, digits, '.', '-' and '_' only."
            )
        return found

    def whole(self, key: str, low: int, high: int, *, needed: bool = False) -> int | None:
        """A whole number from ``low`` to ``high``."""
        if not self.has(key):
            if needed:
                self.missing(key)
            return None
        tree = self.values[key]
        value = tree.value
        if tree.plain and isinstance(value, str) and re.fullmatch(r"-?[0-9]{1,9}", value):
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            self.fault(key, f"expected a whole number from {low} to {high}, without quotes.")
            return None
        return value

    def flag(self, key: str) -> bool:
        """Yes or no; no where the key is not there."""
        if not self.has(key):
            return False
        tree = self.values[key]
        word = tree.value.lower() if tree.plain and isinstance(tree.value, str) else tree.value
        if word is True or word in TRUE:
            return True
        if word is not False and word not in FALSE:
            self.fault(key, "expected true or false.")
        return False

    def choice(self, key: str, kind: type[E], default: E) -> E:
        """One of the words of an enumeration."""
        if not self.has(key):
            return default
        return self._choice(key, self.values[key], kind) or default

    def choices(self, key: str, kind: type[E]) -> tuple[E, ...] | None:
        """Some of the words of an enumeration, in its order, each once; None where the key is not there."""
        if key not in self.values:
            return None
        found = {self._choice(key, tree, kind) for tree in self.many(key)}
        return tuple(one for one in kind if one in found)

    def _choice(self, key: str, tree: Tree, kind: type[E]) -> E | None:
        words = [str(one) for one in kind]
        if tree.value in words:
            return kind(tree.value)
        shown = str(tree.value)[:40] if isinstance(tree.value, str | int | float) else "this"
        self.fault(key, f"'{shown}' is not known here. {nearest(shown, words)}", tree.line)
        return None

    def many(self, key: str, most: int = 1_000) -> list[Tree]:
        """The entries of a list; none where the key is not there."""
        if not self.has(key):
            return []
        value = self.values[key].value
        if not isinstance(value, list):
            self.fault(key, "expected a list: lines that begin with '- '.")
            return []
        if len(value) > most:
            self.fault(key, f"holds {len(value):,} entries; at most {most} are read.")
            return value[:most]
        return value

    def texts(self, key: str, most: int) -> tuple[str, ...]:
        """A list of texts."""
        return tuple(self._text(key, tree, most) for tree in self.many(key))

    def named(self, key: str) -> Iterator[tuple[str, Tree]]:
        """The entries of a mapping by their names, which must be ids."""
        if not self.has(key):
            return
        value = self.values[key].value
        if not isinstance(value, dict):
            self.fault(key, "expected 'name:' lines, each with its lines below it.")
            return
        for name, tree in value.items():
            if not ID.fullmatch(name):
                self.fault(key, f"'{name[:40]}' is no id. Begin with a letter, as in 'agree'.", tree.line)
            else:
                yield name, tree
