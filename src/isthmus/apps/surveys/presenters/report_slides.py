"""The report of a wave as slides: the figures of its page, for a meeting that talks them over."""

from __future__ import annotations

from isthmus.apps.core.slides import Bars, Deck, Slide
from isthmus.apps.surveys.adapters import results
from isthmus.apps.surveys.presenters.report import name_of
from isthmus.apps.surveys.presenters.report_files import (
    BETWEEN,
    COMMENTED,
    FICTIONAL,
    TOKENS,
    about_group,
    stands_out,
)
from isthmus.apps.surveys.presenters.report_taken import Taken
from isthmus.apps.surveys.queries import is_fictional


def deck(taken: Taken) -> Deck:
    """Title, how to read it, sections, what stands out, what else there is, what was kept back and why, comments."""
    fictional = FICTIONAL if is_fictional(taken.wave) else ""
    read = [taken.instrument.reading, BETWEEN, *(f"{token} {means}." for token, means in TOKENS)]
    ranked, bars = taken.ranked, _bars(taken)
    found = [
        Slide("On whose answers it stands", lines=about_group(taken)),
        Slide("How to read it", lines=read),
    ]
    found += [Slide("Sections at a glance", bars=bars)] if bars else []
    found.append(Slide("Sections", table=taken.sections))
    lists = [("Strengths", ranked.strengths), ("To talk about", ranked.gaps)]
    named = [Slide(title, lines=lines) for title, lines in lists if lines]
    found += named or [Slide("What stands out", stands_out(ranked))]
    found += [Slide(heading, text, table=table) for heading, text, table in taken.more]
    found += [Slide("What was kept back, and why", _why(taken), lines=taken.kept_back)]
    for question, told in taken.comments:
        found.append(Slide(question, COMMENTED, lines=told))
    mark = f"The report’s mark: {taken.digest[:12]}"
    return Deck(
        taken.title,
        "\n".join((taken.name, taken.wave.asks, fictional)),
        found,
        " ".join(one for one in (f"{taken.title}: {taken.name}.", fictional, mark) if one),
    )


def _why(taken: Taken) -> str:
    return (
        f"No figure stands on fewer than {taken.wave.k} people, and none can be worked out from others. Where that "
        "asks for it, figures of larger groups are told in bands, or not at all. Which rule it was is not said: that, "
        "too, would tell how many there are."
    )


def _bars(taken: Taken) -> Bars | None:
    """Means of sections of the group and of those beside it; None where there is none."""
    groups = [taken.group, *taken.beside][:3]
    each = [
        {part.id: part.mean.value for part in results.parts(taken.report, taken.instrument, group)}
        for group in groups
    ]
    scales = [taken.instrument.scale(s.scale) for s in taken.instrument.sections if s.scale]
    rows = [part for part in taken.parts if any(one.get(part.id) is not None for one in each)]
    if not rows:
        return None
    return Bars(
        [part.title for part in rows],
        [
            (name_of(group), [_shown(one.get(part.id)) for part in rows])
            for group, one in zip(groups, each, strict=True)
        ],
        min(scale.lowest for scale in scales),
        max(scale.highest for scale in scales),
        "Means of the sections; the table on the next slide says the same.",
    )


def _shown(value: float | None) -> float | None:
    """As the page prints it: a chart holds no finer figure than is shown."""
    return None if value is None else float(results.number(value, 1).replace("−", "-"))
