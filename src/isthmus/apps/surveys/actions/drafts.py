"""Writing an instrument on pages: each step is kept at once, and nobody overwrites what another changed meanwhile."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from isthmus.apps.core import audit
from isthmus.apps.core.access import Actor
from isthmus.apps.core.scopes import Scope, ScopeKind
from isthmus.apps.register.models import Area
from isthmus.apps.surveys.adapters import drafting
from isthmus.apps.surveys.adapters import instruments as adapters
from isthmus.apps.surveys.models import Instrument, InstrumentDraft

MOST_TOLD = 200


class Meanwhile(Exception):
    """Somebody else changed the same part since the page was drawn; nothing was written."""


@dataclass(frozen=True)
class DraftStep:
    """One change of a draft: of which part, what of it the page showed (its digest), and how the tree becomes another.

    `whole`: the digest is of the part with what is below it.
    """

    kind: str
    id: str
    seen: str
    make: Callable[[drafting.Tree], drafting.Tree]
    whole: bool = False


def _scope(draft: InstrumentDraft) -> Scope:
    return Scope(ScopeKind.AREA, draft.owner_id)


def _told(tree: drafting.Tree, step: DraftStep) -> dict[str, Any]:
    """What stood, or stands, in a part, in a few words."""
    if step.kind == "order":
        home = drafting.section_of(tree, step.id)
        return {"order": [one["id"] for one in (home["items"] if home else drafting.sections(tree))]}
    found = drafting.part(tree, step.kind, step.id) or {}
    words = found.get("text") or found.get("title") or found.get("licence") or ""
    if step.kind == "scale":
        words = ", ".join(one["label"] for one in found.get("options", []))
    return {step.kind: words[:MOST_TOLD]}


@transaction.atomic
def start_draft(
    *,
    by: Actor,
    owner: Area,
    content: drafting.Tree,
    token: uuid.UUID,
    based_on: Instrument | None = None,
) -> InstrumentDraft:
    """Begin a draft for an area; a second click gives the first one."""
    draft, made = InstrumentDraft.objects.get_or_create(
        owner=owner,
        token=token,
        defaults={
            "title": content["title"][:150],
            "content": content,
            "based_on": based_on,
            "changed_by_id": by.pk,
        },
    )
    if made:
        audit.record("draft.start", by=by, target=draft, scope=_scope(draft), after={"title": draft.title})
    return draft


@transaction.atomic
def change_draft(*, by: Actor, draft: InstrumentDraft, step: DraftStep) -> bool:
    """Make one step; False where it changes nothing. Raises Meanwhile where its part is not as the page showed it."""
    draft = InstrumentDraft.objects.select_for_update().get(pk=draft.pk)
    made = step.make(draft.content)
    if made == draft.content:
        return False
    if (
        step.kind != "order"
        and drafting.digest(draft.content, step.kind, step.id, whole=step.whole) != step.seen
    ):
        raise Meanwhile
    before, after = _told(draft.content, step), _told(made, step)
    draft.content, draft.step = made, draft.step + 1
    draft.title = made["title"][:150]
    draft.changed_by_id, draft.changed_at = by.pk, timezone.now()
    draft.save()
    audit.record("draft.change", by=by, target=draft, scope=_scope(draft), before=before, after=after)
    return True


@transaction.atomic
def remove_draft(*, by: Actor, draft: InstrumentDraft) -> None:
    """Throw a draft away."""
    draft = InstrumentDraft.objects.select_for_update().get(pk=draft.pk)
    audit.record("draft.remove", by=by, target=draft, scope=_scope(draft), before={"title": draft.title})
    draft.delete()


@transaction.atomic
def make_version(*, by: Actor, draft: InstrumentDraft, step: int) -> Instrument:
    """The draft becomes a version that never changes, and is a draft no longer.

    `step` is the draft's as it was looked at. Raises Meanwhile where it is another by now, InstrumentError where it is
    not whole yet.
    """
    draft = InstrumentDraft.objects.select_for_update().get(pk=draft.pk)
    Area.objects.select_for_update().get(pk=draft.owner_id)  # two drafts of one instrument get two numbers
    if draft.step != step:
        raise Meanwhile
    key, version = next_version(draft)
    found = drafting.whole(draft.content, key, version)
    kept = Instrument.objects.create(
        owner=draft.owner,
        key=key,
        version=version,
        title=found.title,
        text=adapters.to_text(found),
        fingerprint=adapters.fingerprint(found),
        made_by_id=by.pk,
    )
    after = {"title": found.title, "version": version, "questions": len(found.items)}
    audit.record("instrument.keep", by=by, target=kept, scope=_scope(draft), after=after)
    draft.delete()
    return kept


def next_version(draft: InstrumentDraft) -> tuple[str, int]:
    """The key and the number that a draft's version gets if it is made now."""
    kept = Instrument.objects.filter(owner=draft.owner_id)
    if draft.based_on is None:
        return drafting.a_key(draft.title, kept.values_list("key", flat=True)), 1
    key = draft.based_on.key
    newest = kept.filter(key=key).aggregate(newest=Max("version"))["newest"] or 0
    return key, newest + 1
