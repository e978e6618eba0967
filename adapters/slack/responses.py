"""Responses to an interaction: in its acknowledgement while that is open, otherwise through its address.

A slash command's or dialog's acknowledgement carries the answer itself; a press is answered through its
response_url (docs.slack.dev/interactivity/handling-user-interaction).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import aiohttp
from slack_sdk.webhook.async_client import AsyncWebhookClient

from adapters.slack.render import Rendered, draw
from adapters.slack.rich_text import RenderOptions
from adapters.slack.views import view_of
from adapters.slack.web_api import Workspace, call, seconds_of
from bot.chat.adapter import DeliveryUnknown, OpenedForm, Refusal, Response, Retry, Unanswerable
from bot.chat.content import ANSWER, Button, Buttons, Message, Plain, Text, with_answer
from bot.chat.events import Place
from bot.chat.languages import language_for

__all__ = ["Pending", "answer_now", "has_words", "tell"]

_GOOD = 200
_GONE = 404
_TOO_MANY = 429
_QUIET = {"unfurl_links": False, "unfurl_media": False}
"""No previews of the addresses that people wrote."""


@dataclass(slots=True)
class Pending:
    """An interaction that waits for its answer.

    `ack` is the body of its acknowledgement, while `acknowledged` is false. `place`: where it happened.
    `response_url`: for a dialog, that of the press that opened it, where the pressed message was an answer.
    `spare_url`: for another dialog in a direct message, that of what opened it.
    `ephemeral`: only its person sees the pressed message. `in_view`: the press was in a dialog; `view`: the
    dialog whose pages it turns. `first_block`: a dialog's first question, which can show a reason. `dm`: the
    channel of its person's direct message with the bot, "" while that is unknown.
    """

    kind: Literal["command", "press", "submit"]
    place: Place
    user: str
    app_id: str
    team: str
    trigger: str
    response_url: str
    spare_url: str = ""
    ephemeral: bool = False
    in_view: bool = False
    view: str = ""
    first_block: str = ""
    dm: str = ""
    ack: Mapping[str, Any] | None = None
    acknowledged: bool = False


def has_words(pending: Pending) -> bool:
    """Return whether a message can be the answer: a dialog and a button of the Home have no address."""
    return pending.kind == "command" or bool(pending.response_url) or pending.place.kind == "channel"


async def answer_now(pending: Pending, answer: Response, space: Workspace, look: RenderOptions) -> None:
    """Give the answer; an empty answer shows nothing.

    Raises:
        Refusal: the interaction is over. Retry, Unsure: as Adapter.respond.
    """
    if answer.errors and pending.kind == "submit":
        _into_view(pending, {"response_action": "errors", "errors": dict(answer.errors)})
        return
    if answer.form:
        await _open(pending, answer.form, space)
    if answer.message:
        await _say(pending, _shown(pending, answer), answer, space, look)


def _into_view(pending: Pending, body: Mapping[str, Any]) -> None:
    if pending.acknowledged:
        raise Refusal("expired_trigger_id")
    pending.ack = body


async def _open(pending: Pending, opened: OpenedForm, space: Workspace) -> None:
    view = view_of(opened, pending.place, pending.response_url or pending.spare_url)
    if pending.kind == "submit":
        _into_view(pending, {"response_action": "update", "view": view})
        return
    if pending.view:
        await call(space.client, "views.update", view_id=pending.view, view=view)
        return
    method = "views.push" if pending.in_view else "views.open"
    await call(space.client, method, trigger_id=pending.trigger, view=view)


def _shown(pending: Pending, answer: Response) -> Message:
    """Return the message to show: with a way to answer where typing is impossible, and a link to it."""
    said = answer.message or Message(())
    if pending.place.readers == "alone":
        return said
    language = language_for(answer.language)
    said = with_answer(said, language.text(ANSWER))
    if answer.link is None or not (pending.dm or pending.app_id):
        return said
    # docs.slack.dev/interactivity/deep-linking: the direct message, otherwise the app's own page beside it.
    to = f"channel={pending.dm}" if pending.dm else f"app={pending.app_id}"
    address = f"https://slack.com/app_redirect?{to}&team={pending.team}"
    return Message((*said.blocks, Buttons((Button(language.text("Go there"), url=address),))), said.answer)


async def tell(pending: Pending, words: str, find: Callable[[], Awaitable[Workspace]]) -> None:
    """Send words that no turn has answered: in the acknowledgement, else through the address.

    Where there is neither, as for a late dialog or a button of a person's own page, the words are sent
    separately: to the person alone in the channel, else in their direct message. `find` returns the
    workspace, which takes a call.

    Raises as `answer_now`.
    """
    if pending.kind == "submit" and pending.first_block and not pending.acknowledged:
        pending.ack = {"response_action": "errors", "errors": {pending.first_block: words}}
        return
    (said,) = draw(Message((Text((Plain(words),)),)))[:1]
    body = {
        "response_type": "ephemeral",
        "replace_original": False,
        "text": said.text,
        "blocks": said.blocks,
    }
    if pending.kind == "command" and not pending.acknowledged and pending.ack is None:
        pending.ack = body
    elif pending.response_url and await _is_taken(pending, body):
        return
    elif pending.place.kind == "channel":
        await _beside(pending, body, await find())
    else:
        client = (await find()).client
        opened = await call(client, "conversations.open", users=pending.user)
        told = {"text": said.text, "blocks": said.blocks, **_QUIET}
        await call(client, "chat.postMessage", channel=str(opened["channel"]["id"]), **told)


async def _say(
    pending: Pending, said: Message, answer: Response, space: Workspace, look: RenderOptions
) -> None:
    bodies = _bodies(pending, draw(said, look), answer)
    # Several parts, and what may follow an answer, go one after the other: the acknowledgement would be shown
    # after the messages that follow it.
    alone = (len(bodies) == 1 and not answer.awaits) or not pending.response_url
    if pending.kind == "command" and alone and not pending.acknowledged and pending.ack is None:
        pending.ack = bodies.pop(0)
    for body in bodies:
        if pending.response_url and await _is_taken(pending, body):
            continue
        if pending.spare_url:
            await _through(pending.spare_url, body)
            continue
        if pending.place.kind != "channel":  # of a dialog: nothing to answer through
            raise Unanswerable("no_response_url")
        await _beside(pending, body, space)


async def _is_taken(pending: Pending, body: Mapping[str, Any]) -> bool:
    """Answer through the address; return False where a dialog was open for longer than the address is valid.

    The address is valid for half an hour and five answers
    (docs.slack.dev/interactivity/handling-user-interaction).
    """
    try:
        await _through(pending.response_url, body)
    except Refusal:
        if pending.kind != "submit":
            raise
        pending.response_url = ""
    return bool(pending.response_url)


def _bodies(pending: Pending, parts: Sequence[Rendered], answer: Response) -> list[dict[str, Any]]:
    alone = pending.place.readers == "alone"
    replaceable = pending.kind == "submit" or (pending.kind == "press" and (alone or pending.ephemeral))
    bodies: list[dict[str, Any]] = []
    for number, part in enumerate(parts):
        body: dict[str, Any] = {"text": part.text, "blocks": part.blocks, **_QUIET}
        if answer.replace and replaceable and not pending.spare_url and number == 0:
            body["replace_original"] = True
        else:
            body["response_type"] = "in_channel" if alone else "ephemeral"
            body["replace_original"] = False
        bodies.append(body)
    return bodies


async def _beside(pending: Pending, body: Mapping[str, Any], space: Workspace) -> None:
    """Send the answer in the channel, for this person alone."""
    said = {"text": body["text"], "blocks": body["blocks"], **_QUIET}
    await call(space.client, "chat.postEphemeral", channel=pending.place.id, user=pending.user, **said)


async def _through(url: str, body: Mapping[str, Any]) -> None:
    try:
        given = await AsyncWebhookClient(url, retry_handlers=[]).send_dict(dict(body))
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        raise DeliveryUnknown(type(error).__name__) from None
    if given.status_code == _GONE:
        raise Refusal("expired_url")
    if given.status_code == _TOO_MANY:
        raise Retry(seconds_of(given.headers), "ratelimited")
    if given.status_code != _GOOD:
        raise DeliveryUnknown(f"HTTP {given.status_code}")
