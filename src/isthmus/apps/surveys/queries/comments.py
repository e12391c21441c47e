"""Comments: which may be read at all, and which are shown."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Count, QuerySet

from isthmus.apps.surveys.models import Comment, Wave

COMMENTERS = 10
"""Comments on a question by fewer people of a school are read by nobody, whoever looks after the wave included."""


def readable(wave: Wave) -> QuerySet[Comment]:
    """The comments of schools and questions with enough of them, in the order in which they were mixed."""
    fewest = max(COMMENTERS, wave.k)
    enough = (
        Comment.objects.filter(wave=wave)
        .values("school", "item")
        .annotate(number=Count("pk"))
        .filter(number__gte=fewest)
        .values_list("school", "item")
    )
    pairs = set(enough)
    keys = [
        pk
        for pk, school, item in Comment.objects.filter(wave=wave).values_list("pk", "school", "item")
        if (school, item) in pairs
    ]
    rows = Comment.objects.filter(pk__in=keys).select_related("school__organisation")
    return rows.order_by("school__organisation__name", "school", "item", "pk")


def shown(wave: Wave, organisation: int) -> list[tuple[str, list[Comment]]]:
    """Question by question, what is shown of a school's comments: all of them were looked at by a person first."""
    found: dict[str, list[Comment]] = {}
    for comment in readable(wave).filter(school__organisation=organisation):
        found.setdefault(comment.item, []).append(comment)
    return [
        (item, [one for one in comments if one.shown])
        for item, comments in found.items()
        if all(one.looked_at for one in comments)
    ]


def themes(wave: Wave, among: Collection[int] | None = None) -> list[str]:
    """The themes that people gave to comments of the wave, the most used first."""
    rows = Comment.objects.filter(wave=wave).exclude(theme="")
    rows = rows if among is None else rows.filter(school__organisation__in=among)
    return list(rows.values_list("theme", flat=True).annotate(n=Count("pk")).order_by("-n", "theme"))
