"""Every column that could tell something about a person is declared, or said to tell nothing, with a reason."""

from __future__ import annotations

from collections.abc import Iterable

from django.apps import apps
from django.conf import settings
from django.db import models

from isthmus.apps.core import personal
from isthmus.apps.core.personal import Subject

COULD = (
    models.CharField,
    models.TextField,
    models.JSONField,
    models.FileField,
    models.BinaryField,
    models.GenericIPAddressField,
)


def could_be_personal(field: models.Field) -> bool:  # type: ignore[type-arg]  # of any type
    """Texts, data and files of any kind, and whatever points to an account."""
    return isinstance(field, COULD) or (
        field.related_model is not None and field.related_model._meta.label == settings.AUTH_USER_MODEL
    )


def declared_columns() -> set[tuple[str, str]]:
    return {
        (model, column)
        for data in personal.declared()
        for model, columns in data.columns.items()
        for column in columns
    }


def undeclared(tables: Iterable[type[models.Model]]) -> list[str]:
    """Columns of these tables that nothing is said about."""
    said = declared_columns() | set(personal.free())
    return [
        f"{table._meta.label}.{field.name}"
        for table in tables
        for field in table._meta.local_fields
        if could_be_personal(field) and (table._meta.label, field.name) not in said
    ]


def test_something_is_said_about_every_column() -> None:
    tables = apps.get_models(include_auto_created=True)
    assert len(tables) > 25
    assert undeclared(tables) == []


def test_an_undeclared_column_is_found() -> None:
    class Diary(models.Model):
        text = models.TextField()
        days = models.IntegerField()
        about = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
        address = models.EmailField()

        class Meta:
            app_label = "diary"

        def __str__(self) -> str:
            return self.text

    try:
        assert undeclared([Diary]) == ["diary.Diary.text", "diary.Diary.about", "diary.Diary.address"]
    finally:
        del apps.all_models["diary"]


def test_nothing_is_said_about_columns_that_are_not_there() -> None:
    there = {
        (table._meta.label, field.name)
        for table in apps.get_models(include_auto_created=True)
        for field in table._meta.local_fields
    }
    assert (declared_columns() | set(personal.free())) - there == set()


def test_no_column_is_both_personal_and_not() -> None:
    assert declared_columns() & set(personal.free()) == set()
    assert all(reason.strip() for reason in personal.free().values())


def test_each_class_says_all_that_a_record_of_processing_needs() -> None:
    assert len(personal.declared()) >= 13
    for data in personal.declared():
        texts = (data.title, data.subjects, data.what, data.purpose, data.recipients, data.source)
        assert all(text.strip() for text in (*texts, data.keep.since, data.keep.why)), data.key
        assert data.columns, data.key
        assert set(data.rectify) <= {f"{model}.{column}" for model, column in declared_columns()}, data.key


def test_a_subject_without_an_account_is_told_and_erased_nothing(db: None) -> None:
    nobody = Subject("nobody@example.org")
    for data in personal.declared():
        assert not any(data.of(nobody)), data.key
        assert data.erase(nobody) == personal.Erased(), data.key
