"""A spreadsheet of needs, ties or competition: looked through at once, then applied whole, or put aside."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from uuid import UUID

from django.db import transaction

from isthmus.apps.core import audit
from isthmus.apps.core.access import Actor
from isthmus.apps.core.dates import today
from isthmus.apps.core.sheet_rows import Problem, Read
from isthmus.apps.core.spreadsheets import SpreadsheetRefused, read
from isthmus.apps.needs.actions.voices import area_scope, role_at
from isthmus.apps.needs.adapters.incoming import Giver, Incoming, compare
from isthmus.apps.needs.adapters.sheets import Line, read_file
from isthmus.apps.needs.adapters.timeline import put
from isthmus.apps.needs.models import Competition, FileState, GivenFile, Tie, What
from isthmus.apps.needs.queries.statements import themes_of
from isthmus.apps.register.models import Area, Organisation

CHUNK = 900


@transaction.atomic
def give_file(
    *, by: Actor | None, area: Area, what: What, name: str, content: bytes, token: UUID
) -> GivenFile:
    """Look a file through and keep what it says until it is applied. The same `token` again gives the first."""
    area = _locked(area.pk)
    first = GivenFile.objects.filter(area=area, what=what, token=token).first()
    if first is not None:
        return first
    kept = GivenFile(
        area=area,
        what=what,
        file_name=name[:200],
        digest=hashlib.sha256(content).hexdigest(),
        token=token,
        by_id=by.pk if by else None,
    )
    try:
        found = read_file(what, read(content, name), themes_of(area))
    except SpreadsheetRefused as refused:
        kept.state, kept.report = FileState.REFUSED, {"refused": str(refused)}
    else:
        _look(kept, found, by)
    kept.save()
    audit.record(
        f"{what.value}.give_file",
        by=by,
        target=kept,
        scope=area_scope(area),
        detail={"sha256": kept.digest},
        after={"file": kept.file_name, "state": kept.get_state_display()},
    )
    return kept


def _locked(area: int) -> Area:
    return Area.objects.select_for_update(of=("self",)).get(pk=area)


def _look(kept: GivenFile, found: Read[Line], by: Actor | None) -> Incoming:
    """Compare what was read with what is known, and say in `kept` how it stands."""
    giver = Giver(by.pk if by else None, role_at(by, area_scope(kept.area)), today())
    incoming = compare(What(kept.what), kept.area, found.rows, found.headings, giver)
    incoming.problems = sorted([*found.problems, *incoming.problems], key=_row)
    kept.report = incoming.report(len(found.rows))
    if incoming.problems:
        kept.state, kept.rows = FileState.REFUSED, []
    elif not incoming.new and not incoming.changed:
        kept.state, kept.rows = FileState.UNCHANGED, []
    else:
        kept.state, kept.rows = FileState.CHECKED, found.rows
    return incoming


def _row(problem: Problem) -> int:
    return problem.row


@transaction.atomic
def apply_file(*, by: Actor | None, kept: GivenFile) -> GivenFile:
    """Write a spreadsheet that was looked through, whole, after comparing it once more: others may have changed things.

    One that does not wait to be applied is left as it is, so a double click has one effect.
    """
    # The area in charge is the lock: what is said by file of one area is written one after the other.
    owner = _locked(kept.area.in_charge_id)
    kept = GivenFile.objects.select_for_update(of=("self",)).select_related("area").get(pk=kept.pk)
    if kept.state != FileState.CHECKED:
        return kept
    _lock_schools(kept.rows)
    incoming = _look(kept, Read(kept.rows, kept.report["headings"]), by)
    if kept.state == FileState.CHECKED:
        _write(incoming)
        kept.state, kept.rows = FileState.APPLIED, []
    kept.save()
    audit.record(
        f"{kept.what}.apply_file",
        by=by,
        target=kept,
        scope=area_scope(owner),
        detail={"sha256": kept.digest},
        before={"state": str(FileState.CHECKED.label)},
        after={name: kept.report[name] for name in ("new", "changed", "unchanged")}
        | {"state": kept.get_state_display()},
    )
    return kept


def _lock_schools(rows: Sequence[Line]) -> None:
    """Lock the schools of a file in one order, as the page on which a school speaks for itself does."""
    urns = sorted({row["urn"] for row in rows})
    for at in range(0, len(urns), CHUNK):
        schools = Organisation.objects.select_for_update(of=("self",)).filter(urn__in=urns[at : at + CHUNK])
        list(schools.order_by("pk").values_list("pk"))


def _write(incoming: Incoming) -> None:
    put(incoming.statements)
    who = ("said_by", "said_as")
    known_ties = [tie for tie in incoming.ties if tie.pk is not None]
    Tie.objects.bulk_update(known_ties, ["note", "since", "until", *who], batch_size=100)
    Tie.objects.bulk_create([tie for tie in incoming.ties if tie.pk is None], batch_size=1000)
    known = [row for row in incoming.competitions if row.pk is not None]
    Competition.objects.bulk_update(known, ["competes", "reason", *who], batch_size=100)
    Competition.objects.bulk_create([row for row in incoming.competitions if row.pk is None], batch_size=1000)


@transaction.atomic
def put_file_aside(*, by: Actor, kept: GivenFile) -> GivenFile:
    """Forget what a spreadsheet said, without writing anything."""
    kept = GivenFile.objects.select_for_update(of=("self",)).select_related("area").get(pk=kept.pk)
    if kept.state != FileState.CHECKED:
        return kept
    before = {"state": kept.get_state_display()}
    kept.state, kept.rows = FileState.PUT_ASIDE, []
    kept.save()
    after, scope = {"state": kept.get_state_display()}, area_scope(kept.area)
    audit.record(f"{kept.what}.put_file_aside", by=by, target=kept, scope=scope, before=before, after=after)
    return kept
