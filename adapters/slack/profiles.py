"""The profiles of people in a workspace: name, zone and rights, fetched once and kept fresh by events."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from bot.chat.events import Right
from bot.chat.values import replace

__all__ = ["Home", "Profile", "Profiles", "profile_of"]

_MOST_PEOPLE: Final = 5000
"""People to remember; the person not seen for longest is looked up again."""

_ORGANISATION: Final = "E"
"""The beginning of the ids of organisations; those of workspaces begin with T."""

_FULL: Final = ("is_admin", "is_owner", "is_primary_owner")
_PARTLY: Final = ("is_restricted", "is_ultra_restricted", "is_stranger")
_GUEST: Final[frozenset[Right]] = frozenset({"guest"})
_MANAGES: Final[frozenset[Right]] = frozenset({"manage"})


@dataclass(frozen=True, slots=True)
class Home:
    """The place of the installation: a workspace, and its organisation ("" where it is part of none)."""

    team: str
    enterprise: str = ""


@dataclass(frozen=True, slots=True)
class Profile:
    """A person: the shown name, IANA zone and language ("" if unknown), what they may do; `gone` or not.

    `colleague`: Slack names them a member of the very organisation that the workspace is part of.
    """

    name: str
    zone: str = ""
    locale: str = ""
    rights: frozenset[Right] = frozenset()
    bot: bool = False
    gone: bool = False
    colleague: bool = False


def profile_of(user: Mapping[str, Any], home: Home) -> Profile:
    """Return a user object's profile (docs.slack.dev/reference/objects/user-object), seen from home."""
    about = user.get("profile") or {}
    name = about.get("display_name") or about.get("real_name") or user.get("real_name") or user.get("name")
    colleague = bool(home.enterprise) and _organisation_of(user) == home.enterprise
    return Profile(
        str(name or ""),
        str(user.get("tz") or ""),
        str(user.get("locale") or ""),
        _rights_of(user, home, colleague=colleague),
        bot=bool(user.get("is_bot")) or user.get("id") == "USLACKBOT",
        gone=bool(user.get("deleted")),
        colleague=colleague,
    )


def _rights_of(user: Mapping[str, Any], home: Home, *, colleague: bool) -> frozenset[Right]:
    """Return a person's rights in the bot's workspace, from all that Slack says of where they belong.

    Their role in another workspace or organisation does not count here: neither that they administer it, nor
    that they are members of it. Without any statement of where they belong, they belong to this workspace.
    """
    teams = {str(each) for each in (user.get("enterprise_user") or {}).get("teams") or () if each}
    told = {str(each) for each in (user.get("team_id"), (user.get("profile") or {}).get("team")) if each}
    here = home.team in teams | told or not teams | told
    if any(user.get(kind) for kind in _PARTLY):
        return _GUEST
    if not colleague:
        # The bot's organisation may not be known yet; then being named as its colleague decides.
        foreign = _organisation_of(user) and (home.enterprise or home.team not in teams | told)
        if foreign or told - {home.team, home.enterprise} or not here:
            return _GUEST
    return _MANAGES if here and any(user.get(kind) for kind in _FULL) else frozenset()


def _organisation_of(user: Mapping[str, Any]) -> str:
    return str((user.get("enterprise_user") or {}).get("enterprise_id") or "")


class Profiles:
    """A memory of people by workspace and id."""

    def __init__(
        self,
        ask: Callable[[str, str], Awaitable[Mapping[str, Any]]],
        organisation: Callable[[str], Awaitable[str]],
    ) -> None:
        """Take `ask(team, user)`, for a user object, and `organisation(team)`, for its organisation's id.

        Both raise what the adapter's calls raise.
        """
        self._ask = ask
        self._organisation = organisation
        self._known: OrderedDict[tuple[str, str], Profile] = OrderedDict()

    async def find(self, team: str, user: str, told: str = "") -> Profile:
        """Return a person's profile; raises as `ask`.

        `told` is the workspace or organisation that a payload names as theirs: a person from another one
        is a guest, whatever else is known, unless both are of the same organisation.
        """
        known = self._known.get((team, user))
        if known is None:
            known = await self.keep(team, await self._ask(team, user), user)
        else:
            self._known.move_to_end((team, user))
        if not told or told == team or told == await self._organisation(team):
            return known
        if known.colleague and not told.startswith(_ORGANISATION):  # a workspace of the bot's organisation
            return known
        return replace(known, rights=_GUEST)

    async def keep(self, team: str, user: Mapping[str, Any], user_id: str) -> Profile:
        """Remember what a user object says; raises as `organisation`."""
        profile = profile_of(user, Home(team, await self._organisation(team)))
        self._known[team, user_id] = profile
        self._known.move_to_end((team, user_id))
        while len(self._known) > _MOST_PEOPLE:
            self._known.popitem(last=False)
        return profile
