"""Tables of the register. None (or an empty text) means 'not known'; zero only where a source says 0."""

from isthmus.apps.register.models.areas import AreaPartner, AreaSchool, Term, Theme
from isthmus.apps.register.models.organisations import (
    OWNED_AREAS,
    PUBLIC_AREAS,
    SCHOOL_KINDS,
    Area,
    AreaKind,
    Kind,
    Organisation,
    Phase,
    Status,
)
from isthmus.apps.register.models.records import (
    Dataset,
    GroupMembership,
    ImportState,
    Link,
    LinkKind,
    RegisterImport,
)

__all__ = [
    "OWNED_AREAS",
    "PUBLIC_AREAS",
    "SCHOOL_KINDS",
    "Area",
    "AreaKind",
    "AreaPartner",
    "AreaSchool",
    "Dataset",
    "GroupMembership",
    "ImportState",
    "Kind",
    "Link",
    "LinkKind",
    "Organisation",
    "Phase",
    "RegisterImport",
    "Status",
    "Term",
    "Theme",
]
