"""What a person wrote, and what was said of them, is taken out of the rows that others count on.

What belongs to an application in `held` stays: a report about it is open (`evidence`).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

from sqlalchemy import case, delete, false, or_, select, update

from bot.chat.content import dump_message, message
from bot.programme import people
from bot.programme.accounts import unnaming
from bot.programme.core.turn import Turn
from bot.programme.people import files
from storage.tables import (
    Application,
    CheckIn,
    Identity,
    Letter,
    Member,
    Milestone,
    Notice,
    Person,
    Placement,
    SavedProject,
    Submission,
    Task,
    conversations,
    inbox,
    outbox,
)

__all__ = [
    "erase_letters",
    "erase_news",
    "erase_own_messages",
    "erase_words",
    "unname_messages",
    "unname_news",
]

_NOTHING: Final = dump_message(message())
_UNSENT: Final = outbox.c.state.in_(("pending", "held"))
_SETTLED: Final = ("sent", "failed", "unknown", "withdrawn")


def erase_words(turn: Turn, person: Person, held: Sequence[int]) -> None:
    """What the person wrote, but for what belongs to the applications in `held`."""
    session = turn.session
    session.flush()
    free = (Letter.sender_id == person.id, Letter.application_id.not_in(held))
    session.execute(update(Letter).where(*free).values(text=""))
    kept_ones = select(Placement.id).where(Placement.application_id.in_(held)).scalar_subquery()
    lines = (CheckIn.person_id == person.id, CheckIn.placement_id.not_in(kept_ones))
    session.execute(update(CheckIn).where(*lines).values(line=""))
    own = (Placement.person_id == person.id, Placement.application_id.not_in(held))
    placements = select(Placement.id).where(*own).scalar_subquery()
    handed_in = select(Milestone.id).where(Milestone.placement_id.in_(placements)).scalar_subquery()
    session.execute(
        update(Submission)
        .where(Submission.milestone_id.in_(handed_in))
        .values(text="", link="", files=[], feedback="")
        .execution_options(synchronize_session=False)
    )
    submissions = select(Submission.id).where(Submission.milestone_id.in_(handed_in))
    files.let_go(turn, "submission", session.scalars(submissions))
    session.execute(update(Placement).where(*own).values(student_line=""))
    session.execute(update(Placement).where(Placement.id.in_(_ends(turn, person, held))).values(reason=""))
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
    drafts = select(conversations.c.id).where(
        conversations.c.programme_id == turn.programme_id, conversations.c.person_id == person.id
    )
    files.let_go(turn, "draft", session.scalars(drafts))


def erase_news(turn: Turn, person: Person, held: Sequence[int]) -> None:
    """What others were told, or are still to be told, about this person."""
    placements = _placements(turn, person, held)
    milestones = select(Milestone.id).where(Milestone.placement_id.in_(placements))
    subjects = [f"application:{number}" for number in _ids(turn, Application, person) if number not in held]
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


def unname_news(turn: Turn, person: Person) -> None:
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
    placements = _placements(turn, person)
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


def _placements(turn: Turn, person: Person, held: Sequence[int] = ()) -> list[int]:
    own = (Placement.person_id == person.id, Placement.application_id.not_in(held))
    return list(turn.session.scalars(select(Placement.id).where(*own)))


def _ids(turn: Turn, noun: type[Application | Member], person: Person) -> list[int]:
    return list(turn.session.scalars(select(noun.id).where(noun.person_id == person.id)))


def _ends(turn: Turn, person: Person, held: Sequence[int] = ()) -> list[int]:
    """The placements of the person, and those that they ended early."""
    mine = or_(Placement.person_id == person.id, Placement.ended_by_id == person.id)
    return list(turn.session.scalars(select(Placement.id).where(mine, Placement.application_id.not_in(held))))


def erase_own_messages(turn: Turn, person: Person) -> None:
    """The ledger keeps that and when something was sent to the person: not what, nor to whom."""
    programme, connection = outbox.c.programme_id == turn.programme_id, turn.connection
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


def erase_letters(turn: Turn, person: Person, held: Sequence[int]) -> None:
    """What the person wrote to others and was brought over, or never was: then it is not brought any more."""
    free = (Letter.sender_id == person.id, Letter.application_id.not_in(held))
    letters = turn.session.scalars(select(Letter.id).where(*free)).all()
    keys = [outbox.c.key == f"letter:{number}" for number in letters]
    keys += [outbox.c.key.startswith(f"letter:{number}:") for number in letters]
    keys += [outbox.c.key.startswith(f"ended:{number}:") for number in _ends(turn, person, held)]
    mine = (outbox.c.programme_id == turn.programme_id, or_(false(), *keys), outbox.c.state != "sending")
    state = case((outbox.c.state == "sent", "sent"), else_="withdrawn")
    turn.connection.execute(update(outbox).where(*mine).values(message=_NOTHING, state=state))


def unname_messages(turn: Turn, person: Person) -> None:
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
