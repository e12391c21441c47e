"""Rules of the house that a test can hold: what an action is, what a table states, how large a module may grow."""

from __future__ import annotations

import ast
import importlib
import inspect
import io
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import models
from django.db.models import CheckConstraint

ROOT = Path(__file__).resolve().parents[2]
OURS = [config for config in apps.get_app_configs() if config.name.startswith("isthmus.apps.")]
TABLES = [model for config in OURS for model in config.get_models()]
MOST_LINES = 400
"""The style says about 300; past this a module certainly hides a second one."""

# Parts of an app that have rooms of their own.
PARTS = {
    "accounts": (
        "isthmus.apps.accounts.people",
        "isthmus.apps.accounts.privacy",
        "isthmus.apps.accounts.rights",
    )
}
# Actions that read long files first and write in one short transaction of their own, so that nobody waits meanwhile.
# Their own tests show that all or nothing is written.
LONG = {"register.import_files", "register.load_shipped"}


def actions() -> Iterator[tuple[str, Callable[..., Any]]]:
    """The public functions of every `actions` room."""
    for config, place in [(c, place) for c in OURS for place in (c.name, *PARTS.get(c.label, ()))]:
        if importlib.util.find_spec(f"{place}.actions") is None:
            continue
        room = importlib.import_module(f"{place}.actions")
        for name in getattr(room, "__all__", [n for n in vars(room) if not n.startswith("_")]):
            thing = getattr(room, name)
            if inspect.isfunction(thing) and thing.__module__.startswith(room.__name__):
                yield f"{config.label}.{name}", thing


def faults(action: Callable[..., Any]) -> list[str]:
    """What is missing from an action: atomic, keyword-only, `by=`, one audit event."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(action)))
    function = tree.body[0]
    assert isinstance(function, ast.FunctionDef)
    found = []
    if "transaction.atomic" not in map(ast.unparse, function.decorator_list):
        found.append("is not @transaction.atomic")
    if function.args.args or function.args.posonlyargs:
        found.append("takes positional arguments")
    if "by" not in [a.arg for a in function.args.kwonlyargs]:
        found.append("does not take by=")
    calls = [ast.unparse(n.func) for n in ast.walk(function) if isinstance(n, ast.Call)]
    if calls.count("audit.record") != 1:
        found.append(f"calls audit.record {calls.count('audit.record')} times")
    return found


def test_every_action_is_one() -> None:
    found = dict(actions())
    assert {"accounts.give_role", "accounts.accept"} <= set(found)
    assert set(found) > LONG
    assert {name: faults(found[name]) for name in set(found) - LONG if faults(found[name])} == {}
    assert [name for name in LONG if "by" not in inspect.signature(found[name]).parameters] == []


def test_a_function_that_is_no_action_is_found_out() -> None:
    def half(person: str) -> None:
        """Neither atomic nor recorded."""

    assert len(faults(half)) == 4


def unguarded(model: type[models.Model]) -> list[str]:
    """Fields with choices which the database does not hold to them."""
    text = " ".join(str(c.condition) for c in model._meta.constraints if isinstance(c, CheckConstraint))
    return [
        f"{model._meta.label}.{field.name}"
        for field in model._meta.get_fields()
        if getattr(field, "choices", None) and f"('{field.name}__in'" not in text
    ]


def test_the_database_holds_every_choice_to_what_is_known() -> None:
    assert [fault for model in TABLES for fault in unguarded(model)] == []


def test_a_choice_without_a_constraint_is_found_out() -> None:
    class Loose(models.Model):
        colour = models.CharField(max_length=5, choices=[("red", "Red")])

        class Meta:
            app_label = "loose"

        def __str__(self) -> str:
            return self.colour

    try:
        assert unguarded(Loose) == ["loose.Loose.colour"]
    finally:
        del apps.all_models["loose"]


def test_constraints_and_indexes_have_names_of_their_own() -> None:
    names = [thing.name for model in TABLES for thing in (*model._meta.constraints, *model._meta.indexes)]
    assert len(names) == len(set(names))
    assert not any(model._meta.unique_together for model in TABLES), "name it in a UniqueConstraint"


@pytest.mark.django_db
def test_no_migration_is_missing() -> None:
    out = io.StringIO()
    call_command("makemigrations", check=True, dry_run=True, stdout=out)
    assert "No changes detected" in out.getvalue()


def test_modules_stay_small() -> None:
    sizes = {
        str(path.relative_to(ROOT)): len(path.read_text().splitlines())
        for path in (ROOT / "src").rglob("*.py")
        if "migrations" not in path.parts
    }
    assert len(sizes) > 50
    assert {name: lines for name, lines in sizes.items() if lines > MOST_LINES} == {}
