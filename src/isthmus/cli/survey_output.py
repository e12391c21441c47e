"""Results of `isthmus survey score` for a person, and as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from isthmus import __version__
from isthmus.methods.surveys import Distribution, Figure
from isthmus.methods.surveys.instruments import (
    GroupResult,
    Instrument,
    Results,
    Scoring,
    SectionResult,
    fingerprint,
)

NOTHING = "not available"


def listing(instruments: Iterable[Instrument]) -> str:
    """The shipped instruments, one a line."""
    rows = [(one.id, f"{len(one.items)} items", str(one.scoring), one.title) for one in instruments]
    return "\n".join(
        f"{id_:<26}{items:>9}  {scoring:<11}{title}" for id_, items, scoring, title in sorted(rows)
    )


def as_text(found: Results, notes: tuple[str, ...]) -> str:
    """Everybody's results by section and item, then a table for each grouping."""
    everybody = found.groups[0]
    instrument = found.instrument
    lines = [
        f"{instrument.title} ({instrument.id}, version {instrument.version})",
        _answered(everybody),
        *notes,
    ]
    for section in everybody.sections:
        lines += ["", *_section(instrument, section)]
        if section.section in found.reliability:
            alpha = found.reliability[section.section].raw
            lines.append(f"  Cronbach's alpha: {_figure(alpha)}")
    for grouping in dict.fromkeys(group.columns for group in found.groups[1:]):
        lines += ["", *_table(found, grouping)]
    lines += [
        "",
        "No disclosure rules were applied. Before you pass figures about people on, use --suppress.",
    ]
    return "\n".join(lines)


def _answered(group: GroupResult) -> str:
    people = "1 person" if group.people == 1 else f"{group.people:,} people"
    if group.response.value is None:
        return f"{people} answered."
    return f"{people} answered, of {group.response.base:,} asked ({group.response.value:.0%})."


def _section(instrument: Instrument, section: SectionResult) -> Iterator[str]:
    title = instrument.section(section.section).title
    if section.mean is not None:
        top = instrument.scale_of(instrument.item(section.items[0].item)).highest
        yield f"{title}: mean {_figure(section.mean)}, of {top}"
    elif section.levels is not None:
        yield f"{title}: level {_spread(section.levels)}"
    else:
        yield title
    for item in section.items:
        told = _figure(item.mean) if item.mean is not None else _spread(item.spread)
        unsure = f"; {item.dont_know} do not know" if item.dont_know else ""
        yield f"  {told}{unsure}  {instrument.item(item.item).text}"


def _figure(figure: Figure) -> str:
    if figure.value is None:
        return f"{NOTHING} ({figure.why})"
    interval = "" if figure.low is None else f" ({figure.low:.2f} to {figure.high:.2f})"
    return f"{figure.value:.2f}{interval}, {figure.base:,} answers"


def _spread(spread: Distribution) -> str:
    if spread.median.value is None:
        return NOTHING
    shares = ", ".join(
        f"{value:g}: {share.value:.0%}"
        for value, share in zip(spread.values, spread.shares, strict=True)
        if share.value is not None
    )
    return f"median {spread.median.value:g}, lowest {spread.least:g} ({shares}; {spread.base:,} answers)"


def _table(found: Results, grouping: tuple[str, ...]) -> Iterator[str]:
    groups = [group for group in found.groups if group.columns == grouping]
    sections = [section.section for section in found.groups[0].sections]
    width = max(len(" · ".join(g.group)) for g in groups)
    width = min(max(width, len(" · ".join(grouping)), 8), 50)
    heads = " ".join(f"{id_[:14]:>14}" for id_ in sections)
    yield f"{' · '.join(grouping):<{width}} {'people':>7} {'asked':>7} {heads}"
    for group in groups:
        cells = {section.section: _cell(section) for section in group.sections}
        asked = "" if group.response.value is None else f"{group.response.base:,}"
        told = " ".join(f"{cells.get(id_, '-'):>14}" for id_ in sections)
        yield f"{' · '.join(group.group)[:width]:<{width}} {group.people:>7,} {asked:>7} {told}"
    if found.left_out.get(grouping):
        yield f"Not stated, so in no group: {found.left_out[grouping]:,}."


def _cell(section: SectionResult) -> str:
    """A mean, or the median of the levels; for items on stages or agreement their lowest and highest median."""
    if section.mean is not None:
        return "-" if section.mean.value is None else f"{section.mean.value:.2f}"
    spreads = [section.levels] if section.levels is not None else [item.spread for item in section.items]
    medians = [one.median.value for one in spreads if one.median.value is not None]
    if not medians:
        return "-"
    return f"{min(medians):g}" if min(medians) == max(medians) else f"{min(medians):g}–{max(medians):g}"


def as_json(found: Results, notes: tuple[str, ...]) -> str:
    """All figures. Numbers are unrounded; null where there is none, and then 'why' says so."""
    instrument = found.instrument
    whole: dict[str, Any] = {
        "instrument": instrument.id,
        "instrument_version": instrument.version,
        "fingerprint": fingerprint(instrument),
        "version": __version__,
        "suppressed": False,
        "notes": list(notes),
        "people": found.people,
        "left_out": {",".join(grouping): count for grouping, count in found.left_out.items() if grouping},
        "reliability": {id_: figure(alpha.raw) for id_, alpha in found.reliability.items()},
        "between_groups": [
            {"by": ",".join(by), "section": id_, "icc1": figure(icc.one), "icc2": figure(icc.two)}
            for (by, id_), icc in found.differ.items()
        ],
        "groups": [_group(instrument, group) for group in found.groups],
    }
    return json.dumps(whole, ensure_ascii=False, allow_nan=False)


def _group(instrument: Instrument, group: GroupResult) -> dict[str, Any]:
    return {
        "group": dict(zip(group.columns, group.group, strict=True)),
        "people": group.people,
        "response": figure(group.response),
        "sections": [_section_values(instrument, section) for section in group.sections],
    }


def _section_values(instrument: Instrument, section: SectionResult) -> dict[str, Any]:
    found: dict[str, Any] = {"section": section.section, "scoring": str(section.scoring)}
    if section.scoring is Scoring.TOTALS:
        for name in ("mean", "total", "agreement"):
            given = getattr(section, name)
            found[name] = None if given is None else figure(given)
    if section.levels is not None:
        levels = section.levels
        found["levels"] = {"base": levels.base, "open": levels.missing, **_spread_values(levels)}
    found["items"] = [
        {
            "item": item.item,
            **({} if item.mean is None else {"mean": figure(item.mean)}),
            **({"reversed": True} if instrument.item(item.item).reversed else {}),
            "base": item.base,
            "counts": dict(zip(map(str, item.codes), item.counts, strict=True)),
            "missing": item.missing,
            "not_applicable": item.not_applicable,
            "dont_know": item.dont_know,
            **({} if item.worth is not None else _spread_values(item.spread)),
        }
        for item in section.items
    ]
    return found


def _spread_values(spread: Distribution) -> dict[str, Any]:
    return {
        "shares": {
            f"{value:g}": figure(share) for value, share in zip(spread.values, spread.shares, strict=True)
        },
        "median": figure(spread.median),
        "lowest": spread.least,
    }


def figure(given: Figure) -> dict[str, Any]:
    """A figure as plain values; words only where there are some."""
    found: dict[str, Any] = {"value": given.value, "low": given.low, "high": given.high, "base": given.base}
    return found | {name: getattr(given, name) for name in ("why", "caution") if getattr(given, name)}
