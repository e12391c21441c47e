"""Every change to instruments and waves. An anonymous answer is none of these: see `intake`."""

from isthmus.apps.surveys.actions.closing import end_close, mix, start_close
from isthmus.apps.surveys.actions.comments import look_at_comment
from isthmus.apps.surveys.actions.drafts import (
    DraftStep,
    Meanwhile,
    change_draft,
    make_version,
    remove_draft,
    start_draft,
)
from isthmus.apps.surveys.actions.instruments import keep_instrument
from isthmus.apps.surveys.actions.joint import say_together
from isthmus.apps.surveys.actions.papers import begin_typing, end_typing
from isthmus.apps.surveys.actions.responses import respond
from isthmus.apps.surveys.actions.rosters import ask_school, draw_sample, give_list, remind, send_links
from isthmus.apps.surveys.actions.waves import (
    Asking,
    change_wave,
    extend_wave,
    open_wave,
    remove_wave,
    set_schools,
    start_wave,
)

__all__ = [
    "Asking",
    "DraftStep",
    "Meanwhile",
    "ask_school",
    "begin_typing",
    "change_draft",
    "change_wave",
    "draw_sample",
    "end_close",
    "end_typing",
    "extend_wave",
    "give_list",
    "keep_instrument",
    "look_at_comment",
    "make_version",
    "mix",
    "open_wave",
    "remind",
    "remove_draft",
    "remove_wave",
    "respond",
    "say_together",
    "send_links",
    "set_schools",
    "start_close",
    "start_draft",
    "start_wave",
]
