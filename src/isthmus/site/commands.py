"""The commands of the apps, gathered for the command line, which knows only the site."""

from isthmus.apps.accounts.commands import add_person
from isthmus.apps.accounts.rights.commands import replay_erasures
from isthmus.apps.networks.commands import export
from isthmus.apps.register.commands import import_files

__all__ = ["add_person", "export", "import_files", "replay_erasures"]
