"""`/project template`: a post begins with the answers of a template, or of a post of the company's own."""

from __future__ import annotations

from typing import Final

from sqlalchemy import func, select

from bot.chat.actions import Action, Reply, StartConversation
from bot.chat.answers import JSONValue, Option
from bot.chat.commands import Argument, CommandSpec
from bot.chat.content import Block, Select, message, note, text
from bot.chat.events import ButtonPressed, ChoiceMade, CommandUsed, Suggest
from bot.chat.routes import Declined, Routes
from bot.programme.core import subjects, verbs
from bot.programme.core.turn import Turn
from bot.programme.projects import search
from bot.programme.projects.form import POST
from bot.programme.projects.from_answers import rules_of
from bot.programme.projects.lookup import may_post
from bot.programme.projects.posting import clone
from bot.programme.projects.scope_check import least_fee
from bot.programme.projects.selection import named_project, options_of, suggest_mine
from bot.programme.projects.templates import TEMPLATES, Template, answers_from, name_of, template_named
from bot.programme.projects.to_answers import as_money
from storage.queries import conversations as drafts
from storage.tables import Project, conversations

__all__ = ["TEMPLATING"]

_WHO: Final = frozenset({"employer", "coordinator"})
_OWN: Final = 25  # posts of the company's own to choose from, Discord's limit for a select
_PATH: Final = ("project", "template")


def _project_template_command(turn: Turn, event: CommandUsed) -> list[Action]:
    """Begin a post from the template or the own post that is named; else show what there is."""
    may_post(turn)
    typed = event.options.get("template", "").strip()
    if not typed:
        return [Reply(message(*_choices(turn)))]
    template = template_named(typed, turn.language)
    if template is not None:
        return _begun(turn, template)
    return clone(turn, named_project(turn, typed, verbs.PROJECT_REPEAT, mine=True))


def _choices(turn: Turn) -> list[Block]:
    fields = tuple(Option(each.field, name_of(each), each.title) for each in TEMPLATES)
    blocks: list[Block] = [
        text("Choose a template. It fills in the form, and you change what is different with you."),
        Select(verbs.PROJECT_TEMPLATE.choice(), fields, placeholder="Choose a field"),
    ]
    published = search.among_mine(turn).where(Project.published_at.is_not(None))
    own = turn.session.scalars(published.order_by(Project.id.desc()).limit(_OWN)).all()
    if own:
        blocks += [
            text("Or begin with a project that was published before:"),
            Select(verbs.PROJECT_REPEAT.choice(), tuple(options_of(own)), placeholder="Choose a project"),
        ]
    return [*blocks, note("`/project post` begins with an empty form.")]


def _template_pressed(turn: Turn, event: ButtonPressed | ChoiceMade) -> list[Action]:
    may_post(turn)
    chosen = verbs.PROJECT_TEMPLATE.read(event).field
    template = template_named(chosen, turn.language)
    if template is None:
        raise Declined("There is no such template any more. `/project template` shows those that there are.")
    return _begun(turn, template)


def _begun(turn: Turn, template: Template) -> list[Action]:
    """Start a draft with the answers of a template; one that is under way goes on."""
    subject = _subject(turn, template)
    if drafts.by_subject(turn.connection, turn.programme_id, turn.person.id, POST, subject) is not None:
        return [StartConversation(POST, subject)]
    said = message(
        text(
            "I filled in a project from the template {template}: say when students can apply until, then "
            "change what is different with you.",
            template=name_of(template),
        ),
        note(
            "The first deliverable is a first step. After it, either side may end the work without a reason."
        ),
    )
    return [Reply(said), StartConversation(POST, subject, answers=_answers(turn, template))]


def _answers(turn: Turn, template: Template) -> dict[str, JSONValue]:
    """Return a template's answers, with the least fee that the programme asks for so many hours, if any."""
    answers, rules = answers_from(template, turn.language), rules_of(turn)
    fee = least_fee(rules, template.hours)
    return {**answers, "fee": as_money(fee, rules.currency)} if fee else answers


def _subject(turn: Turn, template: Template) -> str:
    """Return what tells this draft from earlier drafts of the template: a second choice goes on with it."""
    query = select(func.count()).where(
        conversations.c.programme_id == turn.programme_id,
        conversations.c.person_id == turn.person.id,
        conversations.c.form == POST,
        conversations.c.subject.startswith(subjects.TEMPLATE_PROJECT.begin(template.field)),
        conversations.c.state.in_(("done", "cancelled")),
    )
    return subjects.TEMPLATE_PROJECT(template.field, (turn.connection.execute(query).scalar() or 0) + 1)


def _suggest(turn: Turn, event: Suggest) -> list[Option]:
    """Suggest the templates, then the projects of the person's own, that fit what is typed so far."""
    typed = event.typed.strip().casefold()
    named = [(each, turn.language.text(name_of(each))) for each in TEMPLATES]
    fields = [Option(each.field, name) for each, name in named if name.casefold().startswith(typed)]
    own = suggest_mine(turn, event)
    return [*fields, *own][:_OWN]


TEMPLATING: Final = Routes(
    commands=(
        (
            CommandSpec(
                _PATH,
                "Post a project from a template, or from one of yours",
                (
                    Argument(
                        "template",
                        "A field, or words of a title of yours; without it, I ask which",
                        suggests=True,
                        rest=True,
                    ),
                ),
                allowed=_WHO,
                example="/project template research",
            ),
            _project_template_command,
        ),
    ),
    buttons={verbs.PROJECT_TEMPLATE: _template_pressed},
    suggestions={(_PATH, "template"): _suggest},
)
