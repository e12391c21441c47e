"""Shares of people: intervals that hold where few answered and where nobody, or everybody, said yes."""

from __future__ import annotations

import math

from isthmus.methods.surveys.model import LEVEL, Figure, SurveyError, nothing, z_of


def wilson(yes: float, base: int, *, population: int | None = None, level: float = LEVEL) -> Figure:
    """The share of ``base`` answers that are yes, with Wilson's (1927) score interval without continuity correction.

    ``population`` people could have answered: the base then counts as n (N − 1)/(N − n) (finite population), so that
    the interval closes as everybody answers. Raises where there are more yeses than answers or more answers than
    people; with no answer there is no figure.
    """
    _possible(yes, base, population)
    if base == 0:
        return nothing(0, "Nobody answered.", level)
    share = yes / base
    low, high = score_interval(share, counted(base, population), level)
    return Figure(share, base, low, high, level=level)


def counted(base: float, population: int | None, answered: int | None = None) -> float:
    """How many answers from an endless population ``base`` of ``population`` are worth; infinite where all
    ``answered`` (by default, ``base``)."""
    if population is None:
        return base
    n = base if answered is None else answered
    return base * (population - 1) / (population - n) if n < population else math.inf


def score_interval(share: float, base: float, level: float) -> tuple[float, float]:
    """Wilson's interval of a share of ``base`` answers, which need not be a whole number."""
    if math.isinf(base):
        return share, share
    z2 = z_of(level) ** 2
    middle = (share + z2 / (2 * base)) / (1 + z2 / base)
    reach = math.sqrt(z2 * (share * (1 - share) + z2 / (4 * base)) / base) / (1 + z2 / base)
    low, high = max(middle - reach, 0.0), min(middle + reach, 1.0)
    return (0.0 if share == 0 else min(low, share)), (1.0 if share == 1 else max(high, share))


def newcombe(
    yes_before: float,
    base_before: int,
    yes_after: float,
    base_after: int,
    *,
    level: float = LEVEL,
) -> Figure:
    """First share less the second, of different people or of people who cannot be linked: Newcombe's (1998) hybrid
    score interval (his method 10). The base is the smaller of the two."""
    first = wilson(yes_before, base_before, level=level)
    second = wilson(yes_after, base_after, level=level)
    return less(first, second)


def less(first: Figure, second: Figure) -> Figure:
    """One figure less another that is independent of it: the value, and from the two intervals that of the difference
    by squaring and adding (Newcombe 1998; for any figures Zou and Donner 2008, MOVER)."""
    base, level = min(first.base, second.base), first.level
    if level != second.level:
        raise SurveyError("Two figures can be compared only at the same level of confidence.")
    if first.value is None or second.value is None:
        return nothing(base, first.why if first.value is None else second.why, level)
    value = first.value - second.value
    caution = " ".join(dict.fromkeys(text for text in (first.caution, second.caution) if text))
    se = None if first.se is None or second.se is None else math.hypot(first.se, second.se)
    ends = (first.low, first.high, second.low, second.high)
    if any(end is None for end in ends):
        why = first.why if first.low is None else second.why
        return Figure(value, base, se=se, level=level, why=why, caution=caution)
    one_low, one_high, two_low, two_high = (float(end) for end in ends if end is not None)
    low = value - math.hypot(first.value - one_low, two_high - second.value)
    high = value + math.hypot(one_high - first.value, second.value - two_low)
    return Figure(value, base, low, high, se, level, caution=caution)


def _possible(yes: float, base: int, population: int | None) -> None:
    if base < 0 or not 0 <= yes <= base:
        raise SurveyError(
            f"{yes} of {base} is no share: it must be at least 0 and at most the number of answers."
        )
    if population is not None and population < base:
        raise SurveyError(f"There are more answers ({base}) than people who could answer ({population}).")
