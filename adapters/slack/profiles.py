"""Who people are in a workspace: name, zone and rights, asked of Slack once and kept fresh by its events."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from bot.chat.events import Right

__all__ = ["Profile", "Profiles", "profile_of"]

_KEPT: Final = 5000
"""People remembered; whoever was not seen for longest is asked for again."""

_FULL: Final = ("is_admin", "is_owner", "is_primary_owner")
_PARTLY: Final = ("is_restricted", "is_ultra_restricted", "is_stranger")


@dataclass(frozen=True, slots=True)
class Profile:
    """One person: the shown name, an IANA zone ("" if unknown), what they may do; `gone` if deactivated."""

    name: str
    zone: str = ""
    rights: frozenset[Right] = frozenset()
    bot: bool = False
    gone: bool = False


def profile_of(user: Mapping[str, Any], team: str) -> Profile:
    """A user object of Slack's (docs.slack.dev/reference/objects/user-object), seen from workspace `team`."""
    about = user.get("profile") or {}
    name = about.get("display_name") or about.get("real_name") or user.get("real_name") or user.get("name")
    rights: set[Right] = set()
    foreign = user.get("team_id") not in {None, "", team} and not user.get("enterprise_user")
    if any(user.get(kind) for kind in _PARTLY) or foreign:
        rights.add("guest")
    elif any(user.get(kind) for kind in _FULL):
        rights.add("manage")
    return Profile(
        str(name or ""),
        str(user.get("tz") or ""),
        frozenset(rights),
        bot=bool(user.get("is_bot")) or user.get("id") == "USLACKBOT",
        gone=bool(user.get("deleted")),
    )


class Profiles:
    """Remembers people by workspace and id."""

    def __init__(self, ask: Callable[[str, str], Awaitable[Mapping[str, Any]]]) -> None:
        """`ask(team, user)` gives Slack's user object, and raises what the adapter's calls raise."""
        self._ask = ask
        self._known: OrderedDict[tuple[str, str], Profile] = OrderedDict()

    async def find(self, team: str, user: str) -> Profile:
        """One person; raises as `ask`."""
        known = self._known.get((team, user))
        if known is not None:
            self._known.move_to_end((team, user))
            return known
        return self.keep(team, await self._ask(team, user), user)

    def keep(self, team: str, user: Mapping[str, Any], user_id: str) -> Profile:
        """Remember what a user object says."""
        profile = profile_of(user, team)
        self._known[team, user_id] = profile
        self._known.move_to_end((team, user_id))
        while len(self._known) > _KEPT:
            self._known.popitem(last=False)
        return profile
