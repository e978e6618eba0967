"""A project's card in the cohorts' channels: one per project and channel, ever, and kept up to date."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import Final

from sqlalchemy import select

from bot.chat.actions import Action, Post, Update
from bot.chat.content import (
    Block,
    Button,
    Buttons,
    Message,
    Plain,
    Sentence,
    Text,
    heading,
    message,
    note,
    say,
    text,
)
from bot.chat.language import ENGLISH
from bot.chat.rendering.screen import in_lines
from bot.chat.routes import MessageRoute, Waiting
from bot.chat.translation import hash_of
from bot.programme.core import keys, subjects, verbs
from bot.programme.core.turn import Turn
from bot.programme.notifications.tasks import open_task
from bot.programme.projects import places
from bot.programme.projects.countries import open_to
from bot.programme.projects.display import apply_by, facts, shortened, student_buttons, title_part
from bot.programme.projects.lookup import cohort_ids, company_name
from bot.programme.projects.places import Counting
from storage.queries import outbox
from storage.tables import Announcement, Channel, Cohort, Project

__all__ = [
    "MESSAGES",
    "announce",
    "card",
    "card_blocks",
    "card_of",
    "card_there",
    "count_cards",
    "edit_lost",
    "refresh",
    "refresh_in",
    "take_up",
]

_TITLE: Final = 3  # lines
_WISH: Final = 3  # lines; Details shows it whole
_SKILLS: Final = 80  # characters
_COUNTRIES: Final = 4  # countries that a card names
_COMPANY: Final = 45  # characters
_NO_WAIT: Final = timedelta()


def card(turn: Turn, project: Project) -> Message:
    """Return a channel's card: the project in short, as it is now, with Apply, Details and Save."""
    left = places.free(turn, project, Counting.PUBLIC)
    return card_of(turn, project, company_name(turn, project), max(0, left))


def card_of(turn: Turn, project: Project, company: str, left: int) -> Message:
    """Return the card, given the company's name and free places; `project` need not be stored yet."""
    return message(*card_blocks(turn, project, company, left), *_foot(turn, project, left))


def card_blocks(
    turn: Turn,
    project: Project,
    company: str,
    left: int,
    unknown: Collection[str] = (),
    wish: int = _WISH,
) -> list[Block]:
    """Return a project as a phone shows it at a glance, without buttons; the rest is behind Details.

    `unknown`: questions of the form that a draft has not answered yet; what hangs on them is left out.
    `wish`: the lines that what is wanted may take.
    """
    title = in_lines(project.title, _TITLE)
    blocks: list[Block] = [heading(Plain(title)) if title else heading("No title yet")]
    if company:
        blocks.append(text(Plain(shortened(company, _COMPANY))))
    blocks.append(Text(facts(project, left, unknown)))
    if (students := open_to(project, _COUNTRIES)) is not None:
        blocks.append(text("Open to {students}", students=students))
    if project.skills:
        blocks.append(text("Skills: {skills}", skills=shortened(", ".join(project.skills), _SKILLS)))
    if project.brief.strip():
        blocks.append(text(Plain(in_lines(project.brief, wish))))
    if "deadline" not in unknown:
        blocks.append(text("Apply by {when}", when=apply_by(turn, project, None)))
    return blocks


def _foot(turn: Turn, project: Project, left: int) -> list[Block]:
    if (closed := _closed_note(turn, project)) is not None:
        return [closed, student_buttons(project, "details")]
    buttons = student_buttons(project, "apply", "details", "save")
    if left == 0:
        return [note("Every place is taken or offered. You can still apply and be next in line."), buttons]
    return [buttons]


def _closed_note(turn: Turn, project: Project) -> Block | None:
    """Return why a project takes no applications; None where it takes some."""
    if project.status == "open" and project.deadline_at <= turn.now:
        return note("Applications are closed: the deadline has passed.")
    return note("Applications are closed.") if project.status == "closed" else None


def _card_in(turn: Turn, project: Project, made: Announcement, shown_in: Collection[str]) -> Message:
    """Return the card for the place where it was announced: without Apply where its cohort has it no more.

    `shown_in`: the places that the project is for now.
    """
    if made.place in shown_in or _closed_note(turn, project) is not None:
        return card(turn, project)
    left = max(0, places.free(turn, project, Counting.PUBLIC))
    if made.cohort_id in cohort_ids(project):
        ended = note("This cohort has ended, so you cannot apply here any more.")
        blocks = card_blocks(turn, project, company_name(turn, project), left)
        return message(*blocks, ended, student_buttons(project, "details"))
    title = in_lines(project.title, _TITLE)
    return message(
        heading(Plain(title)),
        note("This project is no longer for this cohort. Applications that were sent go on."),
    )


def announce(
    turn: Turn, project: Project, *, first: timedelta = _NO_WAIT, pace: timedelta = _NO_WAIT
) -> list[Action]:
    """Put the card into each active channel of the project's cohorts that has none yet.

    `first`: how long after now the first card goes out; `pace`: how long after it each next one does.
    """
    have = {made.place for made in _announcements(turn, project)}
    actions: list[Action] = []
    content = card(turn, project)
    for channel in _channels(turn, project):
        if channel.place in have:
            continue
        have.add(channel.place)
        made = Announcement(
            programme_id=turn.programme_id,
            project_id=project.id,
            cohort_id=channel.cohort_id,
            place=channel.place,
            announced_at=turn.now,
            shown=hash_of(content, ENGLISH),
        )
        turn.session.add(made)
        due = turn.now + first + pace * len(actions)
        key, about = card_key(made, channel), subjects.OF_CARD(project.id, channel.id)
        actions.append(Post(channel.place, content, key, due_at=due, kind=_CARD, subject=about))
    turn.session.flush()
    return actions


def _still_announced(turn: Turn, waiting: Waiting) -> Message | None:
    """Return a late card as the project is now; no card of a project that takes no applications any more."""
    project = turn.session.get_one(Project, subjects.OF_CARD.parse(waiting.subject).project)
    query = select(Announcement).where(
        Announcement.programme_id == turn.programme_id,
        Announcement.project_id == project.id,
        Announcement.place == waiting.destination,
    )
    made = turn.session.scalars(query).first()
    if made is None:
        return None
    shown_in = {channel.place for channel in _channels(turn, project)}
    if project.status != "open" or project.deadline_at <= turn.now or made.place not in shown_in:
        turn.session.delete(made)  # so that it is announced there when it is open, and for them, again
        return None
    content = card(turn, project)
    made.shown = hash_of(content, ENGLISH)
    return content


def _named(_turn: Turn, _subject: str) -> Sentence:
    return say("The card of a project")


_CARD: Final = "card"
MESSAGES: Final = {_CARD: MessageRoute(_still_announced, _named)}
"""What is known of cards that are still to be posted."""


def card_key(made: Announcement, channel: Channel) -> str:
    """Return the key under which the card is posted, and found again to edit it."""
    if made.reposted_at is not None:
        return keys.CARD_AGAIN(made.project_id, channel.id)
    return keys.CARD(made.project_id, channel.id)


def card_there(turn: Turn, project: Project, cohort_id: int | None) -> str:
    """Return where the acting person's space has the project's card: its str(MessageRef); "" if nowhere.

    A DM that is in no space may lead to any on its platform. This cohort's channel goes before another's.
    """
    if turn.place is None:
        return ""
    there = f"{turn.place.platform}/channel/" + (f"{turn.place.space}/" if turn.place.space else "")
    made = [one for one in _announcements(turn, project) if one.place.startswith(there)]
    made.sort(key=lambda one: one.cohort_id != cohort_id)
    at = {one.place: one for one in reversed(made)}
    order = list(reversed(at))
    query = select(Channel).where(Channel.programme_id == turn.programme_id, Channel.place.in_(order))
    for channel in sorted(turn.session.scalars(query), key=lambda channel: order.index(channel.place)):
        sent = outbox.by_key(turn.connection, turn.programme_id, card_key(at[channel.place], channel))
        if sent is not None and sent.state == "sent" and sent.reference:
            return str(sent.reference)
    return ""


def refresh(turn: Turn, project: Project) -> list[Action]:
    """Bring every announced copy of the card up to date, where it is there and says anything else.

    A channel in which the bot cannot write now is left out; `take_up` compares its cards later.
    """
    made = [one for one in _announcements(turn, project) if one.gone_at is None]
    if not made:
        return []
    turn.session.flush()
    query = select(Channel).where(
        Channel.programme_id == turn.programme_id,
        Channel.cohort_id.in_({one.cohort_id for one in made}),
        Channel.state == "active",
    )
    channels = {(channel.cohort_id, channel.place): channel for channel in turn.session.scalars(query)}
    shown_in = {channel.place for channel in _channels(turn, project)}
    actions: list[Action] = []
    for one in made:
        if channel := channels.get((one.cohort_id, one.place)):
            actions += _changed(one, card_key(one, channel), _card_in(turn, project, one, shown_in))
    return actions


def refresh_in(turn: Turn, cohort_id: int, after: int, most: int) -> tuple[list[Action], int]:
    """Bring cards of open projects in a cohort's channels up to date, at most so many after an announcement.

    Return what changes them, and the id of the last announcement that was looked at; 0 where none is left.
    """
    query = (
        select(Announcement, Channel, Project)
        .join(Channel, (Channel.cohort_id == Announcement.cohort_id) & (Channel.place == Announcement.place))
        .join(Project, Project.id == Announcement.project_id)
        .where(Announcement.programme_id == turn.programme_id, Announcement.cohort_id == cohort_id)
        .where(Announcement.id > after, Announcement.gone_at.is_(None))
        .where(Channel.state == "active", Project.status == "open")
        .order_by(Announcement.id)
        .limit(most)
    )
    found = turn.session.execute(query).all()
    actions: list[Action] = []
    for made, channel, project in found:
        shown_in = {each.place for each in _channels(turn, project)}
        actions += _changed(made, card_key(made, channel), _card_in(turn, project, made, shown_in))
    return actions, found[-1][0].id if len(found) == most else 0


def _changed(made: Announcement, key: str, content: Message) -> list[Action]:
    """Change one card, where it differs from what the card was last made to say."""
    shown = hash_of(content, ENGLISH)
    if made.shown == shown:
        return []
    made.shown = shown
    return [Update(key, content)]


def take_up(turn: Turn, channel: Channel) -> list[Action]:
    """Compare every card in a channel that was closed for a while with its project, and mend what differs.

    A card of an open project that the closed channel refused is to be posted again.
    """
    query = (
        select(Announcement, Project)
        .join(Project, Project.id == Announcement.project_id)
        .where(Announcement.programme_id == turn.programme_id, Announcement.place == channel.place)
        .where(Announcement.cohort_id == channel.cohort_id, Announcement.gone_at.is_(None))
    )
    actions: list[Action] = []
    for made, project in turn.session.execute(query.order_by(Announcement.id)).all():
        shown_in = {each.place for each in _channels(turn, project)}
        content, key = _card_in(turn, project, made, shown_in), card_key(made, channel)
        row = outbox.by_key(turn.connection, turn.programme_id, key)
        if row is None or row.state != "failed":
            actions += _changed(made, key, content)
        elif project.status == "open" and project.deadline_at > turn.now:
            outbox.enqueue_again(turn.connection, turn.programme_id, key, turn.now)
            made.shown = None  # the refused card may say what it said before later changes
            actions += _changed(made, key, content)
    turn.session.flush()
    return actions


def edit_lost(turn: Turn, place: str, key: str, *, gone: bool) -> list[Action]:
    """Note that the change of a card did not arrive; `gone`: because the card was deleted.

    A deleted card of a project that is open there is posted again, once. `key` is the card's own
    (`card_key`); any other message's is ignored.
    """
    card = keys.CARD_AGAIN.match(key) or keys.CARD.match(key)
    if card is None:
        return []
    query = select(Announcement).where(
        Announcement.programme_id == turn.programme_id,
        Announcement.project_id == card.project,
        Announcement.place == place,
    )
    actions: list[Action] = []
    for made in turn.session.scalars(query):
        made.shown = None
        if gone and made.gone_at is None:
            actions += _deleted(turn, made)
    turn.session.flush()
    return actions


def _deleted(turn: Turn, made: Announcement) -> list[Action]:
    """Post a deleted card again where its project is open, once, and tell the coordinators."""
    project = turn.session.get_one(Project, made.project_id)
    channel = next((each for each in _channels(turn, project) if each.place == made.place), None)
    takes = channel is not None and project.status == "open" and project.deadline_at > turn.now
    said = "The card of **{project}** in the channel of {cohort} was deleted."
    posted: list[Action] = []
    if takes and made.reposted_at is not None:
        said = "The card of **{project}** in the channel of {cohort} was deleted again. I leave it so."
    elif takes and channel is not None:
        said = "The card of **{project}** in the channel of {cohort} was deleted. I have posted it again."
        made.reposted_at = turn.now
        content, about = card(turn, project), subjects.OF_CARD(project.id, channel.id)
        made.shown = hash_of(content, ENGLISH)
        posted = [Post(made.place, content, card_key(made, channel), kind=_CARD, subject=about)]
    if not posted:
        made.gone_at = turn.now
    cohort = turn.session.get_one(Cohort, made.cohort_id)
    lead = text(said, project=title_part(project), cohort=cohort.name)
    see = Buttons((Button("See it", verbs.PROJECT_SHOW(project.id)),))
    return [
        *posted,
        *open_task(turn, keys.CARD_GONE(made.id), "card", subjects.PROJECT(project.id), lead, see),
    ]


def count_cards(turn: Turn, project: Project) -> tuple[int, int]:
    """Count the channels that have the project's card, and those in which it was deleted."""
    made = _announcements(turn, project)
    gone = sum(one.gone_at is not None for one in made)
    return len(made) - gone, gone


def _announcements(turn: Turn, project: Project) -> Sequence[Announcement]:
    query = select(Announcement).where(
        Announcement.programme_id == turn.programme_id, Announcement.project_id == project.id
    )
    return turn.session.scalars(query.order_by(Announcement.id)).all()


def _channels(turn: Turn, project: Project) -> Sequence[Channel]:
    query = (
        select(Channel)
        .join(Cohort, Cohort.id == Channel.cohort_id)
        .where(Channel.programme_id == turn.programme_id, Channel.cohort_id.in_(cohort_ids(project)))
        .where(Channel.state == "active", Cohort.ended_at.is_(None))
    )
    return turn.session.scalars(query.order_by(Channel.id)).all()
