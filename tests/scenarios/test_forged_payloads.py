"""Payloads as no client sends them, at the doubles: no other reader of an answer, and no right gained."""

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from storage.tables import Identity, Role
from tests.support.discord.stage import open_discord_stage
from tests.support.main_job import TITLE, WHY, is_applied_for, is_posted
from tests.support.slack import payloads
from tests.support.slack.stage import SlackStage, open_slack_stage
from tests.support.slack.workspace import Account

GONE = "(left out)"
"""In the place of a value: the payload is without it."""


async def _typed_on_slack(
    stage: SlackStage, account: str, line: str, place: str, changes: Mapping[str, object]
) -> None:
    """Deliver a slash command with changes; Slack shows its answer where it was really typed."""
    at = next(each for each in stage.workspace.channels.values() if each.name == place)
    who = stage.workspace.accounts[f"U0{account.upper()}"]
    name, _, text = line.partition(" ")
    sent = payloads.command(stage.workspace, who, at, name, text)
    sent = {key: value for key, value in {**sent, **changes}.items() if value != GONE}
    await stage.clock.advance_by(stage.pause)
    answer = await stage.server.deliver("slash_commands", sent)
    if answer and (answer.get("text") or answer.get("blocks")):
        stage.server.say(at.id, who.id, "", answer)
    await stage.settle()


PLACES: tuple[dict[str, object], ...] = (
    {},
    {"channel_id": GONE},
    {"channel_id": ""},
    {"channel_name": "privategroup"},
    {"channel_name": GONE},
    {"channel_id": "D0BEN"},
    {"channel_id": "D0NOBODY", "channel_name": "directmessage"},
    {"team_id": "T2", "enterprise_id": "E2"},
    {"is_enterprise_install": "true"},
)


@pytest.mark.soak
@pytest.mark.parametrize("late", [False, True])
async def test_a_forged_command_between_two_people_on_slack(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, late: bool
) -> None:
    """However the place is named, in the acknowledgement or after it: ben reads nothing."""
    async with open_slack_stage(tmp_path) as stage:
        await is_posted(stage)
        await is_applied_for(stage)
        stage.workspace.add_between("marta-ben", "U0MARTA", "U0BEN")
        before = stage.person("ben").view()
        monkeypatch.setattr(stage.adapter.state.dms, "_ask", _unknown)
        if late:
            monkeypatch.setattr("adapters.slack.receiver._TURN_SECONDS", 0)
        for changes in PLACES:
            monkeypatch.setattr(stage.adapter.state.dms, "_known", OrderedDict())
            await _typed_on_slack(stage, "marta", f"/applicants {TITLE}", "marta-ben", changes)
            await stage.tick(minutes=1)
            assert stage.person("ben").view() == before, changes
            said = [m for m in stage.workspace.messages if m.channel == "D0MARTA-BEN"]
            assert {m.private_to for m in said} <= {"U0MARTA"}, changes
            assert said, "what is not forged is answered there"


async def _unknown(account: str) -> str:
    """Slack does not say which direct message is the account's own."""
    raise TimeoutError(account)


CONTEXTS: tuple[dict[str, object], ...] = (
    {},
    {"context": GONE},
    {"context": 1},
    {"context": 0},
    {"channel": GONE},
    {"authorizing_integration_owners": {}},
    {"authorizing_integration_owners": {"0": "0"}},
)


@pytest.mark.soak
async def test_a_forged_command_and_press_in_a_group_on_discord(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However the context is named: ben, who is in the group, reads nothing of what marta is answered."""
    async with open_discord_stage(tmp_path) as stage:
        await is_posted(stage)
        await is_applied_for(stage)
        users, tell = stage.people.users, stage.fake.gateway.tell
        forgeries = {f"lunch-{number}": changes for number, changes in enumerate(CONTEXTS)}
        for group in forgeries:
            stage.fake.world.add_group(group, users["marta"], users["ben"])
        marta, ben = stage.person("marta"), stage.person("ben")
        before = ben.view()
        for group, changes in forgeries.items():
            monkeypatch.setattr(stage.fake.gateway, "tell", _forging(tell, changes))
            await marta.uses(f"/applicants {TITLE}", group)
            assert f"== {group}" in marta.view(), changes
            await marta.presses("Read one by one", on="Applicants")
            assert WHY in marta.view().partition(f"== {group}")[2], changes
            assert ben.view() == before, changes


def _forging(
    tell: Callable[..., Awaitable[None]], changes: Mapping[str, object]
) -> Callable[..., Awaitable[None]]:
    """The gateway, with changes to each interaction that it tells of."""

    async def forged(event: str, d: dict[str, Any], intent: int = 0) -> None:
        if event == "INTERACTION_CREATE":
            d = {key: value for key, value in {**d, **changes}.items() if value != GONE}
        await tell(event, d, intent)

    return forged


ELSEWHERE = {"enterprise_id": "E2", "is_admin": True, "is_owner": True, "teams": ["T2"]}
STRANGERS: tuple[dict[str, Any], ...] = (
    {"team_id": "T2", "profile": {"display_name": "Eve"}},
    {"team_id": "T2", "enterprise_user": ELSEWHERE},
    {"team_id": "E2", "profile": {"display_name": "Eve"}},
    {"team_id": None, "profile": {"display_name": "Eve", "team": "T2"}},
    {"team_id": None, "profile": {"display_name": "Eve"}, "enterprise_user": ELSEWHERE},
    {"team_id": None, "profile": {}, "enterprise_user": {**ELSEWHERE, "teams": []}},
    {"team_id": None, "profile": {}, "is_stranger": True},
)


async def test_an_admin_of_another_organisation_is_a_guest_on_slack(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who administers elsewhere reads no project and no setting here, and is no person of the programme."""
    said_of = {f"U0EVE{number}": said for number, said in enumerate(STRANGERS)}
    wire = Account.wire
    monkeypatch.setattr(Account, "wire", lambda account: wire(account) | said_of.get(account.id, {}))
    async with open_slack_stage(tmp_path) as stage:
        await is_posted(stage)
        for user, said in said_of.items():
            account = user.removeprefix("U0").lower()
            stage.workspace.add_account(account, "Eve Outside", "UTC", is_admin=True)
            for line in ("/project list", "/stint settings", "/stint coordinators"):
                await _typed_on_slack(stage, account, line, "spring-26", {})
            dm = user.replace("U0", "D0", 1)
            read = [m for m in stage.workspace.messages if m.private_to == user or m.channel == dm]
            assert read, said
            assert TITLE not in str([(m.text, m.blocks) for m in read]), said
            assert "Europe/London" not in str([(m.text, m.blocks) for m in read]), said
            theirs = select(Role.role).join(Identity, Identity.person_id == Role.person_id)
            assert stage.rows(theirs.where(Identity.user_id.like(f"%.{user}"))) == [], said
