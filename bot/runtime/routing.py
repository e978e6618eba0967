"""The handler of an event: that of an open conversation, or of a route, with the roles that it needs."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

from bot.chat.actions import Action, OpenForm
from bot.chat.codec import FORM_OPEN, RUN, TALK, head_of
from bot.chat.commands import what_it_lacks
from bot.chat.conversation.inputs import read_press
from bot.chat.events import (
    ButtonPressed,
    ChannelChanged,
    ChoiceMade,
    CommandUsed,
    Event,
    FormSubmitted,
    HomeOpened,
    Inspected,
    MemberJoined,
    MemberLeft,
    MessageEdited,
    MessageReceived,
    PersonChanged,
    SpaceChanged,
    carried,
)
from bot.chat.numbers import whole_number
from bot.chat.rendering.split import base_action
from bot.chat.routes import Declined, Handler, Routes
from bot.chat.values import replace
from bot.programme import people
from bot.programme.cohorts import guests as cohort_guests
from bot.runtime import conversations as talks
from bot.runtime import dialogs, direct_messages
from bot.runtime.context import Context
from bot.runtime.effects import Effect
from storage.queries import conversations

__all__ = ["handle", "only_reads"]

_NO_GROUPS = "I can read no roles here. `/stint coordinator` and `/employer invite` say who does what."
_GONE = "That button is from an older message and no longer works. `/stint help` shows what you can do."


def handle(context: Context, event: Event) -> Sequence[Effect]:
    """Return what the handler of an event says: that of a draft, or of a route.

    Raises:
        Declined: there is none for it, or it refuses.
    """
    routes, turn = context.routes, context.turn
    if turned_away := cohort_guests.guest_answer(turn, event):
        return turned_away
    match event:
        case CommandUsed():
            return _command(context, event)
        case ButtonPressed() | ChoiceMade():
            return _press(context, event)
        case FormSubmitted():
            return dialogs.submit(context, event)
        case MessageReceived() if event.place.kind == "dm":
            command = direct_messages.typed_command(routes.specs, event)
            return _command(context, command) if command else direct_messages.said(context, event)
        case MessageEdited() if event.place.kind == "dm":
            return direct_messages.edited(context, event)
        case _:
            handler = _noticed_by(routes, event)
            return handler(turn, event) if handler else []


def only_reads(routes: Routes, event: Event) -> bool:
    """Tell whether the handler of an event only reads, as its command's spec or `Routes.reads` says."""
    match event:
        case HomeOpened():
            return True
        case Inspected():
            return event.verb in routes.reads
        case ButtonPressed() | ChoiceMade() if head_of(base_action(event.action)) != RUN:
            return head_of(base_action(event.action)) in routes.reads
        case _:
            command = _command_in(routes, event)
            used = (spec for spec, _ in routes.commands if command and spec.path == command.path)
            return any(spec.only_reads(command.options if command else ()) for spec in used)


def _command_in(routes: Routes, event: Event) -> CommandUsed | None:
    """Return the command that is used, pressed or typed in words; None if the event has none."""
    match event:
        case CommandUsed():
            return event
        case ButtonPressed() | ChoiceMade():
            with suppress(Declined):
                return _command_of(routes, replace(event, action=base_action(event.action)))
        case MessageReceived() if event.place.kind == "dm":
            return direct_messages.typed_command(routes.specs, event)
    return None


def _noticed_by(routes: Routes, event: Event) -> Handler | None:
    """Return the handler of what was not said or pressed: people and channels coming and going, findings."""
    match event:
        case MemberJoined():
            return routes.joined
        case MemberLeft():
            return routes.left
        case PersonChanged():
            return routes.changed
        case SpaceChanged():
            return routes.space
        case ChannelChanged():
            return routes.channel
        case HomeOpened():
            return routes.home
        case Inspected():
            return routes.inspected.get(event.verb)
    return None


def _command(context: Context, event: CommandUsed) -> Sequence[Action]:
    if event.misread:
        return direct_messages.misread(context, event)
    for spec, handler in context.routes.commands:
        if spec.path == event.path:
            if not people.may_use(context.turn, spec):
                if spec.needs_groups and not spec.allowed.isdisjoint(context.turn.roles):
                    raise Declined(_NO_GROUPS)
                raise people.role_refusal(context.turn, spec.allowed, spec.name)
            if lacks := what_it_lacks(spec, event.options):
                raise Declined(lacks)
            return handler(context.turn, event)
    raise Declined("I do not have that command. `/stint help` lists what you can do here.")


def _press(context: Context, event: ButtonPressed | ChoiceMade) -> Sequence[Effect]:
    event = replace(event, action=base_action(event.action))
    verb = head_of(event.action)
    if verb == TALK:
        return _talk_press(context, event)
    if verb == FORM_OPEN:
        opened = FORM_OPEN.parse(event.action)
        if opened.form not in context.routes.forms:
            raise Declined(_GONE)
        return [OpenForm(opened.form, opened.subject, opened.page)]
    if verb == RUN:
        return _command(context, _command_of(context.routes, event))
    handler: Handler | None = context.routes.buttons.get(verb)
    if handler is None:
        raise Declined(_GONE)
    return handler(context.turn, event)


def _command_of(routes: Routes, event: ButtonPressed | ChoiceMade) -> CommandUsed:
    """Read the command that a button means: `run:project.list:mine=yes`.

    Raises:
        Declined: there is no such command (any more).
    """
    read = RUN.parse(event.action)
    path = tuple(read.command.split("."))
    if path not in {spec.path for spec in routes.specs}:
        raise Declined(_GONE)
    given = dict(option.split("=", 1) for option in read.options if "=" in option)
    return CommandUsed(**carried(event), path=path, options=given)


def _talk_press(context: Context, event: ButtonPressed | ChoiceMade) -> Sequence[Effect]:
    turn, read, row = context.turn, TALK.parse(event.action), None
    if turn.person_id is not None:
        row = conversations.by_id(turn.connection, turn.programme_id, turn.person_id, read.conversation)
    if row is None:
        raise Declined("That belongs to a draft that is not yours, or no longer there.")
    if row.state in {"done", "cancelled"}:
        raise talks.ended(context, row)
    current = talks.conversation_of(context, row)
    page = whole_number(read.argument or "")
    if read.verb == "page" and page is not None:
        return dialogs.open_page(context, current, page)
    if read.verb == "answer":
        return dialogs.open_question(context, current, read.argument or "")
    if read.verb == "details":
        return [talks.details(context, current, page or 0)]
    pressed = read_press(event.action, event.values if isinstance(event, ChoiceMade) else ())
    if pressed is None:
        raise Declined(_GONE)
    return talks.advance(context, current, pressed[1])
