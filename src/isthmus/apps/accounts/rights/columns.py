"""The single values about a subject that they may have put right, found from what each class of data declares."""

from __future__ import annotations

from dataclasses import dataclass

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import models

from isthmus.apps.accounts.models import Person
from isthmus.apps.core import personal
from isthmus.apps.core.personal import Subject


@dataclass(frozen=True)
class Place:
    """One column of one row: 'accounts.Person', 'name', 12."""

    model: str
    column: str
    pk: str
    label: str

    @property
    def key(self) -> str:
        """What a form calls this place."""
        return f"{self.model}.{self.column}:{self.pk}"

    def _row(self) -> models.Model:
        row: models.Model = apps.get_model(self.model)._base_manager.get(pk=self.pk)
        return row

    def value(self) -> str:
        """What stands there now."""
        return str(getattr(self._row(), self.column) or "")

    def write(self, value: str) -> None:
        """Write what is right. Raises ValidationError where it does not fit."""
        row = self._row()
        setattr(row, self.column, value)
        others = [field.name for field in row._meta.concrete_fields if field.name != self.column]
        try:
            row.clean_fields(exclude=others)
            row.validate_unique(exclude=others)
        except ValidationError as error:
            raise ValidationError({self.key: error.messages}) from None
        row.save(update_fields=[self.column])


def places(subject: Subject) -> list[Place]:
    """Every place where something about the subject may be put right, in the order of the classes."""
    return [
        place
        for data in personal.declared()
        for column in data.rectify
        for place in _places(column, subject, data.title)
    ]


def _places(column: str, subject: Subject, title: str) -> list[Place]:
    label, _, name = column.rpartition(".")
    model = apps.get_model(label)
    field = model._meta.get_field(name)
    words = str(getattr(field, "verbose_name", name))
    return [
        Place(label, name, str(pk), f"{title}: {words}")
        for pk in _rows(model, subject).order_by("pk").values_list("pk", flat=True)
    ]


def _rows(model: type[models.Model], subject: Subject) -> models.QuerySet[models.Model]:
    """The rows of a model that are about the subject: their account, or rows with their account or address."""
    rows = model._base_manager.all()
    if model is Person:
        return rows.filter(pk=subject.person_id or 0)
    wanted = models.Q(pk__in=[])
    for field in model._meta.concrete_fields:
        if isinstance(field, models.EmailField):
            wanted |= models.Q(**{field.name: subject.email})
        elif field.related_model is Person and field.name == "person" and subject.person_id is not None:
            wanted |= models.Q(**{field.attname: subject.person_id})
    return rows.filter(wanted)
