"""The lines of a rehearsal: each message with what it is, and why it was sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from msgspec import Struct
from sqlalchemy import Connection, select

from adapters.simulation.observations import first_key
from adapters.simulation.rehearsal.causes import Acts, why
from adapters.simulation.rehearsal.names import place_name, reader_name
from bot.chat.content import Message
from bot.chat.events import Place, UserRef
from bot.chat.rendering.plain_text import plain_text
from bot.programme.core import keys, subjects
from bot.programme.reachability.message_kinds import CONFIDED, kind_of
from storage.tables import metadata, outbox

__all__ = ["CONFIDED_WORDS", "DIRECT", "Line", "line_of"]

DIRECT: Final = "direct message"
"""The place of a message that one person reads."""

CONFIDED_WORDS: Final = "(Left out: this is confided to some of the coordinators.)"
"""What is shown in the place of words that not every coordinator may read."""

_IN_CHANNELS: Final[Mapping[str, str]] = {
    keys.BACK: "Word that the bot is back",
    keys.CARD: "A project's card",
    keys.DIGEST: "The digest",
    keys.FAREWELL: "Word that the bot writes there no longer",
    keys.HELLO: "Word that the bot writes there now",
    keys.LIST: "The list of imported projects",
}
"""What is sent to channels, by the heads of keys."""

_ANSWERS: Final = frozenset({keys.ANSWER, keys.ASIDE, keys.LATE_ANSWER, keys.QUESTION})
"""The heads of the keys of what a person reads while they do something: questions of forms, and answers."""

_notices = metadata.tables["notices"]


class Line(Struct, frozen=True):
    """A message of a rehearsal.

    Attributes:
        at: when it was sent (UTC).
        programme: the id of the programme whose it is.
        reader: the person; "" for a channel.
        place: `DIRECT`, or the name of a channel.
        what, why: what kind of message it is, and what was the matter, as a clause.
        answers: it is a question of a form, or an answer, to a person who was just doing something.
        text: its words, a block a line; `CONFIDED_WORDS` where they are kept from some coordinators.
    """

    at: datetime
    programme: int
    reader: str
    place: str
    platform: str
    what: str
    why: str
    answers: bool
    text: str

    @property
    def to(self) -> str:
        """The person or the channel that it went to."""
        return self.reader or self.place


def line_of(
    connection: Connection, sent: tuple[str, Place | UserRef, Message], at: datetime, acts: Acts
) -> Line:
    """Return the line of a message that has just been sent: under which key, where, and in which words."""
    sent_as, to, said = sent
    number, _, key = first_key(sent_as).partition(":")
    programme, head = int(number), keys.head_of(key)
    row = _row(connection, programme, key)
    pieces = _pieces(connection, programme, row)
    what = _IN_CHANNELS.get(head) or kind_of(key).word
    if pieces:
        kinds = dict.fromkeys(kind_of(each).word for each in pieces)
        what = f"{what} ({', '.join(each[:1].lower() + each[1:] for each in kinds)})"
    reader = reader_name(connection, programme, to) if isinstance(to, UserRef) else ""
    reason = why(connection, row.cause if row is not None else None, acts)
    confided = not CONFIDED.isdisjoint(keys.head_of(each) for each in (key, *pieces))
    return Line(
        at=at,
        programme=programme,
        reader=reader,
        place=DIRECT if isinstance(to, UserRef) else place_name(connection, programme, to),
        platform=to.platform,
        what=what,
        why=reason.removesuffix(f" ({reader})"),
        answers=head in _ANSWERS,
        text=CONFIDED_WORDS if confided else plain_text(said, clocks=True),
    )


def _row(connection: Connection, programme: int, key: str) -> Any | None:  # noqa: ANN401 - a row of the outbox
    columns = (outbox.c.kind, outbox.c.subject, outbox.c.cause)
    mine = (outbox.c.programme_id == programme, outbox.c.key == key)
    return connection.execute(select(*columns).where(*mine)).first()


def _pieces(connection: Connection, programme: int, row: Any | None) -> Sequence[str]:  # noqa: ANN401 - of _row
    """Return the keys of the pieces of news that a daily message brings; none of another message."""
    if row is None or row.kind != "notices" or not row.subject:
        return ()
    about = subjects.OF_NEWS.parse(row.subject)
    brought = select(_notices.c.key).where(
        _notices.c.programme_id == programme,
        _notices.c.person_id == about.person,
        _notices.c.id.between(about.first, about.last),
    )
    return connection.scalars(brought.order_by(_notices.c.id)).all()
