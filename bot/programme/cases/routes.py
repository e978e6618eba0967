"""Routes of cases: which command, button, form, timer and wait is handled where."""

from typing import Final

from bot.chat.routes import FormRoute, MessageRoute, Routes
from bot.programme.cases import (
    case_waits,
    ending,
    opening,
    readers,
    standstill,
    stopping,
    telling,
    view,
    writing,
)
from bot.programme.core import verbs
from bot.programme.core.changes import Begun, Changed, StatusChanged
from bot.programme.core.timers import Timer

__all__ = ["ROUTES"]

ROUTES: Final = Routes(
    commands=((opening.REPORT, opening.report_command), (opening.CASES, view.cases_command)),
    buttons={
        verbs.CASE_AGAIN: ending.case_again_pressed,
        verbs.CASE_ASK: opening.case_ask_pressed,
        verbs.CASE_BACK: ending.case_back_pressed,
        verbs.CASE_BACK_YES: ending.case_back_yes_pressed,
        verbs.CASE_END: ending.case_end_pressed,
        verbs.CASE_GO_ON: stopping.case_go_on_pressed,
        verbs.CASE_OPEN: opening.case_open_pressed,
        verbs.CASE_PAUSED: stopping.case_paused_pressed,
        verbs.CASE_READERS: readers.case_readers_pressed,
        verbs.CASE_SHOW: view.case_show_pressed,
        verbs.CASE_STOP: stopping.case_stop_pressed,
        verbs.CASE_WRITE: writing.case_write_pressed,
        verbs.CASES: view.cases_page_pressed,
    },
    reads=frozenset({verbs.CASE_ASK, verbs.CASE_SHOW, verbs.CASES}),
    forms={
        opening.FORM: FormRoute(opening.case_form, opening.case_submitted),
        readers.FORM: FormRoute(readers.readers_form, readers.case_readers_submitted),
        writing.FORM: FormRoute(writing.line_form, writing.case_line_submitted),
        ending.FORM: FormRoute(ending.end_form, ending.case_end_submitted),
    },
    messages={telling.KIND: MessageRoute(telling.holds)},
    timers={Timer.CASE_FORGET: ending.case_forget_due},
    # After the rooms below, whose waits it holds.
    follows=dict.fromkeys((Begun, StatusChanged, Changed), (standstill.noun_changed,)),
    waits={case_waits.WAIT: case_waits.RULE},
)
