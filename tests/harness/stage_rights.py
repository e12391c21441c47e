"""What the races about privacy, rights, leaving schools and sharing need, one thing a race."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any


def build(officer: Any, administrator: Any, scope: Any, real: Any) -> dict[str, Any]:
    """Numbers of what waits for a click, by name; `real` makes a person."""
    return {
        **_asked(officer, scope, real),
        **_leaving(officer),
        **_shared(officer, scope),
        "held": _held(officer, scope),
    }


def _held(officer: Any, scope: Any) -> int:
    from isthmus.apps.accounts.rights import actions

    held: int = actions.place_hold(by=officer, scope=scope, email="lifted@example.org", reason="A claim").pk
    return held


def _asked(officer: Any, scope: Any, real: Any) -> dict[str, Any]:
    """A request for each way of dealing with one, each of a subject of its own."""
    from isthmus.apps.accounts.people import actions as people
    from isthmus.apps.accounts.rights import actions, columns
    from isthmus.apps.accounts.rights.actions.erasing import subject_of_request
    from isthmus.apps.accounts.rights.models import Bundle, Came, Right
    from isthmus.apps.accounts.roles import Role
    from isthmus.apps.core.jobs import run_job

    given: dict[str, Any] = {}
    for name, right in {
        "answered": Right.OBJECT, "erased": Right.ERASE, "extended": Right.OBJECT, "lifted": Right.RESTRICT,
        "copied": Right.COPY, "righted": Right.RECTIFY, "restricted": Right.RESTRICT,
    }.items():  # fmt: skip
        email = f"{name}@example.org"
        # An invitation makes the area the one that answers.
        people.invite(by=officer, email=email, name=name.title(), role=Role.ADVISER, scope=scope)
        asked = actions.record(
            by=officer, right=right, name=name.title(), email=email, came=Came.LETTER,
            received_on=date.today(), identity_how="Called back",  # noqa: DTZ011 - near enough for a stage
        )  # fmt: skip
        given[name] = str(asked.pk)
        if name == "lifted":
            actions.restrict(by=officer, asked=asked, answer="As you ask")
        if name == "righted":
            places = columns.places(subject_of_request(asked))
            fields = {f"place{n}": place.value() for n, place in enumerate(places)}
            renamed = next(key for key, value in fields.items() if value == "Righted")
            given["right_values"] = {**fields, renamed: "Right Now", "answer": "It is put right"}
    given["people"] = {name: real(name) for name in ("withdraws", "saves")}
    own = actions.ask(by=given["people"]["withdraws"], right=Right.OBJECT, text="No more")
    given["withdrawn"] = str(own.pk)
    actions.ask(by=given["people"]["saves"], right=Right.COPY)
    bundle = Bundle.objects.get(request__person=given["people"]["saves"])
    run_job.call(str(bundle.job_id), bundle.job.attempt)
    return {**given, "saved": str(bundle.pk)}


def leaving_schools() -> list[Any]:
    """The schools that leave in these races."""
    from isthmus.apps.register.models import Organisation

    return list(Organisation.objects.filter(fictional=True, kind="school")[1:4])


def _leaving(officer: Any) -> dict[str, Any]:
    """Schools that leave, of which one may be removed today."""
    from isthmus.apps.accounts.rights import actions
    from isthmus.apps.accounts.rights.models import Leaving
    from isthmus.apps.core.dates import today
    from isthmus.apps.core.jobs import run_job
    from isthmus.apps.core.scopes import Scope, ScopeKind
    from isthmus.apps.needs.models import Statement
    from isthmus.apps.networks.models import Membership

    given: dict[str, Any] = {}
    for name, school in zip(("stays", "copies", "removes"), leaving_schools(), strict=True):
        leaves = actions.begin_leaving(
            by=officer, scope=Scope(ScopeKind.ORGANISATION, school.pk), reason="It closes"
        )
        given[name] = str(leaves.pk)
        if name == "removes":
            bundle = actions.make_copy(by=officer, thing=leaves)
            assert bundle.job is not None
            run_job.call(str(bundle.job_id), bundle.job.attempt)
            Leaving.objects.filter(pk=leaves.pk).update(purge_from=today())
            given["statements_gone"] = -Statement.objects.filter(organisation=school).count()
            given["memberships_gone"] = -Membership.objects.filter(organisation=school).count()
    return given


def _shared(officer: Any, scope: Any) -> dict[str, Any]:
    from isthmus.apps.core import sharing
    from isthmus.apps.core.dates import today
    from isthmus.apps.register.models import Area

    for number in (1, 2):
        Area.objects.get_or_create(name=f"Racing {number}", defaults={"code": f"X9100000{number}"})
    first, second = [one for one, name in sharing.other_areas().items() if name.startswith("Racing")]
    dataset = sharing.datasets_to_share()[0].name
    row = sharing.share(
        by=officer, owner=scope, to=first, dataset=dataset, purpose="To compare",
        starts=today(), ends=today() + timedelta(days=9),
    )  # fmt: skip
    return {"shared": str(row.pk), "to": str(second), "owner": str(scope), "dataset": dataset}
