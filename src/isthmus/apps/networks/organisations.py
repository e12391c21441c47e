"""What networks keep of an organisation: the networks it was in, and what it answered."""

from __future__ import annotations

from collections.abc import Iterator

from isthmus.apps.core import leaving, mail
from isthmus.apps.core.dates import in_words
from isthmus.apps.core.leaving import OrganisationData
from isthmus.apps.core.personal import Erased, Part
from isthmus.apps.core.scopes import Scope
from isthmus.apps.networks.models import AdoptionAnswer, ConsultationAnswer, Membership


def _memberships_of(scope: Scope) -> Iterator[Part]:
    rows = Membership.objects.filter(organisation=scope.id).select_related("network")
    yield Part(
        "Networks",
        ("Network", "Part", "From", "Until", "Why it joined", "Why it left"),
        [
            (
                row.network.name,
                row.get_role_display(),
                in_words(row.since),
                in_words(row.until) if row.until else "no end",
                row.why_joined,
                row.why_left,
            )
            for row in rows.order_by("since", "pk")
        ],
    )


def _answers_of(scope: Scope) -> Iterator[Part]:
    told = AdoptionAnswer.objects.filter(organisation=scope.id)
    yield Part(
        "Invitations to networks",
        ("Network", "Name", "E-mail address", "Answer", "Why"),
        [
            (row.network_name, row.name, row.email, str(row.get_answer_display()), row.reason)
            for row in told.order_by("pk")
        ],
    )
    asked = ConsultationAnswer.objects.filter(organisation=scope.id).select_related("consultation")
    yield Part(
        "Consultations",
        ("Consultation", "Name", "E-mail address", "Wishes", "Why not now", "Who could lead", "Note"),
        [
            (
                row.consultation.name,
                row.name,
                row.email,
                "; ".join(
                    f"{wish.get_kind_display()} {wish.organisation.name}"
                    for wish in row.wishes.select_related("organisation").order_by("pk")
                ),
                row.not_now_reason,
                row.nominee_name,
                row.note,
            )
            for row in asked.order_by("pk")
        ],
    )


def _purge_answers(scope: Scope) -> Erased:
    """Its own answers go; what others wished of it is theirs."""
    told = AdoptionAnswer.objects.filter(organisation=scope.id)
    asked = ConsultationAnswer.objects.filter(organisation=scope.id)
    mail.withdraw([row.mail_key for row in told] + [row.mail_key for row in asked])
    return Erased(
        told.delete()[1].get("networks.AdoptionAnswer", 0)
        + asked.delete()[1].get("networks.ConsultationAnswer", 0)
    )


leaving.keeps(
    OrganisationData(
        key="memberships",
        title="Networks that it is or was in",
        of=_memberships_of,
        purge=lambda scope: Erased(
            Membership.objects.filter(organisation=scope.id).delete()[1].get("networks.Membership", 0)
        ),
    )
)
leaving.keeps(
    OrganisationData(
        key="network-answers",
        title="What it answered about networks",
        of=_answers_of,
        purge=_purge_answers,
        people=lambda scope: (
            (None, email.lower())
            for answers in (AdoptionAnswer, ConsultationAnswer)
            for email in answers._base_manager.filter(organisation=scope.id)
            .exclude(email="")
            .values_list("email", flat=True)
        ),
    )
)
