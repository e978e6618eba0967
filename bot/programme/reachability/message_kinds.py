"""What a message is, in a few words, by the key it was sent under: for readers who may not read it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final

from bot.chat.codec import Key
from bot.chat.sentences import Term
from bot.programme.core import keys

__all__ = ["CONFIDED", "kind_of"]

CONFIDED: Final = frozenset(
    keys.head_of(key)
    for key in (
        *(keys.REPORT, keys.CASE, keys.CASE_ENDED, keys.CASE_LATE, keys.CASE_PLACE),
        *(keys.MENTOR_WORRY, keys.TROUBLE),
    )
)
"""The heads of the keys of what a person confided to coordinators of their choice."""

_KINDS: Final[Mapping[str, Collection[Key]]] = {
    "A question of a form": (keys.QUESTION, keys.ASIDE),
    "An answer to what they did": (keys.ANSWER, keys.LATE_ANSWER),
    "The daily message": (keys.NOTICES,),
    "A message from another person": (
        keys.MESSAGE,
        keys.MESSAGE_WAITS,
        keys.QUESTION_AGAIN,
        keys.QUESTION_LATE,
        keys.QUESTION_CLOSED,
    ),
    "A file": (keys.FILE,),
    "News of an offer": (
        *(keys.OFFER, keys.OFFER_CHANGED, keys.OFFER_EXPIRED, keys.OFFER_MORE, keys.OFFER_REMINDER),
    ),
    "News of an application": (
        *(keys.APPLICANT, keys.APPLICATION_SENT, keys.NOT_SELECTED, keys.NO_PLACE, keys.FREE, keys.FULL),
        *(keys.RELEASED, keys.DRAFT, keys.DRAFT_CLOSED, keys.PROMISE_CLOSED, keys.PROMISE_OVER),
        *(keys.ADMITTED, keys.ADMISSION_LATE, keys.REFUSED),
    ),
    "News of a project": (
        *(keys.PROJECT, keys.PROJECT_CHANGED, keys.CHANGE_DECIDED, keys.OWNER, keys.HANDED_OVER, keys.SAVED),
        *(keys.APPROVAL_LATE, keys.NO_APPLICANTS, keys.TERMS_REFUSED, keys.CHANGE_LATE, keys.TERMS_LATE),
    ),
    "A reminder of a date": (
        *(keys.REMINDER_NEWS, keys.LAST_CALL_NEWS, keys.OVERDUE_OF, keys.REVIEW_AGAIN, keys.KICKOFF_ASKED),
        *(keys.KICKOFFS_ASKED, keys.DATE_AGAIN, keys.NOT_HANDED_IN, *keys.PROMISE_NEWS.values()),
    ),
    "A check-in": (keys.CHECK_IN, keys.MENTOR_WEEK),
    "News of a placement": (
        *(
            keys.ACCEPTED,
            keys.CHANGES,
            keys.CLOSED,
            keys.CLOSING_ASKED,
            keys.COMPLETED,
            keys.DATE,
            keys.DATE_SILENCE,
            keys.EARLIER,
        ),
        *(keys.ENDED, keys.KEPT, keys.KICKOFF, keys.KICKOFF_LATE, keys.MOVED, keys.MENTOR, keys.MENTOR_OVER),
        *(
            keys.REVIEW,
            keys.REVIEW_SETTLED,
            keys.REVIEW_SILENCE,
            keys.SILENT,
            keys.TERMS,
            keys.TERMS_ANSWERED,
        ),
        *(keys.HANDED_IN,),
    ),
    "News of an outage": (keys.OUTAGE,),
    "A task": (keys.TASK, keys.TASKS, keys.TASKS_LATE),
    "News of their account": (
        *(keys.AWAY, keys.COORDINATOR, keys.COORDINATOR_ASKED, keys.COORDINATOR_BACK, keys.COORDINATOR_NO),
        *(keys.COMPANY_PART, keys.ROLE_TAKEN, keys.LINKED, keys.SPACE_JOINED, keys.WELCOME, keys.ZONE),
        *(keys.REACH_CALL,),
    ),
}

_BY_HEAD: Final = {keys.head_of(key): Term(kind, "sent") for kind, of in _KINDS.items() for key in of}
_OTHER: Final = Term("A message", "sent")


def kind_of(key: str) -> Term:
    """Return what the message, or the piece of news, with this key is."""
    return _BY_HEAD.get(keys.head_of(key), _OTHER)
