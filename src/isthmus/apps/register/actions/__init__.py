"""Changes of the register."""

from isthmus.apps.register.actions.areas import (
    Extent,
    add_partner,
    change_area,
    end_partner,
    keep_theme,
    make_area,
    open_area,
    remove_area,
    seed_themes,
    set_terms,
)
from isthmus.apps.register.actions.importing import import_files
from isthmus.apps.register.actions.shipped import load_shipped

__all__ = [
    "Extent",
    "add_partner",
    "change_area",
    "end_partner",
    "import_files",
    "keep_theme",
    "load_shipped",
    "make_area",
    "open_area",
    "remove_area",
    "seed_themes",
    "set_terms",
]
