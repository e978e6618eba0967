"""The book of a lived programme: what a stage's rows say, as the plain data that the checks compare.

Answers are emptied after a day, so the book looks at the stage again and again; the rest is read at the end.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
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
from bot.chat.sentences import ShownDay, Term
from bot.programme.core import keys, subjects, verbs
from bot.programme.core.keys import NewsKey, PostKey
from storage.tables import (
    Alias,
    Application,
    HistoryRow,
    Identity,
    Milestone,
    Notice,
    Person,
    Placement,
    Programme,
    Project,
    Task,
    Wait,
    inbox,
    outbox,
    timers,
)
from tests.support.acting_readers import acting_readers
from tests.support.claimed_fields import (
    DATE_HOLES,
    OF_HOLES,
    OF_LABELS,
    OTHER_LABELS,
    PERSON_HOLES,
    changed_by,
)
from tests.support.claimed_statuses import OF_SENTENCES
from tests.support.completions import completions
from tests.support.heard_sentences import Heard, sentences_in, values_in
from tests.support.programme_checks import Change, Claim, Reader, Received, WaitRow
from tests.support.unclaimed_values import is_unclaimed

__all__ = ["Book", "sections_of"]

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

    `odd` are the sentences with a day, a moment or a status of which no table says what it is. What was said
    before `since` (UTC) is not in it.
    """

    stage: Any
    heard: Heard
    since: datetime = datetime(1970, 1, 1, tzinfo=UTC)
    answers: dict[int, Said] = field(default_factory=dict)
    messages: dict[int, Said] = field(default_factory=dict)
    odd: set[tuple[str, str]] = field(default_factory=set)

    async def look(self) -> None:
        """Note the answers that were given since the last look, and messages before they are changed."""
        query = select(inbox).where(inbox.c.answer.is_not(None), inbox.c.id > max(self.answers, default=0))
        for row in self.stage.rows(query.order_by(inbox.c.id)):
            if row.answer.get("message"):
                said = load_message(row.answer["message"])
                self.answers[row.id] = Said(row.received_at, row.actor, row.event_id, "", said, asked=True)
        self._note_messages()

    def _note_messages(self) -> None:
        """Note what was sent: a press changes a message later, in the row from which it was sent."""
        acting = acting_readers(self.stage)
        sent = (outbox.c.state == "sent", outbox.c.operation.in_(("send", "edit")))
        for row in self.stage.rows(select(outbox).where(*sent, outbox.c.id.not_in(list(self.messages)))):
            self.messages[row.id] = Said(
                row.sent_at,
                row.destination,
                row.key,
                row.subject or "",
                load_message(row.message),
                asked=head_of(row.key) in _ASKED or row.operation != "send" or row.id in acting,
            )

    def said(self) -> list[Said]:
        """Return everything that was said, in the order in which it was read."""
        self._note_messages()
        sent = [self.messages[number] for number in sorted(self.messages)]
        both = [each for each in (*sent, *self.answers.values()) if each.at >= self.since]
        return sorted(both, key=lambda each: each.at)

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
        read += [(account, said) for _, account, said in completions(self.stage)]
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
        """Return the waits as they are now; a task of the coordinators takes the place of a further step."""
        tasks = {about for (about,) in self.stage.rows(select(Task.subject).where(Task.state == "open"))}
        return [
            WaitRow(row.kind, row.subject, row.state, row.since, row.next_at, bool({row.about} & tasks))
            for row in self.stage.rows(select(Wait.__table__).order_by(Wait.id))
        ]

    def changes(self) -> list[Change]:
        """Return the changes of the history, under every field that follows one of them."""
        rows = self.stage.rows(select(HistoryRow.__table__).order_by(HistoryRow.id))
        fields = {*OF_HOLES, *OF_LABELS.values(), *OF_SENTENCES}
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
        sections = sections_of(said.message)
        of_row = things.ids_of_pieces(said, len(sections)) or [_ids_of_row(said)] * len(sections)
        for section, row_ids in zip(sections, of_row, strict=True):
            reader = things.people.get(said.to)
            for piece in _entries(section):
                blocks = [self.heard.made_of(block) for block in piece]
                ids = _merged(_ids_in(piece), row_ids)
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
                yield from ((*about, sentence) for about in _said_by(sentence.one))
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
                    wanted = hole in PERSON_HOLES if isinstance(value, PersonName) else True
                    if wanted and not found and not is_unclaimed(sentence.one, hole):
                        self.odd.add((sentence.one, hole))
                    elif isinstance(value, ShownDay | Moment) and hole not in DATE_HOLES:
                        self.odd.add((sentence.one, f"{hole}, whose name is none of a date's"))

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
        self.aliases = {person: row_id for row_id, person in stage.rows(select(Alias.id, Alias.person_id))}
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
        if noun == "absence":
            return self._absences(sentence)
        words = {_value_of(value) for _, value in values_in(sentence)} if sentence else set()
        projects = (
            {self.projects[each] for each in words & self.projects.keys()}
            or self._projects(ids)
            or {self.projects[each] for each in _words_of(blocks) & self.projects.keys()}
        )
        if len(projects) != 1:
            return set()
        [project] = projects
        if noun == "project":
            return {f"project:{project}"}
        if noun == "application":
            return self._application(project, ids, sentence, reader)
        placement = self._placement(project, ids, sentence, reader)
        if placement is None:
            return set()
        if noun == "milestone":
            mine = [each for each in self.milestones if each.placement_id == placement.id]
            named = [each for each in mine if each.title in words]
            named = named or [each for each in mine if each.title in _words_of(blocks)]
            return {f"milestone:{each.id}" for each in named}
        return {f"placement:{placement.id}"}

    def _application(self, project: int, ids: Ids, sentence: Sentence | None, reader: int | None) -> set[str]:
        """Return the application to a project: of a named student, of the reader, or of the section."""
        named = {v.id for _, v in values_in(sentence) if isinstance(v, PersonName)} if sentence else set()
        mine = [each for each in self.applications.values() if each.project_id == project]
        for found in (
            [each for each in mine if each.person_id in named],
            [each for each in mine if each.person_id == reader],
            [each for each in mine if each.id in ids["application"]],
        ):
            if found:
                return {f"application:{found[0].id}"} if len(found) == 1 else set()
        return set()

    def _absences(self, sentence: Sentence | None) -> set[str]:
        """Return the absence, as the history names it, of the person that a sentence says is away."""
        away = sentence.values.get("person") if sentence else None
        alias = self.aliases.get(away.id) if isinstance(away, PersonName) and away.id else None
        return set() if alias is None else {f"absence:{alias}"}

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


def sections_of(message: Message) -> list[list[Block]]:
    """Cut a message into its pieces: each ends with its buttons or at a line."""
    found: list[list[Block]] = [[]]
    for block in message.blocks:
        if isinstance(block, Divider):
            found.append([])
        else:
            found[-1].append(block)
    return found


def _entries(section: list[Block]) -> Iterator[list[Block]]:
    """Cut a piece into the entries of its list: each ends with its buttons."""
    entry: list[Block] = []
    for block in section:
        if entry and isinstance(entry[-1], Buttons | Select) and not isinstance(block, Buttons | Select):
            yield entry
            entry = []
        entry.append(block)
    yield entry


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


def _said_by(template: str) -> Iterator[tuple[str, str, str]]:
    """Find the noun, the field and its value that a sentence says as a whole: a status, a reason."""
    for (noun, name), values in OF_SENTENCES.items():
        for value, begins in values.items():
            if template.startswith(begins):
                yield noun, name, value


def _is_date(value: object) -> bool:
    return isinstance(value, ShownDay | Moment)


def _words_of(blocks: list[Block]) -> set[str]:
    return {_value_of(value) for each in sentences_in(tuple(blocks)) for _, value in values_in(each)}


def _value_of(value: object) -> str:
    """Write a value down so that the same value for another reader is the same text."""
    if isinstance(value, ShownDay):
        return str(value.on)
    if isinstance(value, Moment):
        return str(value.at.date()) if value.style == "day" else value.at.isoformat()
    if isinstance(value, PersonName):
        return value.name
    if isinstance(value, Plain):
        return value.text
    if isinstance(value, Term):
        return value.word
    if isinstance(value, Sentence):
        return value.one if not value.values else "|".join(_value_of(each) for each in value.values.values())
    if isinstance(value, tuple):
        return "|".join(map(_value_of, value))
    if isinstance(value, msgspec.Struct):
        return msgspec.json.encode(value).decode()
    return str(value)
