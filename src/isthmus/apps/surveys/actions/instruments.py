"""Keeping the text of an instrument's version."""

from __future__ import annotations

from django.db import transaction

from isthmus.apps.core import audit
from isthmus.apps.core.access import Actor
from isthmus.apps.core.scopes import INSTALLATION, Scope, ScopeKind
from isthmus.apps.register.models import Area
from isthmus.apps.surveys.adapters import instruments as adapters
from isthmus.apps.surveys.models import Instrument


@transaction.atomic
def keep_instrument(*, by: Actor | None, text: str, owner: Area | None = None) -> Instrument:
    """Keep the version that `text` says (of the area, or shipped where there is none); the same again is the first.

    Raises InstrumentError where the text is no instrument.
    """
    read = adapters.read(text)
    kept, made = Instrument.objects.get_or_create(
        owner=owner,
        fingerprint=adapters.fingerprint(read),
        defaults={
            "key": read.id,
            "version": read.version,
            "title": read.title,
            "text": adapters.to_text(read),
            "made_by_id": by.pk if by else None,
        },
    )
    if made:
        scope = Scope(ScopeKind.AREA, owner.pk) if owner else INSTALLATION
        after = {"title": read.title, "version": read.version, "questions": len(read.items)}
        audit.record("instrument.keep", by=by, target=kept, scope=scope, after=after)
    return kept
