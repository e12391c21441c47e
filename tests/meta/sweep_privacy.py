"""The sweep's part for privacy: times of keeping, exports and certificates belong to the installation."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from isthmus.apps.accounts.privacy.models import Disposal
from tests.meta.sweep import Arguments, World, names


def build() -> None:
    """One certificate."""
    now = timezone.now()
    Disposal.objects.create(
        key="mail",
        title="Outgoing mail",
        count=1,
        days=30,
        rule="A rule",
        cutoff=now,
        at=now,
        digest="0" * 64,
    )


def _nobodys(world: World, who: str) -> Arguments:
    return None


def _the(**arguments: Any) -> Any:
    return lambda world, who: arguments


def _certificate(world: World, who: str) -> Arguments:
    return {"pk": Disposal.objects.get(rule="A rule").pk}


names("accounts:retention_change", own=_the(key="mail"), other=_nobodys)
for _file in ("privacy_records_export", "privacy_assessment_export", "disposals_export"):
    names(f"accounts:{_file}", own=_the(ending="csv"), other=_nobodys)
names("accounts:disposal", "accounts:disposal_file", own=_certificate, other=_nobodys)
