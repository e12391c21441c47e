"""Erasing everything about somebody, and doing it again after a restore."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass, field
from pathlib import Path

import structlog
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from isthmus.apps.accounts.models import Person, RoleHolding
from isthmus.apps.accounts.people.models import Invitation
from isthmus.apps.accounts.rights import emails, files, journal
from isthmus.apps.accounts.rights.actions.removing import purge_everything
from isthmus.apps.accounts.rights.models import (
    Bundle,
    Erasure,
    LegalHold,
    RequestState,
    Restriction,
    SubjectRequest,
)
from isthmus.apps.accounts.rights.queries import (
    events_about,
    holds_against,
    kept_addresses,
    known_erasures,
    leavings_on,
    names_of,
    organisation,
    own_rows,
)
from isthmus.apps.accounts.signing.models import SignInSession
from isthmus.apps.core import audit, directory, mail, personal
from isthmus.apps.core.access import Actor
from isthmus.apps.core.dates import today
from isthmus.apps.core.models import AuditEvent, Message
from isthmus.apps.core.outbox_models import OVER
from isthmus.apps.core.personal import Subject

log = structlog.get_logger("isthmus.rights")
WHY = "A person's data was erased"


class CannotErase(Exception):
    """Something must stay for now; the text says what and what to do."""


@dataclass
class Report:
    """What an erasure did: of each class by its title, how much was erased, and how much is kept and why."""

    erased: dict[str, int] = field(default_factory=dict)
    kept: dict[str, tuple[int, str]] = field(default_factory=dict)

    @property
    def kept_in_words(self) -> list[str]:
        """One line for each class of which something is kept."""
        return [f"{title}: {number:,}. {why}." for title, (number, why) in self.kept.items()]


def subject_of_request(asked: SubjectRequest) -> Subject:
    """Whose data a request is about: the account's address now, not the one of then."""
    person = asked.person
    return Subject(person.email if person else asked.email, asked.person_id)


def why_not(asked: SubjectRequest) -> list[str]:
    """What keeps the subject's data from being erased now, in words; nothing where it can be."""
    subject = subject_of_request(asked)
    found = []
    for hold in holds_against(subject, personal.declared()):
        until = f" until {hold.until:%-d %B %Y}" if hold.until else ""
        own = hold.scope == asked.scope
        what = hold.reason if own else "its reason is kept by whoever placed it"
        found.append(f"A legal hold keeps this data{until}: {what}. Lift it first, or refuse the request")
    if subject.person_id and RoleHolding.objects.not_over(today()).filter(person=subject.person_id).exists():
        found.append("The person holds a role, which others must be able to see. End their roles first")
    return found


@transaction.atomic
def erase(*, by: Actor, asked: SubjectRequest) -> Report | None:
    """Erase everything about the subject, in the tables and in what the record tells, and close the request.

    Written into the journal first, so that a restored backup is told. None where the request is over. Raises
    `CannotErase` where a legal hold or a role stands against it, OSError where the journal cannot be written; nothing
    is changed then.
    """
    asked = SubjectRequest.objects.select_for_update(of=("self",)).get(pk=asked.pk)
    if not asked.is_open:
        return None
    if reasons := why_not(asked):
        raise CannotErase(". ".join(reasons))
    subject, name = subject_of_request(asked), asked.name
    asked.state, asked.closed_at, asked.closed_by_id = RequestState.DONE, timezone.now(), by.pk
    asked.save(update_fields=["state", "closed_at", "closed_by"])
    events = [event.pk for event in events_about(subject)]
    note = _note_erasure(subject, name)
    report = _erase_everything(subject)
    told = AuditEvent.objects.filter(pk__in=events)
    audit.erase(told, by=by, target=asked, scope=asked.scope, why=WHY)
    emails.erased(asked, to=subject.email, name=name, kept=report.kept_in_words)
    detail = {"erased": report.erased, "kept": {title: n for title, (n, _why) in report.kept.items()}}
    was, now = {"state": str(RequestState.OPEN.label)}, {"state": str(RequestState.DONE.label)}
    audit.record("rights.erase", by=by, target=asked, scope=asked.scope, detail=detail, before=was, after=now)
    _write_down([note])
    return report


def _erase_everything(subject: Subject) -> Report:
    """Erase through every class of data, and end every session."""
    report = Report()
    _empty_mail_about({*names_of(subject), subject.email})
    _give_up_schools_copies(subject)
    for data in personal.declared():
        done = data.erase(subject)
        if done.count:
            report.erased[data.title] = done.count
        if done.kept:
            report.kept[data.title] = (done.kept, done.why_kept)
    if subject.person_id is not None:
        SignInSession.objects.filter(person_id=subject.person_id).delete()
        Person.objects.filter(pk=subject.person_id).update(is_active=False)
    return report


def _empty_mail_about(marks: set[str]) -> None:
    """Empty stored mail to others that names the subject ('... has accepted your invitation'), sent or not."""
    said = Q(pk__in=[])
    for mark in marks:
        # As it stands, and as SQLite keeps letters that are not ASCII.
        said |= Q(letter__icontains=mark) | Q(letter__icontains=json.dumps(mark)[1:-1])
    about = Message.objects.filter(said)
    mail.withdraw(list(about.values_list("key", flat=True)))
    about.filter(state__in=OVER).update(letter={}, token=None)


def _give_up_schools_copies(subject: Subject) -> None:
    """Delete copies that leaving schools have not saved yet: the subject stands in those of their own schools."""
    mine = [*RoleHolding.objects.filter(person_id=subject.person_id or 0)]
    scopes = {row.scope for row in [*mine, *Invitation.objects.filter(email=subject.email)]}
    _delete_copies(Bundle.objects.filter(leaving__in=leavings_on(scopes)))


def _delete_copies(bundles: QuerySet[Bundle]) -> None:
    for bundle in bundles.filter(gone_at=None):
        files.remove_after_commit(bundle.file)
    bundles.filter(gone_at=None).update(gone_at=timezone.now(), file="", size=0)


def erase_own_rows(subject: Subject) -> int:
    """Erase what these rooms keep about a subject; that a request was answered stays, without whose it was."""
    mine = SubjectRequest.objects.filter(own_rows(subject))
    _delete_copies(Bundle.objects.filter(request__in=mine))
    count = Restriction.objects.filter(own_rows(subject)).delete()[0]
    count += LegalHold.objects.filter(own_rows(subject)).delete()[0]
    mine.filter(state=RequestState.OPEN).update(state=RequestState.WITHDRAWN, closed_at=timezone.now())
    empty = {"name": "", "email": "", "text": "", "answer": "", "identity_how": "", "extension_reason": ""}
    for asked in mine:
        # Where identity was checked stays a fact, how it was done tells about the person.
        checked = "checked" if asked.identity_how else ""
        SubjectRequest.objects.filter(pk=asked.pk).update(
            **{**empty, "identity_how": checked, "person": None}
        )
        count += 1
    return count


def _note_erasure(subject: Subject, *names: str) -> Erasure:
    """The row about an erasure: the account's number, and keyed hashes of its address and name."""
    marks = [subject.email, *names, *names_of(subject)]
    hashes = [journal.fingerprint(mark) for mark in dict.fromkeys(marks) if mark]
    return Erasure.objects.create(what=Erasure.What.PERSON, subject=subject.person_id, addresses=hashes)


def _write_down(notes: list[Erasure]) -> None:
    journal.append(
        journal.Line(str(n.pk), n.what, n.subject, tuple(n.addresses), n.at.isoformat()) for n in notes
    )


@transaction.atomic
def replay_erasures(*, by: Actor | None, journal_file: Path | None = None) -> list[Erasure]:
    """Do the erasures of the journal that this database does not know; to be called after a restore.

    An account is erased where its number and its address or name fit, and any other data where its address fits. An
    account whose number fits and nothing else is left alone, said in the log, and tried again the next time. What
    this database knows and the journal lacks is added to the journal. Twice does no harm. Legal holds do not stand
    against it: the erasure was decided after them. Gives what was done. Raises `journal.JournalBroken` or OSError.
    """
    lines = journal.read(journal_file)
    known = known_erasures()
    missing = [line for line in lines if line.id not in known]
    in_journal = {line.id for line in lines}
    _write_down([note for note in Erasure.objects.order_by("at") if str(note.pk) not in in_journal])
    addresses = {journal.fingerprint(one): one for one in kept_addresses()} if missing else {}
    done = []
    for line in missing:
        find = _replay_organisation if line.what == Erasure.What.ORGANISATION else _replay_person
        if not find(line, addresses):
            log.warning("erasure not certain", erasure=line.id, subject=line.subject)
            continue
        done.append(
            Erasure.objects.create(
                pk=uuid.UUID(line.id),
                what=line.what,
                subject=line.subject,
                addresses=list(line.addresses),
                at=line.at,
                replayed_at=timezone.now(),
            )
        )
    if done:
        audit.record("rights.replay", by=by, target=done[0], detail={"erasures": [str(n.pk) for n in done]})
    return done


def _replay_person(line: journal.Line, addresses: dict[str, str]) -> bool:
    """Erase the person of a line. False where their number fits and nothing else does."""
    marks = set(line.addresses)
    subjects = {addresses[mark]: None for mark in marks & set(addresses)}
    person = Person.objects.filter(pk=line.subject).first() if line.subject is not None else None
    if person is not None and not person.email.endswith("@gone.invalid"):
        if not {journal.fingerprint(person.email), journal.fingerprint(person.name)} & marks:
            return False
        subjects[person.email] = None
    for email in subjects:
        owner = Person.objects.filter(email=email).first()
        subject = Subject(email, owner.pk if owner else None)
        events = [event.pk for event in events_about(subject)]
        if owner is not None:
            owner.holdings.not_over(today()).update(ended_at=timezone.now())
        _erase_everything(subject)
        target = owner or Erasure(pk=uuid.UUID(line.id))
        audit.erase(AuditEvent.objects.filter(pk__in=events), by=None, target=target, why=WHY)
    return True


def _replay_organisation(line: journal.Line, _addresses: dict[str, str]) -> bool:
    """Remove again what is kept of an organisation. False where its number now is another's."""
    scope = organisation(line.subject or 0)
    if not directory.exists(scope):
        return True
    if journal.fingerprint(directory.name(scope)) not in line.addresses:
        return False
    purge_everything(scope, by=None, target=Erasure(pk=uuid.UUID(line.id)))
    return True
