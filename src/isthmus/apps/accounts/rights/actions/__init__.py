"""Each change of state about what people ask about their own data, and about schools that leave."""

from isthmus.apps.accounts.rights.actions.copies import (
    dispose_of_copy,
    finish_copy,
    give_up_copy,
    make_copy,
    note_saved,
)
from isthmus.apps.accounts.rights.actions.erasing import CannotErase, Report, erase, replay_erasures
from isthmus.apps.accounts.rights.actions.holds import lift_hold, place_hold
from isthmus.apps.accounts.rights.actions.removing import (
    CannotPurge,
    begin_leaving,
    purge,
    stop_leaving,
)
from isthmus.apps.accounts.rights.actions.requests import (
    ask,
    complete,
    extend,
    lift_restriction,
    put_right,
    record,
    refuse,
    restrict,
    withdraw,
)

__all__ = [
    "CannotErase",
    "CannotPurge",
    "Report",
    "ask",
    "begin_leaving",
    "complete",
    "dispose_of_copy",
    "erase",
    "extend",
    "finish_copy",
    "give_up_copy",
    "lift_hold",
    "lift_restriction",
    "make_copy",
    "note_saved",
    "place_hold",
    "purge",
    "put_right",
    "record",
    "refuse",
    "replay_erasures",
    "restrict",
    "stop_leaving",
    "withdraw",
]
