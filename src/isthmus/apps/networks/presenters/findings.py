"""What a picture of networks tells: each finding in a sentence, with its base, names, and one next step.

Nobody is ranked: a finding says what somebody could look at, and never whose fault it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from django.urls import reverse

from isthmus.apps.core import numbers
from isthmus.apps.core.dates import in_words
from isthmus.apps.networks.adapters.measures import Survey
from isthmus.apps.networks.models import LayerKind
from isthmus.apps.networks.presenters.rows import (
    FEW,
    MANY_LED,
    MANY_NETWORKS,
    MANY_SCHOOLS,
    NETWORK_FILTERS,
    NetworkRow,
    SchoolRow,
)
from isthmus.apps.networks.queries.existing import Picture

MOST_NAMES = 5
LARGELY = 0.5
count = numbers.count


@dataclass(frozen=True)
class Finding:
    """One finding: what was found, of how many, some names, what to do next, and where all of them are listed."""

    code: str
    title: str
    names: Sequence[tuple[str, str]]
    more: int
    step: str
    link: str
    url: str


@dataclass(frozen=True)
class Looked:
    """What findings are made from."""

    picture: Picture
    survey: Survey
    networks: Sequence[NetworkRow]
    schools: Sequence[SchoolRow]

    def url(self, page: str, **asked: object) -> str:
        """A page of the area, asking for the same day."""
        query = urlencode({**asked, "on": self.picture.day.isoformat()})
        return f"{reverse(f'networks:{page}', args=[self.picture.area.pk])}?{query}"


def findings(looked: Looked) -> list[Finding]:
    """Everything that was found, schools first."""
    return [finding for find in FINDERS for finding in find(looked)]


def _of(
    looked: Looked,
    code: str,
    title: str,
    rows: Sequence[NetworkRow] | Sequence[SchoolRow],
    step: str,
    link: str,
    url: str,
) -> Iterator[Finding]:
    """The finding, where there is something to find."""
    if rows:
        names = [
            (row.network.name if isinstance(row, NetworkRow) else row.school.name, row.url)
            for row in rows[:MOST_NAMES]
        ]
        yield Finding(code, title, names, max(len(rows) - MOST_NAMES, 0), step, link, url)


def _in_none(looked: Looked) -> Iterator[Finding]:
    rows = [row for row in looked.schools if not row.networks]
    base = count(len(looked.schools), "school")
    title = f"{numbers.whole(len(rows))} of {base} {'is' if len(rows) == 1 else 'are'} in no network"
    step = "Ask each what it would want from others, and introduce it to a network near it."
    yield from _of(
        looked, "in-none", title, rows, step, "Schools in no network", looked.url("schools", only="none")
    )


def _missing_in_layer(looked: Looked) -> Iterator[Finding]:
    for layer in looked.picture.layers:
        rows = [row for row in looked.schools if layer.pk not in row.by_layer]
        if layer.for_every_school and len(rows) < len(looked.schools):
            having = count(len(rows), "school has", "schools have")
            title = f"{having} no network in ‘{layer.name}’, which is for every school"
            url = looked.url("schools", only="none", layer=layer.pk)
            step = "Find out whether it is on purpose; if not, ask the nearest network and the school."
            yield from _of(looked, "not-in-layer", title, rows, step, f"Schools not in ‘{layer.name}’", url)


def _twice_in_layer(looked: Looked) -> Iterator[Finding]:
    for layer in looked.picture.layers:
        rows = [row for row in looked.schools if len(row.by_layer.get(layer.pk, ())) > 1]
        if layer.for_every_school:
            title = (
                f"{count(len(rows), 'school is', 'schools are')} in more than one network of ‘{layer.name}’"
            )
            step = "Ask which of them they still take part in, and end the others with a date and a reason."
            url = looked.url("schools", only="many", layer=layer.pk)
            yield from _of(looked, "twice", title, rows, step, "These schools", url)


def _in_many(looked: Looked) -> Iterator[Finding]:
    rows = [row for row in looked.schools if row.networks >= MANY_NETWORKS]
    title = f"{count(len(rows), 'school is', 'schools are')} in {MANY_NETWORKS} networks or more"
    step = "Ask what each is for, and whether some could meet together: time for partnership work is short."
    url = looked.url("schools", only="very-many")
    yield from _of(looked, "in-many", title, rows, step, "Schools in many networks", url)


def _far(looked: Looked) -> Iterator[Finding]:
    rows = [row for row in looked.schools if row.far_km is not None]
    title = f"{count(len(rows), 'school is', 'schools are')} far from the others of a network"
    step = (
        "Ask whether the way is a burden. Meeting at their place in turn, or online, may be all that it takes. "
        "Distances are straight lines: the way by road may be longer."
    )
    yield from _of(
        looked, "far", title, rows, step, "Schools far from others", looked.url("schools", only="far")
    )


def _leads(looked: Looked) -> Iterator[Finding]:
    rows = sorted((row for row in looked.schools if row.leads >= MANY_LED), key=lambda row: -row.leads)
    title = f"{count(len(rows), 'school leads', 'schools lead')} {MANY_LED} networks or more"
    step = "Thank them, and ask who could share it: a co-leader, a vice chair or an independent chair."
    yield from _of(
        looked, "leads", title, rows, step, "Schools that lead many", looked.url("schools", only="leads")
    )
    without = [row for row in looked.networks if not row.leads and row.size]
    base = count(len(looked.networks), "network")
    title = f"For {numbers.whole(len(without))} of {base} nobody is named as lead"
    step = "Ask the network who speaks for it, and write it down; it may be shared."
    yield from _of(looked, "no-lead", title, without, step, "These networks", _only(looked, "no-lead"))


def _only(looked: Looked, only: str) -> str:
    return looked.url("networks", only=only)


def _no_secondary(looked: Looked) -> Iterator[Finding]:
    rows = [
        row
        for row in looked.networks
        if row.size and not row.secondaries and row.network.layer.kind == LayerKind.LOCALITY
    ]
    title = f"{count(len(rows), 'local network has', 'local networks have')} no school that teaches secondary pupils"
    step = "If moving from year 6 to year 7 matters there, ask the secondary that most children go to."
    yield from _of(
        looked,
        "no-secondary",
        title,
        rows,
        step,
        "Networks without a secondary",
        _only(looked, "no-secondary"),
    )


def _mixed_faith(looked: Looked) -> Iterator[Finding]:
    rows = [row for row in looked.networks if row.faiths > 1]
    bringing = count(len(rows), "network brings", "networks bring")
    title = f"{bringing} together schools of several faiths, or of some and none"
    step = "A strength. Where schools think of joining a trust, talk early about what that means for each."
    yield from _of(looked, "mixed-faith", title, rows, step, "These networks", _only(looked, "mixed-faith"))


def _sizes(looked: Looked) -> Iterator[Finding]:
    small = [row for row in looked.networks if row.size < FEW]
    title = f"{count(len(small), 'network has', 'networks have')} fewer than {FEW} schools"
    step = "Ask whether it still meets. It may join a neighbour, or be dissolved with thanks."
    yield from _of(looked, "small", title, small, step, "Small networks", _only(looked, "small"))
    large = [row for row in looked.networks if row.size > MANY_SCHOOLS]
    title = f"{count(len(large), 'network has', 'networks have')} more than {MANY_SCHOOLS} schools"
    step = "Ask how they meet: in smaller groups within the network every voice is heard."
    yield from _of(looked, "large", title, large, step, "Large networks", _only(looked, "large"))


def _overlaps(looked: Looked) -> Iterator[Finding]:
    by_key = {row.network.pk: row for row in looked.networks}
    pairs = [o for o in looked.survey.overlaps if o.share >= LARGELY and o.shared >= FEW]
    if not pairs:
        return
    names = []
    for pair in pairs[:MOST_NAMES]:
        one, other = by_key[int(str(pair.one))], by_key[int(str(pair.other))]
        shared = count(pair.shared, "school")
        names.append((f"{one.network.name} and {other.network.name}: {shared} in both", one.url))
    title = f"{count(len(pairs), 'pair of networks has', 'pairs of networks have')} largely the same schools"
    step = "Ask whether they could meet on one day, or become one."
    link = looked.url("matrix")
    yield Finding("overlap", title, names, max(len(pairs) - MOST_NAMES, 0), step, "Schools by layer", link)


def _apart(looked: Looked) -> Iterator[Finding]:
    rows = [row for row in looked.networks if row.apart]
    if len(looked.networks) < 2 or looked.survey.pieces < 2:
        return
    parts = numbers.whole(looked.survey.pieces)
    title = (
        f"The networks fall into {parts} parts that no school joins; {numbers.whole(len(rows))} stand alone"
    )
    step = "What one learns does not reach the others by itself: bring their leads together."
    yield from _of(looked, "apart", title, rows, step, "Networks that stand alone", _only(looked, "apart"))


def _drift(looked: Looked) -> Iterator[Finding]:
    rows = [row for row in looked.networks if not row.network.purpose]
    title = f"For {numbers.whole(len(rows))} of {count(len(looked.networks), 'network')} no purpose is written down"
    step = "Ask what each is for and what drives it. A partnership without a purpose easily becomes a habit."
    yield from _of(looked, "no-purpose", title, rows, step, "These networks", _only(looked, "no-purpose"))


def _reviews(looked: Looked) -> Iterator[Finding]:
    day: date = looked.picture.day
    rows = [row for row in looked.networks if row.network.review_on and row.network.review_on < day]
    title = f"The review of {count(len(rows), 'network')} was due before {in_words(day)}"
    step = "Agree a day for it, or write down the next review date."
    yield from _of(looked, "review", title, rows, step, "All networks", looked.url("networks"))


def _gone(looked: Looked) -> Iterator[Finding]:
    picture = looked.picture
    by_key = {row.network.pk: row for row in looked.networks}
    gone = [sat for sat in picture.gone if sat.network in by_key and sat.organisation in picture.schools]
    if not gone:
        return
    names = [
        (
            f"{picture.schools[sat.organisation].name}, in {by_key[sat.network].network.name}",
            by_key[sat.network].url,
        )
        for sat in gone[:MOST_NAMES]
    ]
    title = f"{count(len(gone), 'membership is', 'memberships are')} of schools that have closed or are not open yet"
    step = "Give the last day of each; or name the school that carries it on."
    yield Finding(
        "gone", title, names, max(len(gone) - MOST_NAMES, 0), step, "All networks", looked.url("networks")
    )


FINDERS: tuple[Callable[[Looked], Iterator[Finding]], ...] = (
    *(_in_none, _missing_in_layer, _twice_in_layer, _far, _in_many, _leads, _no_secondary, _sizes),
    *(_overlaps, _apart, _drift, _reviews, _gone, _mixed_faith),
)
ONLY_NETWORKS = {key: label for key, (label, _fits) in NETWORK_FILTERS.items()}
