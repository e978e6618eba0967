"""A change of a project is carried out: in its row, on its cards, and for the people it concerns."""

from __future__ import annotations

from collections.abc import Iterable

from bot.chat.actions import Action, CancelTimers
from bot.chat.content import Block, Sentence, note, say, text
from bot.programme.core import keys
from bot.programme.core.changes import ProjectEdited
from bot.programme.core.lifecycle import change
from bot.programme.core.turn import Turn
from bot.programme.projects import news, places
from bot.programme.projects.cards import announce, count_cards, refresh
from bot.programme.projects.deliverables import set_deliverables, wanted_of
from bot.programme.projects.display import title_part
from bot.programme.projects.lookup import company_name
from bot.programme.projects.places import Counting
from bot.programme.projects.publishing import reopen, set_timers
from bot.programme.projects.saved_projects import move_reminders
from bot.programme.projects.search import search_text
from bot.programme.projects.versions import between, given
from storage.tables import Project, ProjectVersion

__all__ = ["carry_on", "deadline_moved", "too_few_places", "write_changes"]


def too_few_places(turn: Turn, project: Project, after: Project) -> Sentence | None:
    """Return why a project cannot have so few places: more are offered or taken already."""
    taken = project.places - max(0, places.free(turn, project, Counting.HELD))
    if after.places >= taken:
        return None
    return say(
        "{count} place is offered or taken already.",
        "{count} places are offered or taken already.",
        count=taken,
    )


def write_changes(turn: Turn, project: Project, after: Project, author_id: int | None) -> list[Action]:
    """Write what `after` has otherwise into a project's row."""
    changed = given(between(project, after)[1])
    if changed.pop("deliverables", None) is not None:
        set_deliverables(project, wanted_of(after))
    edited = change(turn, project, **changed)
    if "contact" in changed:
        project.contact_by_id = author_id
    project.updated_at = turn.now
    project.search = search_text(project, company_name(turn, project))
    turn.session.flush()
    return edited


def carry_on(
    turn: Turn, before: Project, project: Project, version: ProjectVersion
) -> tuple[list[Block], list[Action]]:
    """Let everything follow a change of a published project; return what to say of it as well."""
    actions: list[Action] = []
    moved = project.deadline_at != before.deadline_at
    reopened = project.status == "closed" and moved and project.deadline_at > turn.now
    if reopened:
        actions += reopen(turn, project)
    if moved:
        actions += deadline_moved(turn, project)
    if project.status == "open":
        actions += announce(turn, project)
    actions += refresh(turn, project)
    count, told = news.tell_applicants(turn, before, project, version)
    said = list(_saved_words(turn, project, count, reopened=reopened))
    return said, [*actions, *told, *turn.follow(ProjectEdited(before, project, version.author_id))]


def deadline_moved(turn: Turn, project: Project) -> list[Action]:
    """Let what the deadline of a project sets off follow a deadline that has moved."""
    timers = [CancelTimers(key=keys.PROJECT_CLOSE(project.id)), *set_timers(project)]
    return [*(timers if project.status == "open" else []), *move_reminders(turn, project)]


def _saved_words(turn: Turn, project: Project, told: int, *, reopened: bool) -> Iterable[Block]:
    yield text(
        "**{project}** is changed. It takes applications again." if reopened else "**{project}** is changed.",
        project=title_part(project),
    )
    yield from _cards_words(turn, project)
    if told:
        yield note(
            "I am telling one person who applied what is different.",
            "I am telling {count} people who applied what is different.",
            count=told,
        )


def _cards_words(turn: Turn, project: Project) -> Iterable[Block]:
    """Say what becomes of the cards; a card that was deleted is not said to be changed."""
    there, deleted = count_cards(turn, project)
    if there:
        yield note("Its card is being changed now.", "Its {count} cards are being changed now.", count=there)
    if deleted:
        yield note(
            "In one channel the card was deleted, so the change is not seen there.",
            "In {count} channels the card was deleted, so the change is not seen there.",
            count=deleted,
        )
