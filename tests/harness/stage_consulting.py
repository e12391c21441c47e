"""What the races of consultations need: a consultation, or the answer of a school, a race."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4


def build(officer: Any, area: Any, schools: list[Any]) -> dict[str, Any]:
    """Everything by its name in `races_consulting`. The first of `schools` (eight) has a head; no other race speaks
    for any of them."""
    from isthmus.apps.core.dates import today
    from isthmus.apps.networks.actions import consultation as actions
    from isthmus.apps.networks.actions.consultation import Asking

    given: dict[str, Any] = {}
    for name in ("changes", "opens", "removes", "reminds", "closes", "answers"):
        asking = Asking(f"Race {name}", "", today() + timedelta(days=20))
        made = actions.start_consultation(
            by=officer, area=area, asking=asking, schools=schools, token=uuid4()
        )
        given[f"consultation_{name}"] = made.pk
        if name in ("reminds", "closes", "answers"):
            actions.open_consultation(by=officer, consultation=made)
    return {**given, "answers_gone": -len(schools), **_answers(area, made, schools)}


def _answers(area: Any, made: Any, schools: list[Any]) -> dict[str, Any]:
    """The links of an open consultation, and what tells that nobody changed their answers meanwhile."""
    from isthmus.apps.core.tokens import derived
    from isthmus.apps.networks.models import CONSULTATION_PURPOSE, WishKind
    from isthmus.apps.networks.queries import answering
    from isthmus.apps.register.models import Theme

    given: dict[str, Any] = {"wished": schools[6].urn, "not_wished": schools[7].urn}
    answers = {row.organisation_id: row for row in made.answers.all()}
    for at, name in enumerate(("sends", "wishes", "not_now", "needs", "rest", "linked", "written")):
        answer = answers[schools[at].pk]
        given[f"answer_{name}"] = answer.pk
        given[f"link_{name}"] = derived(CONSULTATION_PURPOSE, answer.reference)
        given[f"seen_{name}"] = {
            "wishes": lambda one=answer: answering.seen_wishes(one, WishKind.WITH),
            "not_now": lambda one=answer: answering.seen_wishes(one, WishKind.NOT_NOW),
            "needs": lambda one=answer: answering.seen_levels(answering.levels(one)),
            "rest": lambda one=answer: answering.seen_rest(one),
        }.get(name, str)()
    given["asked_theme"] = Theme.objects.get(area=area, name="Race of needs").pk
    return given
