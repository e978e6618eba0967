"""Projects: posted, checked, announced, found, saved, edited and closed.

Here is what other modules call; what happens on commands, buttons, forms and timers is in `routes`.
"""

from bot.programme.projects.cards import announce, card, card_there, edit_lost, refresh, refresh_in, take_up
from bot.programme.projects.countries import country_of, is_open_in, open_to
from bot.programme.projects.deliverables import deliverable_facts, shown_wanted, wanted_of
from bot.programme.projects.details import see_all
from bot.programme.projects.display import (
    facts,
    short_line,
    shortened,
    shown_money,
    shown_place,
    shown_time,
    title_part,
)
from bot.programme.projects.fee_share import SHARES, share_rows
from bot.programme.projects.fixed_dates import shown_fixed
from bot.programme.projects.lookup import (
    accepts_applications,
    cohort_ids,
    company_name,
    employer_of,
    manages,
    may_manage,
    may_review,
    project_of,
    reviews,
    shown_project,
)
from bot.programme.projects.pay import shown_pay, with_pay
from bot.programme.projects.ready_answers import (
    WHOLE_WORK,
    deliverable_in_words,
    shown_contact,
    shown_deliverable,
    shown_reason,
)
from bot.programme.projects.search import similar, visible

__all__ = [
    "SHARES",
    "WHOLE_WORK",
    "accepts_applications",
    "announce",
    "card",
    "card_there",
    "cohort_ids",
    "company_name",
    "country_of",
    "deliverable_facts",
    "deliverable_in_words",
    "edit_lost",
    "employer_of",
    "facts",
    "is_open_in",
    "manages",
    "may_manage",
    "may_review",
    "open_to",
    "project_of",
    "refresh",
    "refresh_in",
    "reviews",
    "see_all",
    "share_rows",
    "short_line",
    "shortened",
    "shown_contact",
    "shown_deliverable",
    "shown_fixed",
    "shown_money",
    "shown_pay",
    "shown_place",
    "shown_project",
    "shown_reason",
    "shown_time",
    "shown_wanted",
    "similar",
    "take_up",
    "title_part",
    "visible",
    "wanted_of",
    "with_pay",
]
