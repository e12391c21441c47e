"""Changes of schools that leave: the wish, the change of mind, the removal."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from isthmus.apps.accounts.models import Person, RoleHolding
from isthmus.apps.accounts.rights import emails, files, journal
from isthmus.apps.accounts.rights.models import Erasure, Leaving, first_purge_day
from isthmus.apps.accounts.signing.models import SignInSession
from isthmus.apps.core import audit, directory, leaving, personal
from isthmus.apps.core.access import Actor
from isthmus.apps.core.dates import in_words, today
from isthmus.apps.core.models import AuditEvent
from isthmus.apps.core.numbers import count
from isthmus.apps.core.personal import Subject
from isthmus.apps.core.scopes import Scope

WHY = "The school left"
Certificate = list[list[object]]


def _state(state: Leaving.State) -> dict[str, str]:
    """How the record tells where a leaving school stands."""
    return {"state": str(state.label)}


@transaction.atomic
def begin_leaving(*, by: Actor, scope: Scope, reason: str) -> Leaving:
    """An organisation leaves: from now runs the time in which it may still stay.

    While it waits, a second time (a double click) gives the first again.
    """
    leaves, made = Leaving.objects.get_or_create(
        scope_kind=scope.kind,
        scope_id=scope.id,
        state=Leaving.State.WAITING,
        defaults={"reason": reason, "asked_by_id": by.pk, "purge_from": first_purge_day()},
    )
    if made:
        after = {"may_be_removed_from": leaves.purge_from.isoformat()}
        audit.record("leaving.begin", by=by, target=leaves, scope=scope, after=after, why=reason)
    return leaves


@transaction.atomic
def stop_leaving(*, by: Actor, leaves: Leaving, why: str) -> bool:
    """The organisation stays after all. False where it was stopped or removed already."""
    waiting = Leaving.objects.filter(pk=leaves.pk, state=Leaving.State.WAITING)
    if not waiting.update(state=Leaving.State.STOPPED, ended_at=timezone.now()):
        return False
    was, now = _state(Leaving.State.WAITING), _state(Leaving.State.STOPPED)
    audit.record("leaving.stop", by=by, target=leaves, scope=leaves.scope, before=was, after=now, why=why)
    return True


def why_not_yet(leaves: Leaving) -> list[str]:
    """What keeps an organisation's data from being removed now, in words; nothing where it can be."""
    found = []
    if today() < leaves.purge_from:
        found.append(f"It may still stay until {in_words(leaves.purge_from)}. Come back on that day")
    if not leaves.bundles.exclude(file="").exists() and not leaves.bundles.exclude(gone_at=None).exists():
        found.append("Nobody has had a copy made yet. Make it first, so that the school has what is its own")
    held = personal.held()
    people = {one for data in leaving.kept() for one in data.people(leaves.scope)}
    under_hold = sum(held.covers(Subject(email, number)) for number, email in people)
    if under_hold:
        found.append(
            f"A legal hold keeps the data of {count(under_hold, 'person', 'people')} there. Lift it first"
        )
    if any(data.key in held.classes for data in leaving.kept()):
        found.append("A legal hold keeps a whole class of this data. Lift it first")
    return found


class CannotPurge(Exception):
    """Something must stay for now; the text says what and what to do."""


@transaction.atomic
def purge(*, by: Actor, leaves: Leaving) -> Leaving | None:
    """Remove everything that is kept of an organisation but facts of the public register, with a certificate.

    None where that was done or the organisation stays. Raises `CannotPurge` where it is too early, nobody has had a
    copy or a legal hold stands against it, OSError where the journal cannot be written; nothing is changed then.
    """
    leaves = Leaving.objects.select_for_update(of=("self",)).get(pk=leaves.pk)
    if not leaves.is_waiting:
        return None
    if reasons := why_not_yet(leaves):
        raise CannotPurge(". ".join(reasons))
    leaves.certificate = purge_everything(leaves.scope, by=by, target=leaves)
    leaves.state, leaves.ended_at, leaves.reason = Leaving.State.PURGED, timezone.now(), ""
    leaves.save(update_fields=["certificate", "state", "ended_at", "reason"])
    for bundle in leaves.bundles.filter(gone_at=None):
        files.remove_after_commit(bundle.file)
    leaves.bundles.filter(gone_at=None).update(gone_at=timezone.now(), file="", size=0)
    detail = {"certificate": leaves.certificate}
    was, now = _state(Leaving.State.WAITING), _state(Leaving.State.PURGED)
    audit.record(
        "leaving.purge", by=by, target=leaves, scope=leaves.scope, detail=detail, before=was, after=now
    )
    mark = journal.fingerprint(directory.name(leaves.scope))
    note = Erasure.objects.create(what=Erasure.What.ORGANISATION, subject=leaves.scope_id, addresses=[mark])
    journal.append([journal.Line(str(note.pk), note.what, note.subject, (mark,), note.at.isoformat())])
    emails.purged(leaves)
    return leaves


def purge_everything(scope: Scope, *, by: Actor | None, target: Leaving | Erasure) -> Certificate:
    """Remove everything that the apps keep of an organisation, and what the record tells about it; what was done."""
    people = set(
        RoleHolding.objects.filter(scope_kind=scope.kind, scope_id=scope.id).values_list("person", flat=True)
    )
    certificate: Certificate = []
    for data in leaving.kept():
        done = data.purge(scope)
        certificate.append([data.title, done.count, done.kept, done.why_kept])
    events = AuditEvent.objects.filter(scope_kind=scope.kind, scope_id=scope.id)
    told = audit.erase(events, by=by, target=target, why=WHY)
    certificate.append(["What the record told about it", told, 0, ""])
    certificate.append(["Accounts of people with no other role, closed", _close_accounts(people), 0, ""])
    return certificate


def _close_accounts(people: set[int]) -> int:
    """People without any other role leave, as they do when a role ends; retention then disposes of their accounts."""
    others = set(
        RoleHolding.objects.not_over(today()).filter(person__in=people).values_list("person", flat=True)
    )
    SignInSession.objects.filter(person__in=people - others).delete()
    return Person.objects.filter(pk__in=people - others, is_active=True).update(is_active=False)
