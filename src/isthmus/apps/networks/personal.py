"""Personal data of plans: who asked for one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.db.models import QuerySet

from isthmus.apps.core import personal
from isthmus.apps.core.dates import in_words
from isthmus.apps.core.personal import Basis, Erased, Held, Keep, Part, PersonalData, Subject
from isthmus.apps.networks.models import Plan


def _dispose(cutoff: datetime, held: Held) -> int:
    old = Plan.objects.filter(created_at__lt=cutoff, created_by__isnull=False)
    rows = personal.batch(old.exclude(created_by__in=held.people).exclude(created_by__email__in=held.emails))
    return Plan.objects.filter(pk__in=rows).update(created_by=None)


def _plans(subject: Subject) -> QuerySet[Plan]:
    return Plan.objects.filter(created_by__isnull=False, created_by=subject.person_id or 0)


def _of(subject: Subject) -> Iterator[Part]:
    found = list(_plans(subject).order_by("created_at", "pk"))
    names = personal.redacted([plan.name for plan in found], subject)
    rows = [
        (in_words(plan.created_at), name, str(plan.get_state_display()))
        for plan, name in zip(found, names, strict=True)
    ]
    yield Part("Plans that you asked for", ("Asked for", "Plan", "State"), rows)


personal.declare(
    PersonalData(
        key="plan-makers",
        title="Who asked for a plan",
        subjects="Officers who plan networks",
        what="Who asked for which plan of networks, and when",
        purpose="To tell colleagues whom to ask about a plan",
        basis=Basis.PUBLIC_TASK,
        recipients="People of the area that owns the plan",
        source="The person themselves",
        columns={"networks.Plan": ("created_by",)},
        keep=Keep(
            days=732,
            since="the plan was asked for",
            least=30,
            most=2192,
            why="The life of a plan of networks",
        ),
        dispose=_dispose,
        of=_of,
        erase=lambda subject: Erased(_plans(subject).update(created_by=None)),
    )
)
_FIGURES = ("choices", "terms", "rates", "conflict", "relaxation", "warnings", "version", "state")
personal.not_personal("networks.Plan", "rules, figures and findings about schools", *_FIGURES)
personal.not_personal(
    "networks.Plan", "a title of a plan of networks; the form asks for no person's name", "name"
)
personal.not_personal("networks.ProposedNetwork", "a title of a group of schools", "name")
