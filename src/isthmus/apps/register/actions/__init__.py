"""Changes of the register."""

from isthmus.apps.register.actions.importing import import_files
from isthmus.apps.register.actions.shipped import load_shipped

__all__ = ["import_files", "load_shipped"]
