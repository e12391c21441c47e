"""Every action writes down one event on each way through it, with what was before and after."""

from __future__ import annotations

import ast
import importlib
import inspect
import textwrap
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from isthmus.apps.core import audit, jobs, mail
from isthmus.apps.register.actions import importing, shipped, uploads
from isthmus.apps.register.demonstration import building
from tests.meta.test_house import actions

# What changes something outside an `actions` room, or does its work in a function of its own.
MORE: dict[str, Callable[..., Any]] = {
    "core.jobs.start": jobs.start,
    "core.jobs.cancel": jobs.cancel,
    "core.mail.choose": mail.choose,
    "core.audit.erase": audit.erase,
    "core.audit.exported": audit.exported,
    "register.uploads.begin": uploads._begin,
    "register.uploads.apply": uploads.apply,
    "register.uploads.put_aside": uploads.put_aside,
    "register.uploads.checked": uploads.checked,
    "register.uploads.stopped": uploads.stopped,
    "register.import_files": importing._apply,
    "register.load_shipped": shipped.load_shipped,
    "register.build": building.build,
}
# Nothing that is there is changed by these, so there is no before and after.
NOTHING_TO_COMPARE = {
    "surveys.respond in isthmus.apps.surveys.actions.responses": "what was said stands in the answer alone",
    "surveys.look_at_comment in isthmus.apps.surveys.actions.comments": "what was taken out must not be told again",
    "core.audit.erase": "what it erases must not be told again",
    "core.audit.exported": "a copy leaves, and nothing here changes",
    "accounts.note_saved in isthmus.apps.accounts.rights.actions.copies": "a copy leaves, and nothing here changes",
    "accounts.replay_erasures in isthmus.apps.accounts.rights.actions.erasing": "what it erases must not be told again",
    "accounts.dispose in isthmus.apps.accounts.privacy.actions": "what it disposes of must not be told again",
}


def functions() -> dict[str, Callable[..., Any]]:
    """Every action by its name."""
    found = {f"{name} in {thing.__module__}": thing for name, thing in actions() if name not in MORE}
    return {
        name: thing for name, thing in found.items() if "by" in inspect.signature(thing).parameters
    } | MORE


def tree_of(function: Callable[..., Any]) -> ast.FunctionDef:
    tree = ast.parse(textwrap.dedent(inspect.getsource(function))).body[0]
    assert isinstance(tree, ast.FunctionDef)
    return tree


def records(node: ast.AST) -> list[ast.Call]:
    """The calls of `audit.record` within a node."""
    calls = [n for n in ast.walk(node) if isinstance(n, ast.Call)]
    return [call for call in calls if ast.unparse(call.func) in ("audit.record", "record")]


def most(body: list[ast.stmt]) -> tuple[int, bool]:
    """The most events that one way through these statements records, and whether each way leaves the function.

    A call in a loop counts twice, because a loop may go round twice.
    """
    count = 0
    longest = 0
    for statement in body:
        if isinstance(statement, ast.If):
            ways = [most(statement.body), most(statement.orelse)]
            longest = max(longest, *(count + n for n, _ in ways))
            going_on = [n for n, leaves in ways if not leaves]
            if not going_on:
                return longest, True
            count += max(going_on)
        elif isinstance(statement, (ast.For, ast.While)):
            count += 2 * len(records(statement))
        elif isinstance(statement, (ast.With, ast.Try)):
            inner, leaves = most(statement.body)
            longest = max(longest, count + inner)
            if leaves:
                return longest, True
            count += inner
        else:
            count += len(records(statement))
            if isinstance(statement, (ast.Return, ast.Raise)):
                return max(longest, count), True
    return max(longest, count), False


def faults(name: str, function: Callable[..., Any]) -> list[str]:
    """What is missing from the record of an action."""
    tree = tree_of(function)
    calls = records(tree)
    if not calls:
        return ["records nothing"]
    found = []
    if most(tree.body)[0] != 1:
        found.append(f"records {most(tree.body)[0]} events on one way through it")
    given = {keyword.arg for call in calls for keyword in call.keywords}
    if name in NOTHING_TO_COMPARE:
        return found
    if not given & {"before", "after"}:
        found.append("tells neither before nor after")
    changes = {
        n.func.attr for n in ast.walk(tree) if isinstance(n, ast.Call) and isinstance(n.func, ast.Attribute)
    }
    edits = {"select_for_update", "update"} & changes and not {"get_or_create", "create", "delete"} & changes
    if edits and not {"before", "after"} <= given:
        found.append("changes what is there and does not tell both before and after")
    if "why" in [a.arg for a in tree.args.kwonlyargs] and "why" not in given:
        found.append("is told why and does not record it")
    return found


@pytest.mark.parametrize("name", sorted(functions()))
def test_every_action_records_one_event_with_before_and_after(name: str) -> None:
    assert faults(name, functions()[name]) == []


def _no_record(*, by: Any) -> None:
    by.save()


def _twice(*, by: Any, many: bool) -> None:
    if many:
        audit.record("a.b", by=by, target=by, after={"x": 1})
    audit.record("a.b", by=by, target=by, after={"x": 1})


def _in_a_loop(*, by: Any) -> None:
    for _ in range(3):
        audit.record("a.b", by=by, target=by, after={"x": 1})


def _edit_without_before(*, by: Any) -> None:
    by.objects.filter(pk=1).update(name="x")
    audit.record("a.b", by=by, target=by, after={"x": 1})


def _no_reason(*, by: Any, why: str) -> None:
    audit.record("a.b", by=by, target=by, after={"x": 1})


def _either(*, by: Any, many: bool) -> None:
    if many:
        audit.record("a.b", by=by, target=by, after={"x": 1})
        return
    audit.record("a.c", by=by, target=by, after={"x": 1})


@pytest.mark.parametrize("action", [_no_record, _twice, _in_a_loop, _edit_without_before, _no_reason])
def test_an_action_that_keeps_no_honest_record_is_found_out(action: Callable[..., Any]) -> None:
    assert len(faults("x", action)) == 1


def test_two_ways_through_an_action_may_each_record_one() -> None:
    assert faults("x", _either) == []


def recorded_actions() -> Iterator[str]:
    """The name of every event that code of ours records, as far as it is written out."""
    for function in functions().values():
        for call in records(tree_of(function)):
            first = call.args[0]
            options = [first.body, first.orelse] if isinstance(first, ast.IfExp) else [first]
            yield from (o.value for o in options if isinstance(o, ast.Constant) and isinstance(o.value, str))


def test_every_event_reads_in_plain_words() -> None:
    from isthmus.apps.core import stories

    importlib.import_module("isthmus.site.urls")  # which loads every app's presenters
    assert sorted(set(recorded_actions()) - stories.known().keys()) == []
