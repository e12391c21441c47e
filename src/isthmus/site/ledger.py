"""`isthmus audit export`: one record of this installation as a file."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterable
from pathlib import Path

from django.utils import timezone

from isthmus.apps.core import audit, sealing
from isthmus.apps.core.adapters import export_lines, first_link
from isthmus.apps.core.models import LedgerChain
from isthmus.apps.core.numbers import row_number
from isthmus.apps.core.queries import entries_of, heads_of
from isthmus.apps.core.scopes import INSTALLATION, Scope, ScopeKind
from isthmus.apps.register.models import Area


def export(area: str, path: Path) -> int:
    """Seal what waits, then write the whole chain, whose last event is this export; gives the number of its entries.

    The file appears whole or not at all. Raises LookupError where there is no such area, OSError where the file cannot
    be written.
    """
    scope = _scope(area)
    if scope is None:
        raise LookupError(f"There is no area with the name, code or number {area!r}.")
    sealing.seal()  # first, so that there is a chain to say of that it was exported
    chain = LedgerChain.objects.filter(scope_kind=scope.kind, scope_id=scope.id).first()
    if chain is not None:
        audit.exported(by=None, chain=chain, entries=chain.size)
        sealing.seal()
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with draft.open("x", encoding="ascii", newline="\n") as file:
            written = _write(scope, file.writelines)
        draft.replace(path)
    except OSError:
        with contextlib.suppress(OSError):
            draft.unlink()
        raise
    return written


def _write(scope: Scope, put: Callable[[Iterable[str]], None]) -> int:
    """Write the chain as long as it is at the start: what is added meanwhile is left for the next export."""
    chain = LedgerChain.objects.filter(scope_kind=scope.kind, scope_id=scope.id).first()
    chain = chain or LedgerChain(scope_kind=scope.kind, scope_id=scope.id, link=first_link(scope))
    entries = entries_of(scope).filter(position__lt=chain.size).iterator(chunk_size=1000)
    heads = heads_of(scope).filter(size__lte=chain.size).order_by("size").iterator(chunk_size=1000)
    put(export_lines(chain, entries, heads, timezone.now().isoformat(timespec="seconds")))
    return chain.size


def _scope(area: str) -> Scope | None:
    if area == INSTALLATION.kind.value:
        return INSTALLATION
    number = row_number(area)
    found = (
        Area.objects.filter(code=area).first()
        or Area.objects.filter(name__iexact=area).first()
        or (Area.objects.filter(pk=number).first() if number is not None else None)
    )
    return Scope(ScopeKind.AREA, found.pk) if found else None
