"""The errands of people in a simulation: what each role comes for, step by step, and how often."""

from __future__ import annotations

from typing import Final

__all__ = ["ACTIVITY", "DISRUPTIVE", "ERRANDS", "FAVOURITES", "PREFERENCE", "STYLES"]

FAVOURITES: Final = {
    "coordinator": ("/stint tasks", "/stint tasks", "/cohort admit", "/applicants", "/placement"),
    "employer": ("/project post", "/project post", "/applicants", "/applicants", "/placement"),
    "student": ("/project list", "/applications", "/placement", "/project saved"),
    "stranger": ("/project list", "/stint help", "/profile"),
}
"""What people of each role type most."""

STYLES: Final = {"primary": 8.0, "plain": 3.0, "danger": 1.0}
PREFERENCE: Final = {
    "application-begin": 25.0,
    "applicants-list": 10.0,
    "applicant-show": 15.0,
    "applicant-offer": 20.0,
    "applicant-no": 3.0,
    "applicant-wait": 4.0,
    "offer-accept": 25.0,
    "offer-decline": 2.0,
    "placement-show": 10.0,
    "placement-hand-in": 20.0,
    "milestone-hand-in": 20.0,
    "milestone-accept": 20.0,
    "milestone-changes": 8.0,
    "checkin-answer": 8.0,
    "closing-line": 15.0,
    "cohort-admit": 15.0,
    "project-approve": 25.0,
    "channel-again": 15.0,
    "reach-again": 6.0,
    "reach-read": 10.0,
    "letter-write": 5.0,
    "letter-reply": 8.0,
    "which": 20.0,
    "link-join": 20.0,
    "run": 0.6,
    "data-show": 0.3,
    "quiet-change": 0.3,
    "zone-change": 0.3,
    "forget-ask": 0.1,
    "forget-yes": 0.3,
    "cohort-end": 0.05,
    "talk.send": 30.0,
    "scope-fix": 8.0,
    "form-open": 8.0,
}
"""How much people care for a button, by its verb; for others its style says."""

DISRUPTIVE: Final = frozenset({"cohort end", "employer remove", "stint coordinator", "cohort channel"})
"""Commands that end a story for many; used seldom."""

ACTIVITY: Final = {"employer": 4, "student": 2}
"""How often people of a role turn to the bot; others once."""

_ANSWERS: Final = ("answer",) * 7

ERRANDS: Final = {
    "employer": {
        ("/project post", "form", "talk.page", "form", "talk.send"): 3,
        ("/project post", "form", "scope-fix", "scope-fix", "talk.send"): 2,
        (
            "/applicants",
            "applicants-list applicants-pick",
            "applicant-turn applicant-show applicants-pick",
            "applicant-offer",
        ): 5,
        (
            "/applicants",
            "applicants-list",
            "applicants-pick applicant-turn applicant-show",
            "applicant-no",
            "form",
        ): 1,
        ("/applicants", "applicants-list", "applicants-pick", "applicant-wait"): 1,
        ("/placement", "placement-show", "milestone-accept", "milestone-accept"): 1,
        ("/placement", "placement-show", "milestone-changes", "form"): 0.7,
        ("/placement", "placement-show", "placement-talked"): 0.3,
        ("/project edit 1", "talk.page", "form", "talk.send"): 1,
        ("/project edit 2", "form", "talk.send"): 0.5,
        ("/project handover", "project-hand-over", "project-hand-over-to"): 0.3,
        ("/away cover:@jo", "form"): 0.2,
        ("talk.send", "scope-fix", "talk.send"): 1,
        ("applicant-show", "applicant-offer", "applicant-wait"): 1,
        ("applicant-show", "applicant-shortlist"): 0.4,
        ("milestone-accept", "milestone-accept", "closing-line", "form"): 1,
        ("milestone-changes", "form"): 0.7,
        ("terms-ask", "form"): 0.3,
        ("checkin-answer", "checkin-line", "form"): 0.5,
        ("closing-line", "form"): 0.5,
        ("date-agree date-keep",): 1,
        ("date-earlier date-stays",): 0.5,
        ("place-offer",): 0.5,
        ("letter-reply", "form"): 0.5,
        ("letter-report", "form"): 0.2,
    },
    "student": {
        ("/project list", "project-show", "application-begin", *_ANSWERS, "talk.send"): 1,
        ("/applications", "offer-accept"): 1,
        ("/applications", "application-withdraw", "application-withdraw-yes"): 0.3,
        ("/placement", "placement-hand-in", "milestone-hand-in", "form"): 1.5,
        ("/placement", "placement-date", "milestone-date", "form"): 0.7,
        ("application-begin", *_ANSWERS, "talk.send"): 1.5,
        ("talk.resume", *_ANSWERS, "talk.send"): 0.5,
        ("talk.send",): 1,
        ("offer-accept",): 3,
        ("offer-more",): 0.4,
        ("offer-decline", "offer-decline-yes"): 0.5,
        ("late-offer-yes late-offer-no",): 0.5,
        ("terms-agree terms-refuse", "terms-agree-yes"): 1,
        ("placement-hand-in", "milestone-hand-in", "form"): 1.5,
        ("milestone-hand-in", "form"): 1.5,
        ("milestone-date", "form"): 0.7,
        ("checkin-answer", "checkin-line", "form"): 0.7,
        ("closing-line", "form"): 1,
        ("letter-write letter-reply", "form"): 0.3,
        ("letter-report", "form"): 0.3,
        ("case-ask case-open", "form"): 0.3,
        ("/stint report", "case-open", "form"): 0.3,
        ("case-write", "form"): 0.3,
        ("link",): 0.4,
        ("leave",): 0.1,
    },
    "coordinator": {
        ("/stint tasks", "project-approve", "cohort-admit", "channel-again", "reach-again", "task-done"): 3,
        ("/cohort admit", "cohort-admit"): 1,
        ("/stint settings", "settings", "form"): 0.3,
        ("/stint cases", "case-show", "case-write", "form"): 0.5,
        ("/stint cases", "case-show", "case-end", "form"): 0.5,
        ("/mentor @eli", "mentor-assign", "form"): 0.1,
        ("case-show", "case-write case-end case-stop", "form"): 1,
        ("report-answer", "form"): 1,
        ("version-approve version-refuse", "form"): 1,
        ("doubt-there doubt-again doubt-kind-there doubt-kind-again",): 1,
        ("promise-release", "promise-release-yes"): 0.3,
        ("project-approve", "cohort-admit"): 2,
        ("channel-again",): 2,
        ("reach-again",): 1,
    },
    "stranger": {
        ("application-begin", *_ANSWERS, "talk.send"): 1,
        ("/profile", "zone-change", "form"): 0.3,
        ("link",): 0.5,
        ("link-join",): 3,
        ("offer-accept",): 2,
    },
}
"""What people of each role come for, and how often. One that begins with a button counts five times as much
where that button is on the screen, and not at all where it is not. "form" fills the open form, "answer"
writes below a question, "link" asks for a code or uses the other account's, "leave" leaves the space."""
