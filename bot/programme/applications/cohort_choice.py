"""Choice of cohort: through which of a project's cohorts a person applies, decided when they begin, and kept.

The choice is not made again when they send: by then other cohorts may be open, the person may be elsewhere,
and a closed cohort's coordinator has been asked about them.
"""

from __future__ import annotations

from sqlalchemy import select

from bot.chat.content import text
from bot.chat.routes import Declined
from bot.programme import cohorts, people, projects
from bot.programme.applications import drafts, news
from bot.programme.core.turn import Turn
from storage.tables import Announcement, Cohort, DraftCohort, Member, Project

__all__ = ["decide", "decided", "not_admitted", "refuse_taken_away"]


def decide(turn: Turn, project: Project) -> Cohort:
    """Choose the cohort of an application that begins now, and keep it; a draft under way keeps its own.

    A student who has a draft and presses Apply in the channel of another cohort of the project, which
    admits them at once, applies through that cohort from then on.

    Raises:
        Declined: the project no longer belongs to a cohort.
    """
    held = _held(turn, project)
    under_way = bool(drafts.drafts_of(turn, project=project, person=turn.own_id))
    kept = _cohort(turn, held) if held is not None and under_way else None
    found = kept if kept is not None and not _lets_in_here(turn, project) else _best(turn, project)
    if held is None:
        held = DraftCohort(programme_id=turn.programme_id, project_id=project.id, person_id=turn.person.id)
        turn.session.add(held)
    if held.cohort_id != found.id:
        held.cohort_id, held.decided_at = found.id, turn.now
    turn.session.flush()
    return found


def decided(turn: Turn, project: Project) -> Cohort:
    """Return the choice kept when the person began, or make it for a draft from before choices were kept.

    Raises:
        Declined: the project no longer belongs to a cohort.
    """
    held = _held(turn, project)
    kept = _cohort(turn, held) if held is not None else None
    return kept if kept is not None else _best(turn, project)


def refuse_taken_away(turn: Turn, project: Project) -> None:
    """Refuse Apply on a card in the channel of a cohort that the project is no longer for.

    A person in another cohort of the project may apply through that one.

    Raises:
        Declined: says so, with similar projects.
    """
    here = cohorts.cohort_at(turn, turn.place) if turn.place is not None else None
    wanted = projects.cohort_ids(project)
    if here is None or here.id in wanted or not _of_state(turn, "admitted").isdisjoint(wanted):
        return
    query = select(Announcement.id).where(
        Announcement.project_id == project.id, Announcement.place == str(turn.place)
    )
    if turn.session.scalars(query).first() is None:
        return
    raise Declined(
        text(
            "**{project}** is no longer for the cohort {cohort}, so you cannot apply to it here.",
            project=projects.title_part(project),
            cohort=here.name,
        ),
        *news.similar_blocks(turn, project, turn.person),
    )


def not_admitted(turn: Turn, project: Project, cohort: Cohort) -> Declined:
    """Return the refusal for a person who is not admitted to the cohort through which they apply."""
    return Declined(
        text(
            "**{project}** is for the cohort {cohort}, and a coordinator has not admitted you to it.",
            project=projects.title_part(project),
            cohort=cohort.name,
        ),
        text(people.ask_if_different(turn)),
    )


def _held(turn: Turn, project: Project) -> DraftCohort | None:
    query = select(DraftCohort).where(
        DraftCohort.programme_id == turn.programme_id,
        DraftCohort.project_id == project.id,
        DraftCohort.person_id == turn.person.id,
    )
    return turn.session.scalar(query)


def _cohort(turn: Turn, held: DraftCohort) -> Cohort | None:
    """Return the chosen cohort, while it has not ended."""
    found = cohorts.cohort_of(turn, held.cohort_id)
    return found if found.ended_at is None else None


def _lets_in_here(turn: Turn, project: Project) -> bool:
    """Return whether the person acts in the channel of a cohort of the project that is open or has them."""
    here = cohorts.cohort_at(turn, turn.place) if turn.place is not None else None
    if here is None or here.id not in (projects.cohort_ids(project) or [here.id]):
        return False
    return here.open or here.id in _of_state(turn, "admitted")


def _best(turn: Turn, project: Project) -> Cohort:
    """Return the best of the project's cohorts (of all cohorts, where it names none) for the person.

    The order: the open cohort of the channel they are in; a cohort that admitted them; the cohort of this
    channel; a cohort that refused them or that they asked to join; a cohort that is open to all; any other.
    So a coordinator's no, or a question that waits for a coordinator, cannot be avoided through a cohort that
    is open elsewhere.

    Raises:
        Declined: the project no longer belongs to a cohort.
    """
    wanted = set(projects.cohort_ids(project))
    here = cohorts.cohort_at(turn, turn.place) if turn.place is not None else None
    mine = _of_state(turn, "admitted")
    known = _of_state(turn, "asked", "refused")
    ranked = sorted(
        (c for c in cohorts.all_cohorts(turn) if c.ended_at is None and (c.id in wanted or not wanted)),
        key=lambda cohort: (
            cohort.id not in mine and not (cohort.open and cohort == here),
            cohort != here,
            cohort.id not in known,
            not cohort.open,
            cohort.id,
        ),
    )
    if not ranked:
        raise Declined(
            text(
                "The cohort that **{project}** was announced to has ended, so it takes no more applications.",
                project=projects.title_part(project),
            )
        )
    return ranked[0]


def _of_state(turn: Turn, *states: str) -> set[int]:
    """Return the ids of the cohorts in which the person is a member in one of these states."""
    query = select(Member.cohort_id).where(
        Member.programme_id == turn.programme_id,
        Member.person_id == turn.person.id,
        Member.state.in_(states),
    )
    return set(turn.session.scalars(query))
