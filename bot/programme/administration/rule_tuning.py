"""`/stint rules`: the rules of the scope check as the programme has them, and how a coordinator tunes one."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Final

from annotated_types import MaxLen, MinLen
from pydantic import BaseModel

from bot.chat.actions import Action, OpenForm, RejectForm, Reply
from bot.chat.answers import Option
from bot.chat.commands import CommandSpec
from bot.chat.content import (
    Block,
    Button,
    Buttons,
    Fields,
    Message,
    Plain,
    Select,
    heading,
    layout,
    message,
    note,
    row,
    say,
    text,
)
from bot.chat.events import ButtonPressed, ChoiceMade, CommandUsed
from bot.chat.forms import Ask, Form, form_of
from bot.chat.rendering.screen import paged
from bot.chat.routes import Completed, Declined, FormRoute, Routes
from bot.chat.sentences import Sentence
from bot.chat.values import replace
from bot.programme.core import subjects, verbs
from bot.programme.core.lifecycle import tune_rule
from bot.programme.core.turn import Turn
from bot.programme.people import require_role
from bot.programme.people.history_lines import rule_standing
from bot.programme.projects.scope_rules import SCOPE_RULES, ScopeRule, name_of, rules_in_force
from storage.tables import Programme
from storage.tables.values import RuleState, TunedRule

__all__ = ["ROUTES", "rule_form"]

_FORM: Final = "scope-rule"
_MOST_PHRASES: Final = 100
_LONGEST_PHRASE: Final = 60  # characters
_SHOWN: Final = 8  # phrases of a rule on its page
_BETWEEN: Final = re.compile(r"[,;\n]+")
_STATES: Final[Mapping[str, RuleState]] = {"stop": "stop", "suggestion": "suggestion", "off": "off"}


class RuleAnswers(BaseModel):
    """What a coordinator tunes of a rule, and why."""

    state: Annotated[
        str,
        Ask(
            "What does the rule do?",
            label="What it does",
            kind="choice",
            options=(
                Option("stop", "Stop", "Only a coordinator publishes over it, with a reason"),
                Option("suggestion", "Suggestion", "The employer may pass it over"),
                Option("off", "Off", "It is not looked at"),
            ),
        ),
    ]
    limit: Annotated[int, Ask("From which limit on?", label="Limit", kind="number", unit="hours")]
    words: Annotated[
        str,
        MaxLen(3000),
        Ask(
            "Which words does it look for?",
            label="Words",
            kind="long",
            example="ongoing, every day",
            hint="With commas or on lines of their own; whole words, in small or capital letters.",
        ),
    ]
    reason: Annotated[
        str,
        MinLen(3),
        MaxLen(300),
        Ask(
            "Why does your programme have the rule like this?",
            label="Reason",
            kind="long",
            example="Our students have eight hours a week beside their courses.",
            hint="Employers read it where the rule holds their post back.",
        ),
    ]


RULES: Final = CommandSpec(
    ("stint", "rules"),
    "See and change what the scope check asks of a post",
    allowed=frozenset({"coordinator"}),
    example="/stint rules",
    reads=True,
)


def rules_command(turn: Turn, _event: CommandUsed) -> list[Action]:
    """Handle `/stint rules`: each rule with what it does and why, and a choice of one to change."""
    return [Reply(_list(turn, 0))]


def page_pressed(turn: Turn, event: ButtonPressed) -> list[Action]:
    """Show another page of the rules, in the place of the one before."""
    require_role(turn, "coordinator")
    return [Reply(_list(turn, verbs.RULES_PAGE.read(event).page or 0), replace=True)]


def shown_pressed(turn: Turn, event: ButtonPressed | ChoiceMade) -> list[Action]:
    """Show one rule, with what can be done about it."""
    require_role(turn, "coordinator")
    return [Reply(_page(turn, _named(turn, verbs.RULE_SHOW.read(event).rule)))]


def _named(turn: Turn, rule_id: str) -> ScopeRule:
    rule = rules_in_force(turn.programme.scope_rules).get(rule_id)
    if rule is None:
        raise _unknown()
    return rule


def _unknown() -> Declined:
    return Declined("There is no such rule to see or change. `/stint rules` shows those that there are.")


def _list(turn: Turn, page: int) -> Message:
    rules = rules_in_force(turn.programme.scope_rules)
    groups: list[list[Block]] = [
        [
            text(layout("**{rule}**: {state}", rule=name_of(each.id), state=rule_standing(_code(each)))),
            note(_why(each)),
        ]
        for each in rules.values()
    ]
    options = tuple(Option(each.id, layout("{rule}", rule=name_of(each.id))) for each in rules.values())
    groups[0].insert(0, heading("Rules of the scope check"))
    last = [Select(verbs.RULE_SHOW.choice(), options, placeholder="Choose a rule")]
    return paged(groups, last, page, verbs.RULES_PAGE, turn.language)


def _why(rule: ScopeRule) -> Sentence:
    """Return why there is a rule: the programme's own reason, where it has one."""
    return layout("{reason}", reason=Plain(rule.why)) if rule.why else say(rule.reason)


def _page(turn: Turn, rule: ScopeRule, said: Sentence | None = None) -> Message:
    """Return all of a rule: what it looks for, what it does, why, and what an employer reads."""
    held = SCOPE_RULES[rule.id]
    fixed = "The dates of a project would not fit together without this rule, so it stays."
    rows = [row("What it does", layout("{state}", state=rule_standing(_code(rule))))]
    if rule.why:
        rows += [
            row("Your reason", Plain(rule.why)),
            row("Originally", layout("{state}", state=rule_standing(_code(held)))),
        ]
    buttons = []
    if not rule.fixed:
        buttons.append(Button("Change it", verbs.RULE_CHANGE(rule.id), style="primary"))
    if rule.why:
        buttons.append(Button("Use the original", verbs.RULE_RESET(rule.id)))
    buttons += [
        Button("All rules", verbs.RULES_PAGE(0)),
        Button("History", verbs.HISTORY(str(subjects.PROGRAMME), turn.programme_id)),
    ]
    return message(
        text(said) if said is not None else None,
        heading(layout("{rule}", rule=name_of(rule.id))),
        text(rule.checks, limit=rule.limit, words=Plain(_some(rule.words))),
        Fields(tuple(rows)),
        note(rule.reason),
        note(fixed) if rule.fixed else None,
        Buttons(tuple(buttons)),
    )


def _some(words: tuple[str, ...]) -> str:
    """Return the first phrases of a rule, as many as a screen has room for; its form has all."""
    shown = ", ".join(words[:_SHOWN])
    return shown if len(words) <= _SHOWN else f"{shown} …"


def _code(rule: ScopeRule) -> str:
    """Return what a rule does as the history has it: "suggestion 48", with its limit or how many phrases."""
    number = rule.limit or len(rule.words)
    return f"{rule.state} {number}" if number else rule.state


def change_pressed(turn: Turn, event: ButtonPressed) -> list[Action]:
    """Open the form of a rule, filled with how it is now."""
    require_role(turn, "coordinator")
    rule = _named(turn, verbs.RULE_CHANGE.read(event).rule)
    known = {
        "state": rule.state,
        "limit": str(rule.limit),
        "words": ", ".join(rule.words),
        "reason": rule.why,
    }
    asked = rule_form(turn, rule.id).by_name
    return [OpenForm(_FORM, rule.id, values={name: known[name] for name in asked if known[name]})]


def rule_form(turn: Turn, subject: str) -> Form:
    """Return the form of a rule, with the questions that it has.

    Raises:
        Declined: there is no such rule, or it is one that is not tuned.
    """
    require_role(turn, "coordinator")
    rule = _named(turn, subject)
    if rule.fixed:
        raise _unknown()
    form = form_of(RuleAnswers, form_id=_FORM, title="Rule", submit=say("Save", context="dialog"))
    without = {name for name, has in (("limit", rule.limit), ("words", rule.words)) if not has}
    questions = (
        replace(each, minimum=rule.least, maximum=rule.most) if each.name == "limit" else each
        for each in form.questions
        if each.name not in without
    )
    return replace(form, questions=tuple(questions))


def submitted(turn: Turn, done: Completed) -> list[Action]:
    """Write how a rule is from now on; drafts are held against it as soon as they are looked at again."""
    require_role(turn, "coordinator")
    rule, values = _named(turn, done.subject), done.values
    shipped = SCOPE_RULES[rule.id]
    state, reason = _STATES[str(values["state"])], " ".join(str(values["reason"]).split())
    limit, words = int(str(values.get("limit") or 0)), _phrases(str(values.get("words") or ""))
    if shipped.words and (wrong := _wrong(words)):
        return [RejectForm({"words": wrong})]
    tuned = TunedRule(
        state,
        reason,
        limit if shipped.limit and limit != shipped.limit else None,
        words if shipped.words and words != shipped.words else None,
    )
    return [_written(turn, rule, tuned, say("The rule is changed. This is how it is now:"))]


def reset_pressed(turn: Turn, event: ButtonPressed) -> list[Action]:
    """Take back what the programme tuned of a rule."""
    require_role(turn, "coordinator")
    rule = _named(turn, verbs.RULE_RESET.read(event).rule)
    return [_written(turn, rule, None, say("The rule is as it was at first:"))]


def _written(turn: Turn, rule: ScopeRule, tuned: TunedRule | None, said: Sentence) -> Reply:
    # Two coordinators may tune two rules at once, and they are one value.
    found = turn.session.get_one
    programme = found(Programme, turn.programme_id, with_for_update=True, populate_existing=True)
    was = rules_in_force(programme.scope_rules)[rule.id]
    rules = {name: each for name, each in (programme.scope_rules or {}).items() if name != rule.id}
    if tuned is not None:
        rules[rule.id] = tuned
    after = rules_in_force(rules)[rule.id]
    if after != was:
        tune_rule(turn, programme, rules, rule.id, (_code(was), _code(after)))
    return Reply(_page(turn, after, said))


def _phrases(written: str) -> tuple[str, ...]:
    each = (" ".join(one.split()) for one in _BETWEEN.split(written))
    return tuple(dict.fromkeys(one for one in each if one))


def _wrong(words: tuple[str, ...]) -> Sentence | None:
    """Say why these phrases cannot be looked for; None where they can."""
    if not words:
        return say("Name at least one word, or switch the rule off.")
    if len(words) > _MOST_PHRASES or max(map(len, words)) > _LONGEST_PHRASE:
        return say(
            "Please name at most {count} phrase, each of at most {most} characters.",
            "Please name at most {count} phrases, each of at most {most} characters.",
            count=_MOST_PHRASES,
            most=_LONGEST_PHRASE,
        )
    return None


ROUTES: Final = Routes(
    commands=((RULES, rules_command),),
    buttons={
        verbs.RULES_PAGE: page_pressed,
        verbs.RULE_SHOW: shown_pressed,
        verbs.RULE_CHANGE: change_pressed,
        verbs.RULE_RESET: reset_pressed,
    },
    forms={_FORM: FormRoute(form=rule_form, completed=submitted)},
    reads=frozenset({verbs.RULES_PAGE, verbs.RULE_SHOW}),
)
