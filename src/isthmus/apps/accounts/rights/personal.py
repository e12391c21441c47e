"""What is kept about requests, restrictions and legal holds."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.db.models import Q

from isthmus.apps.accounts.rights.actions.erasing import erase_own_rows
from isthmus.apps.accounts.rights.models import LegalHold, Restriction, SubjectRequest
from isthmus.apps.accounts.rights.queries import own_rows
from isthmus.apps.core import personal
from isthmus.apps.core.dates import in_words
from isthmus.apps.core.personal import Basis, Erased, Held, Keep, Part, PersonalData, Subject


def _dispose(cutoff: datetime, held: Held) -> int:
    free = ~Q(email__in=held.emails) & (Q(person=None) | ~Q(person__in=held.people))
    in_force = Restriction.objects.filter(lifted_at=None).values("request")
    requests = personal.batch(
        SubjectRequest.objects.filter(free, closed_at__lt=cutoff).exclude(pk__in=in_force)
    )
    gone = SubjectRequest.objects.filter(pk__in=requests).delete()[1].get("accounts.SubjectRequest", 0)
    holds = personal.batch(LegalHold.objects.filter(free, lifted_at__lt=cutoff))
    return gone + LegalHold.objects.filter(pk__in=holds).delete()[0]


def _of(subject: Subject) -> Iterator[Part]:
    asked = SubjectRequest.objects.filter(own_rows(subject)).order_by("made_at")
    texts = [text for one in asked for text in (one.text, one.answer)]
    clean = iter(personal.redacted(texts, subject, asked[0].name if asked else ""))
    rows = [
        (
            one.reference,
            in_words(one.received_on),
            str(one.get_right_display()),
            str(one.get_state_display()),
            in_words(one.due_on),
            next(clean),
            next(clean),
        )
        for one in asked
    ]
    columns = ("Reference", "Received", "What you asked", "State", "Answer due", "Your words", "Answer")
    yield Part("Your requests about your information", columns, rows)
    limited = Restriction.objects.filter(own_rows(subject)).order_by("since")
    yield Part(
        "When your information may not be used",
        ("Since", "Until"),
        [(in_words(one.since), in_words(one.lifted_at) if one.lifted_at else "no end") for one in limited],
    )


personal.declare(
    PersonalData(
        key="rights",
        title="Requests about personal data, restrictions and legal holds",
        subjects="People who ask about their own data, and people whose data a legal hold keeps",
        what="Name, e-mail address, what was asked, how identity was checked, the answer; why data must be kept",
        purpose="To answer what people ask about their data in time, and to show that it was answered",
        basis=Basis.LEGAL_OBLIGATION,
        recipients="Officers and administrators who deal with such requests",
        source="The person; whoever records a letter or places a hold",
        columns={
            "accounts.SubjectRequest": (
                "person",
                "name",
                "email",
                "text",
                "identity_how",
                "identity_by",
                "closed_by",
                "extension_reason",
                "answer",
            ),
            "accounts.Restriction": ("email", "person", "request"),
            "accounts.LegalHold": ("email", "person", "reason", "placed_by"),
            "accounts.Bundle": ("request", "file"),
            "accounts.Leaving": ("reason", "asked_by"),
            "accounts.Erasure": ("subject", "addresses"),
        },
        keep=Keep(
            days=732,
            since="the request was answered, or the hold was lifted",
            least=366,
            most=2557,
            why="To show that a request was answered in time, should somebody complain",
        ),
        dispose=_dispose,
        of=_of,
        erase=lambda subject: Erased(erase_own_rows(subject)),
        risks=(
            "Somebody gets a copy of another person's data → only who is signed in as the subject saves it; for others "
            "identity is checked and written down, and the address that we hold is told",
            "Erased data comes back with a backup → each stands in a journal outside the database and is done again",
        ),
    )
)
personal.not_personal(
    "accounts.SubjectRequest", "a kind, a state or a scope", "right", "state", "came", "scope_kind"
)
personal.not_personal(
    "accounts.LegalHold", "names a class of data or a kind of place", "data_class", "scope_kind"
)
personal.not_personal(
    "accounts.Leaving", "a state, a kind of place, counts", "state", "scope_kind", "certificate"
)
personal.not_personal("accounts.Erasure", "a person or an organisation: which of the two", "what")
