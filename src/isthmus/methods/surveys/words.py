"""What figures mean, in a sentence for somebody who leads a school. Thresholds are conventions, and are called so."""

from __future__ import annotations

from collections.abc import Sequence

from isthmus.methods.surveys.agreement import Icc
from isthmus.methods.surveys.estimates import Compared
from isthmus.methods.surveys.model import Figure
from isthmus.methods.surveys.omega import Omega
from isthmus.methods.surveys.ranking import Named
from isthmus.methods.surveys.reliability import Alpha
from isthmus.methods.surveys.strata import Shrunk, Weights


def number(value: float, digits: int = 2) -> str:
    """A number with so many decimals and a true minus; never 'minus nought'."""
    shown = f"{abs(value):.{digits}f}"
    return f"−{shown}" if value < 0 and float(shown) else shown


def percent(share: float) -> str:
    """A share as a whole percentage."""
    return f"{share * 100:.0f}%"


def alpha_in_words(alpha: Alpha) -> str:
    """Whether the items of a section go together (.7 and .9: Nunnally 1978)."""
    return _consistency(alpha.raw, "Cronbach's alpha")


def omega_in_words(omega: Omega) -> str:
    """How much of a section's total is common to its items, and how much is one thing."""
    if omega.total.value is None or omega.hierarchical.value is None:
        return _unknown("How far the items measure one thing", omega.total)
    one = omega.hierarchical.value
    whole = (
        "mostly one thing, so its total can be read as one figure"
        if one >= 0.7
        else "partly one thing and partly several: read its parts as well as its total"
        if one >= 0.5
        else "several things rather than one: read its items, not its total"
    )
    text = (
        f"{percent(omega.total.value)} of what moves the section's total is common to its items (omega total), and "
        f"{percent(one)} is one general thing (omega hierarchical). It measures {whole}. The bounds of 50% and 70% are "
        "conventions."
    )
    return _with(text, omega.total)


def omega_one_factor_in_words(omega: Figure) -> str:
    """The same question as alpha's, without assuming that all items say equally much."""
    return _consistency(omega, "omega")


def agreement_in_words(figure: Figure) -> str:
    """rwg or rwg(j) of one group (bands: LeBreton and Senter 2008)."""
    if figure.value is None:
        return _unknown("How far people agree", figure)
    value = figure.value
    much = (
        "Nearly everybody answered alike"
        if value > 0.9
        else "People largely answered alike"
        if value > 0.7
        else "People agreed to some extent"
        if value > 0.5
        else "People agreed little, so the mean speaks for few of them"
    )
    text = (
        f"{much}: agreement is {number(value)}, where 1 is full agreement and 0 is answers given at random "
        f"({_answers(figure.base)}). Above 0.7 is usually taken as enough to speak of what the group thinks."
    )
    return _with(text, figure)


def deviation_in_words(figure: Figure, options: int) -> str:
    """The average deviation of one group (a sixth of the options: Burke and Dunlap 2002)."""
    if figure.value is None:
        return _unknown("How far people agree", figure)
    close = "close together" if figure.value <= options / 6 else "far apart"
    text = (
        f"On average an answer lies {number(figure.value)} points from the group's mean ({_answers(figure.base)}), "
        f"which on a scale of {options} is {close}: up to {number(options / 6)} is usually taken as agreement."
    )
    return _with(text, figure)


def icc_in_words(icc: Icc) -> str:
    """Whether groups differ, and whether their means can be relied on (.05, .1 and .25: LeBreton and Senter 2008)."""
    if icc.one.value is None or icc.two.value is None:
        return _unknown("Whether groups differ", icc.one)
    one, two = icc.one.value, icc.two.value
    if one <= 0 or (icc.one.low is not None and icc.one.low <= 0):
        first = "These answers do not show that groups differ: people of one group are no more alike than by chance."
    else:
        size = "much" if one >= 0.25 else "clearly" if one >= 0.1 else "a little"
        first = f"Groups differ {size}: about {percent(one)} of how answers differ goes with the group."
    second = (
        "Groups' means can be compared"
        if two >= 0.7
        else "Groups' means are uncertain: compare them with care, and do not rank them"
    )
    return (
        f"{first} {second} (ICC(1) {number(one)}, ICC(2) {number(two)}, {icc.groups} groups, {_answers(icc.one.base)})."
        " The bounds are conventions."
    )


def raters_in_words(figure: Figure) -> str:
    """Whether people who judged the same things judged alike (bands: Cicchetti 1994)."""
    if figure.value is None:
        return _unknown("Whether the raters judge alike", figure)
    much = "very well" if figure.value >= 0.75 else "well" if figure.value >= 0.6 else "to some extent"
    much = much if figure.value >= 0.4 else "little"
    text = (
        f"Those who rated agree {much} (intraclass correlation {number(figure.value)}{_from_to(figure)}, {figure.base} "
        "things rated). The bands are conventions."
    )
    return _with(text, figure)


def share_in_words(figure: Figure, what: str = "said yes") -> str:
    """A share with its base and interval."""
    if figure.value is None:
        return _unknown("The share", figure)
    text = f"{percent(figure.value)} of {_answers(figure.base)} {what}."
    if figure.low is not None and figure.high is not None:
        ends = f"{percent(figure.low)} to {percent(figure.high)}"
        text = f"{text[:-1]}; of all who could have answered, {_likely(figure)} {ends}."
    return _with(text, figure)


def mean_in_words(figure: Figure) -> str:
    """A mean with its base and interval."""
    if figure.value is None:
        return _unknown("The mean", figure)
    text = f"The mean is {number(figure.value)} ({_answers(figure.base)})"
    if figure.low is not None and figure.high is not None:
        text += f"; of all who could have answered, {_likely(figure)} {number(figure.low)} to {number(figure.high)}"
    return _with(text + ".", figure)


def difference_in_words(compared: Compared, one: str, other: str, *, shares: bool = False) -> str:
    """A difference between two groups, or a later and an earlier wave ('this time', 'last time')."""
    figure = compared.figure
    if figure.value is None:
        return _unknown(f"The difference between {one} and {other}", figure)
    show = _points if shares else number
    how = "higher" if figure.value > 0 else "lower"
    if figure.low is None or figure.high is None:
        return _with(f"The figure for {one} is {show(abs(figure.value))} {how} than for {other}.", figure)
    between = f"{_likely(figure)} between {show(figure.low)} and {show(figure.high)}"
    if compared.told_apart:
        return _with(
            f"The figure for {one} is {show(abs(figure.value))} {how} than for {other} ({between}).", figure
        )
    return _with(
        f"{one[:1].upper()}{one[1:]} and {other} cannot be told apart: the difference is {show(figure.value)}, "
        f"{between}, so it may be none.",
        figure,
    )


def named_in_words(named: Named, label: str, looked_at: int) -> str:
    """One line of a list of strengths and gaps."""
    if named.kind == "unknown" or named.figure.value is None:
        return _unknown(label, named.figure)
    value = number(named.figure.value)
    if named.kind == "neither":
        return f"{label}: {value}. With {looked_at} looked at, chance alone could have made this difference."
    return f"{label}: {value}, a {named.kind}. Chance would hardly have made it, even with {looked_at} looked at."


def shrunk_in_words(shrunk: Shrunk) -> str:
    """A small group's figure drawn towards the mean of all."""
    text = (
        f"Of this group's distance from the mean of all ({number(shrunk.raw)}), {percent(shrunk.reliability)} is kept "
        f"({number(shrunk.effect)}), because {_answers(shrunk.figure.base)} cannot show more."
    )
    return _with(text, shrunk.figure)


def response_in_words(figure: Figure) -> str:
    """Who answered."""
    if figure.value is None:
        return _unknown("The response rate", figure)
    text = f"{percent(figure.value)} of the {figure.base} people asked answered."
    if figure.value < 0.5:
        text += " More people did not answer than did: ask yourself who they are before you act on small differences."
    return text


def margin_in_words(margin: float | None, level: float) -> str:
    """A stated margin of error, before anybody is asked."""
    if margin is None:
        return "No margin of error can be stated, because nobody was drawn from one of the groups."
    return (
        f"If all who are drawn answer, shares of everybody will be right to {_points(margin)} either way in "
        f"{percent(level)} of such samples. People who choose not to answer can take them further off."
    )


def weights_in_words(weights: Weights, uncovered: Sequence[str]) -> str:
    """What weights for unequal response do."""
    text = (
        "Each group counts by its people, not by how many of them answered. "
        f"That makes the figures as uncertain as {percent(1 / weights.effect)} as many answers would."
    )
    if uncovered:
        text += f" Nobody answered from {', '.join(uncovered)} ({percent(weights.share_uncovered)} of all people)."
    return text


def _consistency(figure: Figure, name: str) -> str:
    if figure.value is None:
        return _unknown("Whether the items go together", figure)
    value = figure.value
    meaning = (
        "the items go together closely enough to compare people"
        if value >= 0.9
        else "the items go together closely enough to compare groups"
        if value >= 0.7
        else "the items go together loosely: read them one by one beside the total"
        if value >= 0
        else "the items contradict each other: do not use the total"
    )
    text = (
        f"{name[:1].upper()}{name[1:]} is {number(value)}{_from_to(figure)}, {_answers(figure.base)}: {meaning}. The "
        "usual bounds of 0.7 and 0.9 are conventions, and a section of few items is seldom above them."
    )
    return _with(text, figure)


def _from_to(figure: Figure) -> str:
    if figure.low is None or figure.high is None:
        return ""
    return f", {_likely(figure)} {number(figure.low)} to {number(figure.high)}"


def _likely(figure: Figure) -> str:
    return f"with {percent(figure.level)} confidence"


def _points(share: float) -> str:
    points = number(share * 100, 0)
    return f"{points} percentage {'point' if points.lstrip('−') == '1' else 'points'}"


def _answers(base: int) -> str:
    return "1 answer" if base == 1 else f"{base} answers"


def _unknown(what: str, figure: Figure) -> str:
    return f"{what}: not available. {figure.why}"


def _with(text: str, figure: Figure) -> str:
    unexplained = figure.why if figure.low is None and not figure.why.startswith("No interval is") else ""
    return " ".join(part for part in (text, figure.caution, unexplained) if part)
