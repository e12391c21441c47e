"""People and the roles they hold."""

from __future__ import annotations

from datetime import date
from functools import cached_property
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower

from isthmus.apps.accounts.roles import DESCRIPTIONS, Role, places_in_words
from isthmus.apps.core.dates import not_over_on, today
from isthmus.apps.core.held import RoleHeld
from isthmus.apps.core.permissions import Permission
from isthmus.apps.core.scopes import Scope, ScopedModel, scope_known


class PersonManager(BaseUserManager["Person"]):
    """Finds people by e-mail address, whatever its case."""

    def get_by_natural_key(self, username: str | None) -> Person:
        return self.get(email__iexact=username or "")


class Person(AbstractBaseUser):
    """Somebody who signs in. A demonstration person is invented and can sign in only in a demonstration."""

    email = models.EmailField(max_length=254, unique=True)
    name = models.CharField(max_length=150)
    is_active = models.BooleanField(default=True)
    is_demonstration = models.BooleanField(default=False)

    objects: ClassVar[PersonManager] = PersonManager()
    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(email=Lower("email")), name="person_email_in_small_letters"),
            models.CheckConstraint(condition=~Q(email=""), name="person_has_email"),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.email = self.email.lower()
        super().save(*args, **kwargs)

    @cached_property
    def held(self) -> list[RoleHolding]:
        """The roles in force today; read once a request."""
        return list(self.holdings.in_force(today()))

    @property
    def needs_second_factor(self) -> bool:
        """Whether a role in force asks for a second factor at sign-in."""
        return any(DESCRIPTIONS[Role(h.role)].second_factor for h in self.held)

    def may(self, permission: Permission, scope: Scope | None = None) -> bool:
        """Whether the person holds `permission` on `scope`, or on any scope where none is given."""
        return any(scope in (None, held) for held in self.scopes(permission))

    def roles_on(self, day: date) -> list[RoleHeld]:
        """The roles held on `day`; of a past day, those held then, whatever became of them."""
        if day >= today() and not self.is_active:
            return []
        held = self.held if day == today() else self.holdings.held_on(day)
        return [h.as_held for h in held]

    def scopes(self, permission: Permission) -> list[Scope]:
        """The scopes on which a role in force gives `permission`."""
        if not self.is_active:
            return []
        return [h.scope for h in self.held if permission in DESCRIPTIONS[Role(h.role)].permissions]


class RoleHoldingQuerySet(models.QuerySet["RoleHolding"]):
    def in_force(self, day: date) -> RoleHoldingQuerySet:
        """Roles whose term covers `day` and that nobody ended; both ends belong to the term."""
        return self.filter(starts__lte=day, ended_at=None).filter(Q(ends=None) | Q(ends__gte=day))

    def held_on(self, day: date) -> RoleHoldingQuerySet:
        """Roles held on `day`, whenever that is: of a past day, also those that somebody ended since."""
        covers = Q(ends=None) | Q(ends__gte=day)
        return self.filter(covers, not_over_on("ended_at", day), starts__lte=day)

    def not_over(self, day: date) -> RoleHoldingQuerySet:
        """Roles in force on `day` or later."""
        return self.filter(ended_at=None).filter(Q(ends=None) | Q(ends__gte=day))


class RoleHolding(ScopedModel):
    """A person holds a role on a scope for a term. `ended_at` is set where it ended before its term, at once."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="holdings")
    role = models.CharField(max_length=40, choices=Role.choices)
    starts = models.DateField(default=today)
    ends = models.DateField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = RoleHoldingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ends=None) | Q(ends__gte=F("starts")), name="role_ends_after_it_starts"
            ),
            scope_known("role"),
            models.CheckConstraint(condition=Q(role__in=Role.values), name="role_known"),
            models.UniqueConstraint(
                fields=["person", "role", "scope_kind", "scope_id", "starts"],
                condition=Q(ended_at=None),
                name="role_held_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.get_role_display()}"

    @property
    def as_held(self) -> RoleHeld:
        """The role as the rest of the system may know it."""
        role = Role(self.role)
        word = str(role.label)
        return RoleHeld(
            word[:1].lower() + word[1:], self.scope, DESCRIPTIONS[role].permissions, self.starts, self.ends
        )

    def save(self, *args: Any, **kwargs: Any) -> None:
        description = DESCRIPTIONS[Role(self.role)]
        if self.scope_kind not in description.held_on:
            raise ValueError(f"The role {self.role!r} is held on {places_in_words(description)}")
        super().save(*args, **kwargs)


from isthmus.apps.accounts.people.models import HandOver, Invitation  # noqa: E402, F401 - for Django to find
from isthmus.apps.accounts.privacy import models as _privacy  # noqa: E402, F401 - as above
from isthmus.apps.accounts.rights import models as _rights  # noqa: E402, F401 - as above
from isthmus.apps.accounts.signing import models as _signing  # noqa: E402, F401 - Django finds its tables here
