"""The people and the fictional authority of a demonstration."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from django.conf import settings

from isthmus.apps.accounts import actions
from isthmus.apps.accounts.roles import Role
from isthmus.apps.core.scopes import INSTALLATION, Scope, ScopeKind
from isthmus.site.environment import UnsafeSettings

if TYPE_CHECKING:
    from isthmus.apps.register.models import Area


def build(*, seed: int, progress: Callable[[int, str], None]) -> None:
    """Make the fictional authority and its people; a second time with the same seed changes nothing.

    Raises `UnsafeSettings` in production: invented people must never be able to sign in there.
    """
    if not settings.DEMONSTRATION:
        raise UnsafeSettings("The demonstration is not made in production. Use another installation for it.")
    from isthmus.apps.accounts.models import Person
    from isthmus.apps.needs import demonstration as needs
    from isthmus.apps.networks import demonstration as networks
    from isthmus.apps.networks import demonstration_consultation as consultation
    from isthmus.apps.register import demonstration
    from isthmus.apps.register.models import Organisation
    from isthmus.apps.surveys import demonstration as surveys

    progress(70, "Making the fictional authority")
    area = demonstration.build(seed=seed)
    progress(80, "Making its networks")
    networks.build(area, seed=seed)
    for email, name, role, scope in _cast(area):
        person = actions.add_demonstration_person(by=None, email=email, name=name)
        # A role that somebody ended or handed over in the meantime is not given again.
        if not person.holdings.filter(role=role, scope_kind=scope.kind, scope_id=scope.id).exists():
            actions.give_role(by=None, person=person, role=role, scope=scope)
    progress(90, "Saying what its schools need")
    cast = {email: (Person.objects.get(email=email), scope) for email, _name, _role, scope in _cast(area)}
    officer, _area = cast["olive.okafor@example.org"]
    head, own = cast["harun.haldane@example.org"]
    school = Organisation.objects.get(pk=own.id)
    needs.build(area, officer=officer, head=head, school=school, seed=seed)
    consultation.build(area, officer=officer, head=school, seed=seed)
    progress(95, "Asking people")
    surveys.build(area, officer=officer, seed=seed)


def _cast(area: Area) -> list[tuple[str, str, Role, Scope]]:
    """Invented people: e-mail address, name, role, scope. One of them holds two roles."""
    from isthmus.apps.register.models import Kind, Organisation, Phase
    from isthmus.apps.register.queries import area_members

    schools = area_members(area).order_by("urn")
    secondary, another = schools.filter(phase=Phase.SECONDARY)[:2]
    primary = schools.filter(phase=Phase.PRIMARY)[0]
    trust = Organisation.objects.filter(kind=Kind.TRUST, fictional=True).order_by("pk")[0]
    here = Scope(ScopeKind.AREA, area.pk)

    def of(organisation: Organisation) -> Scope:
        return Scope(ScopeKind.ORGANISATION, organisation.pk)

    return [
        ("olive.okafor@example.org", "Olive Okafor", Role.AUTHORITY_OFFICER, here),
        ("harun.haldane@example.org", "Harun Haldane", Role.HEAD, of(secondary)),
        ("ada.admin@example.org", "Ada Ashworth", Role.ADMINISTRATOR, INSTALLATION),
        ("tamsin.trent@example.org", "Tamsin Trent", Role.TRUST_OFFICER, of(trust)),
        ("idris.iqbal@example.org", "Idris Iqbal", Role.ADVISER, here),
        ("nora.nightingale@example.org", "Nora Nightingale", Role.HEAD, of(primary)),
        ("nora.nightingale@example.org", "Nora Nightingale", Role.NATIONAL_LEADER, here),
        ("elin.ellery@example.org", "Elin Ellery", Role.EXECUTIVE_HEAD, of(another)),
        ("callum.cheng@example.org", "Callum Cheng", Role.CHAIR_OF_GOVERNORS, of(secondary)),
        ("sunita.sharpe@example.org", "Sunita Sharpe", Role.SENIOR_LEADER, of(secondary)),
        ("marek.moss@example.org", "Marek Moss", Role.SUBJECT_LEADER, of(primary)),
        ("vera.vance@example.org", "Vera Vance", Role.EVALUATOR, here),
    ]
