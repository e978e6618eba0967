"""The people of the deployment: each act takes up something that is on a person's screen, by chance."""

from __future__ import annotations

import re
from collections.abc import Callable, Coroutine, Sequence
from itertools import islice
from random import Random
from typing import Any, Final, TypeVar

from adapters.simulation.deployment import Deployment
from adapters.simulation.errands import ACTIVITY, DISRUPTIVE, ERRANDS, FAVOURITES, PREFERENCE, STYLES
from adapters.simulation.population import SECOND_ACCOUNTS, role_of
from adapters.simulation.typed_text import command_line, field_text, reply_text, small_talk
from adapters.terminal.screen import buttons_of, page_of, selects_of, words_of
from adapters.terminal.workspace import BOT, Entry
from bot.chat.answers import FileRef
from bot.chat.content import Button, Select
from bot.chat.events import Place
from bot.chat.language import as_text

__all__ = ["act", "errand", "next_person", "take_step"]

Thing = TypeVar("Thing")
Act = Coroutine[Any, Any, object]

_WEIGHTS: Final = {"form": 30, "press": 40, "choose": 8, "command": 14, "write": 14, "edit": 4, "other": 2}
_CODE: Final = re.compile(r"\b[A-Z2-9]{4}-[A-Z2-9]{4}-[A-Z2-9]{4}\b")
_PURPOSEFUL: Final = 0.8
_RECENT: Final = 25


def next_person(deployment: Deployment, draw: Random) -> str:
    """Who turns to the bot now: most likely a person with a form open, or something new to read."""
    accounts = deployment.accounts
    weights = []
    for account in accounts:
        open_form = deployment.world_of(account).dialog_of(account) is not None
        unread = deployment.world_of(account).unread(account, deployment.world_of(account).dm_of(account).id)
        weights.append(ACTIVITY.get(role_of(account), 1) + 3 * open_form + min(unread, 3))
    account = draw.choices(accounts, weights)[0]
    deployment.world_of(account).mark_read(account, deployment.world_of(account).dm_of(account).id)
    return account


def errand(deployment: Deployment, account: str, draw: Random) -> list[str]:
    """Return what a person has come for, as steps; none when they only look around."""
    if draw.random() > _PURPOSEFUL:
        return []
    shown = {_verb(button.action) for _, button in _buttons(deployment, account)}
    errands = ERRANDS[role_of(account)]
    weights = [
        weight if steps[0][0] == "/" else 5 * weight * bool(shown.intersection(steps[0].split()))
        for steps, weight in errands.items()
    ]
    return list(draw.choices(list(errands), weights)[0]) if any(weights) else []


def take_step(deployment: Deployment, account: str, step: str, draw: Random) -> tuple[str, Act] | None:
    """Return the next step of an errand, if the screen allows it.

    "/…" types a command, "form" fills the open form, "answer" writes below a question, "link" links accounts,
    "leave" leaves the space, and anything else
    presses the newest button (or uses the newest select) with one of these verbs.
    """
    if step.startswith("/"):
        at = _somewhere(deployment, account, draw)
        return f"types {step!r} in {at.id}", deployment.client(account).type_command(step, at)
    if step == "form":
        return _form(deployment, account, draw)
    if step == "answer":
        return _answer(deployment, account, draw)
    if step == "link":
        return _link(deployment, account)
    if step == "leave":
        return "leaves the space", _leaves_and_is_back(deployment, account)
    verbs = step.split()
    pressed = [(e, b) for e, b in _buttons(deployment, account) if _verb(b.action) in verbs]
    if pressed:
        return _pressed(deployment, account, *pressed[-1])
    chosen = [(e, c) for e in _screen(deployment, account) for c in selects_of(e) if _verb(c.action) in verbs]
    return _choice(deployment, account, chosen[-1], draw) if chosen else None


def _answer(deployment: Deployment, account: str, draw: Random) -> tuple[str, Act] | None:
    """Write below a question of a draft; None at its review, or where no draft is."""
    client = deployment.client(account)
    seen = [e for e in deployment.world_of(account).seen_by(account, client.dm.id) if e.author == BOT]
    asked = [e for e in seen[-3:] if ":talk:" in e.key and not e.key.endswith(":")]
    if not asked or "talk.send" in {_verb(b.action) for b in buttons_of(seen[-1])}:
        return None
    text = reply_text(asked[-1], draw)
    return f"writes {text[:80]!r}", client.write(text, client.dm)


def _link(deployment: Deployment, account: str) -> tuple[str, Act] | None:
    """Ask for a code that links accounts, or type the newest that the person's other account was shown."""
    other = SECOND_ACCOUNTS.get(account, "")
    if other not in deployment.accounts:
        return None
    shown = [code for entry in _screen(deployment, other) for code in _CODE.findall(words_of(entry))]
    line = f"/stint link {shown[-1]}" if shown else "/stint link"
    client = deployment.client(account)
    return f"types {line!r}", client.type_command(line, client.dm)


def _verb(action: str) -> str:
    """Return a button's verb; one of a draft's is `talk.` and what it does there."""
    verb, *arguments = action.split(":")
    return f"talk.{arguments[2]}" if verb == "talk" and len(arguments) > 2 else verb


def act(deployment: Deployment, account: str, draw: Random) -> tuple[str, Act]:
    """Anything that an account can do, by chance, and what it is in words. Awaiting it does it."""
    kinds = list(_WEIGHTS)
    if deployment.world_of(account).dialog_of(account) is not None and draw.random() < 0.8:
        kinds = ["form"]
    while True:
        kind = draw.choices(kinds, [_WEIGHTS[k] for k in kinds])[0]
        made = _ACTS[kind](deployment, account, draw)
        if made is not None:
            return made
        kinds.remove(kind)


def _form(deployment: Deployment, account: str, draw: Random) -> tuple[str, Act] | None:
    client = deployment.client(account)
    dialog = deployment.world_of(account).dialog_of(account)
    if dialog is None:
        return None
    if draw.random() < 0.08:
        return f"closes {dialog.opened.form.id}", _dismiss(client.dismisses)
    texts = {}
    for question in page_of(dialog.opened).questions:
        given = dialog.opened.values.get(question.name, "")
        wrong = question.name in dialog.opened.errors
        if wrong or not given or draw.random() < 0.2:
            texts[question.name] = field_text(question, account, draw)
    return f"submits {dialog.opened.form.id} {texts}", client.submit(texts)


async def _dismiss(close: Callable[[], None]) -> None:
    close()


def _press(deployment: Deployment, account: str, draw: Random) -> tuple[str, Act] | None:
    found = _pick(
        [(e, b) for e in _screen(deployment, account) for b in buttons_of(e) if not b.url], draw, _likely
    )
    return _pressed(deployment, account, *found) if found else None


def _pressed(deployment: Deployment, account: str, entry: Entry, button: Button) -> tuple[str, Act]:
    deployment.pressed.add((account, button.action))
    return f"presses “{as_text(button.label)}” ({button.action})", deployment.client(account).press(
        entry, button
    )


def _buttons(deployment: Deployment, account: str) -> list[tuple[Entry, Button]]:
    """Return what a person can press and has not pressed yet, the newest last."""
    return [
        (entry, button)
        for entry in _screen(deployment, account)
        for button in buttons_of(entry)
        if not button.url and (account, button.action) not in deployment.pressed
    ]


def _choose(deployment: Deployment, account: str, draw: Random) -> tuple[str, Act] | None:
    found = _pick([(e, c) for e in _screen(deployment, account) for c in selects_of(e)], draw, lambda _: 1.0)
    if found is None:
        return None
    return _choice(deployment, account, found, draw)


def _choice(
    deployment: Deployment, account: str, found: tuple[Entry, Select], draw: Random
) -> tuple[str, Act]:
    entry, select = found
    count = draw.randint(1, min(3, len(select.options))) if select.many else 1
    values = tuple(option.value for option in draw.sample(select.options, count))
    return f"chooses {values} ({select.action})", deployment.client(account).choose(entry, select, values)


def _command(deployment: Deployment, account: str, draw: Random) -> tuple[str, Act] | None:
    at = _somewhere(deployment, account, draw)
    role = role_of(account)
    if draw.random() < 0.7:
        line = draw.choice(FAVOURITES[role])
    else:
        specs = [s for s in deployment.commands if not s.allowed or role in s.allowed or draw.random() < 0.1]
        spec = draw.choice(specs)
        if " ".join(spec.path) in DISRUPTIVE and draw.random() < 0.8:
            return None
        line = command_line(spec, deployment.accounts, list(deployment.world_of(account).channels), draw)
    return f"types {line!r} in {at.id}", deployment.client(account).type_command(line, at)


def _write(deployment: Deployment, account: str, draw: Random) -> tuple[str, Act] | None:
    client = deployment.client(account)
    if draw.random() < 0.05:
        text = small_talk(draw)
        return f"writes {text!r} in a channel", client.write(text, _somewhere(deployment, account, draw))
    seen = [e for e in deployment.world_of(account).seen_by(account, client.dm.id) if e.author == BOT][
        -_RECENT:
    ]
    answered = draw.choice(seen) if seen and draw.random() < 0.12 else None
    text = reply_text(answered or (seen[-1] if seen else None), draw)
    files = (FileRef("f1", "work.pdf", 2048, "application/pdf"),) if draw.random() < 0.05 else ()
    return f"writes {text[:80]!r}", client.write(text, client.dm, answered, files)


def _edit(deployment: Deployment, account: str, draw: Random) -> tuple[str, Act] | None:
    client = deployment.client(account)
    mine = [
        e
        for e in deployment.world_of(account).seen_by(account, client.dm.id)
        if e.author == account and isinstance(e.content, str) and not e.private_to and e.content[:1] != "/"
    ]
    if not mine:
        return None
    entry, text = draw.choice(mine[-8:]), reply_text(None, draw)
    return f"edits {entry.content!r:.40} to {text[:80]!r}", client.rewrite(entry, text)


def _other(deployment: Deployment, account: str, draw: Random) -> tuple[str, Act] | None:
    client = deployment.client(account)
    luck = draw.random()
    if luck < 0.15:
        return "leaves the space", _leaves_and_is_back(deployment, account)
    if luck < 0.4:
        return "enters a channel", client.enter(
            draw.choice(deployment.world_of(account).places_of(account)[1:])
        )
    specs = [(s, a) for s in deployment.commands for a in s.arguments if a.suggests]
    spec, argument = draw.choice(specs)
    typed = draw.choice(("", "m", "1", "market", "Spr"))
    at = _somewhere(deployment, account, draw)
    return f"is offered {spec.name} {argument.name}", client.asks(spec, argument.name, typed, at)


async def _leaves_and_is_back(deployment: Deployment, account: str) -> None:
    """Leave the space; its channels stay open to an account that comes back, as public ones do."""
    before = tuple(deployment.world_of(account).channels.values())
    try:
        await deployment.client(account).leave(deployment.world_of(account).places_of(account)[1])
    finally:
        for channel in before:
            deployment.world_of(account).add_channel(channel.id, channel.name, channel.members, channel.space)


_ACTS: Final = {
    "form": _form,
    "press": _press,
    "choose": _choose,
    "command": _command,
    "write": _write,
    "edit": _edit,
    "other": _other,
}


def _screen(deployment: Deployment, account: str) -> list[Entry]:
    """Return the bot's newest messages that a person can see, the newest last."""
    places = {at.id for at in deployment.world_of(account).places_of(account)}
    seen = (
        entry
        for entry in reversed(deployment.world_of(account).entries)
        if entry.author == BOT and entry.place in places and entry.private_to in ("", account)
    )
    return list(islice(seen, _RECENT))[::-1]


def _pick(
    found: Sequence[tuple[Entry, Thing]], draw: Random, weight: Callable[[Thing], float]
) -> tuple[Entry, Thing] | None:
    """Draw one of what is on the screen, the newest more likely than the old."""
    if not found:
        return None
    numbers = sorted({entry.number for entry, _ in found}, reverse=True)
    age = {number: years for years, number in enumerate(numbers)}
    return draw.choices(found, [weight(thing) * 0.75 ** age[entry.number] for entry, thing in found])[0]


def _likely(button: Button) -> float:
    return PREFERENCE.get(_verb(button.action), STYLES[button.style])


def _somewhere(deployment: Deployment, account: str, draw: Random) -> Place:
    places = deployment.world_of(account).places_of(account)
    return places[0] if draw.random() < 0.6 else draw.choice(places)
