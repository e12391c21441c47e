"""What needs keep of an organisation: what it said of itself, and its ties. What officers know of competition is the
area's, not the school's."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Q, QuerySet

from isthmus.apps.core import leaving
from isthmus.apps.core.dates import in_words
from isthmus.apps.core.leaving import OrganisationData
from isthmus.apps.core.personal import Erased, Part
from isthmus.apps.core.scopes import Scope
from isthmus.apps.needs.models import Statement, Tie


def _ties(scope: Scope) -> QuerySet[Tie]:
    return Tie.objects.filter(Q(first=scope.id) | Q(second=scope.id)).order_by("said_on", "pk")


def _of(scope: Scope) -> Iterator[Part]:
    said = Statement.objects.filter(organisation=scope.id).select_related("theme").order_by("said_on", "pk")
    yield Part(
        "Needs and strengths",
        ("On", "Theme", "What", "Note", "Who lives with it", "Their words", "What met it"),
        [
            (
                in_words(row.said_on),
                row.theme.name,
                str(row.get_level_display()),
                row.note,
                row.affected,
                row.their_words,
                row.solution,
            )
            for row in said
        ],
    )
    yield Part(
        "Ties with other schools",
        ("On", "Schools", "Kind", "Note"),
        [
            (
                in_words(row.said_on),
                f"{row.first.name} and {row.second.name}",
                str(row.get_kind_display()),
                row.note,
            )
            for row in _ties(scope).select_related("first", "second")
        ],
    )


def _purge(scope: Scope) -> Erased:
    said = Statement.objects.filter(organisation=scope.id).delete()[1].get("needs.Statement", 0)
    return Erased(said + _ties(scope).delete()[1].get("needs.Tie", 0))


leaving.keeps(
    OrganisationData(
        key="needs",
        title="Its needs, strengths and ties",
        of=_of,
        purge=_purge,
        people=lambda scope: (
            (row.said_by_id, row.said_by.email if row.said_by else "")
            for row in Statement.objects.filter(organisation=scope.id, said_by__isnull=False).select_related(
                "said_by"
            )
        ),
    )
)
