"""A text of its own in every text column of every row that belongs to an area, found by walking the tables.

A new table is covered as soon as it can be traced to an area: by its scope, by what it points to, or by an address.
Where it cannot, or no area has a row of it, the test says so: make a row for each area in `more_rows`, or name it in
`NOBODYS` with the reason why it belongs to no area.
"""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.apps import apps
from django.db import models

from isthmus.apps.accounts.models import Person, RoleHolding
from isthmus.apps.accounts.rights.models import Bundle, Leaving, LegalHold, Restriction, SubjectRequest
from isthmus.apps.core import mail
from isthmus.apps.core.chains import chain_of
from isthmus.apps.core.dates import today
from isthmus.apps.core.models import Message
from isthmus.apps.core.notices import TASK
from isthmus.apps.core.scopes import Scope, ScopedModel, ScopeKind
from isthmus.apps.register.models import Area, Organisation
from tests.meta import canaries_surveys
from tests.meta.country import Country

SHAPE = re.compile(rb"zq(\d+)n(\d+)z")
TEXTS = (models.CharField, models.TextField, models.JSONField)
# Tables that belong to no area, or whose texts are for everybody: why.
NOBODYS = {
    "register.Area": "public facts",
    "register.Organisation": "public facts",
    "register.Dataset": "public facts",
    "register.Link": "public facts",
    "register.GroupMembership": "public facts",
    "register.RegisterImport": "of the installation: administrators see it",
    "networks.TravelBlock": "minutes between places under a hash",
    "core.AuditEvent": "words of the system, only ever added",
    "core.AuditPayload": "only ever added; planted through `audit.record` by what the test does",
    "core.LedgerChain": "hashes",
    "core.LedgerEntry": "hashes",
    "core.LedgerHead": "hashes, made to be published",
    "accounts.Controller": "of the installation, made to be published",
    "accounts.Retention": "of the installation, made to be published",
    "accounts.Disposal": "of the installation: numbers and rules",
    "accounts.Erasure": "keyed hashes",
    "accounts.SignInSession": "made by signing in; read by nobody else",
    "accounts.SharedCount": "counts of tries under hashed names",
    "accounts.SignInLink": "a hash",
    "auth.Permission": "not used",
    "auth.Group": "not used",
    "contenttypes.ContentType": "names of tables",
    "account.EmailAddress": "not shown: sign-in keeps the person's own address there",
    "account.EmailConfirmation": "not used",
    "mfa.Authenticator": "a person's own ways in, which tests/accounts keeps from others",
    "socialaccount.SocialApp": "not used: providers stand in the settings",
    "socialaccount.SocialAccount": "a person's own ways in, which tests/accounts keeps from others",
    "socialaccount.SocialToken": "not used",
    "django_tasks_database.DBTaskResult": "the queue: read by the worker alone",
}
# Columns that steer the code, so that a text put there would break the page instead of standing on it.
STEERING = {
    "accounts.Person": {"password"},
    "accounts.Invitation": {"token_hash"},
    "accounts.Bundle": {"file"},
    "accounts.LegalHold": {"data_class"},
    "core.Job": {"kind", "params", "result_url", "task_id"},
    "core.Message": {"kind", "key", "token"},
    "core.MailChoice": {"kind"},
    "core.Sharing": {"dataset"},
    "networks.Plan": {"choices", "terms", "rates", "relaxation", "before", "given"},
    "networks.PlanRule": {"data"},
    "networks.PlanStudy": {"result"},
    "networks.PlanStep": {"moves", "breaks"},
    "networks.PlanShare": {"token_hash"},
    "networks.Adoption": {"undo"},
    "networks.AdoptionAnswer": {"token_hash"},
    "networks.ConsultationAnswer": {"token_hash"},
    "networks.MembershipImport": {"rows", "report", "digest"},
    "needs.GivenFile": {"rows", "report", "digest"},
    **canaries_surveys.STEERING,
}


@dataclass(frozen=True)
class Canary:
    """Where a text was put, and the area (by number) that it belongs to."""

    area: int
    table: str
    column: str


@dataclass
class Planted:
    """Every canary by its number; what is not covered."""

    canaries: dict[int, Canary] = field(default_factory=dict)
    uncovered: list[str] = field(default_factory=list)

    def new(self, area: int, table: str, column: str) -> str:
        """A text that stands nowhere else."""
        number = len(self.canaries) + 1
        self.canaries[number] = Canary(area, table, column)
        return f"zq{area}n{number}z"

    def found(self, content: bytes) -> set[Canary]:
        """The canaries in a page, or in a file with whatever is packed in it."""
        texts = [content]
        if content[:2] == b"PK":
            with zipfile.ZipFile(io.BytesIO(content)) as packed:
                texts += [packed.read(name) for name in packed.namelist()]
                texts.append(" ".join(packed.namelist()).encode())
        return {self.canaries[int(n)] for text in texts for _area, n in SHAPE.findall(text)}


def more_rows(land: Country) -> None:
    """What the country lacks, for two areas: a row of every other table that belongs to somebody."""
    for name, school in (("A", "school 2"), ("B", "school 4")):
        scope, place = land.scopes[name], land.scopes[school]
        somebody = RoleHolding.objects.filter(scope_kind="organisation", scope_id=place.id).first()
        assert somebody is not None
        person, at = somebody.person, {"scope_kind": place.kind, "scope_id": place.id}
        asked = SubjectRequest.objects.create(
            **at, right=SubjectRequest._meta.get_field("right").choices[0][0],  # type: ignore[index,union-attr]  # has choices
            person=person, email=person.email, due_on=today() + timedelta(days=30),
        )  # fmt: skip
        Restriction.objects.create(email=f"kept-{person.pk}@example.org", request=asked)
        leaving = Leaving.objects.create(**at, reason="x", purge_from=today() + timedelta(days=30))
        Bundle.objects.create(leaving=leaving, keep_until=today() + timedelta(days=30))
        LegalHold.objects.create(
            scope_kind=scope.kind, scope_id=scope.id, email=f"hold-{person.pk}@example.org", reason="x"
        )
        mail.send(TASK, mail.letter("x"), to=person.email, key=f"canary:{name}", person_id=person.pk)
        mail.choice(person.email, TASK.name)
        canaries_surveys.rows(scope, place, person)


def area_of(row: models.Model, depth: int = 0) -> int | None:
    """The area that a row belongs to: by its scope, by what it points to, or by an address in it."""
    if isinstance(row, Area):
        return int(row.pk)
    if isinstance(row, Organisation):
        return row.authority_id
    if isinstance(row, ScopedModel):
        return _of_scope(row.scope)
    if isinstance(row, Person):
        held = row.holdings.order_by("pk").first()
        if held is not None:
            return _of_scope(held.scope)
    elif depth < 3:
        for link in row._meta.concrete_fields:
            if isinstance(link, models.ForeignKey) and getattr(row, link.attname) is not None:
                found = area_of(getattr(row, link.name), depth + 1)
                if found is not None:
                    return found
        owner = Person.objects.filter(email=getattr(row, "email", "")).first()
        return area_of(owner) if owner else None
    return None


def _of_scope(scope: Scope) -> int | None:
    chain = chain_of(scope)
    return chain.id if chain.kind == ScopeKind.AREA else None


def rows_of(table: type[models.Model]) -> list[models.Model]:
    """Every row, whatever a table's own manager leaves out."""
    return list(table._base_manager.all())


def texts_of(table: type[models.Model]) -> list[models.Field]:  # type: ignore[type-arg]  # of any type
    """The columns of a table in which somebody's words may stand."""
    steering = STEERING.get(table._meta.label, set())
    return [
        column
        for column in table._meta.concrete_fields
        if isinstance(column, TEXTS) and not column.choices and column.name not in steering
    ]


def plant(land: Country) -> Planted:
    """Put a canary into every text of every area's rows."""
    planted, wanted = Planted(), {land.scopes["A"].id, land.scopes["B"].id}
    # Whose each row is must be known before an address changes.
    work = []
    for table in apps.get_models():
        columns, label = texts_of(table), table._meta.label
        if not columns or label in NOBODYS:
            continue
        owned = [(row, area_of(row)) for row in rows_of(table)]
        if not wanted <= {area for _row, area in owned}:
            planted.uncovered.append(label)
        work += [(row, area, columns) for row, area in owned if area is not None]
    for row, area, columns in work:
        label = row._meta.label
        columns = [c for c in columns if c.name not in canaries_surveys.held(row)]
        changed = {c.name: _text(planted.new(area, label, c.name), row, c) for c in columns}
        type(row)._base_manager.filter(pk=row.pk).update(**changed)
    return planted


def _text(canary: str, row: models.Model, column: Any) -> Any:
    """The canary as the column may hold it."""
    if isinstance(row, Message) and column.name == "letter":
        return {"sections": [{"paragraphs": [canary], "label": "", "path": ""}]}
    if (within := canaries_surveys.text(canary, row, column.name)) is not None:
        return within
    if column.name == "pack":
        return [{"title": canary, "url": "/", "hint": canary}]
    if column.name == "certificate":
        return [[canary, 1, 1, canary]]
    if isinstance(column, models.JSONField):
        before = getattr(row, column.name)
        return [*before, canary] if isinstance(before, list) else {**(before or {}), "canary": canary}
    if isinstance(column, models.EmailField) or column.name == "to":
        return f"{canary}@example.org"
    assert column.max_length is None or len(canary) <= column.max_length, f"{row._meta.label}.{column.name}"
    return canary
