"""Themes that words suggest: which words many comments share, and which stand beside them. A person decides."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

WORD = re.compile(r"[^\W\d_]{3,}(?:['’][^\W\d_]+)?")
FEWEST, SHARE, BESIDE = 3, 0.05, 0.5
EMPTY = frozenset(
    re.findall(
        r"\S+",
        """
    about above after again all also and another any are because been before being below between both but can cannot
    could did does doing done down during each else even ever every few for from get gets getting give given good
    got had has have having her here hers him his how into its itself just know less let lot lots made make makes
    many may maybe might more most much must need needs never not nothing now off often one ones only other others
    our ours out over own per perhaps quite rather really same see she should since some something still such sure
    than that the their theirs them then there these they thing things think this those though through too under
    until upon use used very want was way ways well were what when where whether which while who whom whose why will
    with within without would yes yet you your yours don't doesn't isn't can't it's we're we've they're i've
    """,
    )
)


@dataclass(frozen=True)
class Theme:
    """Words that go together, the commonest first, and the places of the texts that have the first of them."""

    words: tuple[str, ...]
    texts: tuple[int, ...]


def suggest_themes(texts: Sequence[str], *, most: int = 8) -> tuple[Theme, ...]:
    """Up to ``most`` themes, the largest first; the same for the same texts.

    The word in most texts (three or more, and one in twenty) is a theme, with up to two words that stand in half or
    more of the same texts. Texts that have it are set aside, and the rest is looked at in the same way. Words of no
    meaning of their own are left out; a plural counts as its singular.
    """
    words = [_words(text) for text in texts]
    left, found = set(range(len(texts))), list[Theme]()
    enough = max(FEWEST, SHARE * len(texts))
    while len(found) < most:
        often = Counter(word for place in left for word in words[place])
        if not often:
            break
        word, number = min(often.items(), key=lambda pair: (-pair[1], pair[0]))
        if number < enough:
            break
        having = sorted(place for place in range(len(texts)) if word in words[place])
        beside = Counter(other for place in having for other in words[place] if other != word)
        close = [(n, other) for other, n in beside.items() if n >= max(FEWEST, BESIDE * len(having))]
        close.sort(key=lambda pair: (-pair[0], pair[1]))
        found.append(Theme((word, *(other for _n, other in close[:2])), tuple(having)))
        left -= set(having)
    return tuple(found)


def _words(text: str) -> set[str]:
    found = {word.lower().replace("’", "'") for word in WORD.findall(text)}
    return {_singular(word) for word in found if word not in EMPTY}


def _singular(word: str) -> str:
    """'visits' as 'visit', 'buses' as 'bus': rough, and the same for all."""
    if word.endswith("'s"):
        return word[:-2]
    if word.endswith("ies") and len(word) > 4:
        return f"{word[:-3]}y"
    if word.endswith(("ches", "shes", "sses", "xes", "uses")):
        return word[:-2]
    return (
        word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")) else word
    )
