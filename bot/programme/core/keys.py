"""The keys of the programme's rows: what is sent, noted, opened or set once is so under its key.

Keys are kept with the rows for years, so what is made never changes, and a key names an occurrence: by the
ids of what happened, the date it is for, or where it has no name by what began the turn (`Turn.source`).
They are together, since rooms change and take back what rooms below them have made.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Final

from bot.chat.codec import Key, head_of
from bot.programme.core.timers import Timer

__all__ = [
    "NewsKey",
    "PostKey",
    "TaskKey",
    "TimerKey",
    "change_of",
    "head_of",
    "is_change",
    "stem_of",
    "stems",
    "undelivered",
]


class PostKey(Key):
    """The key of a message that is sent."""

    __slots__ = ()


class NewsKey(Key):
    """The key of a piece of news for a daily message; the same may be sent to another person at once."""

    __slots__ = ()
    longest = 200


class TaskKey(Key):
    """The key of a coordinators' task."""

    __slots__ = ()
    longest = 120


class TimerKey(Key):
    """The key of a timer: setting it again moves it."""

    __slots__ = ()


# What begins a turn (`Turn.source`): a command line, an event, a timer, or what became of a message
COMMAND: Final = Key("command", run=str)
EVENT: Final = Key("event", id=int)
EVENT_AWAITED: Final = Key("awaited", event=int)
TIMER: Final = Key("timer", id=int, due=datetime)
MESSAGE_LATE: Final = Key("late", message=int, attempts=int, again=str | None)
MESSAGE_LOST: Final = Key("lost", message=int, attempts=int, again=str | None)
MESSAGE_SENT: Final = Key("sent", message=int, attempts=int, again=str | None)

# Messages of the runtime
ANSWER: Final = PostKey("reply", source=str, number=int)
ASIDE: Final = PostKey("aside", behind=int, revision=int, conversation=int, its_revision=int)
CHANGE: Final = PostKey("edit", source=str, target=str)
AGAIN: Final = CHANGE.begin("again")
"""The beginning of the key of a change that is sent as a message where it cannot be made."""
FILE: Final = PostKey("file", file=int, to=str, source=str | None)
LATE_ANSWER: Final = PostKey("late", event=int)
QUESTION: Final = PostKey("talk", conversation=int, revision=int, number=int, question=str)

# People, coordinators and spaces
AWAY: Final = PostKey("away", person=int, source=str)
COORDINATOR: Final = PostKey("coordinator", person=int, source=str)
COORDINATOR_ASKED: Final = PostKey("coordinator-asked", person=int, asked=int, day=date)
COORDINATOR_BACK: Final = PostKey("coordinator-back", person=int, source=str)
RESTORED: Final = TaskKey("restored", backup=datetime)
COORDINATOR_TASK: Final = TaskKey("coordinator", person=int)
COORDINATOR_NO: Final = PostKey("coordinator-no", person=int, source=str)
COMPANY_PART: Final = PostKey("company-part", person=int, source=str)
ROLE_TAKEN: Final = PostKey("role-taken", person=int, source=str)
LINKED: Final = PostKey("linked", code=int)
SPACE_TASK: Final = TaskKey("space", space=int)
SPACE_JOINED: Final = PostKey("joined", platform=str, space=str, person=int)
SPACE_ERASE: Final = TimerKey("space", space=int)
STAFF: Final = PostKey("staff", programme=int, source=str)
WELCOME: Final = PostKey("welcome", person=int, company=int, source=str)
ZONE: Final = NewsKey("zone", person=int)

# Tasks, the daily message, and what did not arrive
HOME: Final = TimerKey(Timer.HOME_REFRESH, identity=int)
FORGOTTEN: Final = TimerKey(Timer.FORGOTTEN_REST, person=int)
LEFT: Final = TaskKey("left", person=int)
NOTICES: Final = PostKey("notices", person=int, day=date)
NOTICES_BESIDE: Final = PostKey("notices", person=int, day=date, first=int)
NOTICES_EARLY: Final = TimerKey("notices", person=int, when="early", notice=int)
NOTICES_TIMER: Final = TimerKey("notices", person=int, day=date)
REACH: Final = TimerKey("reach", person=int)
REACH_CALL: Final = PostKey("reach-call", person=int, message=int)
REACH_CALLED: Final = TimerKey("reach-called", person=int)
REACH_READ: Final = TimerKey("reach-read", person=int)
TASK: Final = PostKey("task", task=int, opened=datetime)
TASKS: Final = PostKey("tasks", day=date)
TASKS_LATE: Final = NewsKey("tasks-late", person=int, day=date)
TASKS_OF: Final = NewsKey("tasks", person=int, day=date)
TASKS_TIMER: Final = TimerKey("tasks", programme=int, day=date)
UNDELIVERED: Final = TaskKey("undelivered", key=str)
UNKNOWN: Final = TaskKey("unknown", person=int)
UNREACHABLE: Final = TaskKey("unreachable", person=int)

# Waits
OUTAGE: Final = NewsKey("outage", outage=int, person=int, page=int)
OUTAGE_TIMER: Final = TimerKey("outage", outage=int, page=int)
WAIT: Final = TimerKey("wait", kind=str, about=int, step=str, due=datetime)
WAITS_OPEN: Final = TimerKey("waits", kind=str, after=int)

# Cohorts and their channels
ADMIT: Final = TaskKey("admit", member=int)
ADMISSION_LATE: Final = NewsKey("admission-late", cohort=int, person=int, at=datetime)
ADMITTED: Final = PostKey("admitted", member=int, source=str)
BACK: Final = PostKey("back", channel=int, count=int)
CHANNEL: Final = TaskKey("channel", channel=int)
DIGEST: Final = PostKey("digest", cohort=int, day=date, channel=int)
COHORT_CARDS: Final = TimerKey(Timer.COHORT_CARDS, cohort=int, after=int)
FAREWELL: Final = PostKey("farewell", channel=int, source=str)
COHORT_REFUSE: Final = TimerKey(Timer.COHORT_REFUSE, cohort=int, due=datetime)
DIGEST_TIMER: Final = TimerKey("digest", cohort=int, day=date)
HELLO: Final = PostKey("hello", channel=int)
LIST: Final = PostKey("list", importing=int, channel=int)
REFUSED: Final = PostKey("refused", member=int, source=str)
UNANNOUNCED: Final = TaskKey("unannounced", channel=int)

# Companies
TRUST_ENDED: Final = TaskKey("trust-ended", company=int, source=str)
TRUST_TASK: Final = TaskKey("trust", company=int)
VERIFY_TASK: Final = TaskKey("verify", company=int)

# Projects
APPROVAL: Final = TaskKey("approval", project=int)
APPROVAL_LATE: Final = NewsKey("approval-late", project=int, person=int, at=datetime)
CARD: Final = PostKey("card", project=int, channel=int)
CARD_AGAIN: Final = PostKey("card", project=int, channel=int, what="again")
CARD_GONE: Final = TaskKey("card", announcement=int)
CHANGE_DECIDED: Final = PostKey("change-decided", version=int)
CHANGE_LATE: Final = NewsKey("change-late", version=int)
CHANGE_TASK: Final = TaskKey("change", version=int)
CHANGE_TOLD: Final = TaskKey("change-told", version=int)
POSTED: Final = TaskKey("posted", project=int)
PROJECT: Final = PostKey("project", project=int, status=str, source=str)
PROJECT_CHANGED: Final = PostKey("project-changed", application=int, source=str)
PROJECT_CHANGED_REST: Final = TimerKey(Timer.PROJECT_CHANGED, version=int)
PROJECT_CLOSE: Final = TimerKey("project", project=int, what="close")
PROJECT_DEADLINE: Final = TimerKey("project", project=int, what="deadline")
SAVED: Final = NewsKey("saved", project=int, person=int, deadline=datetime)
SAVED_TIMER: Final = TimerKey("saved", project=int, person=int)
OWNER: Final = PostKey("owner", project=int, person=int, source=str)
HANDED_OVER: Final = NewsKey("handed-over", application=int, source=str)
HANDED_OVER_REST: Final = TimerKey(Timer.PROJECT_OWNER, project=int)
PROJECTS_REST: Final = TimerKey(Timer.PROJECTS_REST, person=int)
UNOWNED: Final = TaskKey("unowned", subject=str)

# Applications
APPLICANT: Final = PostKey("applicant", source=str)
APPLICATION_ADMITTED: Final = PostKey("application", application=int, what="admitted", source=str)
APPLICATION_DRAFT: Final = TimerKey(Timer.APPLICATION_DRAFT, project=int, person=int)
APPLICATION_ERASE: Final = TimerKey(Timer.APPLICATION_ERASE, application=int, due=datetime)
APPLICATION_JOINED: Final = PostKey("joined", application=int)
APPLICATION_LATE: Final = TimerKey(Timer.APPLICATION_LATE, project=int)
APPLICATION_RELEASED: Final = PostKey("application", application=int, what="released", source=str)
APPLICATION_SENT: Final = NewsKey("application", application=int, what="sent", source=str)
APPLICATION_WITHDRAWN: Final = NewsKey("application", application=int, what="withdrawn", source=str)
DECISION: Final = TimerKey("decision", application=int)
DRAFT: Final = NewsKey("draft", project=int, person=int, until=datetime)
DRAFT_CLOSED: Final = PostKey("draft-closed", conversation=int)
FREE: Final = NewsKey("free", project=int, left=int, offered=str, source=str)
FREE_AFTER: Final = NewsKey("free", project=int, placement=int, what="ended")
FULL: Final = NewsKey("full", project=int, source=str)
NOT_SELECTED: Final = PostKey("not-selected", application=int)
NO_PLACE: Final = NewsKey("no-place", application=int, source=str)
OFFER: Final = PostKey("offer", application=int, source=str)
OFFER_CHANGED: Final = PostKey("offer-changed", terms=int)
OFFER_EXPIRED: Final = PostKey("offer-expired", application=int, source=str)
OFFER_MORE: Final = NewsKey("offer-more", application=int, until=datetime)
OFFER_REMINDER: Final = NewsKey("offer-reminder", application=int, until=datetime)
NO_APPLICANTS: Final = NewsKey("no-applicants", project=int, due=datetime, step=str)
NO_APPLICANTS_TASK: Final = TaskKey("no-applicants", project=int)
OVERFULL: Final = TaskKey("overfull", application=int)
RELEASE_REST: Final = TimerKey(Timer.RELEASE_REST, project=int, due=datetime)
PROMISE_CLOSED: Final = NewsKey("promise-closed", project=int, source=str)
PROMISE_TASK: Final = TaskKey("promise", project=int)
PROMISE_NEWS: Final = {
    "soon": NewsKey(Timer.PROMISE_SOON, project=int, due=datetime),
    "day": NewsKey(Timer.PROMISE_DAY, project=int, due=datetime),
}
PROMISE_OVER: Final = NewsKey("promise-passed", project=int, due=datetime)
RELEASED: Final = NewsKey("released", project=int, reason=str, source=str)

# Messages and reports
MESSAGE: Final = PostKey("letter", message=int, reader=int | None)
MESSAGE_TASK: Final = TaskKey("letters", application=int, person=int)
MESSAGE_REPORTED: Final = TaskKey("letter", message=int)
"""Of an earlier version, in which the task was about the message."""
MESSAGE_WAITS: Final = PostKey("letter-waits", message=int)
QUESTION_AGAIN: Final = NewsKey("question", message=int, person=int, at=datetime)
QUESTION_CLOSED: Final = NewsKey("question-closed", message=int, source=str)
QUESTION_LATE: Final = NewsKey("question-late", message=int, at=datetime)
QUESTION_TASK: Final = TaskKey("question", message=int)
REPORT: Final = PostKey("report", report=int, reader=int)
REPORT_AGAIN: Final = PostKey("report", report=int, reader=int, day=date)
REPORT_ANSWER: Final = PostKey("report", report=int, what="answer")
REPORT_FORGET: Final = TimerKey(Timer.REPORT_FORGET, report=int)
REPORT_TASK: Final = TaskKey("report", report=int)
REPORT_LATE: Final = PostKey("report", report=int, what="late")
REPORT_OTHER: Final = PostKey("report", report=int, what="other")
REPORT_REPEAT: Final = TimerKey(Timer.REPORT_REPEAT, report=int, day=date)

# Cases
CASE: Final = PostKey("case", case=int, person=int, what=str, source=str)
CASE_ENDED: Final = PostKey("case-ended", case=int, count=int, to=str)
CASE_FORGET: Final = TimerKey(Timer.CASE_FORGET, case=int, count=int)
CASE_LATE: Final = PostKey("case-late", case=int, due=datetime)
CASE_PLACE: Final = NewsKey("case-place", project=int, source=str)

# Placements
ACCEPTED: Final = PostKey("accepted", milestone=int)
CHANGES: Final = PostKey("changes", milestone=int, version=int)
CHANGES_TASK: Final = TaskKey("changes", milestone=int)
CHECK_IN: Final = NewsKey("checkin", placement=int, step=int, side=str)
CHECK_IN_TIMER: Final = TimerKey(Timer.PLACEMENT_CHECKIN, placement=int, day=date)
CLOSED: Final = NewsKey("closing", placement=int, person=int, source=str)
CLOSING: Final = PostKey("closing", placement=int, person=int)
CLOSING_TIMER: Final = TimerKey(Timer.PLACEMENT_CLOSING, placement=int)
COMPLETED: Final = NewsKey("completed", placement=int)
DATE: Final = NewsKey("date", milestone=int, due=str, source=str)
DATE_AGAIN: Final = NewsKey("date-again", milestone=int, at=datetime)
DATE_SILENCE: Final = NewsKey("date-silence", milestone=int, due=str, to=str)
DATE_TASK: Final = TaskKey("date", milestone=int)
EARLIER: Final = PostKey("earlier", milestone=int, due=str, source=str)
EARLIER_TIMER: Final = TimerKey(Timer.MILESTONE_EARLIER, milestone=int, due=str, source=str)
EARLIER_ANSWER: Final = NewsKey("earlier", milestone=int, to="employer", source=str)
ENDED: Final = NewsKey("ended", placement=int)
ENDED_TASK: Final = TaskKey("ended", placement=int)
ENDED_WHY: Final = PostKey("ended", placement=int, reader=int)
HANDED_IN: Final = NewsKey("handed-in", milestone=int, version=int)
KEPT: Final = PostKey("kept", milestone=int, due=datetime, wanted=datetime)
KICKOFF: Final = PostKey("kickoff", placement=int)
KICKOFF_ASKED: Final = NewsKey("kickoff-asked", placement=int)
KICKOFF_LATE: Final = NewsKey("kickoff-late", placement=int)
KICKOFF_NEWS: Final = NewsKey("kickoff", placement=int, to="employer")
CLOSING_ASKED: Final = NewsKey("closing-asked", placement=int, to=str, source=str)
KICKOFF_TASK: Final = TaskKey("kickoff", project=int)
KICKOFFS_ASKED: Final = NewsKey("kickoffs-asked", project=int, at=datetime)
MOVED: Final = PostKey("moved", milestone=int, due=datetime, source=str)
MOVED_NEWS: Final = NewsKey("moved", milestone=int, to="employer", due=datetime, source=str)
MENTOR: Final = PostKey("mentor", mentor=int, reader=int)
MENTOR_OVER: Final = NewsKey("mentor-over", mentor=int, reader=int)
MENTOR_TASK: Final = TaskKey("mentor", placement=int)
MENTOR_TIMER: Final = TimerKey(Timer.MENTOR_WEEK, mentor=int, day=date)
MENTOR_WEEK: Final = NewsKey(Timer.MENTOR_WEEK, mentor=int, day=date)
MENTOR_WORRY: Final = PostKey("worry", mentor=int, reader=int, source=str)
MENTOR_WORRY_TASK: Final = TaskKey("worry", placement=int)
OVERDUE: Final = TimerKey(Timer.PLACEMENT_OVERDUE, placement=int, due=datetime)
OVERDUE_AGAIN: Final = TimerKey(Timer.PLACEMENT_OVERDUE, placement=int, due=datetime, what="again")
OVERDUE_TASK: Final = TaskKey("overdue", placement=int, due=datetime)
NOT_HANDED_IN: Final = NewsKey("not-handed-in", placement=int, at=datetime, to=str)
OVERDUE_OF: Final = NewsKey(Timer.PLACEMENT_OVERDUE, placement=int, due=datetime, to=str)
REMINDER_NEWS: Final = NewsKey(Timer.PLACEMENT_REMINDER, placement=int, due=datetime, days=int)
LAST_CALL_NEWS: Final = NewsKey(Timer.PLACEMENT_LAST_CALL, placement=int, due=datetime)
REVIEW: Final = NewsKey("review", milestone=int, version=int)
REVIEW_AGAIN: Final = NewsKey("review-again", milestone=int, version=int)
REVIEW_SETTLED: Final = NewsKey("review-settled", milestone=int, version=int)
REVIEW_TASK: Final = TaskKey("review", milestone=int)
REVIEW_SILENCE: Final = NewsKey("review-silence", milestone=int, version=int)
SILENCE: Final = TimerKey(Timer.PLACEMENT_SILENCE, placement=int, step=int)
SILENT: Final = NewsKey("silent", placement=int, step=int, side=str)
SILENT_EMPLOYER: Final = TaskKey("silent-employer", project=int)
SILENT_TASK: Final = TaskKey("silent", placement=int, side=str)
TERMS: Final = PostKey("terms", change=int)
TERMS_AFTER: Final = NewsKey("terms", change=int, after=str)
TERMS_ANSWERED: Final = NewsKey("terms-answered", change=int, state=str, source=str)
TERMS_LATE: Final = NewsKey("terms-late", project=int, source=str)
TERMS_TASK: Final = TaskKey("terms", project=int)
TERMS_REFUSED: Final = NewsKey("terms-refused", project=int, source=str)
TROUBLE: Final = PostKey("trouble", placement=int, step=int, reader=int, count=int, said=int)
TROUBLE_TASK: Final = TaskKey("trouble", placement=int, step=int)


def change_of(source: str, target: str, *, again: bool) -> str:
    """Return the key of a change of a message, of its beginning where the target is long.

    `again`: where the message cannot be changed any more, it is sent once more.
    """
    return f"{AGAIN if again else CHANGE.begin()}{source}:{target}"[: PostKey.longest]


def is_change(key: str) -> bool:
    """Return whether this is the key of a change of a message."""
    return head_of(key) == CHANGE


def undelivered(key: str) -> str:
    """Return the key of the task about a message that did not arrive: made of its own key."""
    return (UNDELIVERED.begin() + key)[: TaskKey.longest]


def stems(kind: type[Key], noun: str, numbers: Iterable[int]) -> set[str]:
    """Return the first two pieces of all keys of a kind whose first value is one of these: "offer:5"."""
    heads = [key for key in globals().values() if isinstance(key, kind) and next(iter(key.fields)) == noun]
    return {key.mark.join((key, str(number))) for number in numbers for key in heads}


def stem_of(key: str) -> str:
    """Return the first two pieces of a key, by which it is one of `stems`."""
    return Key.mark.join(key.split(Key.mark)[:2])
