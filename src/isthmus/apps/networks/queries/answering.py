"""What a school has said so far in a consultation, and what tells a change by somebody else."""

from __future__ import annotations

from isthmus.apps.core.dates import today
from isthmus.apps.core.tokens import hashed
from isthmus.apps.needs.models import Level
from isthmus.apps.needs.queries import newest
from isthmus.apps.networks.models import ConsultationAnswer, WishKind
from isthmus.apps.register.models import Theme
from isthmus.apps.register.queries import themes


def themes_asked(answer: ConsultationAnswer) -> list[Theme]:
    """The themes in use of the area in charge, by name."""
    return list(themes(answer.consultation.area))


def levels(answer: ConsultationAnswer) -> dict[int, Level]:
    """Where the school stands today, by key of theme; themes of which it said nothing are not in it."""
    found = newest(answer.consultation.area, [answer.organisation], today())
    return {theme: Level(statement.level) for (_school, theme), statement in found.items()}


def seen_wishes(answer: ConsultationAnswer, kind: WishKind) -> str:
    """What tells whether the schools named (and the reason) changed since somebody saw them."""
    keys = sorted(answer.wishes.filter(kind=kind).values_list("organisation", flat=True))
    return _mark(keys, answer.not_now_reason if kind == WishKind.NOT_NOW else "")


def seen_levels(said: dict[int, Level]) -> str:
    """As `seen_wishes`, of what `levels` gave."""
    return _mark(sorted((key, level.value) for key, level in said.items()))


def seen_rest(answer: ConsultationAnswer) -> str:
    """As `seen_wishes`, of the co-leader and the note."""
    return _mark(answer.nominee_name, answer.nominee_email, answer.note)


def _mark(*values: object) -> str:
    return hashed(repr(values))[:20]
