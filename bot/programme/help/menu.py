"""Help: what a person can do here, made from the commands themselves, and which person to ask.

Words in a DM that belong to no draft are answered here too: never silence, never "unknown command".
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from rapidfuzz import fuzz
from sqlalchemy import func, or_, select

from bot.chat.actions import Action, Reply
from bot.chat.codec import RUN, TALK
from bot.chat.commands import Argument, CommandSpec, usage
from bot.chat.content import (
    Block,
    Button,
    Message,
    Plain,
    Sentence,
    heading,
    layout,
    lines,
    message,
    say,
    text,
)
from bot.chat.conversation.draft import load_draft
from bot.chat.events import ButtonPressed, CommandUsed, MessageReceived
from bot.chat.language import as_value
from bot.chat.rendering.screen import in_rows, paged
from bot.chat.routes import Declined, Routes
from bot.chat.sentences import Command
from bot.programme import people
from bot.programme.applications import messages
from bot.programme.cases import view
from bot.programme.core import verbs
from bot.programme.core.turn import Turn
from bot.programme.notifications import tasks
from bot.programme.people import which_programme
from bot.programme.people.parts import projects_of_employer
from bot.programme.placements.deliverables import dropped
from storage.queries import conversations
from storage.tables import Application, Placement, Project

__all__ = ["ROUTES", "TITLES", "doors", "standing"]

TITLES: Final = {
    "project": say("**Projects**"),
    "apply": say("**Applying**"),
    "applications": say("**Applying**"),
    "applicants": say("**Applicants**"),
    "placement": say("**Placements**"),
    "mentor": say("**Placements**"),
    "cohort": say("**Cohorts**"),
    "employer": say("**Employers**"),
    "profile": say("**You**"),
    "away": say("**You**"),
    "stint": say("**The programme**"),
}
"""The headings of the commands of a noun, by the first word of their paths."""

_HELP: Final = RUN("stint.help")

_GREETINGS: Final = frozenset("hi hello hey hallo hola moin morning evening good there".split())
_THANKS: Final = frozenset("thanks thank thx cheers great ok okay perfect cool you so much very".split())
_COMMON: Final = frozenset(
    "a about all am an and are at be by can could do does for from have how i in is it me my of on one or "
    "please see the there they this those to want was what when where which who with would you your".split()
)
_WORD: Final = re.compile(r"[^\W_]+")
_ALIKE: Final = 84  # of 100: how close a spelling must be
_NAMED: Final = 3  # what a word of a command's name counts; one of its summary counts 1
# A single word of a summary is no match: such words are in many summaries.
_ENOUGH: Final = 2
_ABOUT: Final = 20  # characters of what help was asked about, in the buttons that turn its pages
_DRAFTS: Final = 2  # drafts offered to go on with

HELP: Final = CommandSpec(
    ("stint", "help"),
    "What you can do here, and whom to ask",
    (Argument("about", "only what has to do with this, like: project", rest=True),),
    example="/stint help project",
    reads=True,
)


def help_command(turn: Turn, event: CommandUsed) -> list[Action]:
    """Handle `/stint help`: every command this person may use, by what it is about, with an example each."""
    return [Reply(_help(turn, event.options.get("about", "").strip(), 0))]


def help_page_pressed(turn: Turn, event: ButtonPressed) -> list[Action]:
    """Show another page of the help, in the place of the one before."""
    pressed = verbs.HELP_PAGE.read(event)
    return [Reply(_help(turn, pressed.about or "", pressed.page), replace=True)]


def _help(turn: Turn, about: str, page: int) -> Message:
    allowed = _allowed(turn)
    specs = (_fitting(allowed, about) or allowed) if about else allowed
    parts: list[list[Block]] = []
    groups: dict[Sentence, list[CommandSpec]] = {}
    for spec in specs:
        groups.setdefault(TITLES[spec.path[0]], []).append(spec)
    for title, its in sorted(groups.items(), key=lambda group: _rank(turn, group[0])):
        parts.append([lines(title, *(_line(spec, whole=bool(about)) for spec in its))])
    parts.append([text("You can also write to me in our direct messages, in your own words.")])
    ways = [button for button in doors(turn) if about or button.action != _HELP]
    unclear = text("If something is unclear, ask {contacts}.", contacts=people.contacts(turn))
    last: list[Block] = [unclear, *in_rows(ways)]
    packed = " ".join(about.replace(":", " ").split())[:_ABOUT]
    if not about:
        parts[0].insert(0, heading("What you can do here"))
    return paged(parts, last, page, lambda number: verbs.HELP_PAGE(number, packed), turn.language)


def _rank(turn: Turn, title: Sentence) -> int:
    """Return the rank of a group of commands in help: what the reader is here for comes first."""
    order = list(dict.fromkeys(TITLES.values()))
    if "coordinator" in turn.roles:
        order.sort(key=lambda each: each not in {TITLES["cohort"], TITLES["employer"]})
    return order.index(title) if title in order else len(order)


def _line(spec: CommandSpec, *, whole: bool) -> Sentence:
    """Return the line of a command in help; with `whole` also how it is typed and by which roles."""
    command = Command(usage(spec) if whole else spec.name)
    summary, example = say(spec.summary), Command(spec.example)
    exemplary = spec.example not in {"", spec.name}
    if whole and spec.allowed:
        readers = people.role_terms(spec.allowed)
        if exemplary:
            return say(
                "- {command}: {summary} ({example}) · For: {roles}",
                command=command,
                summary=summary,
                example=example,
                roles=readers,
            )
        return say("- {command}: {summary} · For: {roles}", command=command, summary=summary, roles=readers)
    if exemplary:
        return layout("- {command}: {summary} ({example})", command=command, summary=summary, example=example)
    return layout("- {command}: {summary}", command=command, summary=summary)


def _allowed(turn: Turn) -> list[CommandSpec]:
    return [spec for spec in turn.routes.specs if people.may_use(turn, spec)]


def words(turn: Turn, event: MessageReceived) -> list[Action]:
    """Answer words that belong to no draft: short, with buttons for what this person can do now."""
    passed_on = messages.reply_in_place(turn, event)
    if passed_on:
        return passed_on
    offered = dropped.offer(turn, event)
    if offered:
        return offered
    tokens = [word.casefold() for word in _WORD.findall(event.text)]
    found = [] if _is_chat(tokens) else _fitting(_allowed(turn), event.text)[:2]
    blocks: list[Block] = [*_opening(turn, event, tokens, found), *standing(turn)]
    buttons = [run_button(spec) for spec in found if runs_bare(spec)]
    known = {button.action for button in buttons}
    buttons += [button for button in doors(turn) if button.action not in known]
    return [Reply(message(*blocks, *in_rows(buttons)))]


def _is_chat(tokens: Sequence[str]) -> bool:
    return bool(tokens) and (set(tokens) <= _GREETINGS or set(tokens) <= _THANKS)


def _opening(
    turn: Turn, event: MessageReceived, tokens: Sequence[str], found: Sequence[CommandSpec]
) -> list[Block]:
    if found:
        guessed = (
            layout(
                "- {command}: {summary}",
                command=Command(spec.example or spec.name),
                summary=say(spec.summary),
            )
            for spec in found
        )
        return [lines(say("I think you are looking for this:"), *guessed)]
    if tokens and set(tokens) <= _GREETINGS:
        hello = "Hello {person}. Here is what you can do now."
        return [text(hello, person=people.person_name(turn.person))]
    if tokens and set(tokens) <= _THANKS:
        return [text("You are welcome.")]
    if event.files and not tokens:
        return [text("I can take a file only as the answer to a question. Here is what you can do now.")]
    return [
        text(
            "I did not understand that, and no question of mine is waiting for it. Here is what you can do "
            "now; for anything else, ask {contacts}.",
            contacts=people.contacts(turn),
        )
    ]


def _fitting(specs: Sequence[CommandSpec], typed: str) -> list[CommandSpec]:
    """Return the most likely commands for these words; several where they are about as likely."""
    tokens = {word.casefold() for word in _WORD.findall(typed)} - _COMMON
    scored = [(_likeness(spec, tokens), -number, spec) for number, spec in enumerate(specs)]
    best = sorted((one for one in scored if one[0] >= _ENOUGH), key=lambda one: one[:2], reverse=True)
    return [spec for score, _, spec in best if score == best[0][0]]


def _likeness(spec: CommandSpec, tokens: set[str]) -> int:
    names = set(spec.path)
    about = {word.casefold() for word in _WORD.findall(spec.summary)} - _COMMON - names
    return sum(_NAMED if _near(token, names) else 1 if _near(token, about) else 0 for token in tokens)


def _near(token: str, among: set[str]) -> bool:
    return any(fuzz.ratio(token, word) >= _ALIKE for word in among)


def runs_bare(spec: CommandSpec) -> bool:
    """Tell whether a command needs nothing but its name."""
    return not any(argument.required for argument in spec.arguments)


def run_button(spec: CommandSpec) -> Button:
    """Return a button that runs a command."""
    return Button(Plain(spec.name), RUN(".".join(spec.path)))


def standing(turn: Turn) -> list[Block]:
    """Return what waits for this person, a line each."""
    waits = []
    offered = select(func.count(Application.id)).where(
        Application.person_id == turn.person.id, Application.status == "offered"
    )
    if offers := _count(turn, offered):
        waits.append(
            say(
                "- You have an offer to answer: `/applications`.",
                "- You have {count} offers to answer: `/applications`.",
                count=offers,
            )
        )
    if waiting := _applicants(turn) if "employer" in turn.roles else 0:
        waits.append(
            say(
                "- One applicant waits for your answer: `/applicants`.",
                "- {count} applicants wait for your answer: `/applicants`.",
                count=waiting,
            )
        )
    return [lines(*waits)] if waits else []


def _count(turn: Turn, query: object) -> int:
    return int(turn.session.scalar(query) or 0)  # type: ignore[call-overload]  # a select of a count


def _applicants(turn: Turn) -> int:
    query = (
        select(func.count(Application.id))
        .join(Project, Project.id == Application.project_id)
        .where(Project.programme_id == turn.programme_id, or_(*projects_of_employer(turn)))
        .where(Application.status.in_(("submitted", "shortlisted")))
    )
    return _count(turn, query)


def doors(turn: Turn) -> list[Button]:
    """Return buttons for what this person can do now, the most pressing first."""
    buttons = _drafts(turn)
    mine = select(func.count(Application.id)).where(Application.person_id == turn.person.id)
    applied = _count(turn, mine)
    if "coordinator" in turn.roles:
        count = tasks.count_for(turn)
        label = say("Tasks ({count})", "Tasks ({count})", count=count) if count else "Tasks"
        buttons.append(Button(label, verbs.TASK_PAGE("start")))
    if "employer" in turn.roles:
        buttons += [
            Button("Post a project", RUN("project.post")),
            Button("My projects", RUN("project.list", "mine=yes")),
        ]
    if "mentor" in turn.roles:
        buttons.append(Button("Students I mentor", RUN("placement")))
    if "student" in turn.roles or not turn.roles:
        buttons.append(Button("See open projects", RUN("project.list")))
    if applied:
        buttons.append(Button("My applications", RUN("applications")))
    placed = select(func.count(Placement.id)).where(
        Placement.person_id == turn.person.id, Placement.status == "active"
    )
    if applied and _count(turn, placed):
        buttons.append(Button("My placement", RUN("placement")))
    if "coordinator" not in turn.roles:
        buttons.append(Button("Talk to a coordinator", RUN("stint.report")))
    if "coordinator" in turn.roles and (count := view.open_cases_of(turn)):
        buttons.append(Button(say("Case ({count})", "Cases ({count})", count=count), RUN("stint.cases")))
    if which_programme.is_in_several(turn):
        buttons.append(Button("Another programme", verbs.WHICH_PROGRAMME()))
    buttons += [
        Button("My profile", RUN("profile")),
        Button("Everything I can do", _HELP),
    ]
    return buttons


def _drafts(turn: Turn) -> list[Button]:
    """Return a button for each draft that waits, to go on with it."""
    buttons = []
    rows = conversations.unfinished(turn.connection, turn.programme_id, turn.person.id)
    for row in rows[:_DRAFTS]:
        route = turn.routes.forms.get(row.form)
        try:
            title = route.form(turn, row.subject).title if route else ""
        except Declined:
            continue
        pressed = TALK(row.id, load_draft(row.draft).revision, "resume")
        if title:
            buttons.append(Button(say("Go on: {form}", form=as_value(title)), pressed, style="primary"))
    return buttons


ROUTES = Routes(
    commands=((HELP, help_command),),
    buttons={verbs.HELP_PAGE: help_page_pressed},
    words=words,
    reads=frozenset({verbs.HELP_PAGE}),
)
