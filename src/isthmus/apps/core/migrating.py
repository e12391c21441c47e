"""Steps of migrations that let a website in use go on: see docs/developers.md."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db.migrations import AddIndex, RemoveIndex
from django.db.migrations.state import ProjectState


class AddIndexMeanwhile(AddIndexConcurrently):
    """`AddIndex` that lets others write meanwhile on PostgreSQL. The migration must say `atomic = False`."""

    def database_forwards(
        self, app_label: str, editor: Any, before: ProjectState, after: ProjectState
    ) -> None:
        concurrent = editor.connection.vendor == "postgresql"
        (AddIndexConcurrently if concurrent else AddIndex).database_forwards(
            self, app_label, editor, before, after
        )

    def database_backwards(
        self, app_label: str, editor: Any, before: ProjectState, after: ProjectState
    ) -> None:
        concurrent = editor.connection.vendor == "postgresql"
        (AddIndexConcurrently if concurrent else AddIndex).database_backwards(
            self, app_label, editor, before, after
        )


class RemoveIndexMeanwhile(RemoveIndexConcurrently):
    """`RemoveIndex` that lets others write meanwhile on PostgreSQL. The migration must say `atomic = False`."""

    def database_forwards(
        self, app_label: str, editor: Any, before: ProjectState, after: ProjectState
    ) -> None:
        concurrent = editor.connection.vendor == "postgresql"
        (RemoveIndexConcurrently if concurrent else RemoveIndex).database_forwards(
            self, app_label, editor, before, after
        )

    def database_backwards(
        self, app_label: str, editor: Any, before: ProjectState, after: ProjectState
    ) -> None:
        concurrent = editor.connection.vendor == "postgresql"
        (RemoveIndexConcurrently if concurrent else RemoveIndex).database_backwards(
            self, app_label, editor, before, after
        )
