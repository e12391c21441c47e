"""Files and plain values as trees that know their lines. What a hostile file could do is refused here.

YAML is read by its events, without recursion and without constructing anything: no aliases, no tags, no merging of
keys, so a short file cannot become a large one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import yaml

from isthmus.methods.surveys.instruments.problems import InstrumentError, Problem

MOST_BYTES = 1_000_000
MOST_DEPTH = 12
MOST_NODES = 60_000
NULLS = ("", "~", "null", "Null", "NULL")
# The parser in C where it is there: thirty times as fast, the same events.
LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True)
class Tree:
    """A value with the line it stands on. ``plain``: a text that was not quoted, which may be meant as a number."""

    value: dict[str, Tree] | list[Tree] | str | int | float | bool | None
    line: int | None = None
    plain: bool = False


@dataclass
class _Open:
    """A mapping or sequence that is being read, and the key whose value comes next."""

    values: dict[str, Tree] | list[Tree]
    key: str | None = None


def refuse(words: str, line: int | None = None, place: str = "") -> InstrumentError:
    """One problem as an error."""
    return InstrumentError((Problem(line, place, words),))


def read_yaml(text: str | bytes) -> Tree:
    """The tree of a file's only document. Raises `InstrumentError`."""
    text = _decoded(text)
    try:
        return _tree(yaml.parse(text, Loader=LOADER))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        why = getattr(error, "problem", None) or getattr(error, "reason", None) or error
        raise refuse(
            f"this is not YAML ({why}). Compare the line with the example in the help.",
            mark.line + 1 if mark else None,
        ) from None


def _decoded(text: str | bytes) -> str:
    if len(text) > MOST_BYTES:
        raise refuse(f"the file is larger than {MOST_BYTES // 1_000_000} MB. An instrument is a short text.")
    if isinstance(text, str):
        return text.removeprefix("\ufeff")
    try:
        return text.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = text[: error.start].count(b"\n") + 1
        raise refuse("this is not UTF-8 text. Save the file as UTF-8.", line) from None


def _tree(events: Iterable[yaml.Event]) -> Tree:
    stack: list[_Open] = []
    root: Tree | None = None
    nodes = 0
    for event in events:
        line = event.start_mark.line + 1 if event.start_mark else 1
        if isinstance(event, yaml.DocumentStartEvent) and root is not None:
            raise refuse("a second document begins here. Put one instrument in a file.", line)
        if isinstance(event, yaml.CollectionEndEvent):
            stack.pop()
            continue
        if not isinstance(event, yaml.NodeEvent):
            continue
        nodes += 1
        _refuse_tricks(event, line, nodes, len(stack))
        tree = _node(event, line)
        if not stack:
            root = tree
        elif not _put(stack[-1], tree, event):
            continue
        if isinstance(tree.value, dict | list):
            stack.append(_Open(tree.value))
    if root is None:
        raise refuse("the file is empty.")
    return root


def _refuse_tricks(event: yaml.NodeEvent, line: int, nodes: int, depth: int) -> None:
    if isinstance(event, yaml.AliasEvent) or event.anchor is not None:
        raise refuse("anchors and aliases (& and *) are not read. Write the text out.", line)
    if getattr(event, "tag", None) is not None:
        raise refuse("tags (!) are not read. Put the text in quotes if it begins with '!'.", line)
    if depth >= MOST_DEPTH:
        raise refuse(f"more than {MOST_DEPTH} levels inside one another. An instrument needs six.", line)
    if nodes > MOST_NODES:
        raise refuse(f"more than {MOST_NODES:,} values. An instrument of 300 items needs a quarter.", line)


def _node(event: yaml.NodeEvent, line: int) -> Tree:
    if isinstance(event, yaml.MappingStartEvent):
        return Tree({}, line)
    if isinstance(event, yaml.SequenceStartEvent):
        return Tree([], line)
    if not isinstance(event, yaml.ScalarEvent):
        raise refuse("this cannot be read.", line)
    plain = not event.style
    value: str = event.value
    return Tree(None if plain and value in NULLS else value, line, plain)


def _put(holder: _Open, tree: Tree, event: yaml.NodeEvent) -> bool:
    """Put a value into the mapping or sequence around it. False where it was a key."""
    if isinstance(holder.values, list):
        holder.values.append(tree)
        return True
    if holder.key is not None:
        holder.values[holder.key] = tree
        holder.key = None
        return True
    if not isinstance(event, yaml.ScalarEvent):
        raise refuse("a key must be a word.", tree.line)
    if event.value in holder.values:
        raise refuse(f"'{event.value[:40]}' stands here twice. Keep one of them.", tree.line)
    holder.key = event.value
    return False


def from_values(data: Any) -> Tree:
    """The tree of plain values (mappings, sequences, texts, numbers), without lines. Raises `InstrumentError`."""
    left = [MOST_NODES]

    def wrap(value: Any, depth: int) -> Tree:
        left[0] -= 1
        if depth > MOST_DEPTH or left[0] < 0:
            raise refuse("this is larger or more deeply nested than an instrument can be.")
        if isinstance(value, Mapping):
            return Tree({str(key): wrap(one, depth + 1) for key, one in value.items()})
        if isinstance(value, Sequence) and not isinstance(value, str | bytes):
            return Tree([wrap(one, depth + 1) for one in value])
        if value is None or isinstance(value, str | int | float):
            return Tree(value)
        raise refuse(f"a {type(value).__name__} cannot be part of an instrument.")

    return wrap(data, 0)
