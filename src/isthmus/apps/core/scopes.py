"""The typed target of a role, an event or a message, so that no app must know another's tables."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import models


class ScopeKind(models.TextChoices):
    """What kind of thing a scope is."""

    INSTALLATION = "installation", "the whole installation"
    AREA = "area", "an area"
    ORGANISATION = "organisation", "an organisation"
    NETWORK = "network", "a network"
    SUB_GROUP = "sub-group", "a sub-group"


@dataclass(frozen=True, order=True)
class Scope:
    """One area, organisation, network or sub-group; `id` is 0 for the installation."""

    kind: ScopeKind
    id: int = 0

    def __str__(self) -> str:
        return f"{self.kind.value}:{self.id}"


INSTALLATION = Scope(ScopeKind.INSTALLATION, 0)


def scope_known(table: str) -> models.CheckConstraint:
    """The constraint that a scoped table's `scope_kind` is one of the kinds there are."""
    known = models.Q(scope_kind__in=[kind.value for kind in ScopeKind])
    return models.CheckConstraint(condition=known, name=f"{table}_scope_kind_known")


class ScopedModel(models.Model):
    """A table whose rows belong to one scope."""

    scope_kind = models.CharField(max_length=20, choices=ScopeKind.choices)
    scope_id = models.BigIntegerField(default=0)

    class Meta:
        abstract = True

    @property
    def scope(self) -> Scope:
        """The scope of this row."""
        return Scope(ScopeKind(self.scope_kind), self.scope_id)


def on_scopes(scopes: Iterable[Scope], prefix: str = "scope") -> models.Q:
    """The condition that `<prefix>_kind` and `<prefix>_id` of a row name one of these scopes."""
    wanted = models.Q(pk__in=[])
    by_kind: dict[ScopeKind, list[int]] = {}
    for scope in scopes:
        by_kind.setdefault(scope.kind, []).append(scope.id)
    for kind, ids in by_kind.items():
        wanted |= models.Q(**{f"{prefix}_kind": kind, f"{prefix}_id__in": ids})
    return wanted
