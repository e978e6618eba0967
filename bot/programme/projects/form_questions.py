"""The questions of a project's form, page by page: what is asked, with hints, examples and limits."""

from __future__ import annotations

from typing import Annotated, Final

from pydantic import BaseModel, Field

from bot.chat.content import Plain
from bot.chat.forms import Ask, Question, form_of
from bot.programme.projects.confidentiality import CHOICES as LEVELS
from bot.programme.projects.deliverable_list import HOW as HOW_DELIVERABLES
from bot.programme.projects.fixed_dates import CHOICES as FIXED
from bot.programme.projects.pay import USUAL_DAYS
from bot.programme.projects.questions import HOW
from bot.programme.projects.ready_answers import DELIVERABLES, REASONS
from bot.programme.projects.scope_check import MOST_WEEKS

__all__ = ["OVERRIDE", "POST", "TO_COORDINATOR", "WHOLE_FORM"]

POST: Final = "project"

_PAGES: Final = ("The project", "Fee and time", "About the work", "Who is involved", "Pay and readers")
_NOTICE: Final = (
    "Students of the cohorts you choose will read this, and the coordinators see who posted it. It is kept "
    "for as long as the programme exists. You can cancel the draft at any time; once it is published, "
    "/project close takes it off the list."
)


class _Post(BaseModel):
    title: Annotated[
        str,
        Field(min_length=3, max_length=200),
        Ask("What is the project called?", label="Title", example="A market map of e-bike rental"),
    ]
    brief: Annotated[
        str,
        Field(min_length=20, max_length=3000),
        Ask(
            "What is wanted, and what for?",
            label="What is wanted",
            kind="long",
            hint="Say what you have, what you need, and who will use it.",
            example="We rent e-bikes in three cities. Find out who else does and what they charge.",
        ),
    ]
    deliverables: Annotated[
        str,
        Field(max_length=3000),
        Ask(
            "What will be handed in? One thing a line.",
            label="Deliverables",
            kind="long",
            hint=HOW_DELIVERABLES,
            example="A spreadsheet of ten competitors",
            ready=DELIVERABLES,
        ),
    ]
    hours: Annotated[
        float,
        Field(ge=1, le=400),
        Ask(
            "About how many hours does it take?",
            label="Estimated hours",
            kind="number",
            unit="hours",
            hint="Micro-internships take 5 to 40.",
            example=Plain("20"),
        ),
    ]
    deadline: Annotated[
        str,
        Ask(
            "Until when can students apply?",
            label="Application deadline",
            kind="date",
            future=True,
            hint="A day counts until it is over everywhere on earth.",
            example="next Friday",
        ),
    ]
    fee: Annotated[
        str | None,
        Ask(
            "What is the fixed fee for each intern?",
            label="Fee",
            kind="money",
            page=1,
            later=True,
            hint="Write “unpaid” if there is none, and say why below.",
            example=Plain("$400"),
        ),
    ] = None
    unpaid_reason: Annotated[
        str,
        Field(max_length=300),
        Ask(
            "If it is unpaid, why?",
            label="Why it is unpaid",
            page=1,
            later=True,
            example=REASONS[0].said,
            ready=REASONS,
        ),
    ] = ""
    weeks: Annotated[
        int | None,
        Field(ge=1, le=MOST_WEEKS),
        Ask(
            "Over how many weeks?",
            label="Weeks",
            kind="number",
            unit="weeks",
            page=1,
            later=True,
            hint="Left empty, it is a week for every ten hours.",
            example=Plain("3"),
        ),
    ] = None
    places: Annotated[
        int,
        Field(ge=1, le=50),
        Ask(
            "How many interns do you want?",
            label="Places",
            kind="number",
            unit="places",
            page=1,
            later=True,
            example=Plain("2"),
        ),
    ] = 1
    start: Annotated[
        str | None,
        Ask(
            "When does the work start?",
            label="Start",
            kind="date",
            page=1,
            later=True,
            hint="Left empty, it is the weekday after the decision date.",
            example="in 3 weeks",
        ),
    ] = None
    company: Annotated[
        str,
        Field(max_length=120),
        Ask("Whose project is it?", label="Company", page=2, later=True, example="Acme Maps"),
    ]
    field: Annotated[
        str,
        Field(max_length=120),
        Ask("Which field is it in?", label="Field", page=2, later=True, example="market research"),
    ] = ""
    location: Annotated[
        str,
        Field(max_length=200),
        Ask(
            "Remote, or at a place?",
            label="Where",
            page=2,
            later=True,
            example="our office in Leeds, Tuesdays",
        ),
    ] = "remote"
    skills: Annotated[
        list[str],
        Field(max_length=80),
        Ask(
            "Which skills does it need?",
            label="Skills",
            kind="skills",
            page=2,
            later=True,
            example="Excel, interviewing, writing",
        ),
    ] = []
    decide: Annotated[
        str | None,
        Ask(
            "By when do you promise every applicant an answer?",
            label="Decision date",
            kind="date",
            page=2,
            later=True,
            hint="Left empty, it is the programme's usual number of days after the deadline.",
            example="2 weeks from now",
        ),
    ] = None
    cohorts: Annotated[
        list[str],
        Ask("Which cohorts should see it?", label="Cohorts", kind="choices", page=3, later=True),
    ] = []
    contact: Annotated[
        str,
        Field(max_length=300),
        Ask(
            "Who answers questions, and how often?",
            label="Who answers questions",
            page=3,
            later=True,
            example="Marta Ruiz, within one working day",
        ),
    ] = ""
    private_details: Annotated[
        str,
        Field(max_length=3000),
        Ask(
            "Is there anything that only accepted interns should see?",
            label="Only for accepted interns",
            kind="long",
            page=3,
            later=True,
            hint="It is never in a channel, a list or a digest.",
            example="The client's name, logins, the meeting link",
        ),
    ] = ""
    questions: Annotated[
        str,
        Field(max_length=1500),
        Ask(
            "What do you want to ask applicants?",
            label="Your own questions",
            kind="long",
            page=3,
            later=True,
            hint=HOW,
            example="Which tools have you used for this?",
        ),
    ] = ""
    payer: Annotated[
        str,
        Field(max_length=200),
        Ask(
            "Who pays, and how?",
            label="Who pays",
            page=4,
            later=True,
            hint="Left empty, it is the company.",
            example="Acme Maps, by bank transfer",
        ),
    ] = ""
    pay_days: Annotated[
        int | None,
        Field(ge=1, le=90),
        Ask(
            "Within how many days after the work is accepted?",
            label="Days to pay",
            kind="number",
            unit="days",
            page=4,
            later=True,
            example=Plain("14"),
        ),
    ] = USUAL_DAYS
    countries: Annotated[
        list[str],
        Ask(
            "In which countries may students live?",
            label="Countries",
            kind="countries",
            page=4,
            later=True,
            hint="Left empty, it is any. “EU” is every member of the European Union.",
            example=Plain("Spain, Portugal"),
        ),
    ] = []
    fixed: Annotated[
        list[str],
        Ask(
            "Which dates cannot move?",
            label="Fixed dates",
            kind="choices",
            page=4,
            later=True,
            options=FIXED,
        ),
    ] = []
    confidential: Annotated[
        list[str],
        Ask(
            "What is confidential?",
            label="Confidential",
            kind="choices",
            page=4,
            later=True,
            hint="No intern reads what is under agreement, as there are no agreements yet.",
            options=LEVELS,
        ),
    ] = []


OVERRIDE: Final = Question(
    "override",
    Ask(
        "If the scope check stops it: why publish anyway?",
        label="Publish over a stop because",
        page=3,
        later=True,
        earlier=("If a stop of the scope check stands: why publish anyway?",),
        example="agreed with the dean on 3 March",
    ),
    required=False,
    max_length=300,
    default="",
)
TO_COORDINATOR: Final = Question(
    "to_coordinator",
    Ask(
        "If the scope check stops it: shall a coordinator decide?",
        label="A coordinator decides on stops",
        kind="yes_no",
        page=3,
        later=True,
        earlier=("If a stop of the scope check stands: shall a coordinator decide?",),
        example="no",
    ),
    required=False,
    default=False,
)
WHOLE_FORM: Final = form_of(_Post, form_id=POST, title="Post a project", page_titles=_PAGES, notice=_NOTICE)
