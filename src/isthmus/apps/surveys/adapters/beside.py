"""What leaders said in the room beside what staff said, where both stand on K answers or more.

The staff's figures are those of their report, which passed its audit. Where either base is under the staff wave's K,
neither figure stands there, since the difference follows from the two.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

from isthmus.apps.surveys.adapters import present, results
from isthmus.apps.surveys.adapters.instruments import comparable, read
from isthmus.apps.surveys.adapters.reporting import PEOPLE, thaw
from isthmus.apps.surveys.adapters.results import Told
from isthmus.apps.surveys.models import Meeting, Report, Who
from isthmus.methods.surveys.words import number


@dataclass(frozen=True)
class Pair:
    """A section: what leaders said, what staff said, and the difference; or why the two are not shown together."""

    title: str
    leaders: Told
    staff: Told
    difference: Told
    why: str = ""


@dataclass(frozen=True)
class Beside:
    """Section by section, or why there is nothing to show."""

    pairs: tuple[Pair, ...]
    why: str = ""


def beside(meeting: Meeting) -> Beside:
    """The two beside each other, for all schools together."""
    wave = meeting.handed_to
    if wave is None:
        return Beside((), "The staff have not been asked the same questions from this meeting.")
    kept = Report.objects.filter(wave=wave).first()
    if kept is None:
        return Beside((), "The questionnaire of the staff has no report yet.")
    found = thaw(kept.content)["report"]
    if found is None or found.withheld:
        return Beside((), "The report of the staff shows no figures.")
    line = _staff_line(found)
    if not line.shown:
        return Beside((), "The report shows nothing of the staff together.")
    instrument = read(wave.instrument.text)
    same = comparable(read(meeting.wave.instrument.text), instrument)
    opened = present.opened(meeting)
    pairs = []
    for part in results.parts(found, instrument, line.group):
        one = opened.get(part.id)
        if part.id in same and one is not None and one.scoring == "totals":
            pairs.append(_pair(part, one.whole.people, one.whole.mean, one.whole.spread, wave.k))
    return Beside(tuple(pairs), "" if pairs else "No section that was opened has a mean on both sides.")


def _staff_line(report: results.Report):  # type: ignore[no-untyped-def]  # the method's own line of a report
    """The line of all staff; of all who answered, where nobody but staff was asked."""
    whole = report.lines[0]
    staff = [g for g in results.people_groups(report, whole.group) if g.value == PEOPLE[Who.STAFF]]
    return report.line(staff[0]) if staff else whole


def _pair(part: results.Part, people: int, mean: float | None, spread: float | None, k: int) -> Pair:
    """One section; both or none, since a difference follows from the two."""
    empty = Told("[c]")
    if people < k:
        why = f"Fewer than {k} people answered this section in the room"
        return Pair(part.title, empty, empty, empty, why)
    if part.mean.value is None or (part.mean.base or 0) < k:
        return Pair(part.title, empty, empty, empty, part.mean.why or f"Fewer than {k} of the staff answered")
    if mean is None:
        return Pair(part.title, Told("[x]"), empty, Told("[x]"), "No mean was opened in the room")
    half = None if spread is None else results.Z * spread / sqrt(people)
    leaders = Told(number(mean, 1), mean, half, people)
    return Pair(part.title, leaders, part.mean, results.difference(leaders, part.mean))
