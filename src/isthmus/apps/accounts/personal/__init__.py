"""Personal data that accounts keeps, declared beside what shows, disposes of and erases it."""

from isthmus.apps.accounts.personal import invitations, people, signing

__all__ = ["invitations", "people", "signing"]
