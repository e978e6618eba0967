"""One person on two platforms: what begins on one goes on on the other, in one runtime."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select

from bot.chat.adapter import Capabilities, Response
from bot.chat.events import CommandUsed, MessageEdited, MessageReceived, MessageRef, Place, ReplyTo, UserRef
from bot.chat.rendering.limits import Limits
from storage.tables import Identity
from tests.support.deliveries import Mailbox
from tests.support.stage import Stage, open_stage
from tests.support.toy_routes import TOYS

ADA = UserRef("box", "ada-too")
DM = Place("box", "", "ada-too", "dm")


class Box(Mailbox):
    """A second platform: no forms, no messages for one person's eyes."""

    limits = Limits(form_questions=1)

    async def respond(self, to: ReplyTo, answer: Response) -> None:
        """Whatever is answered at once, no test looks at it."""


@asynccontextmanager
async def _opened(tmp_path: Path) -> AsyncIterator[Stage]:
    """A stage with two platforms, on both of which Ada has an account."""
    async with open_stage(tmp_path, routes=TOYS) as opened:
        box: Any = Box(capabilities=Capabilities(forms=False, ephemeral=False))
        opened.runtime.adapters = {**opened.runtime.adapters, "box": box}
        row = {"programme_id": 1, "person_id": 4, "platform": "box", "user_id": ADA.id}
        account = insert(Identity).values(**row, seen_at=opened.clock.now())
        opened.database.transact_inline(lambda work: work.connection.execute(account))
        yield opened


pytestmark = pytest.mark.stage(opened=_opened)


def box(stage: Stage) -> list[str]:
    """What Ada was sent on the second platform, and then what of it was changed."""
    adapter: Any = stage.runtime.adapters["box"]
    return [words for _, words in (*adapter.sent, *adapter.edits)]


async def happens(stage: Stage, kind: type[Any], **fields: Any) -> None:  # noqa: ANN401 - the kind's own
    """Something that Ada does on the second platform."""
    await stage.tick(seconds=20)
    place = fields.pop("place", DM)
    now = stage.clock.now()
    await stage.runtime.receive(kind(id=f"b{now}", at=now, actor=ADA, place=place, **fields))
    await stage.settle()


async def test_a_draft_goes_on_where_its_owner_speaks(stage: Stage) -> None:
    """Begun on one platform, answered on the other; edits and the end are where the person is."""
    ada = stage.person("ada")
    await ada.uses("/toy snack", "spring")
    await ada.says("crackers")
    await happens(stage, MessageReceived, message=MessageRef(DM, "m1"), text="12")
    assert "Review your answers" in box(stage)[-1]
    assert "Pieces" not in stage.screen("ada").split("bot: ")[-1]
    await happens(stage, MessageEdited, message=MessageRef(DM, "m1"), text="15")
    assert "15" in box(stage)[-1]
    await ada.edits("crackers", "figs")
    assert "figs" in stage.screen("ada").split("bot: ")[-1]
    await happens(stage, MessageReceived, message=MessageRef(DM, "m2"), text="send")
    assert "Enjoy figs" in box(stage)


async def test_each_platform_is_asked_what_it_can_do(stage: Stage) -> None:
    """A form opens as a dialog on one platform and as a conversation on the other."""
    channel = Place("box", "", "town")
    reply = ReplyTo("t", stage.clock.now().replace(year=2027))
    await happens(stage, CommandUsed, path=("toy", "mood"), place=channel, reply=reply)
    assert "How are you?" in box(stage)[-1]
    ada = stage.person("ada")
    await ada.uses("/toy mood", "spring")
    assert ada.open_dialog().opened.form.id == "mood"


async def test_without_private_answers_the_answer_is_a_message(stage: Stage) -> None:
    """Where a channel has no messages for one person's eyes, the answer goes to their DM."""
    channel = Place("box", "", "town")
    reply = ReplyTo("t", stage.clock.now().replace(year=2027))
    await happens(
        stage, CommandUsed, path=("toy", "echo"), options={"words": "hi"}, place=channel, reply=reply
    )
    assert box(stage) == ["You said hi"]


async def test_quiet_hours_are_the_person_s_on_every_platform(stage: Stage) -> None:
    """A nudge at night waits, on whichever account it goes to."""
    await stage.tick(hours=15)
    await happens(stage, CommandUsed, path=("toy", "nudge"))
    assert box(stage) == []
    await stage.tick(hours=9)
    assert box(stage) == ["Psst."]


async def test_messages_follow_a_person_at_once(stage: Stage) -> None:
    """Back on the first platform after a minute on the second, that is where they were last seen."""
    ada = stage.person("ada")
    seen = select(Identity.platform).where(Identity.person_id == 4).order_by(Identity.seen_at.desc())
    for _ in range(2):
        await happens(stage, CommandUsed, path=("toy", "echo"), options={"words": "hi"})
        assert stage.rows(seen)[0].platform == "box"
        await ada.says("hello")
        assert stage.rows(seen)[0].platform == "terminal"
