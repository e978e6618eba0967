"""Everything that the bot sends unasked about an application or a placement, held against an open case."""

from __future__ import annotations

from typing import Final

import pytest

from bot.chat.codec import head_of
from bot.programme.core import keys
from bot.programme.core.keys import NewsKey, PostKey, TaskKey
from tests.scenarios.test_placement_times import moves
from tests.support.cases import at_work, closes, confides, opens
from tests.support.projects import make_coordinator, posted
from tests.support.stage import Stage
from tests.support.unasked_pieces import unasked_pieces

_THINGS: Final = {"application", "placement", "milestone", "change", "terms", "mentor", "message"}
"""What is about one application or its placement, as the values of keys name it."""

BY_THE_CLOCK: Final = {
    *("OFFER_EXPIRED", "OFFER_REMINDER", "APPLICATION_RELEASED"),
    *("QUESTION_AGAIN", "QUESTION_LATE", "QUESTION_TASK"),
    *("CHECK_IN", "SILENT", "SILENT_TASK", "KICKOFF_ASKED", "KICKOFF_LATE"),
    *("DATE_AGAIN", "DATE_SILENCE", "DATE_TASK"),
    *("REMINDER_NEWS", "LAST_CALL_NEWS", "OVERDUE_OF", "OVERDUE_TASK", "NOT_HANDED_IN"),
    *("REVIEW", "REVIEW_AGAIN", "REVIEW_SETTLED", "REVIEW_SILENCE", "REVIEW_TASK"),
    *("CLOSING", "CLOSED", "COMPLETED"),
}
"""What a clock sends: it asks, reminds, settles or closes, and nothing of it comes while a case is open."""

AFTER_ITS_END: Final = {
    "TERMS": "Other terms are put before the student after the case.",
    "TERMS_AFTER": "The same, where they were not asked before it.",
    "EARLIER": "An earlier date is put before the student after the case.",
    "CLOSING_ASKED": "Both sides are asked for a closing line after the case.",
    "FREE_AFTER": "The place is offered on after the case.",
}
"""What an act of the other side would have the bot ask, which comes after the case."""

TELLS: Final = {
    "MENTOR_WEEK": "The mentor's line of the week asks nothing, and says no date that has passed.",
}
"""What goes on by the clock."""

BY_AN_ACT: Final = {
    "what the student does": {
        *("APPLICATION_SENT", "APPLICATION_WITHDRAWN", "APPLICATION_JOINED", "APPLICATION_ADMITTED"),
        *("KICKOFF", "KICKOFF_NEWS", "HANDED_IN", "DATE", "EARLIER_ANSWER", "OFFER_MORE", "OVERFULL"),
        *("TERMS_ANSWERED", "ENDED_TASK", "ENDED_WHY"),
    },
    "what the company or a coordinator does": {
        *("OFFER", "NOT_SELECTED", "NO_PLACE", "OFFER_CHANGED", "PROJECT_CHANGED", "HANDED_OVER"),
        *("ACCEPTED", "CHANGES", "CHANGES_TASK", "MOVED", "MOVED_NEWS", "KEPT", "ENDED"),
    },
    "an answer to a check-in": {"TROUBLE", "TROUBLE_TASK"},
    "a message of one to another": {
        *("MESSAGE", "MESSAGE_TASK", "MESSAGE_WAITS", "MESSAGE_REPORTED", "QUESTION_CLOSED"),
    },
    "what a mentor, or a coordinator about one, does": {
        *("MENTOR", "MENTOR_OVER", "MENTOR_TASK", "MENTOR_WORRY", "MENTOR_WORRY_TASK"),
    },
    "a direct message that was refused": {"REACH_CALL"},
}
"""What follows an act at once, by whose: the student chose whether the other side's acts are stopped."""


def test_every_sender_has_its_place_in_a_case() -> None:
    """A new message about an application, a placement or its parts says what becomes of it."""
    about = {
        name
        for name, key in vars(keys).items()
        if isinstance(key, PostKey | NewsKey | TaskKey) and key and _THINGS & set(key.fields)
    }
    assert about == BY_THE_CLOCK | AFTER_ITS_END.keys() | TELLS.keys() | set().union(*BY_AN_ACT.values())


async def everything_open(stage: Stage) -> None:
    """Ada works, and each side waits for the other for everything that can be waited for."""
    await at_work(stage)
    ada, cora = stage.person("ada"), stage.person("cora")
    await cora.uses("/mentor @chi 1")
    await cora.presses("Reads check-ins")
    await ada.uses("/placement")
    await ada.presses("Write to the employer")
    await ada.fills({"Your message": "When do we talk?"})
    await ada.uses("/placement")
    await ada.presses("Ask for another date")
    await ada.presses("2. A one-page summary")
    await ada.fills({"New date": "14 April 2026", "Reason": "Exams"})
    await ada.uses("/placement")
    await ada.presses("Hand in")
    await ada.presses("1. A table of shops")
    await ada.fills({"About the work": "All of them"})


async def applied(stage: Stage) -> None:
    """Ada waits for an answer that is promised; another applicant waits as well."""
    await posted(stage, "ada")
    make_coordinator(stage, "jo")


async def offered(stage: Stage) -> None:
    """Ada has an offer that runs out."""
    await applied(stage)
    marta = stage.person("marta")
    await marta.uses("/applicants 1")
    await marta.presses("Read one by one")
    await marta.presses("Make an offer")
    await stage.tick(minutes=3)


def sent(stage: Stage) -> set[tuple[str, str]]:
    """What was sent unasked until now, by its reader and its key."""
    return {(piece.to, piece.key) for piece in unasked_pieces(stage)}


@pytest.mark.soak
@pytest.mark.parametrize("notices", ["They notice nothing", "Stop their messages and all dates now"])
@pytest.mark.parametrize("life", [everything_open, offered, applied])
async def test_no_clock_sends_anything_in_a_case(stage: Stage, life: object, notices: str) -> None:
    """For seven weeks, past every date: neither side, no coordinator and no other reads of it."""
    await life(stage)  # type: ignore[operator] # one of the three above
    await confides(stage, "Cora Lindqvist", notices=notices)
    before = sent(stage)
    await stage.tick(days=49)
    heads = {head_of(key) for _, key in sent(stage) - before}
    assert heads <= {"case", "case-late", head_of(keys.MENTOR_WEEK)}


async def test_an_earlier_date_is_asked_about_after_the_case(stage: Stage) -> None:
    """The employer notices nothing; the student reads the question once, when the case is over."""
    await at_work(stage)
    await confides(stage, "Cora Lindqvist")
    await moves(stage, "1. A table of shops", "8 April 2026")
    assert "so I am asking Ada Okafor. Until there is a yes, the date stays." in stage.screen("marta")
    await stage.tick(days=3)
    asks = "would like to have A table of shops in Market map of repair shops earlier: by Wed 8 April"
    assert asks not in stage.screen("ada")
    await opens(stage, "cora")
    await closes(stage, "cora")
    await stage.tick(days=2)
    assert stage.screen("ada").count(asks) == 1
