"""What the bot finds when it looks at its connection to Discord, and at a channel."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from adapters.discord.diagnostics import Ask, inspect_connection, inspect_place
from adapters.discord.rate_limits import Traffic
from bot.chat.adapter import Refusal, Retry
from bot.chat.events import Place
from bot.chat.findings import Finding
from bot.chat.language import ENGLISH, as_text
from bot.chat.languages import PSEUDO, language_for

OTHER = language_for(PSEUDO)
NOON = datetime(2026, 11, 30, 12, tzinfo=UTC)
VIEW, SEND, HISTORY, ADMINISTRATOR = 1 << 10, 1 << 11, 1 << 16, 1 << 3
ALL = VIEW | SEND | HISTORY
PLACE = Place("discord", "1", "7")

GOOD: dict[str, Any] = {
    "/applications/@me": {"id": "9", "name": "Stint", "flags": 0},
    "/gateway/bot": {"session_start_limit": {"remaining": 990, "reset_after": 3_600_000}},
    "/users/@me/guilds": [{"id": "1"}],
    "/applications/9/commands?with_localizations=true": [],
    "/users/@me": {"id": "9"},
    "/channels/7": {"id": "7", "type": 0, "name": "spring-26", "permission_overwrites": []},
    "/guilds/1": {
        "id": "1",
        "roles": [{"id": "1", "permissions": str(ALL)}, {"id": "2", "permissions": "0"}],
    },
    "/guilds/1/members/9": {"roles": ["2"]},
}


def answering(**other: object) -> Ask:
    """A Discord on which all is well but for what is named: the last word of a path and its answer."""

    async def ask(path: str) -> object:
        answer = next((a for name, a in other.items() if path.partition("?")[0].endswith(name)), GOOD[path])
        if isinstance(answer, Exception):
            raise answer
        return answer

    return ask


def is_whole(found: Finding) -> bool:
    """Whether what is wrong and what to do are sentences that a coordinator reads in any language."""
    said = [ENGLISH.text(words) for words in (found.what, found.fix)]
    put = [OTHER.text(words) for words in (found.what, found.fix)]
    return all(words.endswith(".") for words in said) and all(map(str.__ne__, said, put))


async def test_all_is_well() -> None:
    """The report of a bot that is set up rightly says who it is, and nothing else."""
    [here] = await inspect_connection(answering(), lambda theirs: theirs == [], lambda: timedelta(seconds=2))
    assert (here.level, as_text(here.what)) == ("ok", "Discord: the application Stint.")
    assert not await inspect_place(answering(), PLACE)


@pytest.mark.parametrize(
    ("other", "code"),
    [
        (
            {"me": {"id": "9", "name": "S", "interactions_endpoint_url": "https://x.y"}},
            "interactions_elsewhere",
        ),
        ({"me": {"id": "9", "name": "S", "flags": 1 << 19}}, "intent_unneeded"),
        ({"bot": {"session_start_limit": {"remaining": 3, "reset_after": 3_600_000}}}, "few_starts"),
        ({"guilds": []}, "no_server"),
        ({"commands": [{"name": "old"}]}, "commands_differ"),
        ({"me": Refusal("401", lost="space")}, "token_wrong"),
        ({"me": Refusal("50001")}, "refused"),
        ({"bot": Retry(5)}, "unreachable"),
    ],
)
async def test_what_is_wrong_is_named(other: dict[str, Any], code: str) -> None:
    """Each thing that keeps the bot from working is one finding, with what to do about it."""
    found = [e for e in await inspect_connection(answering(**other), lambda c: c == []) if e.level != "ok"]
    assert [each.code for each in found] == [f"discord.{code}"]
    assert is_whole(found[0])


async def test_a_wrong_clock_is_seen_in_the_answers() -> None:
    """The date of an answer tells how far the clock is off; an answer without one changes nothing."""
    traffic = Traffic(lambda: NOON, lambda: 0.0)
    traffic.see(200, {"Date": "Mon, 30 Nov 2026 12:10:00 GMT"})
    traffic.see(200, {})
    _, wrong = await inspect_connection(answering(), off=lambda: traffic.off)
    assert wrong.code == "clock.off"
    assert "10 minutes behind" in as_text(wrong.what)


async def test_a_fast_clock_and_many_servers_are_said() -> None:
    """The minutes by which this machine is ahead, and the servers beyond those that are named."""
    guilds = {"guilds": [{"id": str(number), "name": f"Server {number}"} for number in range(30)]}
    found = await inspect_connection(answering(**guilds), off=lambda: timedelta(minutes=8))
    said = [as_text(each.what) for each in found]
    assert any(" and " in words and words.endswith("more.") for words in said), said
    assert any("8 minutes ahead of Discord's" in words for words in said), said
    (clock,) = (each for each in found if each.code == "clock.off")
    assert is_whole(clock)


@pytest.mark.parametrize(
    ("other", "words"),
    [
        ({"7": Refusal("10003", lost="destination")}, "no longer there"),
        ({"7": Refusal("50001", lost="destination")}, "cannot see"),
        ({"7": {"type": 2, "name": "talk"}}, "no text channel"),
        ({"7": Retry(8)}, "did not answer"),
        ({"/1": {"id": "1", "roles": [{"id": "1", "permissions": str(VIEW)}]}}, "Send Messages"),
    ],
)
async def test_a_channel_that_cannot_be_used_says_why(other: dict[str, Any], words: str) -> None:
    """A channel that is gone, hidden, of another kind, or without a permission is a problem with a fix."""
    [found] = await inspect_place(answering(**other), PLACE)
    assert words in as_text(found.what)
    assert found.level == "problem"
    assert is_whole(found)


@pytest.mark.parametrize(
    ("denied", "allowed", "missing"),
    [
        ([("1", SEND)], [], "Send Messages"),
        ([("1", SEND)], [("2", SEND)], ""),
        ([("2", SEND)], [("9", SEND)], ""),
        ([("9", SEND | HISTORY)], [("1", SEND)], "Send Messages and Read Message History"),
    ],
)
async def test_permissions_add_up_as_discord_says(
    denied: list[tuple[str, int]], allowed: list[tuple[str, int]], missing: str
) -> None:
    """What a channel says of a member goes before its role's, and that before everyone's."""
    said = [{"id": each, "allow": "0", "deny": str(bits)} for each, bits in denied]
    said += [{"id": each, "allow": str(bits), "deny": "0"} for each, bits in allowed]
    channel = {"id": "7", "type": 0, "name": "spring-26", "permission_overwrites": said}
    found = await inspect_place(answering(**{"7": channel}), PLACE)
    assert [as_text(each.what) for each in found] == ([f"I lack {missing} in #spring-26."] if missing else [])


async def test_an_administrator_lacks_nothing() -> None:
    """No channel can take anything from a bot with Administrator."""
    roles = [{"id": "1", "permissions": "0"}, {"id": "2", "permissions": str(ADMINISTRATOR)}]
    assert not await inspect_place(answering(**{"/1": {"id": "1", "roles": roles}}), PLACE)


async def test_sending_stops_long_before_discord_shuts_us_out() -> None:
    """Half of the refusals that Discord allows within ten minutes: after them nothing is sent for a while."""
    seconds = 1.0
    traffic = Traffic(lambda: NOON, lambda: seconds)
    for _ in range(5000):
        traffic.check()
        traffic.see(403, {})
        traffic.see(429, {"X-RateLimit-Scope": "shared"})
    with pytest.raises(Retry) as waits:
        traffic.check()
    assert waits.value.seconds == 600
    seconds += 600
    traffic.check()
