"""Personal data of consulting on a plan: who reads it by link, what they say, and who answers for a school."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.db.models import Q, QuerySet

from isthmus.apps.core import mail, personal
from isthmus.apps.core.dates import in_words
from isthmus.apps.core.personal import Basis, Erased, Held, Keep, Part, PersonalData, Subject
from isthmus.apps.networks.models import AdoptionAnswer, PlanComment, PlanShare


def _shares(subject: Subject) -> QuerySet[PlanShare]:
    return PlanShare.objects.filter(email__iexact=subject.email).order_by("made_at", "pk")


def _given(subject: Subject) -> QuerySet[PlanShare]:
    return PlanShare.objects.filter(made_by__isnull=False, made_by=subject.person_id or 0)


def _comments(subject: Subject) -> QuerySet[PlanComment]:
    mine = Q(share__isnull=False, share__email__iexact=subject.email)
    if subject.person_id is not None:
        mine |= Q(by=subject.person_id)
    return PlanComment.objects.filter(mine).order_by("at", "pk")


def _dispose(cutoff: datetime, held: Held) -> int:
    """Comments go first, then the shares that they came by."""
    comments = PlanComment.objects.filter(at__lt=cutoff).exclude(by__isnull=False, by__in=held.people)
    comments = comments.exclude(by__isnull=False, by__email__in=held.emails)
    rows = personal.batch(comments.exclude(share__isnull=False, share__email__in=held.emails))
    if rows:
        PlanComment.objects.filter(pk__in=rows).delete()
        return len(rows)
    shares = PlanShare.objects.filter(expires_at__lt=cutoff, comments=None).exclude(email__in=held.emails)
    rows = personal.batch(shares.exclude(made_by__isnull=False, made_by__in=held.people))
    PlanShare.objects.filter(pk__in=rows).delete()
    return len(rows)


def _of(subject: Subject) -> Iterator[Part]:
    found = list(_shares(subject).select_related("plan"))
    texts = personal.redacted([f"{s.plan.name}\n{' '.join(s.note.split())}" for s in found], subject)
    yield Part(
        "Plans that you may read by a link",
        ("Sent", "Plan", "Note", "Your name there"),
        [(in_words(s.made_at), *t.split("\n"), s.name) for s, t in zip(found, texts, strict=True)],
    )
    given = list(_given(subject).select_related("plan").order_by("made_at", "pk"))
    texts = personal.redacted([s.plan.name for s in given], subject)
    yield Part(
        "Plans that you let somebody read",
        ("Sent", "Plan", "To"),
        [(in_words(s.made_at), text, personal.REDACTED) for s, text in zip(given, texts, strict=True)],
    )
    said = list(_comments(subject).select_related("plan"))
    texts = personal.redacted([f"{c.plan.name}\n{c.name}\n{' '.join(c.text.split())}" for c in said], subject)
    yield Part(
        "What you said about plans",
        ("When", "Plan", "Your name there", "What"),
        [
            (in_words(c.at), text.split("\n")[0], c.name, text.split("\n")[2])
            for c, text in zip(said, texts, strict=True)
        ],
    )


def _erase(subject: Subject) -> Erased:
    """Delete what the subject said and the links to them; who sent a link is forgotten."""
    said = PlanComment.objects.filter(pk__in=list(_comments(subject).values_list("pk", flat=True)))
    count = said.delete()[1].get("networks.PlanComment", 0)
    mine = list(_shares(subject).select_for_update(of=("self",)))
    mail.withdraw([share.mail_key for share in mine])
    PlanShare.objects.filter(pk__in=[share.pk for share in mine]).delete()
    return Erased(count + len(mine) + _given(subject).update(made_by=None))


personal.declare(
    PersonalData(
        key="plan-readers",
        title="Who reads a draft plan by a link, and what is said about it",
        subjects="People who are asked about a draft plan, and officers who ask or comment",
        what="Name, e-mail address, a note, who asked, when the plan was opened, what was said about it",
        purpose="To hear those whom a plan of networks concerns before it is adopted",
        basis=Basis.PUBLIC_TASK,
        recipients="People of the area that owns the plan; comments also those who read the plan",
        source="Whoever asks; the words come from the person",
        columns={
            "networks.PlanShare": ("email", "name", "note", "token_hash", "made_by"),
            "networks.PlanComment": ("name", "text", "share", "by"),
        },
        keep=Keep(
            days=732,
            since="it was said, or the link ran out",
            least=30,
            most=2192,
            why="The life of a plan of networks, and the time in which a decision on it may be questioned",
        ),
        dispose=_dispose,
        of=_of,
        erase=_erase,
        rectify=("networks.PlanShare.name",),
        risks=(
            "A link reaches somebody else → it is made when the mail is sent, opens one plan, runs out after 30 days "
            "and can be taken back",
        ),
    )
)
personal.not_personal("networks.PlanComment", "the name of a proposed network", "about")

FORGOTTEN = {"name": "", "email": "", "reason": "", "token_hash": "", "expires_at": None}
_TELLS = ~Q(name="", email="", reason="", token_hash="")


def _answers(subject: Subject) -> QuerySet[AdoptionAnswer]:
    return AdoptionAnswer.objects.filter(email__iexact=subject.email).order_by("pk")


def _dispose_answers(cutoff: datetime, held: Held) -> int:
    old = AdoptionAnswer.objects.filter(_TELLS, adoption__prepared_at__lt=cutoff)
    rows = personal.batch(old.exclude(email__in=held.emails))
    return AdoptionAnswer.objects.filter(pk__in=rows).update(**FORGOTTEN)


def _answers_of(subject: Subject) -> Iterator[Part]:
    found = list(_answers(subject).select_related("organisation", "adoption__plan"))
    texts = personal.redacted([" ".join(one.reason.split()) for one in found], subject)
    rows = [
        (one.organisation.name, one.network_name, one.name, str(one.get_answer_display()), text)
        for one, text in zip(found, texts, strict=True)
    ]
    yield Part(
        "Invitations to a network that you answer for a school",
        ("School", "Network", "Your name there", "Answer", "Why"),
        rows,
    )


def _erase_answers(subject: Subject) -> Erased:
    mine = list(_answers(subject).select_for_update(of=("self",)))
    mail.withdraw([one.mail_key for one in mine])
    return Erased(AdoptionAnswer.objects.filter(pk__in=[one.pk for one in mine]).update(**FORGOTTEN))


personal.declare(
    PersonalData(
        key="adoption-answers",
        title="Who answers for a school whether it joins a network",
        subjects="Heads and others who answer for a school",
        what="Name, e-mail address, what was answered for the school and why",
        purpose="To ask each school of an adopted plan whether it joins",
        basis=Basis.PUBLIC_TASK,
        recipients="People of the area that owns the plan",
        source="People of the area; the answer comes from the person",
        columns={"networks.AdoptionAnswer": ("name", "email", "reason", "token_hash")},
        keep=Keep(
            days=366,
            since="the plan was prepared for adoption",
            least=90,
            most=1098,
            why="A first year, in which it may be asked who answered; what the school answered stays",
        ),
        dispose=_dispose_answers,
        of=_answers_of,
        erase=_erase_answers,
        rectify=("networks.AdoptionAnswer.name",),
    )
)
personal.not_personal(
    "networks.AdoptionAnswer", "a proposed network, and what the school answered", "network_name", "answer"
)
