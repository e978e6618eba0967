"""The questions of the settings, in groups small enough for one page of a dialog."""

from __future__ import annotations

from typing import Annotated

from annotated_types import Ge, Le, MaxLen
from pydantic import BaseModel

from bot.chat.answers import Option
from bot.chat.content import Plain
from bot.chat.forms import Ask
from bot.programme.projects import SHARES

__all__ = ["Answering", "Basics", "Confidence", "Hours", "Silence"]


class Basics(BaseModel):
    """What the programme is called and what a project has to be like."""

    name: Annotated[str, MaxLen(80), Ask("What is the programme called?", label="Name")]
    approval: Annotated[
        bool,
        Ask(
            "Does a coordinator look at each project before students see it?",
            label="Approval of projects",
            kind="yes_no",
            example="yes",
        ),
    ]
    fee_floor: Annotated[
        dict[str, str],
        Ask(
            "What is the least fee per estimated hour?",
            label="Least fee per hour",
            kind="money",
            example=Plain("$20"),
            hint="“none” if there is no such rule. Unpaid projects give their reason either way.",
        ),
    ]
    currency: Annotated[str, Ask("In which currency are fees?", label="Currency", example="USD")]
    fee_share: Annotated[
        str,
        Ask(
            "What counts of the fee when work ends early? It holds for offers from now on.",
            label="Fee if ended early",
            kind="choice",
            options=tuple(Option(code, words) for code, words in SHARES.items()),
        ),
    ]


class Answering(BaseModel):
    """How quickly people are answered, and how much time each person has."""

    decision_days: Annotated[
        int,
        Ge(1),
        Le(60),
        Ask(
            "How many days after the deadline does an employer decide, unless they say otherwise?",
            label="Days to decide",
            kind="number",
            unit="days",
        ),
    ]
    release_days: Annotated[
        int,
        Ge(1),
        Le(30),
        Ask(
            "How many days after the decision date are applicants without an answer released?",
            label="Days until release",
            kind="number",
            unit="days",
            earlier=(
                "How many days after the decision date are applicants released if nobody has answered?",
            ),
        ),
    ]
    offer_hours: Annotated[
        int,
        Ge(1),
        Le(336),
        Ask(
            "How many hours is an offer open?",
            label="Hours to accept an offer",
            kind="number",
            unit="hours",
            earlier=("How many hours does an offer stand?",),
        ),
    ]
    undo_seconds: Annotated[
        int,
        Ge(0),
        Le(600),
        Ask(
            "How many seconds can a decision be undone before its message goes out?",
            label="Seconds to undo",
            kind="number",
            unit="seconds",
            earlier=("How many seconds can a decision be undone before anybody is told?",),
        ),
    ]
    late_minutes: Annotated[
        int,
        Ge(0),
        Le(1440),
        Ask(
            "How many minutes after the deadline may a begun application be sent?",
            label="Minutes of grace",
            kind="number",
            unit="minutes",
        ),
    ]


class Silence(BaseModel):
    """The rules for what is not answered."""

    coordinator_days: Annotated[
        int,
        Ge(1),
        Le(20),
        Ask(
            "After how many working days is an approval or an admission late?",
            label="Days for coordinators",
            kind="number",
            unit="days",
        ),
    ]
    review_days: Annotated[
        int,
        Ge(3),
        Le(60),
        Ask(
            "How many days has an employer to answer work before it is settled without a review?",
            label="Days to review work",
            kind="number",
            unit="days",
            hint="The last deliverable has three days more.",
        ),
    ]
    late_offer_days: Annotated[
        int,
        Ge(0),
        Le(60),
        Ask(
            "How many days after a release may a place still be offered to a student who wants it?",
            label="Days for late offers",
            kind="number",
            unit="days",
            hint="0 is not at all.",
        ),
    ]


class Confidence(BaseModel):
    """What a person reads before they confide in the coordinators."""

    safety_contacts: Annotated[
        str,
        MaxLen(400),
        Ask(
            "Which help can a person reach outside this programme, day and night?",
            label="Safety contacts",
            kind="long",
            example="Campus safety, 555 0100. Counselling, 555 0101.",
            hint="Everyone who opens a case reads this before the first word.",
        ),
    ]
    passed_on_to: Annotated[
        str,
        MaxLen(300),
        Ask(
            "To which office do coordinators have to pass on what they read, and when?",
            label="Passed on to",
            kind="long",
            example="Harassment goes to the Title IX office, with the name.",
            hint="Everyone who opens a case reads this before the first word.",
        ),
    ]


class Hours(BaseModel):
    """When the bot speaks by itself, and how long it remembers."""

    zone: Annotated[
        str,
        Ask("Which time zone does the programme live in?", label="Time zone", kind="zone", example="Berlin"),
    ]
    daily_at: Annotated[
        str,
        Ask(
            "At what time does everybody's daily message come?", label="Daily message", example=Plain("09:00")
        ),
    ]
    quiet_from: Annotated[
        str, Ask("From when are people left alone?", label="Quiet from", example=Plain("21:30"))
    ]
    quiet_to: Annotated[str, Ask("Until when?", label="Quiet until", example=Plain("08:00"))]
    retention_days: Annotated[
        int,
        Ge(7),
        Le(3650),
        Ask(
            "How many days after a project's end are applications erased?",
            label="Days answers are kept",
            kind="number",
            unit="days",
        ),
    ]
