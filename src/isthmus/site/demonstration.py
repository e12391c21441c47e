"""The people and the fictional authority of a demonstration."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings

from isthmus.apps.accounts import actions
from isthmus.apps.accounts.roles import Role
from isthmus.apps.core.scopes import INSTALLATION, Scope, ScopeKind
from isthmus.site.environment import UnsafeSettings


def build(*, seed: int, progress: Callable[[int, str], None]) -> None:
    """Make the fictional authority and its people; a second time with the same seed changes nothing.

    Raises `UnsafeSettings` in production: invented people must never be able to sign in there.
    """
    if not settings.DEMONSTRATION:
        raise UnsafeSettings("The demonstration is not made in production. Use another installation for it.")
    from isthmus.apps.register import demonstration
    from isthmus.apps.register.models import Phase
    from isthmus.apps.register.queries import area_members

    progress(70, "Making the fictional authority")
    area = demonstration.build(seed=seed)
    school = area_members(area).filter(phase=Phase.SECONDARY).order_by("urn")[0]
    people = (
        ("olive.okafor@example.org", "Olive Okafor", Role.AUTHORITY_OFFICER, Scope(ScopeKind.AREA, area.pk)),
        ("harun.haldane@example.org", "Harun Haldane", Role.HEAD, Scope(ScopeKind.ORGANISATION, school.pk)),
        ("ada.admin@example.org", "Ada Ashworth", Role.ADMINISTRATOR, INSTALLATION),
    )
    for email, name, role, scope in people:
        person = actions.add_demonstration_person(by=None, email=email, name=name)
        if not person.holdings.filter(role=role, scope_kind=scope.kind, scope_id=scope.id).exists():
            actions.give_role(by=None, person=person, role=role, scope=scope)
