"""The people of the town: each act takes up something that stands on somebody's screen, by chance."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Sequence
from random import Random
from typing import Any, Final, TypeVar

from adapters.terminal.screen import buttons_of, page_of, selects_of
from adapters.terminal.world import BOT, Entry
from bot.chat.answers import FileRef
from bot.chat.content import Button
from bot.chat.events import Place
from tests.simulation.town import CHANNELS, PEOPLE, Town
from tests.simulation.wording import command_line, field_text, reply_text, small_talk

__all__ = ["act", "somebody"]

Thing = TypeVar("Thing")
Act = Coroutine[Any, Any, object]

_FAVOURITES: Final = {
    "coordinator": ("/stint tasks", "/stint tasks", "/cohort admit", "/applicants", "/placement"),
    "employer": ("/project post", "/project post", "/applicants", "/applicants", "/placement"),
    "student": ("/project list", "/applications", "/placement", "/project saved"),
    "stranger": ("/project list", "/stint help", "/profile"),
}
"""What people of each role type most."""

_WEIGHTS: Final = {"form": 30, "press": 40, "choose": 8, "command": 14, "write": 14, "edit": 4, "other": 2}
_STYLES: Final = {"primary": 8.0, "plain": 3.0, "danger": 1.0}
_LOUD: Final = frozenset({"cohort end", "employer remove", "stint coordinator", "cohort channel"})
"""Commands that end a story for many; used seldom."""

_RECENT: Final = 25


def somebody(town: Town, draw: Random) -> str:
    """Who turns to the bot now: most likely somebody with a form open, or something new to read."""
    accounts = list(PEOPLE)
    weights = []
    for account in accounts:
        open_form = town.world.dialog_of(account) is not None
        unread = town.world.unread(account, town.world.dm_of(account).id)
        weights.append(1 + 3 * open_form + min(unread, 3))
    account = draw.choices(accounts, weights)[0]
    town.world.mark_read(account, town.world.dm_of(account).id)
    return account


def act(town: Town, account: str, draw: Random) -> tuple[str, Act]:
    """An account's next act, and what it is in words. Nothing of it has happened before it is awaited."""
    kinds = list(_WEIGHTS)
    while True:
        kind = draw.choices(kinds, [_WEIGHTS[k] for k in kinds])[0]
        made = _ACTS[kind](town, account, draw)
        if made is not None:
            return f"{account}: {made[0]}", made[1]
        kinds.remove(kind)


def _form(town: Town, account: str, draw: Random) -> tuple[str, Act] | None:
    hands = town.hands(account)
    dialog = town.world.dialog_of(account)
    if dialog is None:
        return None
    if draw.random() < 0.08:
        return f"closes {dialog.opened.form.id}", _dismiss(hands.dismisses)
    texts = {}
    for question in page_of(dialog.opened).questions:
        standing = dialog.opened.values.get(question.name, "")
        wrong = question.name in dialog.opened.errors
        if wrong or not standing or draw.random() < 0.2:
            texts[question.name] = field_text(question, account, draw)
    return f"submits {dialog.opened.form.id} {texts}", hands.submit(texts)


async def _dismiss(close: Callable[[], None]) -> None:
    close()


def _press(town: Town, account: str, draw: Random) -> tuple[str, Act] | None:
    found = _pick([(e, b) for e in _screen(town, account) for b in buttons_of(e) if not b.url], draw, _likely)
    if found is None:
        return None
    entry, button = found
    return f"presses “{button.label}” ({button.action})", town.hands(account).press(entry, button)


def _choose(town: Town, account: str, draw: Random) -> tuple[str, Act] | None:
    found = _pick([(e, c) for e in _screen(town, account) for c in selects_of(e)], draw, lambda _: 1.0)
    if found is None:
        return None
    entry, select = found
    count = draw.randint(1, min(3, len(select.options))) if select.many else 1
    values = tuple(option.value for option in draw.sample(select.options, count))
    return f"chooses {values} ({select.action})", town.hands(account).choose(entry, select, values)


def _command(town: Town, account: str, draw: Random) -> tuple[str, Act] | None:
    at = _somewhere(town, account, draw)
    role = PEOPLE[account][2]
    if draw.random() < 0.7:
        line = draw.choice(_FAVOURITES[role])
    else:
        specs = [s for s in town.adapter.commands if not s.allowed or role in s.allowed or draw.random() < 0.1]
        spec = draw.choice(specs)
        if " ".join(spec.path) in _LOUD and draw.random() < 0.8:
            return None
        line = command_line(spec, list(PEOPLE), list(CHANNELS), draw)
    return f"types {line!r} in {at.id}", town.hands(account).type_command(line, at)


def _write(town: Town, account: str, draw: Random) -> tuple[str, Act] | None:
    hands = town.hands(account)
    if draw.random() < 0.05:
        text = small_talk(draw)
        return f"writes {text!r} in a channel", hands.write(text, _somewhere(town, account, draw))
    seen = [e for e in town.world.seen_by(account, hands.dm.id) if e.author == BOT][-_RECENT:]
    answered = draw.choice(seen) if seen and draw.random() < 0.12 else None
    text = reply_text(answered or (seen[-1] if seen else None), draw)
    files = (FileRef("f1", "work.pdf", 2048, "application/pdf"),) if draw.random() < 0.05 else ()
    return f"writes {text[:80]!r}", hands.write(text, hands.dm, answered, files)


def _edit(town: Town, account: str, draw: Random) -> tuple[str, Act] | None:
    hands = town.hands(account)
    mine = [
        e
        for e in town.world.seen_by(account, hands.dm.id)
        if e.author == account and isinstance(e.content, str) and not e.private_to and e.content[:1] != "/"
    ]
    if not mine:
        return None
    entry, text = draw.choice(mine[-8:]), reply_text(None, draw)
    return f"edits {entry.content!r:.40} to {text[:80]!r}", hands.rewrite(entry, text)


def _other(town: Town, account: str, draw: Random) -> tuple[str, Act] | None:
    hands = town.hands(account)
    luck = draw.random()
    if luck < 0.15:
        return "leaves the space", _leaves_and_is_back(town, account)
    if luck < 0.4:
        return "enters spring", hands.enter(town.world.place("spring"))
    specs = [(s, a) for s in town.adapter.commands for a in s.arguments if a.suggests]
    spec, argument = draw.choice(specs)
    typed = draw.choice(("", "m", "1", "market", "Spr"))
    at = _somewhere(town, account, draw)
    return f"is offered {spec.name} {argument.name}", hands.asks(spec, argument.name, typed, at)


async def _leaves_and_is_back(town: Town, account: str) -> None:
    """The space is left; the channels stay open to whoever comes back, as public ones do."""
    before = tuple(town.world.channels.values())
    try:
        await town.hands(account).leave(town.world.place("spring"))
    finally:
        for channel in before:
            town.world.add_channel(channel.id, channel.name, channel.members, channel.space)


_ACTS: Final = {
    "form": _form,
    "press": _press,
    "choose": _choose,
    "command": _command,
    "write": _write,
    "edit": _edit,
    "other": _other,
}


def _screen(town: Town, account: str) -> list[Entry]:
    """The bot's newest messages that somebody can see, the newest last."""
    seen = [
        entry
        for at in town.world.places_of(account)
        for entry in town.world.seen_by(account, at.id)
        if entry.author == BOT
    ]
    return sorted(seen, key=lambda entry: entry.number)[-_RECENT:]


def _pick(
    found: Sequence[tuple[Entry, Thing]], draw: Random, weight: Callable[[Thing], float]
) -> tuple[Entry, Thing] | None:
    """One of what is on the screen, the newest more likely than the old."""
    if not found:
        return None
    numbers = sorted({entry.number for entry, _ in found}, reverse=True)
    age = {number: years for years, number in enumerate(numbers)}
    return draw.choices(found, [weight(thing) * 0.75 ** age[entry.number] for entry, thing in found])[0]


def _likely(button: Button) -> float:
    return _STYLES[button.style]


def _somewhere(town: Town, account: str, draw: Random) -> Place:
    places = town.world.places_of(account)
    return places[0] if draw.random() < 0.6 else draw.choice(places)
