"""A consultation as a school sees it: what is left to say, and what it said."""

from __future__ import annotations

from collections.abc import Sequence

from django.urls import reverse

from isthmus.apps.core.components import Fact, Task
from isthmus.apps.core.dates import in_words
from isthmus.apps.core.numbers import count
from isthmus.apps.networks.models import ConsultationAnswer
from isthmus.apps.register.models import Organisation


def offer(answer: ConsultationAnswer) -> list[Fact]:
    """Who asks whom, and until when."""
    consultation = answer.consultation
    return [
        Fact("Who asks", consultation.area.name),
        Fact("Your school", answer.organisation.name),
        Fact("Open until", f"the end of {in_words(consultation.until)}"),
        Fact("How long it takes", "About two minutes. You can come back and change it"),
    ]


def tasks(
    answer: ConsultationAnswer,
    token: str,
    *,
    wished: Sequence[Organisation],
    not_now: Sequence[Organisation],
    themes: int,
    levels: int,
) -> list[Task]:
    """The parts of an answer, none of which is needed."""
    most = answer.consultation.most_wishes
    rest = [answer.nominee_name, "a note" if answer.note else ""]
    named = ", ".join(filter(None, rest))
    found = [
        ("With whom we wish to work", "consultation_with", _names(wished), f"Up to {count(most, 'school')}"),
        (
            "With whom we would rather not now",
            "consultation_not_now",
            count(len(not_now), "school") if not_now else "",
            "Read by the area’s officers only",
        ),
        (
            "What we need and what we can give",
            "consultation_needs",
            f"{levels} of {count(themes, 'theme')}" if levels else "",
            "On the themes of the area",
        ),
        ("A co-leader, and a note", "consultation_rest", named, ""),
    ]
    return [
        Task(label, said or "Nothing said", reverse(f"networks:{name}", args=[token]), hint, done=bool(said))
        for label, name, said, hint in found
        if name != "consultation_needs" or themes
    ]


def _names(schools: Sequence[Organisation]) -> str:
    return count(len(schools), "school") if schools else ""


def said(
    answer: ConsultationAnswer, wished: Sequence[Organisation], not_now: Sequence[Organisation]
) -> list[Fact]:
    """What a school said, once nothing can be changed."""
    nobody = "None named"
    return [
        Fact("You wish to work with", [school.name for school in wished] or nobody),
        Fact("You would rather not work now with", [school.name for school in not_now] or nobody),
        Fact("Co-leader", answer.nominee_name or "Nobody named"),
        Fact("Note", answer.note or "None"),
    ]
