"""The book of a lived programme: what a stage's rows say, as the plain data that the checks compare.

Answers are emptied after a day, so the book looks at the stage again and again; the rest is read at the end.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

import msgspec
from sqlalchemy import select

from bot.chat.codec import Verb, head_of
from bot.chat.content import (
    Block,
    Buttons,
    Divider,
    Fields,
    Message,
    Moment,
    PersonName,
    Plain,
    Select,
    Sentence,
    dump_message,
    load_message,
)
from bot.chat.sentences import ShownDay
from bot.programme.core import keys, subjects, verbs
from bot.programme.core.keys import NewsKey, PostKey
from storage.tables import (
    Application,
    HistoryRow,
    Identity,
    Milestone,
    Notice,
    Person,
    Placement,
    Programme,
    Project,
    Wait,
    inbox,
    outbox,
    timers,
)
from tests.support.claimed_fields import EVENTS, OF_HOLES, OF_LABELS, OTHER_LABELS, changed_by
from tests.support.heard_sentences import Heard, sentences_in, values_in
from tests.support.programme_checks import Change, Claim, Reader, Received, WaitRow

__all__ = ["Book"]

_ASKED: Final = {
    head_of(kind) for kind in (keys.ANSWER, keys.QUESTION, keys.ASIDE, keys.LATE_ANSWER, keys.FILE)
}
"""How the keys of messages begin that answer what their reader did."""

_VERBS: Final[Mapping[str, Verb]] = {
    str(each): each for each in vars(verbs).values() if isinstance(each, Verb)
}
_KEYS: Final = [each for each in vars(keys).values() if isinstance(each, PostKey | NewsKey) and each]
_NOUNS: Final = ("project", "application", "placement", "milestone")

Ids = dict[str, set[int]]


@dataclass(frozen=True, slots=True)
class Said:
    """A message or an answer as a person got it."""

    at: datetime
    to: str
    key: str
    about: str
    message: Message
    asked: bool = False


@dataclass
class Book:
    """What was said on a stage, and what its rows say of it.

    `odd` are the sentences with a day, a moment or a status of which no table says what it is.
    """

    stage: Any
    heard: Heard
    answers: dict[int, Said] = field(default_factory=dict)
    odd: set[tuple[str, str]] = field(default_factory=set)

    async def look(self) -> None:
        """Note the answers that were given since the last look."""
        query = select(inbox).where(inbox.c.answer.is_not(None), inbox.c.id > max(self.answers, default=0))
        for row in self.stage.rows(query.order_by(inbox.c.id)):
            if row.answer.get("message"):
                said = load_message(row.answer["message"])
                self.answers[row.id] = Said(row.received_at, row.actor, row.event_id, "", said, asked=True)

    def said(self) -> list[Said]:
        """Return everything that was said, in the order in which it was read."""
        rows = self.stage.rows(select(outbox).where(outbox.c.state == "sent").order_by(outbox.c.id))
        sent = [
            Said(
                row.sent_at,
                row.destination,
                row.key,
                row.subject or "",
                load_message(row.message),
                asked=head_of(row.key) in _ASKED or row.operation != "send",
            )
            for row in rows
            if row.operation in {"send", "edit"}
        ]
        return sorted([*sent, *self.answers.values()], key=lambda each: each.at)

    def received(self) -> list[Received]:
        """Return what came to people unasked."""
        useful = self._useful()
        return [
            Received(each.at, each.to, each.key, self._shown(each.message), self._until(each, useful))
            for each in self.said()
            if not each.asked and "/@" in each.to
        ]

    def readers(self) -> dict[str, Reader]:
        """Return the zone and the quiet hours of each account."""
        [programme] = self.stage.rows(select(Programme.zone, Programme.quiet_from, Programme.quiet_to))
        rows = self.stage.rows(
            select(Identity.platform, Identity.user_id, Person.zone, Person.quiet_from, Person.quiet_to).join(
                Person, Person.id == Identity.person_id
            )
        )
        return {
            f"{row.platform}/@{row.user_id}": Reader(
                row.zone or programme.zone,
                row.quiet_from or programme.quiet_from,
                row.quiet_to or programme.quiet_to,
            )
            for row in rows
        }

    def texts(self) -> list[tuple[str, str]]:
        """Return every text that is read: by an account, by the members of a channel (""), or by all ("")."""
        rows = self.stage.rows(select(outbox.c.destination, outbox.c.message))
        read = [(row.destination if "/@" in row.destination else "", str(row.message)) for row in rows]
        read += [(each.to, str(dump_message(each.message))) for each in self.answers.values()]
        accounts = self._accounts()
        for person, noted in self.stage.rows(select(Notice.person_id, Notice.message)):
            read += [(account, str(noted)) for account in accounts.get(person, ())]
        open_to_all = (
            select(HistoryRow.__table__),
            select(Project.search),
            select(timers.c.key, timers.c.subject, timers.c.payload),
        )
        return [*read, *(("", str(row)) for query in open_to_all for row in self.stage.rows(query))]

    def _accounts(self) -> dict[int, list[str]]:
        found: dict[int, list[str]] = {}
        for row in self.stage.rows(select(Identity.platform, Identity.user_id, Identity.person_id)):
            found.setdefault(row.person_id, []).append(f"{row.platform}/@{row.user_id}")
        return found

    def accounts_of(self, *names: str) -> set[str]:
        """Return the accounts of the people with these names."""
        people = [each for (each,) in self.stage.rows(select(Person.id).where(Person.name.in_(names)))]
        return {account for person in people for account in self._accounts()[person]}

    def waits(self) -> list[WaitRow]:
        """Return the waits as they are now."""
        return [
            WaitRow(row.kind, row.subject, row.state, row.since, row.next_at)
            for row in self.stage.rows(select(Wait.__table__).order_by(Wait.id))
        ]

    def changes(self) -> list[Change]:
        """Return the changes of the history, under every field that follows one of them."""
        rows = self.stage.rows(select(HistoryRow.__table__).order_by(HistoryRow.id))
        fields = {*OF_HOLES, *OF_LABELS.values()}
        return [
            Change(row.at, about, name)
            for row in rows
            for about in {row.subject, row.parent} - {""}
            for _, name in fields
            if row.what in changed_by(name)
        ]

    def claims(self) -> list[Claim]:
        """Return what each message says of a field of a thing."""
        things = _Things(self.stage)
        return [claim for each in self.said() for claim in self._claims(each, things)]

    def _claims(self, said: Said, things: _Things) -> Iterator[Claim]:
        sections = _sections(said.message)
        of_row = things.ids_of_pieces(said, len(sections)) or [_ids_of_row(said)] * len(sections)
        for section, row_ids in zip(sections, of_row, strict=True):
            blocks = [self.heard.made_of(block) for block in section]
            ids = _merged(_ids_in(section), row_ids)
            reader = things.people.get(said.to)
            for noun, name, value, sentence in self._values(blocks):
                for subject in things.subjects(noun, ids, sentence, blocks, reader):
                    yield Claim(said.at, said.to, said.key, subject, name, value)

    def _values(self, blocks: list[Block]) -> Iterator[tuple[str, str, str, Sentence | None]]:
        for block in blocks:
            for row in block.rows if isinstance(block, Fields) else ():
                label = row.label.one if isinstance(row.label, Sentence) else str(row.label)
                if label in OF_LABELS:
                    yield (*OF_LABELS[label], _value_of(row.parts), None)
                elif label not in OTHER_LABELS and any(map(_is_date, _values_of(row.parts))):
                    self.odd.add((label, ""))
            for sentence in sentences_in(block):
                for hole, value in values_in(sentence):
                    if not isinstance(value, ShownDay | Moment | PersonName):
                        continue
                    found = [
                        about
                        for about, places in OF_HOLES.items()
                        if any(sentence.one.startswith(begins) and hole == at for begins, at in places)
                    ]
                    for noun, name in found:
                        yield noun, name, _value_of(value), sentence
                    known = found or sentence.one.startswith(EVENTS)
                    if not known and not isinstance(value, PersonName):
                        self.odd.add((sentence.one, hole))

    def _shown(self, message: Message) -> str:
        """Return the sentences of a message with their values; what its buttons lead to is left out."""
        blocks = [self.heard.made_of(block) for block in message.blocks]
        return repr([block for block in blocks if not isinstance(block, Buttons | Select)])

    def _useful(self) -> dict[int, datetime | None]:
        return {row.id: row.useful_until for row in self.stage.rows(select(Notice.id, Notice.useful_until))}

    def _until(self, said: Said, useful: Mapping[int, datetime | None]) -> datetime | None:
        if head_of(said.key) != "notices":
            return None
        about = subjects.OF_NEWS.parse(said.about)
        until = [useful.get(number) for number in range(about.first, about.last + 1)]
        return min((each for each in until if each is not None), default=None)


class _Things:
    """The things of a programme, by what messages name them with."""

    def __init__(self, stage: Any) -> None:  # noqa: ANN401 - a stage of whichever platform
        self.projects = {row.title: row.id for row in stage.rows(select(Project.id, Project.title))}
        self.applications = {
            row.id: row
            for row in stage.rows(select(Application.id, Application.project_id, Application.person_id))
        }
        self.placements = stage.rows(
            select(Placement.id, Placement.application_id, Placement.project_id, Placement.person_id)
        )
        self.milestones = stage.rows(select(Milestone.id, Milestone.placement_id, Milestone.title))
        self.news = stage.rows(
            select(Notice.id, Notice.person_id, Notice.key, Notice.subject, Notice.state).order_by(Notice.id)
        )
        self.people = {
            f"{row.platform}/@{row.user_id}": row.person_id
            for row in stage.rows(select(Identity.platform, Identity.user_id, Identity.person_id))
        }

    def ids_of_pieces(self, said: Said, sections: int) -> list[Ids]:
        """Return what each piece of a daily message is about; nothing for another message."""
        if head_of(said.key) != "notices":
            return []
        about = subjects.OF_NEWS.parse(said.about)
        pieces = [
            _ids_of_text(row.key, row.subject)
            for row in self.news
            if row.person_id == about.person and about.first <= row.id <= about.last and row.state == "told"
        ]
        told = pieces if sections == 1 else [_ids_of_text(), *pieces]
        return [*told, *([_ids_of_text()] * sections)][:sections]

    def subjects(
        self, noun: str, ids: Ids, sentence: Sentence | None, blocks: list[Block], reader: int | None
    ) -> set[str]:
        """Return the things of a noun that a sentence is about; none where that is not known for sure."""
        words = {_value_of(value) for _, value in values_in(sentence)} if sentence else set()
        projects = {self.projects[each] for each in words & self.projects.keys()} or self._projects(ids)
        if len(projects) != 1:
            return set()
        [project] = projects
        if noun == "project":
            return {f"project:{project}"}
        placement = self._placement(project, ids, sentence, reader)
        if placement is None:
            return set()
        if noun == "milestone":
            titles = {_value_of(v) for s in sentences_in(tuple(blocks)) for _, v in values_in(s)} | words
            mine = [each for each in self.milestones if each.placement_id == placement.id]
            return {f"milestone:{each.id}" for each in mine if each.title in titles}
        return {f"{noun}:{placement.id if noun == 'placement' else placement.application_id}"}

    def _projects(self, ids: Ids) -> set[int]:
        found = set(ids["project"])
        found |= {
            self.applications[each].project_id for each in ids["application"] if each in self.applications
        }
        milestones = {each.placement_id for each in self.milestones if each.id in ids["milestone"]}
        found |= {each.project_id for each in self.placements if each.id in ids["placement"] | milestones}
        return found

    def _placement(self, project: int, ids: Ids, sentence: Sentence | None, reader: int | None) -> Any:  # noqa: ANN401 - a row
        named = {v.id for _, v in values_in(sentence) if isinstance(v, PersonName)} if sentence else set()
        milestones = {each.placement_id for each in self.milestones if each.id in ids["milestone"]}
        mine = [each for each in self.placements if each.project_id == project]
        for people in (named, {reader}):
            if found := [each for each in mine if each.person_id in people]:
                return found[-1] if len(found) == 1 else None
        found = [each for each in mine if each.id in ids["placement"] | milestones]
        return found[0] if len(found) == 1 else None


def _sections(message: Message) -> list[list[Block]]:
    """Cut a message into its pieces: each ends with its buttons or at a line."""
    found: list[list[Block]] = [[]]
    for block in message.blocks:
        if isinstance(block, Divider):
            found.append([])
        else:
            found[-1].append(block)
    return found


def _ids_in(section: list[Block]) -> Ids:
    ids: Ids = {noun: set() for noun in _NOUNS}
    for block in section:
        actions = [each.action for each in block.buttons] if isinstance(block, Buttons) else []
        for action in [*actions, *([block.action] if isinstance(block, Select) else [])]:
            verb = _VERBS.get(head_of(action))
            _add(ids, verb.match(action) if verb else None)
    return ids


def _ids_of_row(said: Said) -> Ids:
    return _ids_of_text(said.key)


def _ids_of_text(key: str = "", subject: str = "") -> Ids:
    """Return the ids that a key and a subject name."""
    ids: Ids = {noun: set() for noun in _NOUNS}
    for kind in _KEYS:
        if key and head_of(key) == head_of(kind):
            _add(ids, kind.match(key))
    noun, _, number = subject.partition(":")
    if noun in ids and number.isdecimal():
        ids[noun].add(int(number))
    return ids


def _add(ids: Ids, values: object) -> None:
    for noun in _NOUNS:
        number = getattr(values, noun, None)
        if isinstance(number, int):
            ids[noun].add(number)


def _merged(first: Ids, second: Ids) -> Ids:
    """Join ids; those of the row count where the section has none."""
    return first if any(first.values()) else second


def _values_of(found: object) -> Iterator[object]:
    yield from (value for each in sentences_in(found) for _, value in values_in(each))
    yield from found if isinstance(found, tuple) else ()


def _is_date(value: object) -> bool:
    return isinstance(value, ShownDay | Moment)


def _value_of(value: object) -> str:
    """Write a value down so that the same value for another reader is the same text."""
    if isinstance(value, ShownDay):
        return str(value.on)
    if isinstance(value, Moment):
        return value.at.isoformat()
    if isinstance(value, PersonName):
        return value.name
    if isinstance(value, Plain):
        return value.text
    if isinstance(value, Sentence):
        return value.one if not value.values else "|".join(_value_of(each) for each in value.values.values())
    if isinstance(value, tuple):
        return "|".join(map(_value_of, value))
    if isinstance(value, msgspec.Struct):
        return msgspec.json.encode(value).decode()
    return str(value)
