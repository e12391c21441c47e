"""Changes of copies: begun, finished by the worker, saved, disposed of."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from isthmus.apps.accounts.rights import emails, files
from isthmus.apps.accounts.rights.models import Bundle, Leaving, RequestState, SubjectRequest
from isthmus.apps.accounts.rights.queries import bundle_of
from isthmus.apps.core import audit, jobs
from isthmus.apps.core.access import Actor
from isthmus.apps.core.dates import today

KIND = "rights.copy"
MAKING = {"copy": "being made"}


def begin(thing: SubjectRequest | Leaving) -> Bundle:
    """Have the worker make a copy; one that is there or being made is given again."""
    bundle = bundle_of(thing)
    if bundle is not None:
        return bundle
    whose = {"request": thing} if isinstance(thing, SubjectRequest) else {"leaving": thing}
    bundle = Bundle.objects.create(keep_until=today() + timedelta(days=settings.COPY_KEEP_DAYS), **whose)
    # Nobody's task: who may see how far it is sees it on the page of the request.
    bundle.job = jobs.start(KIND, by=None, params={"bundle": str(bundle.pk)}, scope=thing.scope)
    bundle.save(update_fields=["job"])
    return bundle


@transaction.atomic
def make_copy(*, by: Actor, thing: SubjectRequest | Leaving) -> Bundle:
    """Begin a copy for a request or a leaving school; a second time gives the first again."""
    thing = type(thing).objects.select_for_update(of=("self",)).get(pk=thing.pk)
    bundle = bundle_of(thing)
    if bundle is None:
        bundle = begin(thing)
        until = {"copy": "being made", "kept_until": bundle.keep_until.isoformat()}
        none = {"copy": "none"}
        audit.record("rights.copy", by=by, target=thing, scope=thing.scope, before=none, after=until)
    return bundle


@transaction.atomic
def finish_copy(*, by: Actor | None, bundle: Bundle, draft: Path) -> bool:
    """Keep the file that the worker made. A copy for somebody who saves it themselves answers their request.

    False, and the draft is left to be cleared away, where the copy was finished or given up meanwhile.
    """
    bundle = Bundle.objects.select_for_update(of=("self",)).get(pk=bundle.pk)
    if bundle.file or bundle.gone_at:
        return False
    bundle.file, bundle.size, bundle.made_at = draft.name, draft.stat().st_size, timezone.now()
    bundle.keep_until = today() + timedelta(days=settings.COPY_KEEP_DAYS)
    bundle.save(update_fields=["file", "size", "made_at", "keep_until"])
    asked, thing = bundle.request, bundle.thing
    if asked is not None:
        own = asked.person is not None and asked.person.is_active
        emails.copy_ready(asked, bundle, saved_by_subject=own)
        if own and asked.is_open:
            asked.state, asked.closed_at = RequestState.DONE, timezone.now()
            asked.save(update_fields=["state", "closed_at"])
    made = {"copy": "ready", "kept_until": bundle.keep_until.isoformat()}
    audit.record("rights.copy_ready", by=by, target=thing, scope=thing.scope, before=MAKING, after=made)
    return True


@transaction.atomic
def give_up_copy(*, by: Actor | None, bundle: Bundle) -> None:
    """The worker could not make a copy: another can be asked for."""
    Bundle.objects.filter(pk=bundle.pk, file="").update(gone_at=timezone.now())
    thing = bundle.thing
    failed = {"copy": "could not be made"}
    audit.record("rights.copy_failed", by=by, target=thing, scope=thing.scope, before=MAKING, after=failed)


@transaction.atomic
def note_saved(*, by: Actor, bundle: Bundle) -> None:
    """Write down that somebody saved a copy."""
    thing = bundle.thing
    audit.record("rights.copy_saved", by=by, target=thing, scope=thing.scope)


@transaction.atomic
def dispose_of_copy(*, by: Actor | None, bundle: Bundle) -> bool:
    """Delete a copy whose days are over. False where it is gone already."""
    gone = Bundle.objects.filter(pk=bundle.pk, gone_at=None).update(gone_at=timezone.now(), file="", size=0)
    if not gone:
        return False
    files.remove_after_commit(bundle.file)
    thing = bundle.thing
    was, now = {"copy": "ready"}, {"copy": "deleted"}
    audit.record("rights.copy_gone", by=by, target=thing, scope=thing.scope, before=was, after=now)
    return True
