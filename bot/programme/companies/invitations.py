"""The invitation of an employer: what it says, and whether it still holds when it comes late."""

from __future__ import annotations

from typing import Final

from bot.chat.actions import Post
from bot.chat.codec import RUN
from bot.chat.content import Button, Buttons, Message, Sentence, Text, message, note, say, text
from bot.chat.routes import MessageRoute, Routes, Waiting
from bot.programme import people
from bot.programme.companies import company_parts
from bot.programme.core import keys, subjects
from bot.programme.core.turn import Turn
from bot.programme.people.parts import decides
from bot.programme.people.time_zones import asked_now, zone_question
from storage.tables import Company, Person

__all__ = ["ROUTES", "invitation"]

_INVITATION: Final = "invitation"


def invitation(turn: Turn, person: Person, company: Company, theirs: int) -> Post:
    """Return what an employer reads first; `theirs` counts the company's projects that they own."""
    if not decides(person):
        return _post(turn, person, company, _reviewing(turn, person, company))
    words = message(
        text(
            "Hello. {inviter} invites you to offer short projects to students of **{programme}**, for "
            "**{company}**.",
            inviter=people.person_name(turn.person, mention=True),
            programme=turn.programme.name,
            company=company.name,
        ),
        text(
            "A project takes a student 5 to 40 hours. Say what you want and by when; I announce it, collect "
            "the applications, remind everyone of the dates, and send you at most one message a day."
        ),
        _already_here(company, theirs) if theirs else None,
        note(company_parts.what_it_means("stand_in")) if person.company_part == "stand_in" else None,
        Buttons(
            (
                Button("Post a project", RUN("project.post"), style="primary"),
                Button("From a template", RUN("project.template")),
                *([Button("My projects", RUN("project.list", "mine=yes"))] if theirs else []),
            )
        ),
        note("`/project post` does the same, and `/stint help` shows what else you can do."),
        *zone_question(turn, person),
    )
    return _post(turn, person, company, words)


def _reviewing(turn: Turn, person: Person, company: Company) -> Message:
    """Return what a reviewer reads first."""
    return message(
        text(
            "Hello. {inviter} invites you to review applications and work in **{programme}**, for "
            "**{company}**.",
            inviter=people.person_name(turn.person, mention=True),
            programme=turn.programme.name,
            company=company.name,
        ),
        text(
            "Work that students hand in comes to you, in at most one message a day: accept it, or say what "
            "should change. The owners of {company} post the projects and choose the students.",
            company=company.name,
        ),
        Buttons(
            (Button("Applicants", RUN("applicants"), style="primary"), Button("Placements", RUN("placement")))
        ),
        note("`/applicants` and `/placement` do the same, and `/stint help` shows what else you can do."),
        *zone_question(turn, person),
    )


def _post(turn: Turn, person: Person, company: Company, words: Message) -> Post:
    key = keys.WELCOME(person.id, company.id, turn.source)
    to, about = people.address(turn, person), subjects.OF_INVITATION(person.id, company.id)
    return Post(to, words, key, kind=_INVITATION, subject=about)


def _still_invited(turn: Turn, waiting: Waiting) -> Message | None:
    """Return a late invitation while its reader posts for that company."""
    person, company = _invited(turn, waiting.subject)
    holds = person.erased_at is None and person.company_id == company.id
    if not holds or "employer" not in people.roles_of(turn, person):
        return None
    return asked_now(turn, person, waiting.message)


def _invited(turn: Turn, subject: str) -> tuple[Person, Company]:
    about = subjects.OF_INVITATION.parse(subject)
    return people.person_of(turn, about.person), turn.session.get_one(Company, about.company)


def _named(turn: Turn, subject: str) -> Sentence:
    return say("An invitation to post projects for {company}", company=_invited(turn, subject)[1].name)


def _already_here(company: Company, count: int) -> Text:
    return text(
        "{company} has one project here already; from now on you look after it.",
        "{company} has {count} projects here already; from now on you look after them.",
        company=company.name,
        count=count,
    )


ROUTES = Routes(messages={_INVITATION: MessageRoute(_still_invited, _named)})
