"""Personal data of the register: who brought a file in, files that wait, the mark that shows a new head."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from isthmus.apps.core import personal
from isthmus.apps.core.dates import in_words
from isthmus.apps.core.personal import Basis, Erased, Held, Keep, Part, PersonalData, Subject
from isthmus.apps.register.models import ImportState, Organisation, RegisterImport

NAMELESS = "a register file"


def _dispose_files(cutoff: datetime, held: Held) -> int:
    """Who gave a file and what it was called go; a file that still waits to be applied is put aside and deleted."""
    old = RegisterImport.objects.filter(created_at__lt=cutoff).exclude(state=ImportState.WAITING)
    tells = ~Q(file_name=NAMELESS) | ~Q(upload="") | Q(by__isnull=False)
    kept = Q(by__isnull=False) & (Q(by__in=held.people) | Q(by__email__in=held.emails))
    rows = personal.batch(old.filter(tells).exclude(kept))
    for row in RegisterImport.objects.filter(pk__in=rows):
        _delete_file(row)
        row.by, row.file_name, row.report = None, NAMELESS, _nameless(row.report)
        row.state = ImportState.PUT_ASIDE if row.state == ImportState.CHECKED else row.state
        row.save()
    return len(rows)


def _nameless(report: dict[str, Any]) -> dict[str, Any]:
    """The report without what files were called and what stood in rows that were wrong."""
    told = {**report}
    for part in ("errors", "warnings"):
        if part in told:
            told[part] = [{**problem, "file": NAMELESS, "value": ""} for problem in told[part]]
    if "files" in told:
        told["files"] = [{**file, "name": NAMELESS} for file in told["files"]]
    return told


def _delete_file(row: RegisterImport) -> None:
    """Delete the file itself once this is certain."""
    storage, name = row.upload.storage, row.upload.name
    if name:
        row.upload = ""
        transaction.on_commit(lambda: storage.delete(name))


def _files(subject: Subject) -> QuerySet[RegisterImport]:
    return RegisterImport.objects.filter(by__isnull=False, by=subject.person_id or 0)


def _files_of(subject: Subject) -> Iterator[Part]:
    found = list(_files(subject).order_by("created_at", "pk"))
    names = personal.redacted([row.file_name for row in found], subject)
    rows = [
        (in_words(row.created_at), name, str(row.get_state_display()))
        for row, name in zip(found, names, strict=True)
    ]
    yield Part("Register files that you gave", ("Given", "File", "State"), rows)


def _dispose_marks(cutoff: datetime, held: Held) -> int:
    closed = Organisation.objects.filter(closed_on__lt=cutoff.date()).exclude(headship_fingerprint="")
    rows = personal.batch(closed)
    return Organisation.objects.filter(pk__in=rows).update(headship_fingerprint="", headship_changed_on=None)


personal.declare(
    PersonalData(
        key="register-files",
        title="Register files that were given",
        subjects="Administrators; heads named in a file that waits",
        what="Who gave which file and when, what it was called, and rows of it that were wrong. The file itself, "
        "which may name heads, is deleted once it was applied, refused or put aside",
        purpose="To bring in newer public facts about schools, with a check before anything is written",
        basis=Basis.PUBLIC_TASK,
        recipients="Administrators of the installation",
        source="The person themselves; the public register of schools",
        columns={"register.RegisterImport": ("by", "file_name", "upload", "report")},
        keep=Keep(
            days=90, since="the file was given", least=7, most=732, why="To look into what a file changed"
        ),
        dispose=_dispose_files,
        of=_files_of,
        erase=lambda subject: Erased(_files(subject).update(by=None)),
        risks=(
            "Names of heads are kept without need → a file is read for facts about schools only, then deleted",
        ),
    )
)
personal.declare(
    PersonalData(
        key="headship",
        title="The mark by which a new head is noticed",
        subjects="Heads of schools",
        what="A short keyed hash of the head's name, from which the name cannot be read, and the day it was "
        "seen to change",
        purpose="To tell partners that a school has a new head, without keeping a name",
        basis=Basis.PUBLIC_TASK,
        recipients="The day of a change: everybody who signs in. The mark: nobody",
        source="The public register of schools",
        columns={"register.Organisation": ("headship_fingerprint",)},
        keep=Keep(
            days=366,
            since="the school closed; while it is open, each newer file replaces the mark",
            least=0,
            most=732,
            why="A closing school's successor may still be compared with it",
        ),
        dispose=_dispose_marks,
        of=lambda subject: (),
        erase=lambda subject: Erased(),
    )
)

_PUBLIC = "a public fact about a school, trust or other organisation"
personal.not_personal(
    "register.Organisation",
    _PUBLIC,
    "kind",
    "urn",
    "group_uid",
    "ukprn",
    "la_code",
    "establishment_number",
    "name",
    "phase",
    "type_name",
    "type_group",
    "gender",
    "religious_character",
    "diocese",
    "postcode",
    "town",
    "coordinate_source",
    "urban_rural",
    "region",
    "measures",
    "provenance",
    "sort_name",
    "search",
)
personal.not_personal(
    "register.Area", "a fact about a place", "kind", "code", "name", "boundary", "places", "register_value"
)
personal.not_personal(
    "register.Dataset", "says where public facts come from", "code", "title", "licence", "attribution"
)
personal.not_personal(
    "register.Link", _PUBLIC, "predecessor_urn", "successor_urn", "predecessor_name", "successor_name", "kind"
)
personal.not_personal("register.RegisterImport", "a kind, a state or a checksum", "kind", "state", "digest")
_OF_AREA = "what an area's schools work on, and when its terms are"
personal.not_personal("register.Term", _OF_AREA, "name")
personal.not_personal("register.Theme", _OF_AREA, "name", "description", "source")
