"""Personal data that core's record and long tasks keep."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import datetime

from django.conf import settings
from django.db.models import Q, QuerySet
from django_tasks_db.models import DBTaskResult

from isthmus.apps.core import audit, personal
from isthmus.apps.core.dates import moment_in_words
from isthmus.apps.core.models import AuditEvent, Job, Sharing
from isthmus.apps.core.personal import Basis, Erased, Held, Keep, Part, PersonalData, Subject
from isthmus.apps.core.personal_mail import own_name
from isthmus.apps.core.stories import story

SECURITY = ("session.", "sign_in_link.", "password.", "way_in.")
"""Actions about how people come in begin with one of these."""
WHY_THE_RECORD_STAYS = (
    "What others must be able to rely on stays (Article 17(3)(b) and (e)); it names the account by a number"
)


def _of_security() -> Q:
    wanted = Q()
    for beginning in SECURITY:
        wanted |= Q(action__startswith=beginning)
    return wanted


def _account() -> str:
    return settings.AUTH_USER_MODEL.lower()


def _telling(security: bool) -> QuerySet[AuditEvent]:
    """Events that still tell something."""
    wanted = _of_security() if security else ~_of_security()
    return AuditEvent.objects.filter(wanted, payload__isnull=False)


def _tells(email: str) -> Q:
    """Events that tell an address, by itself or at the beginning of a word of a text."""
    written = json.dumps(email)[1:-1]
    told = Q()
    for before in ('"', " ", "<", "("):
        told |= Q(payload__content__icontains=before + written)
    return told


def _about(subject: Subject) -> Q:
    """Events about the subject's account, and those that tell the subject's address."""
    told = _tells(subject.email)
    if subject.person_id is not None:
        told |= Q(target_kind=_account(), target_id=str(subject.person_id))
    return told


def _disposer(security: bool) -> Callable[[datetime, Held], int]:
    def dispose(cutoff: datetime, held: Held) -> int:
        old = _telling(security).filter(at__lt=cutoff)
        about = Q(target_kind=_account(), target_id__in=[str(pk) for pk in held.people])
        for email in held.emails:
            about |= _tells(email)
        keep = about | Q(actor__isnull=False, actor__in=held.people)
        rows = list(old.exclude(keep).order_by("pk").values_list("pk", flat=True)[: personal.BATCH])
        if not rows:
            return 0
        events = AuditEvent.objects.filter(pk__in=rows)
        last = events.order_by("pk")[len(rows) - 1]
        return audit.erase(events, by=None, target=last, why="The time for which it is kept is over")

    return dispose


def _teller(security: bool, title: str) -> Callable[[Subject], Iterator[Part]]:
    def of(subject: Subject) -> Iterator[Part]:
        wanted = _about(subject)
        if subject.person_id is not None:
            wanted |= Q(actor=subject.person_id)
        which = _of_security() if security else ~_of_security()
        found = (
            AuditEvent.objects.filter(which).filter(wanted).select_related("actor", "payload").order_by("pk")
        )
        facts = story(found)
        texts = personal.redacted(
            ["\n".join(str(line) for line in fact.lines) for fact in facts], subject, own_name(subject)
        )
        rows = [
            (fact.label, f"{event.target_kind} {event.target_id}", text)
            for event, fact, text in zip(found, facts, texts, strict=True)
        ]
        yield Part(title, ("When", "About", "What"), rows)

    return of


def _eraser(security: bool) -> Callable[[Subject], Erased]:
    def erase(subject: Subject) -> Erased:
        events = _telling(security).filter(_about(subject))
        rows = list(events.order_by("pk").values_list("pk", flat=True))
        erased = 0
        if rows:
            told = AuditEvent.objects.filter(pk__in=rows)
            why = "A person's data was erased"
            erased = audit.erase(told, by=None, target=told.get(pk=rows[-1]), why=why)
        which = _of_security() if security else ~_of_security()
        done = AuditEvent.objects.filter(which, actor=subject.person_id).count() if subject.person_id else 0
        return Erased(erased, done, WHY_THE_RECORD_STAYS if done else "")

    return erase


def _dispose_tasks(cutoff: datetime, held: Held) -> int:
    over = Job.objects.filter(finished_at__lt=cutoff).exclude(
        started_by__isnull=False, started_by__in=held.people
    )
    rows = personal.batch(over)
    gone = Job.objects.filter(pk__in=rows).delete()[1].get("core.Job", 0)
    results = personal.batch(DBTaskResult.objects.filter(finished_at__lt=cutoff))
    return gone + DBTaskResult.objects.filter(pk__in=results).delete()[0]


def _tasks(subject: Subject) -> QuerySet[Job]:
    return Job.objects.filter(started_by=subject.person_id) if subject.person_id else Job.objects.none()


def _tasks_of(subject: Subject) -> Iterator[Part]:
    found = list(_tasks(subject).order_by("created_at", "pk"))
    titles = personal.redacted([f"{job.title}\n{job.message}" for job in found], subject, own_name(subject))
    rows = [
        (moment_in_words(job.created_at), *title.split("\n", 1), str(job.get_state_display()))
        for job, title in zip(found, titles, strict=True)
    ]
    yield Part("Long tasks that you started", ("Started", "Task", "What it said", "State"), rows)


def _dispose_sharing(cutoff: datetime, held: Held) -> int:
    over = Sharing.objects.filter(Q(ends__lt=cutoff.date()) | Q(taken_back_at__lt=cutoff))
    made = over.filter(made_by__isnull=False).exclude(made_by__in=held.people)
    rows = personal.batch(made.exclude(made_by__email__in=held.emails))
    return Sharing.objects.filter(pk__in=rows).update(made_by=None)


def _sharing(subject: Subject) -> QuerySet[Sharing]:
    return Sharing.objects.filter(made_by__isnull=False, made_by=subject.person_id or 0)


def _sharing_of(subject: Subject) -> Iterator[Part]:
    found = list(_sharing(subject).order_by("made_at", "pk"))
    purposes = personal.redacted([row.purpose for row in found], subject, own_name(subject))
    rows = [
        (moment_in_words(row.made_at), row.dataset, purpose)
        for row, purpose in zip(found, purposes, strict=True)
    ]
    yield Part("What you opened to another area", ("When", "Data", "What for"), rows)


_RECORD = "Roles held at the time, and what an action changed: before, after and why"
personal.declare(
    PersonalData(
        key="record",
        title="The record of what changed",
        subjects="People with an account, and people named in what they change",
        what=f"{_RECORD}; the account's number, the time and what it was done to",
        purpose="To show who changed what, so that partners can rely on what was agreed",
        basis=Basis.PUBLIC_TASK,
        recipients="People of the area that the record belongs to; whoever is given an export of it",
        source="Written down by Isthmus with each change",
        columns={
            "core.AuditEvent": ("actor", "target_kind", "target_id", "action", "commitment"),
            "core.AuditPayload": ("event", "salt", "content"),
        },
        keep=Keep(
            days=2192,
            since="the change was made",
            least=366,
            most=3653,
            why="Claims about what was agreed can be brought for six years (Limitation Act 1980, section 5)",
        ),
        dispose=_disposer(security=False),
        of=_teller(False, "What you changed, and what was changed about you"),
        erase=_eraser(security=False),
        risks=(
            "Somebody rewrites what was done → events are chained, and heads of the chain are published to those they "
            "bind",
            "Names cannot be removed from a record that is never changed → what may name somebody stands apart and can "
            "be erased; the chain holds salted commitments only",
        ),
    )
)
personal.declare(
    PersonalData(
        key="security-record",
        title="The record of sign-in",
        subjects="People with an account",
        what="The account's number, when a way in was added, removed or used up, when sessions were ended",
        purpose="To find out about misuse of an account",
        basis=Basis.PUBLIC_TASK,
        recipients="Administrators of the installation",
        source="Written down by Isthmus when people sign in",
        columns={"core.AuditEvent": ("actor", "target_id"), "core.AuditPayload": ("content",)},
        keep=Keep(
            days=366,
            since="it happened",
            least=183,
            most=732,
            why="Misuse is often noticed months later",
        ),
        dispose=_disposer(security=True),
        of=_teller(True, "How you signed in"),
        erase=_eraser(security=True),
        risks=(
            "People are watched through their sign-ins → neither internet addresses nor fingerprints of browsers are "
            "kept",
        ),
    )
)
personal.declare(
    PersonalData(
        key="tasks",
        title="Long tasks",
        subjects="People who start long work, such as a plan of networks",
        what="Who started what and when, what it was asked to do, how far it came",
        purpose="To do long work, show how far it is, and go on after an interruption",
        basis=Basis.PUBLIC_TASK,
        recipients="The person themselves",
        source="The person themselves",
        columns={
            "core.Job": ("started_by", "title", "message", "params", "saved", "result_url"),
            "django_tasks_database.DBTaskResult": ("args_kwargs", "return_value", "traceback"),
        },
        keep=Keep(days=90, since="the task ended", least=7, most=366, why="To look into what went wrong"),
        dispose=_dispose_tasks,
        of=_tasks_of,
        erase=lambda subject: Erased(_tasks(subject).update(started_by=None)),
    )
)
personal.declare(
    PersonalData(
        key="sharing",
        title="Who opened data to another area",
        subjects="Officers who share data of their area",
        what="Who opened which data to which area, when, and what for",
        purpose="To show both areas on whose word data was opened",
        basis=Basis.PUBLIC_TASK,
        recipients="People of the two areas",
        source="The person themselves",
        columns={"core.Sharing": ("made_by",)},
        keep=Keep(
            days=2192,
            since="the time for which it was opened ended",
            least=30,
            most=2557,
            why="Who agreed to open data can matter for six years (Limitation Act 1980, section 5)",
        ),
        dispose=_dispose_sharing,
        of=_sharing_of,
        erase=lambda subject: Erased(_sharing(subject).update(made_by=None)),
    )
)
personal.not_personal(
    "core.Sharing", "names a kind of place or a class of data", "scope_kind", "to_kind", "dataset"
)
personal.not_personal(
    "core.Sharing", "what data is opened for; the form asks for no person's name", "purpose"
)
personal.not_personal(
    "django_tasks_database.DBTaskResult",
    "says which of our functions ran in which worker process",
    "task_path",
    "worker_ids",
    "queue_name",
    "backend_name",
    "exception_class_path",
    "status",
)
personal.not_personal(
    "core.Job", "names a kind, a state or a queued task of the system", "kind", "state", "task_id"
)
personal.not_personal("core.Message", "names a kind or a state of mail", "kind", "state")
personal.not_personal("core.MailChoice", "one of three words", "frequency")
for _model in ("AuditEvent", "Job", "LedgerChain"):
    personal.not_personal(f"core.{_model}", "names a kind of place", "scope_kind")
for _model, _hashes in (
    ("LedgerChain", ("link", "peaks")),
    ("LedgerEntry", ("link",)),
    ("LedgerHead", ("link", "root")),
):
    personal.not_personal(f"core.{_model}", "a hash over salted commitments", *_hashes)
personal.not_personal("contenttypes.ContentType", "names a table", "app_label", "model")
personal.not_personal("auth.Permission", "Django's own table, not used: names a table", "name", "codename")
personal.not_personal("auth.Group", "Django's own table, not used", "name")
