"""Faults planted in the functions that decide who reaches what: a condition that always lets through, a filter that
narrows nothing, a part of a condition left out. Each is made from the function's own source, so new code is covered.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import textwrap
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import FunctionType

PEOPLE = {
    "accounts:people",
    "accounts:invitations",
    "accounts:holding",
    "accounts:invited",
    "accounts:hand_over",
    "accounts:change_term",
}
PLANS = {"networks:plans", "networks:plan", "networks:plan_remove"}
SHARING = {"core:sharings", "core:sharing", "core:sharing_take_back"}
# Every function of these rooms, or these functions of them; and addresses that show what they decide.
ROOMS: dict[str, tuple[set[str] | None, set[str]]] = {
    "isthmus.apps.networks.access": (None, PLANS),
    "isthmus.apps.register.access": (None, {"register:import", "register:school", "register:organisation"}),
    "isthmus.apps.accounts.people.access": (None, PEOPLE | {"accounts:invite"}),
    "isthmus.apps.core.queries": ({"jobs_of"}, {"core:jobs", "core:job"}),
    "isthmus.apps.core.chains": ({"chains_binding", "chains_read"}, {"core:record", "core:record_events"}),
    "isthmus.apps.core.sharing": ({"areas_of", "sharings_for", "get_sharing"}, SHARING),
    "isthmus.apps.core.seeing": ({"_by_role", "_by_sharing"}, PLANS),
}
# What may be taken out without anybody reaching more or less, and why.
TRIED = "tried in tests/core/test_seeing.py"
HARMLESS: dict[str, str] = {
    f"isthmus.apps.{fault}": why
    for fault, why in {
        "networks.access.areas_where: without 'if scope.kind == ScopeKind.AREA' in a list": "only areas have plans",
        "networks.access.plans_for: without 'if PROPOSAL in classes' in a list": "whatever opens plans opens proposals",
        "register.access._need: without 'if not person.may(permission): raise'": "the guard of the view asks the same",
        "register.access.get_school: without the filter kind__in=SCHOOL_KINDS": "public facts",
        "accounts.people.access.managed_from: without 's is not None and'": "None is nobody's scope",
        "core.chains.chains_read: without 'if chain_of(scope) == scope' in a list": "read by officers of areas only",
        "core.seeing._by_sharing: without the filter on_scopes(places, 'to')": "asked again for each row",
        "core.seeing._by_sharing: without the filter dataset__in=by_name": "there is one dataset",
        "core.seeing._by_sharing: without 'if dataset.shared_classes' in a list": "there is one dataset",
        "core.seeing._by_sharing: without 'if role.scope.kind == ScopeKind.AREA' in a list": "rows name their kind",
        "core.seeing._by_sharing: without 'dataset.permission in r.permissions and'": TRIED,
        "core.seeing._by_role: without 'dataset.permission in role.permissions and'": TRIED,
        "core.seeing._by_sharing: without "
        "'if r.scope == row.to and dataset.permission in r.permissions' in a list": TRIED,
        "core.sharing.areas_of: without 'if scope.kind == ScopeKind.AREA' in a list": "rows name their kind",
        "accounts.people.access.holdings_for: without the filter lifted_at=None": "tried in tests/accounts",
        "accounts.people.access.holdings_for: without the filter person__isnull=False": "tried in tests/accounts",
        "accounts.people.access.invitations_for: without the filter lifted_at=None": "tried in tests/accounts",
        "core.seeing._by_sharing: without 'r.scope == row.to and'": TRIED,
    }.items()
}


@dataclass(frozen=True)
class Mutant:
    """A function with one fault, and the addresses at which it should show."""

    function: FunctionType
    code: Callable[..., object]
    fault: str
    addresses: set[str]

    def __str__(self) -> str:
        return f"{self.function.__module__}.{self.function.__name__}: {self.fault}"

    @contextmanager
    def planted(self) -> Iterator[None]:
        """The fault is there meanwhile, for everybody who imported the function."""
        kept = self.function.__code__
        self.function.__code__ = self.code.__code__  # type: ignore[attr-defined]  # a function has code
        try:
            yield
        finally:
            self.function.__code__ = kept


def every() -> list[Mutant]:
    """Every fault that can be planted and is not known to be harmless."""
    found = []
    for room, (only, addresses) in ROOMS.items():
        module = importlib.import_module(room)
        for name, thing in vars(module).items():
            if not isinstance(thing, FunctionType) or thing.__module__ != room:
                continue
            if only is not None and name not in only:
                continue
            for fault, code in _faults(thing):
                mutant = Mutant(thing, code, fault, addresses)
                if str(mutant) not in HARMLESS:
                    found.append(mutant)
    return found


def _faults(function: FunctionType) -> Iterator[tuple[str, Callable[..., object]]]:
    source = textwrap.dedent(inspect.getsource(function))
    places = len(list(ast.walk(ast.parse(source))))
    for place in range(places):
        for choice in range(4):
            tree = ast.parse(source)
            node = list(ast.walk(tree))[place]
            fault = _spoil(tree, node, choice)
            if fault:
                definition = tree.body[0]
                assert isinstance(definition, ast.FunctionDef)
                definition.decorator_list = []
                space = dict(function.__globals__)
                exec(compile(ast.fix_missing_locations(tree), "<fault>", "exec"), space)
                made = space[function.__name__]
                yield fault, made


def _spoil(tree: ast.AST, node: ast.AST, choice: int) -> str:
    """Take something out of the node; says what, or '' where there is no such choice."""
    if isinstance(node, ast.If) and choice == 0 and any(isinstance(part, ast.Raise) for part in node.body):
        said = ast.unparse(node.test)
        node.test = ast.Constant(False)
        return f"without 'if {said}: raise'"
    if isinstance(node, ast.BoolOp) and isinstance(node.op, ast.And) and choice < len(node.values):
        said = ast.unparse(node.values[choice])
        node.values[choice] = ast.Constant(True)
        return f"without '{said} and'"
    if isinstance(node, ast.comprehension) and choice < len(node.ifs):
        said = ast.unparse(node.ifs[choice])
        del node.ifs[choice]
        return f"without 'if {said}' in a list"
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "filter":
        return _loosen(node, choice)
    return ""


def _loosen(call: ast.Call, choice: int) -> str:
    """Leave out one of the conditions of a filter."""
    if choice < len(call.args):
        said = ast.unparse(call.args.pop(choice))
    elif choice - len(call.args) < len(call.keywords):
        said = ast.unparse(call.keywords.pop(choice - len(call.args)))
    else:
        return ""
    return f"without the filter {said}"
