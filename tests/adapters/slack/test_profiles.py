"""Who a person is in a workspace, by everything that Slack says of where they belong."""

from typing import Any

import pytest

from adapters.slack.routing import organisation_of, persons_team, workspace_of
from tests.support.slack.heard import Heard

OF_E1 = {"enterprise_id": "E1"}


@pytest.mark.parametrize(
    ("user", "rights"),
    [
        ({}, set()),
        ({"is_admin": True}, {"manage"}),
        ({"is_owner": True}, {"manage"}),
        ({"is_restricted": True}, {"guest"}),
        ({"is_admin": True, "team_id": "T2"}, {"guest"}),
        ({"team_id": "T2", "is_stranger": True}, {"guest"}),
        ({"team_id": None, "is_admin": True}, {"manage"}),
        ({"team_id": "T2", "is_admin": True, "enterprise_user": {"enterprise_id": "E2"}}, {"guest"}),
        ({"team_id": "T2", "enterprise_user": {"enterprise_id": "E2", "teams": ["T2"]}}, {"guest"}),
        ({"team_id": None, "profile": {"team": "T2"}, "is_admin": True}, {"guest"}),
        ({"team_id": None, "is_admin": True, "enterprise_user": {"enterprise_id": "E2"}}, {"guest"}),
        (
            {"team_id": None, "is_owner": True, "enterprise_user": {"enterprise_id": "E2", "teams": []}},
            {"guest"},
        ),
        (
            {"team_id": None, "is_admin": True, "enterprise_user": {"enterprise_id": "E2", "teams": ["T2"]}},
            {"guest"},
        ),
        ({"team_id": "E2", "is_primary_owner": True}, {"guest"}),
        ({"team_id": "T1", "is_admin": True, "enterprise_user": {"enterprise_id": "E1"}}, {"manage"}),
    ],
)
async def test_rights_are_what_slack_says_of_a_person(user: dict[str, Any], rights: set[str]) -> None:
    """Admins may manage; guests and people of other organisations are guests, whatever they are there."""
    assert await rights_heard(Heard(**user)) == rights


@pytest.mark.parametrize(
    ("user", "rights"),
    [
        ({"team_id": "T1", "enterprise_user": {**OF_E1, "teams": ["T1"]}}, set()),
        ({"team_id": None, "enterprise_user": {**OF_E1, "teams": ["T1"]}}, set()),
        ({"team_id": "E1", "is_admin": True, "enterprise_user": OF_E1}, set()),
        ({"team_id": "T9", "enterprise_user": {**OF_E1, "teams": ["T9", "T1"]}}, set()),
        ({"team_id": "T1", "is_admin": True, "enterprise_user": OF_E1}, {"manage"}),
        (
            {"team_id": "T9", "is_admin": True, "enterprise_user": {**OF_E1, "teams": ["T9"]}},
            set(),
        ),
        ({"team_id": "T1", "is_restricted": True, "enterprise_user": OF_E1}, {"guest"}),
        ({"team_id": "T2", "is_admin": True, "enterprise_user": {"enterprise_id": "E2"}}, {"guest"}),
        ({"team_id": "T1", "is_admin": True, "enterprise_user": {"enterprise_id": "E2"}}, {"guest"}),
        ({"team_id": None, "is_admin": True, "enterprise_user": {"enterprise_id": "E2"}}, {"guest"}),
        ({"team_id": "E2", "is_owner": True}, {"guest"}),
    ],
)
async def test_in_an_organisation_its_own_people_are_members(user: dict[str, Any], rights: set[str]) -> None:
    """In one of a Grid's workspaces colleagues are no guests, and administer only where they do."""
    assert await rights_heard(Heard("E1", **user)) == rights


@pytest.mark.parametrize(
    ("told", "rights"),
    [
        ({"user_team": "T1"}, {"manage"}),
        ({"user_team": "E1"}, {"manage"}),
        ({"user_team": "T2"}, {"guest"}),
        ({"team": "E2"}, {"guest"}),
    ],
)
async def test_what_an_event_says_of_its_person_counts_too(told: dict[str, str], rights: set[str]) -> None:
    """A person who is from elsewhere by an event's own word is a guest in it, known as ours or not."""
    heard = Heard("E1", is_admin=True)
    assert await rights_heard(heard) == {"manage"}
    assert await rights_heard(heard, **told) == rights
    assert await rights_heard(heard) == {"manage"}


@pytest.mark.parametrize(
    ("told", "rights"),
    [({"user_team": "T9"}, {"manage"}), ({"user_team": "E1"}, {"manage"}), ({"user_team": "E2"}, {"guest"})],
)
async def test_a_colleague_that_an_event_places_in_another_organisation(
    told: dict[str, str], rights: set[str]
) -> None:
    """Another workspace of our organisation is ours; another organisation is not, whatever was known."""
    heard = Heard("E1", team_id="T1", is_admin=True, enterprise_user=OF_E1)
    assert await rights_heard(heard) == {"manage"}
    assert await rights_heard(heard, **told) == rights


async def rights_heard(heard: Heard, **told: str) -> set[Any]:
    """What ada may do by a message of hers; `told` is what its event says of her."""
    event = {"type": "message", "channel": "D1", "user": "U1", "text": "hello", "ts": "1.2", **told}
    await heard.takes({"type": "event_callback", "team_id": "T1", "event": event})
    return set(heard.events[-1].rights)


OF_A_COLLEAGUE: dict[str, Any] = {
    "type": "block_actions",
    "enterprise": {"id": "E1", "name": "Uni"},
    "is_enterprise_install": True,
    "user": {"id": "U1", "team_id": "T1"},
    "container": {"type": "message", "channel_id": "C1", "message_ts": "1.2"},
    "actions": [{"type": "button", "action_id": "open:1", "action_ts": "1.3"}],
    "trigger_id": "1.2.x",
}


@pytest.mark.parametrize(
    ("named", "team"),
    [
        ({"team": None, "view": {"app_installed_team_id": "T1", "team_id": "T3"}}, "T1"),
        ({"team": None, "view": {"team_id": "T1"}}, "T1"),
        ({"team": {"id": "T1"}}, "T1"),
        ({"team": None}, "T1"),
        ({"team": None, "user": {"id": "U1", "team_id": None}, "team_id": "T1"}, "T1"),
    ],
)
async def test_a_payload_without_its_workspace_is_still_of_a_member(
    named: dict[str, Any], team: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In an organisation's app "team" may be null: that makes no person a guest, nor moves a place."""
    heard = Heard("E1", team_id=None, enterprise_user=OF_E1)
    monkeypatch.setattr(heard.doorway, "_met", _nothing)
    assert (await heard.takes({**OF_A_COLLEAGUE, **named}))[0] == 200
    [event] = heard.events
    assert (event.place.space, event.actor.id, event.rights) == (team, f"{team}.U1", frozenset())


async def _nothing(_: object) -> None:
    """No workspace is looked for."""


def test_a_shared_channels_event_is_for_the_workspace_that_has_the_bot() -> None:
    """In a channel of several organisations an event may name another one first."""
    theirs = {"team_id": "T2", "enterprise_id": "E2", "is_ext_shared_channel": True}
    ours = {"authorizations": [{"team_id": "T1", **OF_E1, "is_bot": True}]}
    assert (workspace_of(theirs | ours), organisation_of(theirs | ours)) == ("T1", "E1")
    assert persons_team({"event": {"user_team": "T2", "team": "T1"}}) == "T2"
