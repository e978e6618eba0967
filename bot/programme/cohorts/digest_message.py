"""A digest in words, on one screen: as many projects of each section as fit, and a button for all of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from bot.chat.content import (
    Block,
    Button,
    Buttons,
    Message,
    Select,
    Sentence,
    Text,
    heading,
    layout,
    message,
    say,
    text,
)
from bot.chat.language import Language
from bot.chat.rendering.screen import LINES, height
from bot.programme.cohorts.digest_sections import TITLES, DigestLine
from bot.programme.core import verbs
from bot.programme.core.turn import Turn
from bot.programme.projects.display import open_line
from bot.programme.projects.selection import options_of

__all__ = ["digest_message"]

_PROJECTS_A_SECTION: Final = 10
"""Projects of a section, at most."""

_OPTIONS: Final = 25  # of one select, Discord's limit


def digest_message(
    turn: Turn,
    cohort_id: int,
    head: Sentence,
    sections: Mapping[str, Sequence[DigestLine]],
    told: int,
    language: Language,
    under: int = 0,
) -> Message:
    """Return a digest on one screen, as it is read in this language.

    `told` as in `in_sections`, `under`: how many lines follow it there.
    """
    blocks: list[Block] = [heading(head)]
    shown: list[DigestLine] = []
    listed = {name: lines for name, lines in sections.items() if lines}
    for name, said in _fitting(turn, head, listed, LINES - under, language).items():
        lines = listed[name]
        shown += lines[: len(said)]
        blocks += [_title(name), Text(tuple(part for line in said for part in ("\n", line))[1:])]
        if len(lines) > len(said):
            pressed = verbs.DIGEST_ALL(cohort_id, name, told, int(turn.now.timestamp()))
            blocks.append(Buttons((Button(say("Show all {count}", count=len(lines)), pressed),)))
    options = tuple(options_of([line.project for line in shown[:_OPTIONS]]))
    return message(*blocks, Select(verbs.PROJECT_SHOW.choice(), options, placeholder="Read a project"))


def _fitting(
    turn: Turn, head: Sentence, listed: Mapping[str, Sequence[DigestLine]], room: int, language: Language
) -> dict[str, list[Sentence]]:
    """Return as many lines of each section as fit with the rest into `room` lines of a screen, at least one.

    Each project is drawn once. The heights of the pieces add up: each begins on its own line.
    """
    said: dict[str, list[Sentence]] = {name: [] for name in listed}
    taken = height((heading(head), *map(_title, listed)), language) + 1  # the select
    for count in range(_PROJECTS_A_SECTION):
        next_lines = {name: _said(turn, lines[count]) for name, lines in listed.items() if len(lines) > count}
        taken += height((Text((line,)) for line in next_lines.values()), language)
        buttons = sum(len(lines) > count + 1 for lines in listed.values())
        if not next_lines or (count and taken + buttons > room):
            break
        for name, line in next_lines.items():
            said[name].append(line)
    return said


def _title(section: str) -> Text:
    return text(layout("**{title}**", title=TITLES[section]))


def _said(turn: Turn, line: DigestLine) -> Sentence:
    """Return a project's line in a list, with its places."""
    project = open_line(turn, line.project, line.project.company, None)
    if line.left == 0:
        return say("- {project} · every place taken, apply to be next in line", project=project)
    if line.left == line.project.places:
        return say("- {project} · 1 place", "- {project} · {count} places", project=project, count=line.left)
    return say(
        "- {project} · {left} of {count} place left",
        "- {project} · {left} of {count} places left",
        project=project,
        left=line.left,
        count=line.project.places,
    )
