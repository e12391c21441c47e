"""What accounts keeps of an organisation: who holds and held its roles, and who was asked to."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Q, QuerySet

from isthmus.apps.accounts.models import RoleHolding
from isthmus.apps.accounts.people.models import HandOver, Invitation
from isthmus.apps.core import leaving, mail
from isthmus.apps.core.dates import in_words
from isthmus.apps.core.leaving import OrganisationData
from isthmus.apps.core.personal import Erased, Part
from isthmus.apps.core.scopes import Scope


def _holdings(scope: Scope) -> QuerySet[RoleHolding]:
    rows = RoleHolding.objects.filter(scope_kind=scope.kind, scope_id=scope.id)
    return rows.select_related("person").order_by("starts", "pk")


def _invitations(scope: Scope) -> QuerySet[Invitation]:
    return Invitation.objects.filter(scope_kind=scope.kind, scope_id=scope.id).order_by("made_at", "pk")


def _hand_overs(scope: Scope) -> QuerySet[HandOver]:
    return HandOver.objects.filter(
        Q(holding__in=_holdings(scope)) | Q(invitation__in=_invitations(scope))
    ).select_related("holding__person", "invitation")


def _roles_of(scope: Scope) -> Iterator[Part]:
    rows = [
        (
            held.person.name,
            held.person.email,
            str(held.get_role_display()),
            in_words(held.starts),
            in_words(held.ended_at or held.ends) if held.ended_at or held.ends else "no end",
        )
        for held in _holdings(scope)
    ]
    yield Part("Roles", ("Name", "E-mail address", "Role", "From", "Until"), rows)


def _asked_of(scope: Scope) -> Iterator[Part]:
    rows = [
        (asked.name, asked.email, str(asked.get_role_display()), in_words(asked.made_at), asked.state_label)
        for asked in _invitations(scope)
    ]
    yield Part("Invitations", ("Name", "E-mail address", "Role", "Sent", "State"), rows)
    passed = [
        (
            made.holding.person.name,
            made.invitation.name,
            str(made.holding.get_role_display()),
            in_words(made.last_day),
            made.note,
        )
        for made in _hand_overs(scope).order_by("made_at", "pk")
    ]
    yield Part("Hand-overs", ("From", "To", "Role", "Last day", "Note"), passed)


def _purge_asked(scope: Scope) -> Erased:
    mail.withdraw([asked.mail_key for asked in _invitations(scope)])
    passed = HandOver.objects.filter(pk__in=list(_hand_overs(scope).values_list("pk", flat=True)))
    count = passed.delete()[0]
    asked = Invitation.objects.filter(pk__in=list(_invitations(scope).values_list("pk", flat=True)))
    return Erased(count + asked.delete()[0])


def _purge_roles(scope: Scope) -> Erased:
    _purge_asked(scope)  # a hand-over hangs on the role that it passes on
    held = RoleHolding.objects.filter(pk__in=list(_holdings(scope).values_list("pk", flat=True)))
    return Erased(held.delete()[1].get("accounts.RoleHolding", 0))


leaving.keeps(
    OrganisationData(
        key="invitations",
        title="Invitations and hand-overs",
        of=_asked_of,
        purge=_purge_asked,
        people=lambda scope: (
            (asked.holding.person_id if asked.holding else None, asked.email)
            for asked in _invitations(scope).select_related("holding")
        ),
    )
)
leaving.keeps(
    OrganisationData(
        key="people",
        title="Roles held there",
        of=_roles_of,
        purge=_purge_roles,
        people=lambda scope: ((held.person_id, held.person.email) for held in _holdings(scope)),
    )
)
