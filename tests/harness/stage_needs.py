"""What the races about needs, ties and competition need: a school, a pair or a file a race."""

from __future__ import annotations

from typing import Any
from uuid import uuid4


def build(officer: Any, area: Any, schools: list[Any]) -> dict[str, Any]:
    """Everything by its name in `races_needs`. `schools` are twelve of the area that no other race speaks for."""
    from isthmus.apps.needs import actions
    from isthmus.apps.needs.actions import Said
    from isthmus.apps.needs.models import Level
    from isthmus.apps.register import actions as register

    theme = register.keep_theme(
        by=officer, area=area, theme=None, name="Race of needs", description="", in_use=True
    )
    given: dict[str, Any] = {f"says{at}": school.urn for at, school in enumerate(schools)}
    given["needs_theme"] = theme.pk
    actions.say(by=officer, area=area, school=schools[2], said=[Said(theme, Level.NEED)])
    given |= {f"file_{name}": key for name, key in _files(officer, area, schools).items()}
    return given | _pairs(officer, area, schools)


def _files(officer: Any, area: Any, schools: list[Any]) -> dict[str, int]:
    from isthmus.apps.needs import actions
    from isthmus.apps.needs.models import What

    said = f"URN,Theme,Need or strength\n{schools[3].urn},Race of needs,need\n"
    pair = f"URN,Other URN,Over,Reason\n{schools[4].urn},{schools[5].urn},staff,Both look for teachers\n"
    return {
        f"{what.value}_{name}": actions.give_file(
            by=officer, area=area, what=what, name="a.csv", content=text.encode(), token=uuid4()
        ).pk
        for what, text in ((What.NEEDS, said), (What.COMPETITION, pair))
        for name in ("applied", "aside")
    }


def _pairs(officer: Any, area: Any, schools: list[Any]) -> dict[str, int]:
    from isthmus.apps.needs import actions
    from isthmus.apps.needs.models import Estimate, Over, TieKind

    given = {}
    for at, name in enumerate(("tie_changed", "tie_gone")):
        made = actions.keep_tie(
            by=officer, area=area, tie=None, kind=TieKind.SHARED_STAFF,
            first=schools[at], second=schools[at + 1], note="", since=None, until=None,
        )  # fmt: skip
        given[name] = made.pk
    given["competition_ends"] = actions.record_competition(
        by=officer, area=area, first=schools[6], second=schools[7], over=Over.STAFF, competes=True, reason="x"
    ).pk
    # One estimate is missing: the first of twenty who estimate anew finds it.
    actions.estimate_competition(by=officer, area=area)
    Estimate.objects.filter(area=area)[0].delete()
    return given
