"""Which sentence says which status of a thing, or the reason of it: the sentence is the value.

A sentence is named by how its template begins, as in `tests/support/claimed_fields.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

__all__ = ["OF_SENTENCES"]

OF_SENTENCES: Final[Mapping[tuple[str, str], Mapping[str, tuple[str, ...]]]] = {
    ("project", "status"): {
        "review": (
            "**{project}** is with the coordinators.",
            "**{project}** still waits for approval",
            "**{project}** is changed. It still waits for approval",
            "**{project}** · {company} waits for your approval",
            "**{project}** · {company} has waited for an approval since",
        ),
        "open": (
            "**{project}** is published.",
            "**{project}** · {company} is published. The company is trusted",
            "Students can apply until {deadline}",
            "No student has applied for **{project}** yet. Applications close on",
            "Applications for **{project}** close soon, on",
        ),
        "closed": ("**{project}** is closed.", "Applications for **{project}** closed on"),
        "declined": ("**{project}** is declined.",),
    },
    ("application", "status"): {
        "admission": (
            "Your application to **{project}** is complete and saved.",
            "Complete. It is sent once a coordinator admits you",
        ),
        "submitted": (
            "Your application to **{project}** is sent.",
            "Your application to **{project}** is sent now that you are admitted.",
            "**{student}** applied to **{project}**.",
            "With {company} since {since}, answered by",
        ),
        "offered": (
            "{company} offers you a place in **{project}**.",
            "Your offer for **{project}** runs out on",
            "You have an offer.",
            "The answer to the offer for **{project}**: by {when}",
            "**{student}** takes one more day to think about your offer",
            "You have one more day for **{project}**",
        ),
        "accepted": (
            "**{student}** accepted your offer for **{project}**.",
            "The place in **{project}** is yours.",
            "You accepted.",
        ),
        "declined": (
            "**{student}** declined the place in **{project}**.",
            "You declined the place in **{project}**.",
            "You declined the offer.",
        ),
        "expired": (
            "Your offer for **{project}** ran out on",
            "**{student}** did not answer the offer for **{project}** in time.",
            "The offer ran out before you answered.",
        ),
        "not_selected": ("**{company}** does not offer you the place in **{project}**.", "Not this time."),
        "withdrawn": (
            "Your application to **{project}** is withdrawn",
            "**{student}** withdrew the application to **{project}**.",
            "You withdrew it.",
        ),
        "released": (
            "{company} promised you an answer on **{project}** by {when} and gave none",
            "Every place in **{project}** is taken, so you need not wait any longer",
            "Your application to **{project}** was not sent: no coordinator admitted you",
            "Your application to **{project}** could not be sent, because the coordinators did not",
            "The coordinators admitted you, but the decisions on **{project}** have been made",
            "I am sorry: the number of places in **{project}** was lowered after this offer",
            "{company} gave no answer by {when}, so I released you",
            "{company} gave no answer in time, so I released you",
            "Every place was taken, so I released you.",
            "The place was taken away while you had the offer, so I released you.",
            "It was not sent: no coordinator admitted you to its cohort in time.",
            "It was not sent: the coordinators did not admit you to its cohort.",
            "It was not sent: the coordinators admitted you after the decisions had been made.",
        ),
    },
    ("application", "reason"): {
        "silence": (
            "{company} promised you an answer on **{project}** by {when} and gave none",
            "{company} gave no answer by {when}, so I released you",
            "{company} gave no answer in time, so I released you",
        ),
        "full": (
            "Every place in **{project}** is taken, so you need not wait any longer",
            "Every place was taken, so I released you.",
        ),
        "admission": (
            "Your application to **{project}** was not sent: no coordinator admitted you",
            "It was not sent: no coordinator admitted you to its cohort in time.",
        ),
        "refused": (
            "Your application to **{project}** could not be sent, because the coordinators did not",
            "It was not sent: the coordinators did not admit you to its cohort.",
        ),
        "late": (
            "The coordinators admitted you, but the decisions on **{project}** have been made",
            "It was not sent: the coordinators admitted you after the decisions had been made.",
        ),
        "overfull": (
            "I am sorry: the number of places in **{project}** was lowered after this offer",
            "The place was taken away while you had the offer, so I released you.",
        ),
    },
    ("placement", "status"): {
        "under way": ("**{student}** accepted your offer for **{project}**.",),
        "completed": ("**{project}** is complete",),
        "ended early": (
            "**{company}** has ended the work on **{project}**",
            "**{company}** has ended the work with **{student}** on **{project}**",
            "**{person}** (coordinator) has ended the work of **{student}** on **{project}**",
            "**{person}** (coordinator) has ended the work on **{project}** on",
            "**{student}** has ended the work on **{project}**",
            "The work on **{project}** has ended",
        ),
    },
    ("milestone", "status"): {
        "open": (
            "**{deliverable}** in **{project}**: due by {when}",
            "The new version is due by {date}",
            "· {deliverable} · open, due by",
        ),
        "handed_in": (
            "**{student}** handed in: **{deliverable}**",
            "**{student}** handed in for **{project}** (version {version}): **{deliverable}**",
            "Handed in: **{deliverable}**",
            "**{deliverable}** of **{student}** in **{project}** waits for your review",
            "**{deliverable}** of **{student}** in **{project}** still waits for your review",
            "**{deliverable}** of **{student}** in **{project}** was handed in, and the employer has not",
            "The review of **{deliverable}** in **{project}**: by {when}",
            "→ {deliverable} · handed in, due by",
            "→ {deliverable} · with {company} since {since}, answered by",
        ),
        "accepted": (
            "Accepted: **{deliverable}**.",
            "Your work was accepted: **{deliverable}** in **{project}**.",
            "✓ {deliverable} · accepted, due by",
        ),
        "settled": (
            "**{company}** has not answered in",
            "**{deliverable}** of **{student}** in **{project}** is settled",
            "✓ {deliverable} · handed in, not reviewed, due by",
        ),
    },
}
"""By noun and field: its values, each with how the templates begin that say it."""
