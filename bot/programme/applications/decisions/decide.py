"""The employer's decisions: held for a while, undoable until then, and only then sent.

A decision waits in `Application.held` with the timer `decision.due`. The status does not change before the
decision is sent, so a student who looks sees nothing of it.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final, Literal

from bot.chat.actions import Action, OpenForm, RejectForm, Reply, SetTimer
from bot.chat.answers import Option
from bot.chat.content import Block, Button, Buttons, Message, Plain, Text, message, text
from bot.chat.events import ButtonPressed, TimerFired
from bot.chat.forms import Ask, Form, Question
from bot.chat.routes import Completed, Declined, FormRoute, Routes
from bot.programme import people, projects
from bot.programme.applications import lookup, news, offers, outcomes, waiting_list
from bot.programme.applications.decisions import decline_rest, held_decisions
from bot.programme.applications.decisions.decline_rest import FORM
from bot.programme.applications.offer_messages import moved_dates
from bot.programme.core import keys, subjects, verbs
from bot.programme.core.timers import Timer
from bot.programme.core.turn import Turn
from bot.programme.people.mutes import is_unwanted
from bot.programme.projects import places
from bot.programme.projects.places import Counting
from storage.tables import Application, Project
from storage.tables.values import HeldDecision

__all__ = ["REASONS", "ROUTES", "applicant_offer_pressed", "place_blocks", "words_of"]

OWN_WORDS: Final = "own"

REASONS: Final = {
    "places": (
        "More good applications than places",
        "There were more good applications than places, and this time others came first.",
    ),
    "experience": (
        "Others are closer to this project",
        "We chose people whose experience is closer to this project.",
    ),
    "skills": (
        "A skill the project needs is missing",
        "This project needs a skill that we did not see in the application yet.",
    ),
    "time": (
        "Hours or dates do not fit",
        "The hours or dates of this project do not fit together with yours.",
    ),
    "changed": (
        "The project has changed",
        "The project has changed, and the place you applied for no longer exists.",
    ),
}
"""Kind reasons that an employer can pick: the short name, and the words the student reads."""

DECIDABLE: Final = frozenset({"submitted", "shortlisted", "expired"})
"""Statuses in which an employer can decide on an application."""


def applicant_offer_pressed(turn: Turn, event: ButtonPressed) -> list[Action]:
    """Hold an offer that the employer makes."""
    project, application = lookup.lock_managed_application(
        turn, verbs.APPLICANT_OFFER.read(event).application
    )
    _must_be_decidable(application)
    application.held = None
    if places.free(turn, project, Counting.HELD) <= 0:
        raise Declined(
            _no_place(project),
            Buttons((Button("Put on the waiting list", verbs.APPLICANT_WAIT(application.id)),)),
        )
    said = _offer_message(turn, project, application)
    return [
        Reply(said, replace=True, until=(held_decisions.timer_key(application),)),
        _hold(turn, application, "offered", "", said),
    ]


def place_blocks(turn: Turn, project: Project) -> list[Block]:
    """Return who could have a place that has become free, with the button to offer it.

    Nothing where no place is free. No student gets a free place automatically.
    """
    if places.free(turn, project, Counting.HELD) <= 0:
        return []
    line = waiting_list.in_line(turn, project)
    left = lookup.undecided(turn, project)
    if line:
        name = news.name_of(turn, line[0])
        ask = text("The place is free and waits for your word. **", name, "** is next on the waiting list.")
        way = Button("Offer it to the next in line", verbs.PLACE_OFFER(project.id), style="primary")
    elif left:
        count = f"{len(left)} applicants wait" if len(left) > 1 else "One applicant waits"
        ask = text(f"The place is free. {count} for an answer: who should have it?")
        way = Button("See the applicants", verbs.APPLICANTS_LIST(project.id))
    else:
        ask = text("The place is free. To look for somebody else, move the deadline and announce it again.")
        way = Button("Edit the project", verbs.PROJECT_EDIT(project.id))
    return [ask, Buttons((way,))]


def place_offer_pressed(turn: Turn, event: ButtonPressed) -> list[Action]:
    """Offer a free place to the student who is first on the waiting list now."""
    project = projects.project_of(turn, verbs.PLACE_OFFER.read(event).project, lock=True)
    projects.may_manage(turn, project)
    if places.free(turn, project, Counting.HELD) <= 0:
        raise Declined("No place is free any more: it is offered or taken. Nothing was changed.")
    line = waiting_list.in_line(turn, project)
    if not line:
        raise Declined(
            "The waiting list is empty. `/applicants` shows who could have the place.",
            Buttons((Button("See the applicants", verbs.APPLICANTS_LIST(project.id)),)),
        )
    application = lookup.application_of(turn, line[0].id, lock=True)
    said = _offer_message(turn, project, application)
    return [
        Reply(said, settles=True, until=(held_decisions.timer_key(application),)),
        _hold(turn, application, "offered", "", said),
    ]


def _offer_message(turn: Turn, project: Project, application: Application) -> Message:
    name = news.name_of(turn, application)
    lead = text("An offer for **", projects.title_part(project), "** goes to **", name, f"** {_soon(turn)}.")
    return held_decisions.held_message(turn, application, lead, *moved_dates(turn, project, application))


def _must_be_decidable(application: Application) -> None:
    if application.status in DECIDABLE:
        return
    if application.status == "offered":
        raise Declined("There is an offer already. I tell you as soon as it is answered or runs out.")
    raise Declined("This application has its answer already. Nothing was changed.")


def _no_place(project: Project) -> str:
    if project.places == 1:
        return "The one place is offered or taken. I can offer it to this person next if it becomes free."
    count = "Both" if project.places == 2 else f"All {project.places}"  # noqa: PLR2004 - the word is for two
    return f"{count} places are offered or taken. I can offer one to this person next if it becomes free."


def _hold(
    turn: Turn,
    application: Application,
    status: Literal["offered", "not_selected"],
    reason: str,
    said: Message,
) -> SetTimer:
    """Hold a decision until it is sent; `said` ends with a group of buttons whose first button undoes it."""
    application.held = HeldDecision(status, reason)
    application.reason_by_id = turn.person_id if reason else None
    turn.session.flush()
    last = said.blocks[-1]
    undo = last.buttons[0].action if isinstance(last, Buttons) and turn.programme.undo_seconds > 0 else ""
    return SetTimer(
        held_decisions.timer_key(application),
        turn.now + timedelta(seconds=turn.programme.undo_seconds),
        Timer.DECISION_DUE,
        subjects.APPLICATION(application.id),
        payload=held_decisions.HeldMessage(undo, len(said.blocks) - 1),
    )


def _soon(turn: Turn) -> str:
    seconds = turn.programme.undo_seconds
    if seconds <= 0:
        return "now"
    if seconds % 60:
        return f"in {seconds} seconds"
    return "in a minute" if seconds == 60 else f"in {seconds // 60} minutes"  # noqa: PLR2004 - seconds of a minute


def decide_due(turn: Turn, event: TimerFired) -> list[Action]:
    """Apply and send a held decision after the time for undo."""
    project, application = lookup.lock_application(turn, subjects.APPLICATION.id_of(event.subject))
    held = application.held
    if held is None or application.status not in DECIDABLE:
        return []
    name, title = news.name_of(turn, application), projects.title_part(project)
    if held.status != "offered":
        told = _tell_no(turn, project, application, held.reason)
        said = text("The answer to **", name, "** for **", title, "** stands now: not this time.")
        of_all = text("Your answer for **", title, "** stands now: not this time.")
        return [*told, *held_decisions.settled(event, held, application, said, of_all)]
    application.held = None
    if places.free(turn, project, Counting.HELD) > 0:
        said = text("The offer for **", title, "** to **", name, "** is made, and can no longer be undone.")
        return [
            *offers.make(turn, project, application),
            *held_decisions.settled(event, held, application, said),
        ]
    said = text("Your offer to **", name, "** for **", title, "** could not be made: ", _no_place(project))
    told = news.tell_employer(
        turn,
        project,
        keys.NO_PLACE(application.id, turn.source),
        subjects.APPLICATION(application.id),
        said,
        Buttons((Button("Put on the waiting list", verbs.APPLICANT_WAIT(application.id)),)),
    )
    return [*told, *held_decisions.settled(event, held, application, said)]


def _tell_no(turn: Turn, project: Project, application: Application, reason: str) -> list[Action]:
    actions = outcomes.settle(turn, project, application, "not_selected")
    application.reason = reason
    turn.session.flush()
    student = people.person_of(turn, application.person_id)
    company = Plain(projects.company_name(turn, project))
    title = projects.title_part(project)
    if lookup.of_project(turn, project, {"offered", "accepted"}):
        said = text("**", company, "** has chosen somebody else for **", title, "**.")
    else:
        said = text("**", company, "** does not offer you the place in **", title, "**.")
    return actions + news.tell_student(
        turn,
        application,
        keys.NOT_SELECTED(application.id),
        said,
        *([_their_words(turn, project, application, reason)] if reason else []),
        text("What you wrote is kept, and offered to you again when you apply next."),
        *news.similar_blocks(turn, project, student),
    )


def _their_words(turn: Turn, project: Project, application: Application, reason: str) -> Text:
    """Return the reason; without the employer's own words for a student who wants none of their messages."""
    student = people.person_of(turn, application.person_id)
    if not is_unwanted(turn, application.id, student, project.owner_id):
        return text("They say:\n", Plain(reason))
    chosen = next((words for _, words in REASONS.values() if words and reason.startswith(words)), "")
    if chosen:
        return text("The reason they chose:\n", Plain(chosen))
    return text("They gave a reason in their own words. You asked for no more messages from them, so I do "
                "not bring it.")  # fmt: skip


def applicant_no_pressed(turn: Turn, event: ButtonPressed) -> list[Action]:
    """Ask the employer for the kind reason of a no."""
    _, application = lookup.lock_managed_application(turn, verbs.APPLICANT_NO.read(event).application)
    _must_be_decidable(application)
    return [OpenForm(FORM, subjects.NOT_SELECTED("application", application.id))]


def reason_form(turn: Turn, subject: str) -> Form:
    """Return the form of the reason: a kind reason, own words, or both.

    `subject`: application-5, or rest-3-… of a project.
    """
    options = [Option(value, label, words) for value, (label, words) in REASONS.items()]
    options.append(Option(OWN_WORDS, "In my own words only", "What you write below, and nothing else."))
    return Form(
        FORM,
        "Not this time",
        (
            Question(
                "reason",
                Ask(
                    "What is the reason? They read the sentence under the one you choose.",
                    label="Reason",
                    kind="choice",
                    options=tuple(options),
                ),
            ),
            Question(
                "words",
                Ask(
                    "A line of your own: what was good, what would help next time.",
                    label="In your own words",
                    kind="long",
                    example="Your map was the clearest we saw. Next time say which tools you used.",
                ),
                required=False,
                max_length=1000,
            ),
        ),
        submit="Tell all of them" if _readers(turn, subject) > 1 else "Tell them",
    )


def _readers(turn: Turn, subject: str) -> int:
    """Return how many applicants read the reason of a form about `subject`."""
    about = subjects.NOT_SELECTED.parse(subject)
    if about.whose == "application":
        return 1
    return len(decline_rest.meant(turn, projects.project_of(turn, about.id), about.whose, about.since))


def not_selected_submitted(turn: Turn, done: Completed) -> list[Action]:
    """Hold the answer with its reason, for one applicant or for all who still wait."""
    reason = words_of(done.values)
    if reason is None:
        return [RejectForm({"words": "Please write a line, or pick one of the reasons above."})]
    about = subjects.NOT_SELECTED.parse(done.subject)
    if about.whose == "application":
        project, application = lookup.lock_managed_application(turn, about.id)
        _must_be_decidable(application)
        lead = text(
            "Your answer goes to **",
            news.name_of(turn, application),
            f"** {_soon(turn)}: not this time for **",
            projects.title_part(project),
            "**.",
        )
        said = held_decisions.held_message(turn, application, lead)
        held_no = _hold(turn, application, "not_selected", reason, said)
        return [Reply(said, settles=True, until=(held_no.key,)), held_no]
    project = projects.project_of(turn, about.id, lock=True)
    projects.may_manage(turn, project)
    rest = decline_rest.meant(turn, project, about.whose, about.since)
    if not rest:
        raise decline_rest.leaves_all_out(turn, project)
    count = f"{len(rest)} applicants" if len(rest) != 1 else "one applicant"
    undo = Button("Undo for all" if len(rest) > 1 else "Undo", verbs.DECISION_UNDO_ALL(project.id))
    said = message(
        text(
            f"Your answer goes to {count} {_soon(turn)}: not this time for **",
            projects.title_part(project),
            "**.",
        ),
        *((Buttons((undo,)),) if turn.programme.undo_seconds > 0 else ()),
    )
    held = [_hold(turn, application, "not_selected", reason, said) for application in rest]
    return [Reply(said, settles=True, until=tuple(each.key for each in held)), *held]


def words_of(values: dict[str, Any]) -> str | None:
    """Return the words the student reads; None when there are none."""
    picked, words = str(values["reason"]), str(values.get("words") or "")
    kind = REASONS[picked][1] if picked in REASONS else ""
    return "\n".join(part for part in (kind, words) if part) or None


ROUTES = Routes(
    buttons={
        verbs.APPLICANT_OFFER: applicant_offer_pressed,
        verbs.APPLICANT_NO: applicant_no_pressed,
        verbs.PLACE_OFFER: place_offer_pressed,
        verbs.APPLICANTS_REST: decline_rest.applicants_rest_pressed,
        verbs.APPLICANTS_REST_OF: decline_rest.applicants_rest_of_pressed,
    },
    forms={FORM: FormRoute(form=reason_form, completed=not_selected_submitted)},
    timers={Timer.DECISION_DUE: decide_due},
)
