"""Every form of the programme, opened, filled in page by page and sent by a person who may.

The forms are taken from the routes, so that a new one is measured without being named here; one that is about
something else than a number has its subjects here. One that no person can open, or that is not taken, is an
error.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from itertools import count
from typing import Any, Final

from sqlalchemy import select, update

from benchmarks.population_rows import SPACE, Size
from bot.chat.adapter import OpenedForm, Response
from bot.chat.codec import FORM_OPEN, TALK
from bot.chat.events import ButtonPressed, Event, FormSubmitted, Place, ReplyTo, UserRef
from bot.chat.forms import Question, pages_of
from bot.chat.language import as_text
from bot.chat.rendering.limits import Limits
from bot.chat.routes import Declined
from bot.chat.values import replace
from bot.programme import ROUTES, people
from bot.programme.core.turn import Turn
from bot.programme.projects.scope_rules import SCOPE_RULES
from storage.database import Database, UnitOfWork
from storage.tables import (
    Application,
    Case,
    Letter,
    Milestone,
    Placement,
    Project,
    ProjectVersion,
    Report,
    conversations,
)
from storage.tables.values import ProjectFields

__all__ = ["FORM", "Take", "fill_in_all"]

FORM: Final = "Form "
"""The beginning of the names of steps, which are no commands."""

Take = Callable[[str, Event], Awaitable[Response]]
"""Hands an event to the bot; the name says what it does: `case, opened`."""

_FIRST: Final = ("case", "not-selected", "version-refuse")
"""Forms that others need to have been sent, or that need what others change."""
_LAST: Final = ("placement-end", "case-end", "setup-join", "setup-new")
"""Forms after which others cannot be sent."""
_ELSEWHERE: Final = ("setup-join", "setup-new")
"""Forms that are filled in where there is no programme yet."""

_SPECIAL: Final = {
    "case": ("programme-0",),
    "case-line": ("{case}-said", "{case}-note"),
    "checkin-line": ("{placement}-1-student", "{placement}-1-employer"),
    "letter": ("{application}-employer", "{application}-student"),
    "not-selected": ("rest-1",),
    "project": ("new-1",),
    "scope-rule": (next(name for name, rule in SCOPE_RULES.items() if not rule.fixed),),
    "settings": ("basics", "answering", "silence", "confidence", "hours"),
}
"""What a form is about, where that is no number of something."""

_ANSWERS: Final = {
    "zone": "Berlin",
    "country": "Kenya",
    "countries": "Kenya",
    "email": "ada@example.org",
    "link": "https://example.org/work",
    "number": "5",
    "money": "300",
    "yes_no": "yes",
    "date": "in 3 weeks",
}
"""An answer for each kind of question that has no example."""
_ROLES: Final = ("coordinator", "employer", "student")
_FEW: Final = 3


async def fill_in_all(database: Database, size: Size, take: Take) -> None:
    """Fill in every form by each role that may; `take` is given each step of it."""
    await database.transact(partial(_prepare, size=size))
    middle = sorted(ROUTES.forms.keys() - {*_FIRST, *_LAST})
    numbers = count(1)
    for form in (*_FIRST, *middle, *_LAST):
        ways = await database.transact(partial(_ways, size=size, form=form))  # some forms lock what they ask
        opened = [
            await _fill_in(database, form, _Filler(size, role, numbers), about, take) for role, about in ways
        ]
        assert any(opened), (
            f"{form}: no person here can open it, or benchmarks/forms.py has no subject for it"
        )


def _prepare(work: UnitOfWork, size: Size) -> None:
    """Let coordinators have something to decide on: new projects, a change of one, and a report."""
    review = select(Project.id).where(Project.owner_id == size.employer, Project.id != size.popular)
    for number in work.session.scalars(review.order_by(Project.id.desc()).limit(3)).all():
        work.session.execute(update(Project).where(Project.id == number).values(status="review"))
    mine = {"programme_id": 1, "created_at": size.now}
    change = {"was": ProjectFields(title="Before"), "now": ProjectFields(title="After")}
    version = ProjectVersion(
        **mine, **change, project_id=size.popular, version=2, state="waiting", author_id=size.employer
    )
    work.session.add(version)
    about = work.session.scalars(select(Application).where(Application.project_id == size.popular)).first()
    assert about is not None
    sides = {"application_id": about.id}
    letter = Letter(**mine, **sides, sender_id=size.employer, recipient_id=about.person_id, text="Words")
    work.session.add(letter)
    work.session.flush()
    two = {"reporter_id": about.person_id, "about_id": size.employer, "due_at": size.now + timedelta(days=2)}
    work.session.add(Report(**mine, **sides, **two, letter_id=letter.id))


def _numbers(work: UnitOfWork, size: Size) -> dict[str, int]:
    """Return the ids of things that forms are about, by a name for each."""
    of_employer = Project.owner_id == size.employer
    placed = select(Placement.id).join(Project, Project.id == Placement.project_id)
    found = {
        "placement": placed.where(of_employer, Placement.status == "active"),
        "own": select(Placement.id).where(
            Placement.person_id == size.busy_student, Placement.status == "active"
        ),
        "applied": select(Application.id).where(Application.person_id == size.busy_student),
        "application": select(Application.id)
        .join(Project)
        .where(of_employer, Application.status == "submitted"),
        "review": select(Project.id).where(Project.status == "review"),
        "case": select(Case.id).order_by(Case.id.desc()),
        "report": select(Report.id).where(Report.ended_at.is_(None)),
        "version": select(ProjectVersion.id).where(ProjectVersion.state == "waiting"),
    }
    ids = {name: work.session.scalars(query).first() for name, query in found.items()}
    of_them = select(Milestone.id).where(Milestone.placement_id.in_([ids["placement"], ids["own"]]))
    ids |= {f"milestone {each}": each for each in work.session.scalars(of_them)}
    return {name: number for name, number in ids.items() if number is not None}


def _ways(work: UnitOfWork, size: Size, form: str) -> list[tuple[str, str]]:
    """Return who can open a form, and about what: the first few things for each role."""
    if form in _ELSEWHERE:
        return [("newcomer", "")]
    return [(role, about) for role in _ROLES for about in _openable(work, size, form, role)[:_FEW]]


def _openable(work: UnitOfWork, size: Size, form: str, role: str) -> list[str]:
    """Return what a person can open a form about."""
    filler = _Filler(size, role, count())
    known = people.find_identity(work.connection, 1, filler.user)
    assert known is not None, role
    turn = Turn(
        work, size.now, 1, *known, user=filler.user, place=filler.place, routes=ROUTES, source="bench"
    )
    numbers = _numbers(work, size)
    some = dict.fromkeys([*numbers.values(), *range(1, 6)])
    given = [each.format(**numbers) for each in _SPECIAL.get(form, ())] or ["", *map(str, some)]
    found = []
    for subject in given:
        with suppress(Declined, LookupError, ValueError):
            ROUTES.forms[form].form(turn, subject)
            found.append(subject)
    return found


@dataclass(frozen=True, slots=True)
class _Filler:
    """A person who fills in forms, in their direct messages; a newcomer in a space without a programme."""

    size: Size
    role: str
    numbers: Iterator[int]

    @property
    def user(self) -> UserRef:
        size = self.size
        if self.role == "newcomer":
            return UserRef(size.platform, "newcomer")
        return size.user(
            {"coordinator": size.coordinator, "employer": size.employer}.get(self.role, size.busy_student)
        )

    @property
    def place(self) -> Place:
        if self.role == "newcomer":
            return Place(self.size.platform, "elsewhere", "channel")
        return Place(self.size.platform, SPACE, self.user.id, "dm")

    def common(self) -> dict[str, Any]:
        """Return what each of their events carries."""
        return {
            "id": f"form {next(self.numbers)} {self.role}",
            "at": self.size.now,
            "actor": self.user,
            "rights": frozenset({"manage"}),
            "place": self.place,
            "reply": ReplyTo("token", self.size.now + timedelta(minutes=15)),
        }


async def _fill_in(database: Database, form: str, filler: _Filler, about: str, take: Take) -> bool:
    """Open a form, send each of its pages, and send it; return whether it opened."""
    opening = ButtonPressed(**filler.common(), action=FORM_OPEN(form, about, 0), message=None)
    opened = (await take(f"{FORM}{form}, opened", opening)).form
    if opened is None:
        return False
    page: OpenedForm | None = opened
    while page is not None:
        sent = FormSubmitted(
            **filler.common(),
            form=form,
            context=page.subject,
            page=page.page,
            draft=page.draft,
            values=_values(page, filler),
        )
        answer = await take(f"{FORM}{form}, a page", sent)
        page = answer.form if answer.form is not None and answer.form.page > page.page else None
    row = await database.read(partial(_draft, form=form, about=about))
    if row is not None:
        sending = TALK(row.id, row.draft["revision"], "send")
        await take(f"{FORM}{form}, sent", ButtonPressed(**filler.common(), action=sending, message=None))
    return True


def _draft(work: UnitOfWork, form: str, about: str) -> Any | None:  # noqa: ANN401 - a row
    """Return the draft that a form's first pages have left."""
    mine = (conversations.c.form == form, conversations.c.subject == about)
    query = select(conversations).where(*mine, conversations.c.state.in_(("open", "waiting")))
    return work.connection.execute(query.order_by(conversations.c.id.desc())).first()


def _values(opened: OpenedForm, filler: _Filler) -> dict[str, str | tuple[str, ...]]:
    pages = pages_of(opened.form, Limits().form_questions)
    asked = opened.form.questions if opened.page < 0 else pages[opened.page].questions
    return {each.name: opened.values.get(each.name) or _answer(each, filler) for each in asked}


def _answer(question: Question, filler: _Filler) -> str:
    ask, size = question.ask, filler.size
    if ask.kind == "person":  # who covers for a coordinator is another
        return str(size.user(size.coordinator + 1 if question.name == "cover" else size.student))
    if ask.kind == "channel":
        return str(replace(filler.place, id="channel", kind="channel"))
    if ask.options:
        return ask.options[0].value
    if ask.kind == "file":
        return ""
    return _ANSWERS.get(ask.kind) or as_text(ask.example) or "A table of forty shops, with their hours"
