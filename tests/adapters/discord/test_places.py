"""Where an interaction happened is what Discord says of it; where it says nothing, others may read it."""

from typing import Any

import discord
import pytest

from adapters.discord.inbound import place_of

USER = {"id": "7", "username": "ada", "discriminator": "0", "avatar": None, "global_name": "Ada"}
OWN = {"id": "5", "type": 1, "recipients": [USER]}
GROUP = {"id": "5", "type": 3, "recipients": [USER], "name": "lunch", "icon": None, "owner_id": "7"}
BY_SERVER, BY_PERSON = {"0": "1"}, {"1": "7"}


@pytest.mark.parametrize(
    ("sent", "kind", "readers"),
    [
        ({"channel": OWN, "context": 1, "user": USER}, "dm", "alone"),
        (
            {"channel": OWN, "context": 1, "user": USER, "authorizing_integration_owners": BY_PERSON},
            "dm",
            "alone",
        ),
        ({"channel": OWN, "context": 2, "user": USER}, "elsewhere", "unknown"),
        ({"channel": OWN, "user": USER}, "elsewhere", "unknown"),
        ({"channel": GROUP, "context": 2, "user": USER}, "elsewhere", "unknown"),
        ({"channel": GROUP, "context": 1, "user": USER}, "elsewhere", "unknown"),
        ({"channel": GROUP, "context": 0, "user": USER}, "elsewhere", "unknown"),
        ({"channel_id": None, "context": 1, "user": USER}, "elsewhere", "unknown"),
        ({"guild_id": "1", "context": 0, "authorizing_integration_owners": BY_SERVER}, "channel", "others"),
        (
            {"guild_id": "1", "context": 0, "authorizing_integration_owners": BY_PERSON},
            "elsewhere",
            "unknown",
        ),
        ({"guild_id": "1", "context": 1, "authorizing_integration_owners": BY_SERVER}, "channel", "others"),
        (
            {"guild_id": "1", "authorizing_integration_owners": BY_PERSON, "context": 1},
            "elsewhere",
            "unknown",
        ),
        ({"guild_id": "1"}, "channel", "others"),
    ],
)
def test_only_the_direct_message_with_the_bot_is_read_alone(
    sent: dict[str, Any], kind: str, readers: str
) -> None:
    """A group, another context, none at all, a server where only the person has the app: others may read."""
    state = discord.Client(intents=discord.Intents.none())._connection  # noqa: SLF001 - what interactions are made with
    state.user = discord.ClientUser(state=state, data=USER | {"id": "2"})  # type: ignore[arg-type] # as it comes
    data: dict[str, Any] = {
        "id": "1",
        "application_id": "2",
        "token": "t",
        "version": 1,
        "attachment_size_limit": 1,
        "type": 2,
        "channel_id": "5",
        "data": {"id": "3", "name": "stint", "type": 1},
        **sent,
    }
    if "guild_id" in data:
        data["member"] = {"user": USER, "roles": [], "permissions": "0", "flags": 0, "joined_at": None}
    place = place_of(discord.Interaction(data=data, state=state))  # type: ignore[arg-type] # as it comes
    assert (place.kind, place.readers) == (kind, readers)
