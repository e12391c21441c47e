"""Faults planted in the functions that decide who reaches what: a condition that always lets through, a filter that
narrows nothing, a part of a condition left out. Each is made from the function's own source, so new code is covered.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import sys
import textwrap
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType, FunctionType

# Every function of these rooms, or these functions of them. Where each shows is found by `reach`.
ROOMS: dict[str, set[str] | None] = {
    "isthmus.apps.networks.access": None,
    "isthmus.apps.needs.access": None,
    "isthmus.apps.register.access": None,
    "isthmus.apps.accounts.people.access": None,
    "isthmus.apps.core.queries": {"jobs_of"},
    "isthmus.apps.core.chains": {"chains_binding", "chains_read"},
    "isthmus.apps.core.sharing": {"areas_of", "sharings_for", "get_sharing"},
    "isthmus.apps.core.seeing": {"_by_role", "_by_sharing"},
}
# What may be taken out without anybody reaching more or less, and why.
TRIED = "tried in tests/core/test_seeing.py"
SWEPT = "open to everybody, so tests/meta/sweep.py asks for one that is not"
OFFERED = "tells what a page offers; what stands behind asks again"
TWO_ROLES = "of people with two roles: tried in tests/needs_and_strengths"
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
        "networks.access.own_memberships: without the filter urn__isnull=False": "nothing comes before no URN",
        "networks.access.get_public_network: without the filter pk=pk": SWEPT,
        "networks.access.get_public_network: without the filter public=True": SWEPT,
        "networks.access.layers_for: without the filter fictional=about.fictional": "whose they are stays",
        "needs.access.own_schools: without the filter kind__in=SCHOOL_KINDS": "whose they are stays",
        "needs.access.get_school: without the filter kind__in=SCHOOL_KINDS": "whose it is stays",
        "needs.access.get_school: without the filter pk=school.pk, the next (2)": OFFERED,
        "needs.access.get_school: without the filter pk=area": OFFERED,
        "needs.access.may_say_for: without the filter pk=area.pk": TWO_ROLES,
        "needs.access.may_know_competition: without the filter pk=area.pk": TWO_ROLES,
    }.items()
}


@dataclass(frozen=True)
class Mutant:
    """A function with one fault."""

    function: FunctionType
    code: Callable[..., object]
    fault: str

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


def functions() -> Iterator[FunctionType]:
    """What decides who reaches what."""
    for room, only in ROOMS.items():
        for name, thing in vars(importlib.import_module(room)).items():
            if isinstance(thing, FunctionType) and thing.__module__ == room and (not only or name in only):
                yield thing


def every() -> list[Mutant]:
    """Every fault that can be planted, the harmless ones too."""
    return [Mutant(thing, code, fault) for thing in functions() for fault, code in _faults(thing)]


def harmful() -> list[Mutant]:
    """Every fault that somebody should notice."""
    return [mutant for mutant in every() if str(mutant) not in HARMLESS]


class Reach:
    """Notes which of the functions are called while an address is asked."""

    def __init__(self) -> None:
        self.addresses: dict[FunctionType, set[str]] = {thing: set() for thing in functions()}
        self._by_code = {thing.__code__: found for thing, found in self.addresses.items()}

    @contextmanager
    def noting(self, address: str) -> Iterator[None]:
        """What is called meanwhile is called at this address."""

        def note(frame: FrameType, event: str, _argument: object) -> None:
            if event == "call" and frame.f_code in self._by_code:
                self._by_code[frame.f_code].add(address)

        kept = sys.getprofile()
        sys.setprofile(note)
        try:
            yield
        finally:
            sys.setprofile(kept)


def _faults(function: FunctionType) -> Iterator[tuple[str, Callable[..., object]]]:
    source = textwrap.dedent(inspect.getsource(function))
    places = len(list(ast.walk(ast.parse(source))))
    met: Counter[str] = Counter()
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
                met[fault] += 1
                yield fault if met[fault] == 1 else f"{fault}, the next ({met[fault]})", made


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
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "get_object_or_404":
        return _loosen(node, choice + 1)  # the first says where to look
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
