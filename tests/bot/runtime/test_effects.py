"""Where the change of a direct message is owed: to its reader, as everything else that they are sent."""

from sqlalchemy import select

from bot.chat.actions import Post, Update
from bot.chat.content import message, text
from bot.chat.events import Place, UserRef
from bot.programme.core.turn import Turn
from storage.tables import outbox
from tests.support.in_memory import begun, carried

SHOWN = f"{Place('terminal', '', 'dm-ada', 'dm')}#m1"
ADA = UserRef("terminal", "ada")
NEWER = message(text("It stands now."))


def destination_of(turn: Turn, update: Update) -> str:
    """The destination of a change, once it is owed."""
    carried(turn, [update])
    edits = select(outbox.c.destination).where(outbox.c.operation == "edit", outbox.c.target == SHOWN)
    return str(turn.connection.execute(edits).scalar_one())


def test_a_change_in_a_direct_message_goes_to_its_reader() -> None:
    """A platform asks for a pause of the whole conversation, so its changes have one destination."""
    with begun() as turn:
        assert destination_of(turn, Update(SHOWN, NEWER, instead_of="undo:1", reader=str(ADA))) == str(ADA)


def test_a_change_without_a_reader_goes_where_its_message_went() -> None:
    """A timer that an earlier version set says only where the message is."""
    with begun() as turn:
        carried(turn, [Post(ADA, message(text("It stands in a minute.")), "notice:1")])
        turn.connection.execute(outbox.update().values(state="sent", reference=SHOWN))
        assert destination_of(turn, Update(SHOWN, NEWER, instead_of="undo:1")) == str(ADA)


def test_a_change_of_a_message_that_is_not_in_the_ledger_goes_to_its_place() -> None:
    """An answer at once has no row: where nothing says who read it, it is changed all the same."""
    with begun() as turn:
        assert destination_of(turn, Update(SHOWN, NEWER, instead_of="undo:1")) == SHOWN.partition("#")[0]
