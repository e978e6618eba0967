"""The subjects of the programme's rows: what a timer, a task, a piece of news or a message is about.

They are kept with the rows, so that what is made never changes. A message's kind says how its subject is
read, so those have no noun.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Final

from bot.chat.codec import FormSubject, Seconds, Subject, head_of

# A noun and its id: of timers, tasks and news
APPLICATION: Final = Subject("application")
CASE: Final = Subject("case")
CHANNEL: Final = Subject("channel")
CHECK_IN: Final = Subject("check-in")
COHORT: Final = Subject("cohort")
COMPANY: Final = Subject("company")
IDENTITY: Final = Subject("identity")
LETTER: Final = Subject("letter")
"""A message between people, as the tables call it."""
LEDGER: Final = Subject("ledger", programme=int)
"""What was sent, of which a timer erases or joins a person's name."""
LOOKED_AFTER: Final = Subject("looked-after", person=int)
"""The projects that a person looked after: timers about the person themselves end when they are forgotten."""
MEMBER: Final = Subject("member")
MENTOR: Final = Subject("mentor")
MILESTONE: Final = Subject("milestone")
OFFER: Final = Subject("offer", application=int, number=int)
"""The first, second … offer of an application: a noun of the history alone."""
ABSENCE: Final = Subject("absence", alias=int)
"""The absences of a person, by their alias: a noun of the history alone."""
PART: Final = Subject("part", company=int, alias=int)
"""The part of a person, by their alias, in a company: a noun of the history alone."""
PERSON: Final = Subject("person")
PLACEMENT: Final = Subject("placement")
PROGRAMME: Final = Subject("programme")
PROJECT: Final = Subject("project")
REPORT: Final = Subject("report")
SCOPE_RULE: Final = Subject("scope-rule", rule=str)
"""A rule of the scope check as the programme has it: a noun of the history alone."""
SPACE: Final = Subject("space")
SUBMISSION: Final = Subject("submission")

# News, by what takes it back
ADMISSION: Final = Subject("admission", member=int)
ADMISSIONS: Final = Subject("admissions", cohort=int)
APPROVAL: Final = Subject("approval", project=int)
CLOSED: Final = Subject("closed", placement=int)
CHANGE: Final = Subject("change", version=int)
CLOSING: Final = Subject("closing", placement=int)
DATE: Final = Subject("date", milestone=int)
DRAFT: Final = Subject("draft", project=int, person=int)
DUE: Final = Subject("due", placement=int, due=datetime)
ENDED: Final = Subject("ended", placement=int)
FREE: Final = Subject("free", project=int)
HANDED_OVER: Final = Subject("handed-over", project=int)
KICKOFF: Final = Subject("kickoff", placement=int)
KICKOFFS: Final = Subject("kickoffs", project=int)
NEW_TERMS: Final = Subject("new-terms", change=int)
NOT_HANDED_IN: Final = Subject("not-handed-in", placement=int)
OUTAGE: Final = Subject("outage")
MOVED: Final = Subject("moved", milestone=int)
NEWS: Final = Subject("news", project=int)
NO_APPLICANTS: Final = Subject("no-applicants", project=int)
QUESTION: Final = Subject("question", message=int)
PROMISE: Final = Subject("promise", project=int)
SAVED: Final = Subject("saved", project=int, person=int)
TASKS: Final = Subject("tasks", programme=int)
TASKS_LATE: Final = Subject("tasks-late", programme=int)
TERMS: Final = Subject("terms", project=int)
WITHDRAWN: Final = Subject("withdrawn", application=int)

# Messages
OF_APPLICATION: Final = Subject(application=int, state=str)
OF_AWAY: Final = Subject(person=int, away=int)
OF_CARD: Final = Subject(project=int, channel=int)
OF_CHECK_IN: Final = Subject(placement=int, step=int)
OF_CLOSED_DRAFT: Final = Subject(project=int, person=int)
OF_CLOSING: Final = Subject(placement=int, reader=int)
OF_COORDINATOR: Final = Subject(person=int, holds=str)
OF_DATE: Final = Subject(milestone=int, due=str, wanted=str | None)
"""Dates as `dates.stamp` writes them."""
OF_DECISION: Final = Subject(project=int, status=str)
OF_DIGEST: Final = Subject(cohort=int, day=date)
OF_END: Final = Subject(placement=int, reader=int, writer=int | None)
OF_COMPANY_PART: Final = Subject(person=int, company=int, part=str)
OF_INVITATION: Final = Subject(person=int, company=int)
OF_JOINED: Final = Subject(person=int, space=str)
OF_MEMBERSHIP: Final = Subject(member=int, state=str)
OF_MESSAGE: Final = Subject(message=int, state=str | None)
OF_NEWS: Final = Subject(person=int, first=int, last=int)
OF_OWNER: Final = Subject(project=int, person=int, holds=str)
OF_TERMS: Final = Subject(placement=int, change=int)
OF_WORK: Final = Subject(milestone=int, status=str, version=int)

# Forms
CASE_ABOUT: Final = FormSubject(kind=str, id=int)
CASE_LINE: Final = FormSubject(case=int, kind=str)
CHECK_IN_LINE: Final = FormSubject(placement=int, step=int, side=str)
MESSAGE: Final = FormSubject(application=int, to=str, message=int | None)
NEW_PROJECT: Final = FormSubject("new", number=int)
NOT_SELECTED: Final = FormSubject(whose=str, id=int, since=Seconds | None)
REPEATED_PROJECT: Final = FormSubject("repeat", project=int, number=int)
TEMPLATE_PROJECT: Final = FormSubject("template", field=str, number=int)


def number_of(subject: str) -> int:
    """Return the id in a subject that is a noun and its id."""
    return Subject(head_of(subject)).id_of(subject)


def stems(noun: str, numbers: Iterable[int]) -> set[str]:
    """Return how all subjects begin that are about these things or whose first value is one: "due:5"."""
    kinds = [kind for kind in globals().values() if isinstance(kind, Subject) and kind]
    heads = [kind for kind in kinds if kind == noun or next(iter(kind.fields)) == noun]
    return {f"{head}{Subject.mark}{number}" for number in numbers for head in heads}
