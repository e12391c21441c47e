"""What those who answer read before the first question, and while they go on."""

from __future__ import annotations

from isthmus.apps.core.dates import in_words
from isthmus.apps.core.numbers import count
from isthmus.apps.surveys.adapters.instruments import Instrument, sections_for
from isthmus.apps.surveys.models import Wave, WaveKind, WaveSchool, Who

SECONDS_A_QUESTION = 9

_PROMISES = {
    WaveKind.ANONYMOUS: (
        "This questionnaire is anonymous.",
        "We do not ask who you are. Your answers are kept without a name, a time, an order or your address on the "
        "internet, and the system cannot tell who gave them.",
        "Results show groups of {k} people or more, and nothing from which a smaller group could be worked out.",
        "This is not secrecy by mathematics: what you tell others, or write in your own words, can give you away.",
    ),
    WaveKind.CONFIDENTIAL: (
        "This questionnaire is confidential.",
        "One person, {reader}, reads who said what. Nobody else does.",
        "Everybody else sees results of groups of {k} people or more only.",
    ),
    WaveKind.ATTRIBUTED: (
        "Your answers carry the name of your school.",
        "Those who look after this questionnaire and people of your school see what your school answered.",
    ),
    WaveKind.IN_ROOM: (
        "Your answers are shared by those who are present at the meeting.",
        "Whoever leads it opens the results part by part: all present then see how the answers lie, of everybody and "
        "of each school, and what was written, without names.",
        "They stay apart from what staff answer elsewhere.",
    ),
}


def promise(wave: Wave) -> list[str]:
    """Who will know what, in the sentences that stand before the first question."""
    reader = str(wave.reader) if wave.reader else ""
    return [text.format(k=wave.k, reader=reader) for text in _PROMISES[WaveKind(wave.kind)]]


_IN_SHORT = {
    WaveKind.ANONYMOUS: "In short: nobody is told who you are.",
    WaveKind.CONFIDENTIAL: "In short: one person, {reader}, reads what you say, with your name. Nobody else does.",
    WaveKind.IN_ROOM: "In short: the people at the meeting see what is said.",
}


def in_short(wave: Wave) -> str:
    """The promise in plain words, where pupils or parents are asked; else empty."""
    said = _IN_SHORT.get(WaveKind(wave.kind), "") if {Who.PARENTS, Who.PUPILS} & set(wave.asked) else ""
    own = "It is up to you: you can say no, leave questions out, and stop before the end."
    return f"{said.format(reader=wave.reader or '')} {own}" if said else ""


def minutes(instrument: Instrument, who: str) -> str:
    """'6 minutes': how long the questions take, by their number."""
    number = sum(len(section.items) for section in sections_for(instrument, who))
    return count(max(1, round(number * SECONDS_A_QUESTION / 60)), "minute")


def intro(school: WaveSchool, instrument: Instrument) -> list[tuple[str, str]]:
    """Who asks, about what, how long it takes, until when, and when results come."""
    wave = school.wave
    longest = max(wave.asked, key=lambda who: sum(len(s.items) for s in sections_for(instrument, who)))
    return [
        ("Who asks", wave.asks),
        ("For", school.organisation.name),
        ("It takes", f"about {minutes(instrument, longest)}"),
        ("Open until", f"the end of {in_words(wave.until)}"),
        ("Results", f"from {in_words(wave.results_on)}"),
    ]


def labels(wave: Wave) -> dict[str, str]:
    """Each kind of people who are asked, in words."""
    return {who: str(Who(who).label) for who in wave.asked}


def how_far(given_codes: int, asked: int) -> str:
    """'You answered 38 of 40 questions.'"""
    return f"You answered {given_codes} of {count(asked, 'question')} with a choice of answers."
