"""`/placement`: the state of the work, for the student, the employer and the coordinators."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from bot.chat.actions import Action, Reply
from bot.chat.answers import Option
from bot.chat.content import (
    Block,
    Button,
    Buttons,
    Field,
    Fields,
    Message,
    Plain,
    heading,
    layout,
    message,
    note,
    row,
    say,
    text,
)
from bot.chat.events import ButtonPressed, CommandUsed, Suggest
from bot.chat.numbers import is_digits
from bot.chat.rendering.screen import paged
from bot.chat.routes import Declined
from bot.chat.sentences import Sentence
from bot.programme import people, projects
from bot.programme.applications import confidential, messages, news, terms
from bot.programme.applications.lookup import application_of
from bot.programme.core import dates, subjects, verbs
from bot.programme.core.lifecycle import placement_standing
from bot.programme.core.turn import Turn
from bot.programme.notifications import waits
from bot.programme.people import open_cases, what_happened
from bot.programme.people.mentors import mentor_of
from bot.programme.people.what_happened import Newest
from bot.programme.placements import lines, own_list, terms_overview
from bot.programme.placements.check_ins import answer_term, check_ins
from bot.programme.placements.deliverables import answers, review_reminders, submissions
from bot.programme.placements.early_fee import early_fee_rows
from bot.programme.placements.ending import reason_of
from bot.programme.placements.lookup import (
    Who,
    answered_on,
    is_done,
    latest,
    milestone_of,
    milestones,
    placement_of,
    sides,
    title_of,
    who_acts,
)
from bot.programme.placements.mentors import card as mentor_card
from bot.programme.placements.wait_kinds import DATE, KICKOFF, REVIEW
from bot.programme.projects.private_details import private_blocks
from storage.queries import Row
from storage.tables import Milestone, Placement
from storage.tables.values import Level

__all__ = [
    "milestone_accept_pressed",
    "placement_command",
    "placement_show_pressed",
    "placements_page_pressed",
    "suggest",
    "under_way",
]

_ELSEWHERE: Final = frozenset({"Starts", "Done by", "Fee if ended early"})
"""Terms that the card leaves out: it has the dates to the minute, and what counts of the fee after an end."""


_WORK: Final = {
    "open": "· {deliverable} · open, due by {date}",
    "handed_in": "→ {deliverable} · handed in, due by {date}",
    "accepted": "✓ {deliverable} · accepted, due by {date}",
    "settled": "✓ {deliverable} · handed in, not reviewed, due by {date}",
}

_PAUSED: Final = say("The coordinators have paused this. Its dates are on hold, and messages about it wait.")
_PAGE: Final = 5  # as many as a phone's screen holds
_LABEL: Final = 40  # characters of a button that names a placement
_STUDENTS_TURN: Final = ("open", "handed_in", "settled", "accepted")
_EMPLOYERS_TURN: Final = ("handed_in", "settled", "open", "accepted")
"""Statuses of deliverables, first those that wait for the employer's side."""
_SUGGESTED: Final = 25  # Discord's limit for autocomplete
_SUGGESTION: Final = 90  # characters of a suggestion
_CHOICE: Final = 60  # characters of a button that chooses among placements


def placement_command(turn: Turn, event: CommandUsed) -> list[Action]:
    """Show the only placement of the person at once, else a list to choose from (`/placement [number]`)."""
    wanted = event.options.get("placement", "").strip().removeprefix("#").strip()
    if wanted and not is_digits(wanted):
        return [Reply(_named(turn, wanted))]
    if wanted:
        placement = placement_of(turn, wanted)
        return [Reply(_shown(turn, placement))]
    under_way, count = own_list.count(turn)
    if count == 1:
        [only] = own_list.page_of(turn, under_way, 1, 0)
        return [Reply(_shown(turn, only))]
    return [Reply(_list(turn, 0, under_way, count))]


def placement_show_pressed(turn: Turn, event: ButtonPressed) -> list[Action]:
    """Show the card of a placement."""
    pressed = verbs.PLACEMENT_SHOW.read(event)
    placement, page = placement_of(turn, pressed.placement), pressed.page
    return [Reply(_shown(turn, placement, page or 0), replace=page is not None)]


def milestone_accept_pressed(turn: Turn, event: ButtonPressed) -> list[Action]:
    """Accept a deliverable; on a placement's card, the result replaces the card whose button was pressed."""
    actions = answers.accept(turn, event)
    if not review_reminders.on_card(event):
        return actions
    said = [block for each in actions if isinstance(each, Reply) for block in each.message.blocks]
    milestone = milestone_of(turn, verbs.MILESTONE_ACCEPT.read(event).milestone)
    placement = placement_of(turn, milestone.placement_id)
    see = Buttons((Button("See the placement", verbs.PLACEMENT_SHOW(placement.id)),))
    others = [each for each in actions if not isinstance(each, Reply)]
    return [Reply(message(*said, see), replace=True), *others]


def under_way(turn: Turn) -> Message | None:
    """Return the placements under way on either side of the person who acts; None where there are none."""
    found = own_list.active(turn, _PAGE)
    if not found:
        return None
    buttons = tuple(Button(_name(turn, p, _LABEL), verbs.PLACEMENT_SHOW(p.id)) for p in found)
    return message(
        heading("Under way"),
        *lines.of_list(turn, found),
        Buttons(buttons),
        *_newest(turn, found),
    )


def _newest(turn: Turn, found: Sequence[Placement]) -> list[Block]:
    """Return the newest that happened in any of these placements, with a button to its history."""
    newest = what_happened.newest(turn, *found)
    if newest is None:
        return []
    project = next(sides(turn, each).title for each in found if each is newest.of)
    said = text("What happened in {project}: {entry}", project=project, entry=newest.entry)
    return [said, Buttons((newest.button,))]


def placements_page_pressed(turn: Turn, event: ButtonPressed) -> list[Action]:
    """Show another page of the list, in place of the previous page."""
    number = verbs.PLACEMENTS_PAGE.read(event).page
    return [Reply(_list(turn, number, *own_list.count(turn)), replace=True)]


def suggest(turn: Turn, event: Suggest) -> list[Option]:
    """Suggest the person's own placements, for completion."""
    found = own_list.suggested(turn, event.typed.strip(), _SUGGESTED)
    return [Option(str(each.id), _name(turn, each, _SUGGESTION)) for each in found]


def _named(turn: Turn, typed: str) -> Message:
    """Return the placement that a person means by a student, a title or a company; several are listed.

    Raises:
        Declined: no placement of theirs fits.
    """
    meant = own_list.meant(turn, typed, _PAGE + 1)
    found = meant[:_PAGE]
    if not found:
        raise Declined(
            "I find no placement of yours by that title, company or name. `/placement` lists them."
        )
    if len(meant) == 1:
        return _shown(turn, found[0])
    buttons = tuple(Button(_name(turn, p, _CHOICE), verbs.PLACEMENT_SHOW(p.id)) for p in found)
    return message(
        text("Several placements fit. Which one do you mean?"),
        *lines.of_list(turn, found),
        Buttons(buttons),
        note("There are more: add words, or the student's name.") if len(meant) > _PAGE else None,
    )


def _name(turn: Turn, placement: Placement, most: int) -> Sentence:
    """Return a placement's name for a label of about `most` characters; the title is cut to fit."""
    both = sides(turn, placement)
    room = max(most // 3, most - len(both.student.name) - len(" · "))
    title = projects.shortened(both.project.title, room)
    return layout("{project} · {student}", project=title, student=people.person_name(both.student))


def _none_yet(turn: Turn) -> Sentence:
    """Return why this reader's list is empty, and what would begin a placement."""
    if "employer" in turn.roles:
        return say("No student works for you yet. `/applicants` shows who applied, and makes offers.")
    if "coordinator" in turn.roles:
        return say("You have no placement of your own. To see a student's, name the student or the project.")
    return say(
        "You have no placement yet. It begins when you accept an offer; `/project list` shows projects."
    )


def _list(turn: Turn, number: int, under_way: int, count: int) -> Message:
    if not count:
        return message(_none_yet(turn))
    pages = -(-count // _PAGE)
    number = min(number, pages - 1)
    found = own_list.page_of(turn, under_way, _PAGE, number * _PAGE)
    buttons = tuple(Button(_name(turn, p, _LABEL), verbs.PLACEMENT_SHOW(p.id)) for p in found)
    ways = [Button("Earlier", verbs.PLACEMENTS_PAGE(number - 1))] if number else []
    if number < pages - 1:
        ways.append(Button("More", verbs.PLACEMENTS_PAGE(number + 1)))
    return message(
        heading("Placements ({number})", number=count),
        *lines.of_list(turn, found),
        Buttons(buttons),
        note("Page {page} of {pages}", page=number + 1, pages=pages) if pages > 1 else None,
        Buttons(tuple(ways)) if ways else None,
    )


def _shown(turn: Turn, placement: Placement, page: int = 0) -> Message:
    """Return a placement's card as the person who acts may see it."""
    mentor = mentor_of(turn, placement)
    if mentor is not None and mentor.person_id == turn.person_id:
        return mentor_card.card(turn, placement, mentor)
    return _card(turn, placement, who_acts(turn, placement), page)


def _card(turn: Turn, placement: Placement, who: Who, page: int = 0) -> Message:
    """Return a page (from 0) of a placement's card, with what this side can do."""
    both = sides(turn, placement)
    holding = terms.terms_rows(turn, terms.terms_of(turn, placement), turn.person)
    rows = [
        row("Student", both.student_name),
        row("Company", Plain(projects.company_name(turn, both.project))),
        row("Status", layout("{status}", status=placement_standing(placement, turn.now))),
        row("From", news.shown_day(turn, dates.read(placement, "starts"), turn.person)),
        row("Due", news.shown_date(turn, dates.read(placement, "due"), turn.person)),
        *(each for each in holding if each.label not in _ELSEWHERE),
        *early_fee_rows(turn, placement),
        *_last_check_ins(turn, placement, who),
        *mentor_card.fields(turn, placement, who),
    ]
    reason = reason_of(placement)
    if reason is not None:
        rows.append(row("Reason", reason))
    if placement.reason and _may_read_why(turn, placement, who):
        rows.append(row("Written for the coordinators", Plain(placement.reason)))
    newest = what_happened.newest(turn, placement)
    happened = [text("What happened: {entry}", entry=newest.entry)] if newest is not None else []
    private = private_blocks(both.project, text("**Details**"), reader=_level(placement, who))
    paused = open_cases.is_paused(turn, placement.application_id)
    parts = _work(turn, placement, who, paused=paused)
    groups: list[list[Block]] = [
        [heading(both.title), *([text(_PAUSED)] if paused else []), Fields(tuple(rows))],
        terms_overview.change_blocks(turn, placement, who),
        [text("**Deliverables**"), *(parts[0] if parts else [])],
        # After the first, so that it takes no room from what the reader has to answer.
        [*happened],
        *parts[1:],
        private,
    ]
    last: list[Block] = [
        *_ways(turn, placement, who, newest, paused=paused),
        note("Placement #{number}", number=placement.id),
    ]
    return paged(groups, last, page, lambda number: verbs.PLACEMENT_SHOW(placement.id, number), turn.language)


def _level(placement: Placement, who: Who) -> Level:
    """Return what of the project's details this side reads here; a coordinator has them in the project."""
    if who == "employer":
        return "agreement"
    return "team" if who == "student" and placement.status != "ended" else "open"


def _may_read_why(turn: Turn, placement: Placement, who: Who) -> bool:
    """Return whether the person who acts may read what was written about an early end."""
    return placement.ended_by_id == turn.person_id or (
        who == "coordinator" and _may_be_confided(turn, placement)
    )


def _may_be_confided(turn: Turn, placement: Placement) -> bool:
    """Return whether the person who acts is a coordinator who reads what a placement's student confides."""
    both, application = sides(turn, placement), application_of(turn, placement.application_id)
    return confidential.may_read(turn, turn.person, both.project, application, both.student)


def _work(turn: Turn, placement: Placement, who: Who, *, paused: bool) -> list[list[Block]]:
    """Return each deliverable with its newest version, after what its reader can do about it."""
    decides = who == "coordinator" or (who == "employer" and not paused)
    found: list[list[Block]] = []
    order = _STUDENTS_TURN if who == "student" else _EMPLOYERS_TURN
    listed = sorted(milestones(turn, placement), key=lambda each: order.index(each.status))
    of = [subjects.MILESTONE(each.id) for each in listed]
    owed = waits.standing_of(turn, REVIEW, of)
    asked = waits.standing_of(turn, DATE, of) if any(each.asked_due for each in listed) else {}
    for each in listed:
        blocks: list[Block] = []
        found.append(blocks)
        submission = latest(turn, each)
        since = submission.created_at if submission is not None else turn.now
        wait = owed.get(subjects.MILESTONE(each.id))
        blocks.append(_work_line(turn, placement, each, None if paused else wait, since))
        if not paused and (wait := asked.get(subjects.MILESTONE(each.id))) is not None:
            blocks += lines.asked_date(turn, placement, each, wait, who)
        if each.done_when and not is_done(each):
            blocks.append(note("Done when {what}", what=Plain(each.done_when)))
        if submission is not None:
            blocks += submissions.submission_blocks(submission)
            if each.status == "handed_in" and decides:
                over = placement.status != "active"
                blocks.append(review_reminders.deciding(submission, card=True, late=over))
            elif decides and review_reminders.is_reviewable(turn, submission):
                blocks.append(review_reminders.deciding(submission, card=True, late=True))
    return found


def _work_line(
    turn: Turn, placement: Placement, milestone: Milestone, wait: Row | None, since: datetime
) -> Block:
    """Return where a deliverable is: which company has it since when, and by when an answer is owed."""
    # A date that has passed while no clock ran is not shown.
    if wait is None or wait.due_at is None or (wait.state == "held" and wait.due_at <= turn.now):
        due = news.shown_date(turn, dates.read(milestone, "due"), turn.person)
        return text(_WORK[milestone.status], deliverable=title_of(milestone), date=due)
    both = sides(turn, placement)
    return text(
        "→ {deliverable} · with {company} since {since}, answered by {when} at the latest",
        deliverable=title_of(milestone),
        company=projects.company_name(turn, both.project),
        since=news.shown_day(turn, since, turn.person),
        when=answered_on(turn, placement, wait.due_at, turn.person),
    )


def _last_check_ins(turn: Turn, placement: Placement, who: Who) -> list[Field]:
    """Return the newest answers this reader may see: their side's, and both sides' for coordinators."""
    shown = []
    for side in ("student", "employer"):
        answered = [c for c in check_ins(turn, placement) if c.side == side and c.answer]
        if answered and who in {side, "coordinator"}:
            last = answered[-1]
            label = "Check-in (student)" if side == "student" else "Check-in (employer)"
            if last.line and (who == side or _may_be_confided(turn, placement)):
                shown.append(row(label, layout("{answer}: {line}", answer=answer_term(last), line=last.line)))
            else:
                shown.append(row(label, layout("{answer}", answer=answer_term(last))))
    return shown


def _ways(
    turn: Turn, placement: Placement, who: Who, newest: Newest | None, *, paused: bool
) -> tuple[Buttons, Buttons]:
    """Return the buttons for the work, and the buttons for writing to the other people."""
    acts = placement.status == "active" and not (paused and who == "employer")
    application = application_of(turn, placement.application_id)
    takes_part = who != "coordinator" or sides(turn, placement).employer is None
    ways = []
    if acts:
        if who == "student":
            ways.append(Button("Hand in", verbs.PLACEMENT_HAND_IN(placement.id), style="primary"))
        label = "Ask for another date" if who == "student" else "Move a date"
        ways.append(Button(label, verbs.PLACEMENT_DATE(placement.id)))
    if placement.status == "completed" and takes_part and messages.is_open(turn, application):
        ways.append(Button("Write a closing line", verbs.CLOSING_LINE(placement.id)))
    ways.append(Button("What was agreed", verbs.TERMS_SHOW(placement.id)))
    ends = who == "student" or projects.manages(turn, sides(turn, placement).project)
    if acts and ends:
        ways.append(Button("End it early", verbs.PLACEMENT_END(placement.id), style="danger"))
    if newest is not None:
        ways.append(newest.button)
    of_mentor = mentor_card.of_placement(turn, placement, who)
    talk = [*messages.ways(turn, application), *of_mentor]
    if who in {"student", "employer"} and waits.standing(turn, KICKOFF, subjects.PLACEMENT(placement.id)):
        talk = [Button("We talked", verbs.PLACEMENT_TALKED(placement.id)), *talk]
    return Buttons(tuple(ways)), Buttons(tuple(talk))
