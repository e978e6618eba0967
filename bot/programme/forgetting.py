"""A person's data is erased when they ask for it.

Erased are their words and who they were; rows that others count on (how many applied, that a project
was completed) stay, without a name.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from sqlalchemy import case, delete, false, or_, select, update

from bot.chat.actions import Action, CancelReminders, Reply
from bot.chat.content import (
    Block,
    Button,
    Buttons,
    Message,
    Plain,
    action,
    dump_message,
    message,
    note,
    text,
)
from bot.chat.events import ButtonPressed
from bot.chat.routes import Declined
from bot.programme import applications, kept, people, unnaming
from bot.programme.turn import Turn
from storage.tables import (
    Application,
    CheckIn,
    Identity,
    Letter,
    Member,
    Milestone,
    Mute,
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

__all__ = ["ask", "erase", "forget", "keep"]

_NOTHING: Final = dump_message(message())
_UNSENT: Final = outbox.c.state.in_(("pending", "held"))
_SETTLED: Final = ("sent", "failed", "unknown", "withdrawn")


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
    session.execute(update(Placement).where(Placement.person_id == person.id).values(student_line=""))
    session.execute(update(Placement).where(Placement.id.in_(_ends(turn, person))).values(reason=""))
    session.execute(delete(SavedProject).where(SavedProject.person_id == person.id))
    session.execute(delete(Mute).where((Mute.person_id == person.id) | (Mute.from_id == person.id)))
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
    own = _own_subjects(turn, person)
    reasons = select(Placement.reason).where(Placement.id.in_(_ends(turn, person)), Placement.reason != "")
    words = dict.fromkeys(turn.session.scalars(reasons), "…") | {person.name: unnaming.GONE}
    shared = unnaming.also_another(turn, person)
    for news in _naming(turn, person, own):
        if news.subject in own:
            told = news.state not in {"waiting", "open"}
            news.message = _NOTHING if told else unnaming.renamed(news.message, words)
        elif not shared:
            news.message = unnaming.renamed(news.message, {person.name: unnaming.GONE})
    turn.session.flush()


def _own_subjects(turn: Turn, person: Person) -> set[str]:
    """What news about a person's own applications, placements and deliverables is found by."""
    placements = _ids(turn, Placement, person)
    milestones = turn.session.scalars(select(Milestone.id).where(Milestone.placement_id.in_(placements)))
    numbers = {
        ("application", "withdrawn"): _ids(turn, Application, person),
        ("placement", "closing", "closed", "ended"): placements,
        ("milestone", "date", "moved"): list(milestones),
        ("placement", "ended"): _ends(turn, person),
        ("person",): [person.id],
    }
    return {f"{noun}:{number}" for nouns, found in numbers.items() for noun in nouns for number in found}


def _naming(turn: Turn, person: Person, own: Collection[str]) -> list[Notice | Task]:
    """The news and items about a person's own things, and others that may name them."""
    noticed = Notice.subject.in_(own) | unnaming.may_name(Notice.message, person.name)
    listed = Task.subject.in_(own) | unnaming.may_name(Task.message, person.name)
    notices = select(Notice).where(Notice.programme_id == turn.programme_id, noticed)
    tasks = select(Task).where(Task.programme_id == turn.programme_id, listed)
    return [*turn.session.scalars(notices), *turn.session.scalars(tasks)]


def _ids(turn: Turn, noun: type[Application | Placement | Member], person: Person) -> list[int]:
    return list(turn.session.scalars(select(noun.id).where(noun.person_id == person.id)))


def _ends(turn: Turn, person: Person) -> list[int]:
    """The placements of the person, and those that they ended early."""
    mine = or_(Placement.person_id == person.id, Placement.ended_by_id == person.id)
    return list(turn.session.scalars(select(Placement.id).where(mine)))


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
    _erase_letters(turn, person)
    _unname_messages(turn, person)
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


def _erase_letters(turn: Turn, person: Person) -> None:
    """What the person wrote to others and was brought over, or never was: then it is not brought any more."""
    letters = turn.session.scalars(select(Letter.id).where(Letter.sender_id == person.id)).all()
    keys = [outbox.c.key == f"letter:{number}" for number in letters]
    keys += [outbox.c.key.startswith(f"letter:{number}:") for number in letters]
    keys += [outbox.c.key.startswith(f"ended:{number}:") for number in _ends(turn, person)]
    mine = (outbox.c.programme_id == turn.programme_id, or_(false(), *keys), outbox.c.state != "sending")
    state = case((outbox.c.state == "sent", "sent"), else_="withdrawn")
    turn.connection.execute(update(outbox).where(*mine).values(message=_NOTHING, state=state))


def _unname_messages(turn: Turn, person: Person) -> None:
    """What was said to others and names the person: erased where it was sent, without the name elsewhere."""
    connection, name = turn.connection, person.name
    shared = unnaming.also_another(turn, person)
    told = select(inbox.c.id, inbox.c.answer).where(
        inbox.c.programme_id == turn.programme_id,
        inbox.c.answer_state != "owed",
        unnaming.may_name(inbox.c.answer, name),
    )
    rows = connection.execute(told).all()
    gone = [row.id for row in rows if unnaming.names(row.answer, name)]
    connection.execute(update(inbox).where(inbox.c.id.in_(gone)).values(answer=None))
    query = select(outbox.c.id, outbox.c.message, outbox.c.state).where(
        outbox.c.programme_id == turn.programme_id,
        outbox.c.state != "sending",
        unnaming.may_name(outbox.c.message, name),
    )
    for row in connection.execute(query).all():
        without = unnaming.renamed(row.message, {name: unnaming.GONE})
        if without != row.message:
            kept_words = row.message if shared else without
            said = _NOTHING if row.state in {"sent", "withdrawn"} else kept_words
            connection.execute(update(outbox).where(outbox.c.id == row.id).values(message=said))


def _erase_identity(turn: Turn, person: Person) -> None:
    session = turn.session
    session.execute(delete(Role).where(Role.person_id == person.id))
    session.execute(delete(Identity).where(Identity.person_id == person.id))
    person.name = unnaming.GONE
    person.zone = person.quiet_from = person.quiet_to = None
    person.company_id = person.identity_id = None
    person.erased_at = turn.now
    session.flush()
