"""Changes of register files that a person may see."""

from __future__ import annotations

from django.db.models import Q

from isthmus.apps.core.access import Actor
from isthmus.apps.core.changes import seen
from isthmus.apps.core.permissions import Permission
from isthmus.apps.register.presenters import imports as _words  # noqa: F401 - gives the words of what is told


@seen("register.registerimport", "Register files")
def imports(person: Actor) -> Q | None:
    """All of them, for who may bring them in."""
    return Q() if person.may(Permission.REGISTER_IMPORT) else None
