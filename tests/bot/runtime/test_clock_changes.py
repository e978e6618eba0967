"""The machine's clock is set back: nothing waits longer for that."""

from datetime import timedelta
from pathlib import Path
from typing import Any

from bot.chat.adapter import Retry
from bot.chat.content import Message
from bot.chat.events import MessageRef, Place, UserRef
from tests.support.stage import open_stage
from tests.support.toy_routes import TOYS

TEN_MINUTES = timedelta(minutes=10)


async def test_what_waits_a_minute_waits_a_minute(tmp_path: Path) -> None:
    """Asked to come again in a minute, set back by ten: the message comes after one, not after eleven."""
    async with open_stage(tmp_path, routes=TOYS) as stage:
        send, waits = stage.adapter.send, [True]

        async def busy(to: Place | UserRef, message: Message, *, key: str, **tried: Any) -> MessageRef:  # noqa: ANN401 - the other arguments
            if key.startswith("1:echo:") and waits:
                waits.pop()
                raise Retry(60)
            return await send(to, message, key=key, **tried)

        stage.adapter.send = busy  # type: ignore[method-assign] # a platform that asks to wait
        await stage.person("ada").uses("/toy echo hello", "spring")
        assert "Somebody said hello" not in stage.screen("ben", "spring")
        stage.clock._now -= TEN_MINUTES  # noqa: SLF001 - as a machine's clock may be set
        await stage.tick(seconds=59)
        assert "Somebody said hello" not in stage.screen("ben", "spring")
        await stage.tick(seconds=1)
        assert stage.screen("ben", "spring").count("Somebody said hello") == 1
