"""The inner loops: counting codes, and reading them from the bytes of a CSV file (RFC 4180)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from isthmus.methods.compiling import compiled

Bytes = NDArray[np.uint8]
Places = NDArray[np.int32]
Ints = NDArray[np.int64]

COMMA, QUOTE, LINE, RETURN, SPACE, TAB = 44, 34, 10, 13, 32, 9
GROUP, SKIP = -1, -2
SHORT, LONG, CODE, MANY, OPEN, AFTER = 1, 2, 3, 4, 5, 6
"""What was wrong: too few cells in a line, too many, a code that is none, too many groups, a quotation mark never
closed, letters after one that is."""


@compiled
def count(
    codes: NDArray[np.int8], place: Places, lowest: int, highest: int, counts: Ints, people: Ints
) -> int:
    """Add codes (n, items) to counts (g, items, options + 2) of each row's group: not applicable, not answered, then
    the options. Where a code is none of these, its position in the table; else −1. Rows placed at −1 count nowhere."""
    n, items = codes.shape
    for row in range(n):
        group = place[row]
        if group >= 0:
            people[group] += 1
        for item in range(items):
            code = codes[row, item]
            if code < 0:
                if code < -2:
                    return int(row * items + item)
                option = code + 2
            else:
                if code < lowest or code > highest:
                    return int(row * items + item)
                option = code - lowest + 2
            if group >= 0:
                counts[group, item, option] += 1
    return -1


@compiled
def same(data: Bytes, start: int, end: int, other: int) -> bool:
    """Whether the bytes from start to end stand at another place too."""
    i = 0
    while i < end - start and data[start + i] == data[other + i]:
        i += 1
    return i == end - start


@compiled
def code_of(
    data: Bytes, start: int, end: int, lowest: int, highest: int, words: Bytes, ends: Ints, means: Ints
) -> int:
    """The code that a trimmed cell holds: a number of at most three digits within the scale, or one of the words (laid
    end to end, each up to its entry in ``ends``) that mean a code. −100 where it holds none."""
    if 0 < end - start <= 3:
        value, digits = 0, True
        for i in range(start, end):
            digit = data[i] - 48
            if digit < 0 or digit > 9:
                digits = False
                break
            value = value * 10 + digit
        if digits and lowest <= value <= highest:
            return value
    begin = 0
    for word in range(len(ends)):
        if ends[word] - begin == end - start:
            alike = True
            for i in range(end - start):
                letter = data[start + i]
                if 65 <= letter <= 90:
                    letter += 32
                if letter != words[begin + i]:
                    alike = False
                    break
            if alike:
                return int(means[word])
        begin = ends[word]
    return -100


@compiled
def find(data: Bytes, start: int, end: int, slots: Places, first: Ints, last: Ints, known: int) -> int:
    """The number of a label among those known, whose bytes stand at first to last; ``known`` where it is new (noted),
    −1 where there is no room."""
    mark = np.uint64(14695981039346656037)
    for i in range(start, end):
        mark = (mark ^ np.uint64(data[i])) * np.uint64(1099511628211)
    mask = np.uint64(len(slots) - 1)
    slot = (mark ^ (mark >> np.uint64(32))) & mask
    while slots[slot] >= 0:
        label = slots[slot]
        if last[label] - first[label] == end - start and same(data, start, end, first[label]):
            return int(label)
        slot = (slot + np.uint64(1)) & mask
    if known >= len(first):
        return -1
    slots[slot], first[known], last[known] = known, start, end
    return known


@compiled
def read(
    data: Bytes,
    start: int,
    kinds: Ints,
    scale: Ints,
    words: Bytes,
    ends: Ints,
    means: Ints,
    codes: NDArray[np.int8],
    places: Places,
    slots: Places,
    first: Ints,
    last: Ints,
    known: Ints,
    found: Ints,
) -> int:
    """Read lines from ``start``. ``kinds`` (cells,): the item that a column of the file is, −1 − g where it is grouping
    g less one, or −100 to pass over. Fills codes (n, items), places (n, groupings) and the labels' bytes. The number of
    rows; ``found`` gets what was wrong (0: nothing), the line, column, start and end of the cell."""
    size, cells = len(data), len(kinds)
    at, row, line = start, 0, 2
    while at < size:
        if data[at] == LINE or data[at] == RETURN:
            line += data[at] == LINE
            at += 1
            continue
        begun, cell = line, 0
        while True:
            while at < size and (data[at] == SPACE or data[at] == TAB):
                at += 1
            if at < size and data[at] == QUOTE:
                at += 1
                begin = at
                while at < size and not (data[at] == QUOTE and (at + 1 == size or data[at + 1] != QUOTE)):
                    line += data[at] == LINE
                    at += 2 if data[at] == QUOTE else 1
                if at >= size:
                    found[0], found[1], found[2] = OPEN, begun, cell
                    return row
                end = at
                at += 1
                while at < size and data[at] != COMMA and data[at] != LINE and data[at] != RETURN:
                    if data[at] != SPACE and data[at] != TAB:
                        found[0], found[1], found[2] = AFTER, begun, cell
                        return row
                    at += 1
            else:
                begin = at
                while at < size and data[at] != COMMA and data[at] != LINE and data[at] != RETURN:
                    at += 1
                end = at
            while end > begin and (data[end - 1] == SPACE or data[end - 1] == TAB):
                end -= 1
            while begin < end and (data[begin] == SPACE or data[begin] == TAB):
                begin += 1
            if cell >= cells:
                found[0], found[1], found[2] = LONG, begun, cell
                return row
            kind = kinds[cell]
            if kind >= 0:
                code = code_of(data, begin, end, scale[0], scale[1], words, ends, means)
                if code == -100:
                    found[0], found[1], found[2], found[3], found[4] = CODE, begun, cell, begin, end
                    return row
                codes[row, kind] = code
            elif kind > -100:
                group = -1 - kind
                if begin == end:
                    places[row, group] = -1
                else:
                    label = find(data, begin, end, slots[group], first[group], last[group], known[group])
                    if label < 0:
                        found[0], found[1], found[2] = MANY, begun, cell
                        return row
                    if label == known[group]:
                        known[group] += 1
                    places[row, group] = label
            cell += 1
            if at >= size or data[at] != COMMA:
                break
            at += 1
        if cell < cells:
            found[0], found[1], found[2] = SHORT, begun, cell
            return row
        row += 1
    return row
