"""A person's data: shown to them whole, and erased when they ask for it.

Erased are their words and who they were; rows that others count on (how many applied, that a project
was completed) stay, without a name.
"""

from __future__ import annotations

from collections.abc import Iterable
from json import dumps, loads
from typing import Final

from sqlalchemy import ColumnElement, case, cast, delete, or_, select, update
from sqlalchemy import Text as Words

from bot.chat.actions import Action, CancelReminders, Reply
from bot.chat.content import (
    Block,
    Button,
    Buttons,
    Fields,
    Message,
    Moment,
    Plain,
    Text,
    action,
    dump_message,
    heading,
    message,
    note,
    row,
    text,
)
from bot.chat.draft import load_draft
from bot.chat.events import ButtonPressed
from bot.chat.routes import Declined
from bot.programme import applications, kept, people
from bot.programme.lifecycle import LABELS
from bot.programme.turn import Turn
from storage.tables import (
    Application,
    CheckIn,
    Cohort,
    Identity,
    Letter,
    Member,
    Milestone,
    Notice,
    Person,
    Placement,
    Project,
    Role,
    SavedProject,
    Submission,
    Task,
    conversations,
    inbox,
    outbox,
)

__all__ = ["ask", "forget", "keep", "show_data"]

_NOTHING: Final = dump_message(message())
_GONE: Final = "Somebody who left"
_UNSENT: Final = outbox.c.state.in_(("pending", "held"))
_SETTLED: Final = ("sent", "failed", "unknown", "withdrawn")
_TELLING: Final = 3  # letters of a name that may be looked for in what was sent


def show_data(turn: Turn, _event: ButtonPressed) -> list[Action]:
    """Everything that is stored about the person who asks, in words."""
    person = turn.person
    zone = people.zone_of(turn, person)
    blocks: list[Block] = [heading("What I have stored about you"), _account(turn, person, zone)]
    for title, entries in (
        ("Cohorts", _cohorts(turn, person)),
        ("Applications", _applications(turn, person)),
        ("Drafts", _drafts(turn, person)),
        ("Messages you wrote through me", _letters(turn, person)),
        ("Placements", _placements(turn, person)),
        ("Check-ins", _check_ins(turn, person)),
        ("Work handed in", _submissions(turn, person)),
        ("Saved projects", _saved(turn, person)),
        ("Files I keep", [text("- ", Plain(name)) for name in kept.names_of(turn, person)]),
        ("Projects you look after", _owned(turn, person)),
    ):
        found = list(entries)
        if found:
            blocks += [heading(title), *found]
    days = turn.programme.retention_days
    blocks += [
        note(
            f"Answers and messages of an application are erased {days} days after its project is over. "
            "I also keep what I sent to you and when, so that nothing reaches you twice."
        ),
        Buttons((Button("Forget me", action("forget-ask"), style="danger"),)),
    ]
    return [Reply(message(*blocks))]


def _account(turn: Turn, person: Person, zone: str) -> Block:
    accounts = turn.session.scalars(select(Identity).where(Identity.person_id == person.id)).all()
    return Fields(
        (
            row("Name", Plain(person.name)),
            row("Accounts", Plain(", ".join(f"{each.platform} {each.user_id}" for each in accounts))),
            row("Roles", ", ".join(sorted(people.roles_of(turn, person))) or "none"),
            row("Time zone", person.zone or "not said"),
            row("Known since", Moment(person.created_at, zone, "day")),
        )
    )


def _cohorts(turn: Turn, person: Person) -> Iterable[Block]:
    query = select(Cohort.name, Member.state).join(Member, Member.cohort_id == Cohort.id)
    for name, state in turn.session.execute(query.where(Member.person_id == person.id)):
        yield text("- ", Plain(name), f": {state}")


def _applications(turn: Turn, person: Person) -> Iterable[Block]:
    query = select(Application, Project.title).join(Project, Project.id == Application.project_id)
    for application, title in turn.session.execute(query.where(Application.person_id == person.id)):
        yield text("**", Plain(title), f"**: {LABELS[application.status]}")
        given = [f"{each['label']}: {each['shown']}" for each in application.answers if each.get("shown")]
        if given:
            yield Text((Plain("\n".join(given)),))


def _drafts(turn: Turn, person: Person) -> Iterable[Block]:
    query = select(conversations.c.form, conversations.c.draft).where(
        conversations.c.programme_id == turn.programme_id,
        conversations.c.person_id == person.id,
        conversations.c.state.in_(("open", "waiting")),
    )
    for form, draft in turn.connection.execute(query):
        given = [answer.shown for answer in load_draft(draft).answers.values()]
        yield Text((f"- {form}: ", Plain("; ".join(given) or "nothing answered yet")))


def _letters(turn: Turn, person: Person) -> Iterable[Block]:
    query = select(Letter).where(Letter.sender_id == person.id, Letter.text != "").order_by(Letter.id)
    for letter in turn.session.scalars(query):
        yield text("- ", Moment(letter.created_at, people.zone_of(turn, person)), ": ", Plain(letter.text))


def _placements(turn: Turn, person: Person) -> Iterable[Block]:
    query = select(Placement, Project.title).join(Project, Project.id == Placement.project_id)
    for placement, title in turn.session.execute(query.where(Placement.person_id == person.id)):
        yield text("- **", Plain(title), f"**: {LABELS[placement.status]}")
        if placement.student_line:
            yield Text((Plain(placement.student_line),))


def _check_ins(turn: Turn, person: Person) -> Iterable[Block]:
    query = select(CheckIn).where(CheckIn.person_id == person.id, CheckIn.answered_at.is_not(None))
    for each in turn.session.scalars(query.order_by(CheckIn.id)):
        said = (each.answer or "").replace("_", " ")
        yield text(
            "- ", Moment(each.asked_at, people.zone_of(turn, person), "day"), f": {said} ", Plain(each.line)
        )


def _submissions(turn: Turn, person: Person) -> Iterable[Block]:
    query = (
        select(Milestone.title, Submission)
        .join(Submission, Submission.milestone_id == Milestone.id)
        .join(Placement, Placement.id == Milestone.placement_id)
        .where(Placement.person_id == person.id)
    )
    for title, work in turn.session.execute(query.order_by(Submission.id)):
        files = [str(each.get("name", "a file")) for each in work.files]
        pieces = [piece for piece in (work.text, work.link, *files) if piece]
        yield text("- ", Plain(title), f", version {work.version}: ", Plain(", ".join(pieces) or "nothing"))


def _saved(turn: Turn, person: Person) -> Iterable[Block]:
    query = select(Project.title).join(SavedProject, SavedProject.project_id == Project.id)
    for title in turn.session.scalars(query.where(SavedProject.person_id == person.id)):
        yield text("- ", Plain(title))


def _owned(turn: Turn, person: Person) -> Iterable[Block]:
    for title in turn.session.scalars(select(Project.title).where(Project.owner_id == person.id)):
        yield text("- ", Plain(title))


def ask(turn: Turn, _event: ButtonPressed) -> list[Action]:
    """Says what forgetting means, and asks first."""
    _check_possible(turn, turn.person)
    sure = Buttons(
        (
            Button("Yes, forget me", action("forget-yes"), style="danger"),
            Button("Keep my data", action("forget-no")),
        )
    )
    return [Reply(message(*_what_it_means(), sure))]


def _what_it_means() -> list[Block]:
    return [
        text("**Shall I forget you?** This cannot be undone."),
        text(
            "- Open applications are withdrawn.\n- Your name, account, answers, drafts, messages and the "
            "work you handed in are erased here.\n- What stays is counts without a name, like “3 applied”.\n"
            "- What others have already received in their chat stays there; I cannot take it back."
        ),
    ]


def keep(_turn: Turn, _event: ButtonPressed) -> list[Action]:
    """They thought better of it."""
    return [Reply(message("Good. Nothing was changed."), replace=True)]


def _check_possible(turn: Turn, person: Person) -> None:
    """Raises Declined while somebody counts on this person; says what to do first."""
    query = (
        select(Project.title)
        .join(Placement, Placement.project_id == Project.id)
        .where(Placement.person_id == person.id, Placement.status == "active")
    )
    title = turn.session.scalars(query).first()
    if title is not None:
        raise Declined(
            text("Your placement in **", Plain(title), "** is under way, and somebody counts on it. "
                 "End it with `/placement`, then ask me again.")
        )  # fmt: skip
    others = [each for each in people.coordinators(turn) if each.id != person.id]
    if "coordinator" in people.roles_of(turn, person) and not others:
        raise Declined(
            "You are the only coordinator here, so nobody would look after the programme. "
            "Make somebody else one first: `/stint coordinator @name`."
        )


def forget(turn: Turn, _event: ButtonPressed) -> list[Action]:
    """Erase what the person wrote and who they are."""
    person = turn.person
    _check_possible(turn, person)
    actions = erase(turn, person)
    done: Message = message(
        "Done: I have forgotten you. What I sent you stays in this chat until you delete it.",
        note("If you ever want to come back, press Apply on a project, and we meet anew."),
    )
    return [*actions, Reply(done, replace=True)]


def erase(turn: Turn, person: Person) -> list[Action]:
    """Erase what a person wrote and who they are, whoever counts on them."""
    actions = applications.leave(turn, person)
    _erase_news(turn, person)
    _unname_news(turn, person)
    _erase_words(turn, person)
    kept.delete_files_of(turn, person)
    _hand_over(turn, person)
    _erase_messages(turn, person)
    _erase_identity(turn, person)
    return [*actions, CancelReminders(subject=f"person:{person.id}")]


def _erase_words(turn: Turn, person: Person) -> None:
    session = turn.session
    session.flush()
    session.execute(update(Letter).where(Letter.sender_id == person.id).values(text=""))
    session.execute(update(CheckIn).where(CheckIn.person_id == person.id).values(line=""))
    placements = select(Placement.id).where(Placement.person_id == person.id).scalar_subquery()
    handed_in = select(Milestone.id).where(Milestone.placement_id.in_(placements)).scalar_subquery()
    session.execute(
        update(Submission)
        .where(Submission.milestone_id.in_(handed_in))
        .values(text="", link="", files=[], feedback="")
        .execution_options(synchronize_session=False)
    )
    session.execute(
        update(Placement).where(Placement.person_id == person.id).values(student_line="", reason="")
    )
    session.execute(delete(SavedProject).where(SavedProject.person_id == person.id))
    turn.connection.execute(
        update(conversations)
        .where(conversations.c.programme_id == turn.programme_id, conversations.c.person_id == person.id)
        .values(
            draft={},
            destination="",
            state=case((conversations.c.state == "done", "done"), else_="cancelled"),
        )
    )


def _erase_news(turn: Turn, person: Person) -> None:
    """What others were told, or are still to be told, about this person."""
    placements = _ids(turn, Placement, person)
    milestones = select(Milestone.id).where(Milestone.placement_id.in_(placements))
    subjects = [f"application:{number}" for number in _ids(turn, Application, person)]
    subjects += [f"placement:{number}" for number in placements]
    subjects += [f"milestone:{number}" for number in turn.session.scalars(milestones)]
    asked = [f"admit:{number}" for number in _ids(turn, Member, person)]
    turn.session.execute(
        update(Notice)
        .where(Notice.programme_id == turn.programme_id)
        .where((Notice.person_id == person.id) | Notice.subject.in_(subjects))
        .values(message=_NOTHING, state="dropped")
        .execution_options(synchronize_session=False)
    )
    about = Task.subject.in_([*subjects, f"person:{person.id}"]) | Task.key.in_(asked)
    turn.session.execute(
        update(Task)
        .where(Task.programme_id == turn.programme_id, about, Task.kind != "placement.ended")
        .values(message=_NOTHING, state="done", closed_at=turn.now)
        .execution_options(synchronize_session=False)
    )


def _unname_news(turn: Turn, person: Person) -> None:
    """What others still have to hear (somebody withdrew, a placement ended) says it of nobody by name."""
    own = select(Placement.reason).where(Placement.person_id == person.id, Placement.reason != "")
    words = {_quoted(reason): "…" for reason in turn.session.scalars(own)}
    if len(person.name) >= _TELLING:
        words[_quoted(person.name)] = _GONE
    for news in _naming(turn, words):
        said = dumps(news.message, ensure_ascii=False)
        for word, instead in words.items():
            said = said.replace(word, instead)
        news.message = loads(said) if news.state in {"waiting", "open"} else _NOTHING


def _naming(turn: Turn, words: Iterable[str]) -> list[Notice | Task]:
    """The news and open items that say one of these words."""
    noticed = [cast(Notice.message, Words).contains(word, autoescape=True) for word in words]
    listed = [cast(Task.message, Words).contains(word, autoescape=True) for word in words]
    if not noticed:
        return []
    notices = select(Notice).where(Notice.programme_id == turn.programme_id, or_(*noticed))
    tasks = select(Task).where(Task.programme_id == turn.programme_id, or_(*listed))
    return [*turn.session.scalars(notices), *turn.session.scalars(tasks)]


def _quoted(words: str) -> str:
    """Words as they stand in stored JSON."""
    return dumps(words, ensure_ascii=False)[1:-1]


def _ids(turn: Turn, noun: type[Application | Placement | Member], person: Person) -> list[int]:
    return list(turn.session.scalars(select(noun.id).where(noun.person_id == person.id)))


def _hand_over(turn: Turn, person: Person) -> None:
    """Projects go to a colleague of the same company; without one, a coordinator can take them."""
    colleague = None
    if person.company_id is not None:
        query = (
            select(Person)
            .join(Role, (Role.person_id == Person.id) & (Role.role == "employer"))
            .where(Person.company_id == person.company_id, Person.id != person.id, Person.erased_at.is_(None))
        )
        colleague = turn.session.scalars(query.order_by(Person.id)).first()
    owned = select(Project).where(Project.programme_id == turn.programme_id, Project.owner_id == person.id)
    for project in turn.session.scalars(owned):
        project.owner_id = colleague.id if colleague else None


def _erase_messages(turn: Turn, person: Person) -> None:
    """The ledger keeps that and when something was sent: not what, where it names the person, nor to whom."""
    programme, connection = outbox.c.programme_id == turn.programme_id, turn.connection
    letters = turn.session.scalars(select(Letter.id).where(Letter.sender_id == person.id)).all()
    named = _quoted(person.name)
    about: ColumnElement[bool] = outbox.c.key.in_([f"letter:{number}" for number in letters])
    if len(named) >= _TELLING:
        about |= cast(outbox.c.message, Words).contains(named, autoescape=True)
        told = cast(inbox.c.answer, Words).contains(named, autoescape=True)
        connection.execute(
            update(inbox)
            .where(inbox.c.programme_id == turn.programme_id, inbox.c.answer_state != "owed", told)
            .values(answer=None)
        )
    for each in turn.session.scalars(select(Identity).where(Identity.person_id == person.id)):
        account, nobody = str(people.account_of(each)), f"{each.platform}/@forgotten"
        mine = outbox.c.destination == account
        connection.execute(update(outbox).where(programme, mine, _UNSENT).values(state="withdrawn"))
        settled = (programme, mine, outbox.c.state.in_(_SETTLED))
        connection.execute(update(outbox).where(*settled).values(message=_NOTHING, destination=nobody))
        connection.execute(
            update(inbox)
            .where(inbox.c.programme_id == turn.programme_id, inbox.c.actor == account)
            .where(inbox.c.answer_state != "owed", inbox.c.answer.is_not(None))
            .values(answer=None, actor=nobody)
        )
    connection.execute(
        update(outbox).where(programme, about, outbox.c.state.in_(_SETTLED)).values(message=_NOTHING)
    )


def _erase_identity(turn: Turn, person: Person) -> None:
    session = turn.session
    session.execute(delete(Role).where(Role.person_id == person.id))
    session.execute(delete(Identity).where(Identity.person_id == person.id))
    person.name = _GONE
    person.zone = person.quiet_from = person.quiet_to = None
    person.company_id = person.identity_id = None
    person.erased_at = turn.now
    session.flush()
