"""The verbs of the programme's buttons and selects, with their arguments.

Messages that hold them stay in people's chats: a verb is never renamed, and an argument that is added may be
left out. They are together, since rooms have buttons that lead to rooms above them.
"""

from __future__ import annotations

from typing import Final

from bot.chat.codec import Seconds, Verb

# People and their accounts
ZONE_KEEP: Final = Verb("zone-keep")
ZONE_CHANGE: Final = Verb("zone-change")
QUIET_CHANGE: Final = Verb("quiet-change")
PROFILE_HERE: Final = Verb("profile-here", identity=int)
DATA_SHOW: Final = Verb("data-show")
DATA_PAGE: Final = Verb("data-page", page=int)
FORGET_ASK: Final = Verb("forget-ask")
FORGET_YES: Final = Verb("forget-yes")
FORGET_NO: Final = Verb("forget-no")
LINK_JOIN: Final = Verb("link-join", code=int)
LINK_NO: Final = Verb("link-no", code=int)
ROLES_REMOVE: Final = Verb("roles-remove", role=int)
WHICH: Final = Verb("which", programme=int, said=int)
WHICH_PROGRAMME: Final = Verb("which-programme")
FILE_AGAIN: Final = Verb("file-again", file=int)

# Coordinators, settings and spaces
COORDINATOR_ADD: Final = Verb("coordinator-add")
COORDINATOR_YES: Final = Verb("coordinator-yes", person=int)
COORDINATOR_NO: Final = Verb("coordinator-no", person=int)
COORDINATOR_BACK: Final = Verb("coordinator-back", person=int)
SETTINGS: Final = Verb("settings", group=str)
SETTINGS_PAGE: Final = Verb("settings-page", page=int)
SETTINGS_STAFF: Final = Verb("settings-staff")
SETTINGS_STAFF_CHECK: Final = Verb("settings-staff-check", place=str)
SETUP_NEW: Final = Verb("setup-new")
SETUP_JOIN: Final = Verb("setup-join")
SETUP_CONNECT: Final = Verb("setup-connect")
SETUP_CHANNEL: Final = Verb("setup-channel", cohort=int)
SETUP_CHECK: Final = Verb("setup-check", channel=int, purpose=str | None)
SETUP_LATER: Final = Verb("setup-later")
SETUP_SAMPLE: Final = Verb("setup-sample", label=str)
CHANNEL_AGAIN: Final = Verb("channel-again", channel=int)
HELP_PAGE: Final = Verb("help-page", page=int, about=str | None)

# Tasks, notices and messages that did not arrive
TASK_PAGE: Final = Verb("task-page", page=str)
TASK_DONE: Final = Verb("task-done", task=int, offset=int)
TASK_REOPEN: Final = Verb("task-reopen", task=int, offset=int)
NOTICE_REST: Final = Verb("notice-rest", after=int, upto=int)
DOUBT_AGAIN: Final = Verb("doubt-again", message=int)
DOUBT_ALL: Final = Verb("doubt-all", last=int)
DOUBT_THERE: Final = Verb("doubt-there", message=int)
DOUBT_BACK: Final = Verb("doubt-back", message=int)
REACH_AGAIN: Final = Verb("reach-again", person=int)
REACH_READ: Final = Verb("reach-read", person=int)

# The history
HISTORY: Final = Verb("history", noun=str, id=int, start=int | None)
HISTORY_OF: Final = Verb("history-of", about=str)

# Cohorts and employers
COHORT_ADMIT: Final = Verb("cohort-admit", member=int)
COHORT_REFUSE: Final = Verb("cohort-refuse", member=int)
COHORT_ANNOUNCE: Final = Verb("cohort-announce", channel=int)
COHORT_EDIT: Final = Verb("cohort-edit", cohort=int)
COHORT_END: Final = Verb("cohort-end", cohort=int)
COHORT_KEEP: Final = Verb("cohort-keep", cohort=int)
COHORT_PAGE: Final = Verb("cohort-page", page=int)
COHORT_REOPEN: Final = Verb("cohort-reopen", cohort=int)
DIGEST_ALL: Final = Verb("digest-all", cohort=int, section=str, told=int, now=Seconds, page=int | None)
EMPLOYER_KEEP: Final = Verb("employer-keep", person=int)
EMPLOYER_PAGE: Final = Verb("employer-page", page=int)
EMPLOYER_REMOVE: Final = Verb("employer-remove", person=int)
EMPLOYER_WHOSE: Final = Verb("employer-whose", person=int)

# Projects
PROJECT_APPROVE: Final = Verb("project-approve", project=int)
PROJECT_CHANGE: Final = Verb("project-change", project=int)
PROJECT_CLOSE: Final = Verb("project-close", project=int)
PROJECT_CLOSED: Final = Verb("project-closed", project=int)
PROJECT_DECLINE: Final = Verb("project-decline", project=int)
PROJECT_DRAFT: Final = Verb("project-draft", draft=int)
PROJECT_EDIT: Final = Verb("project-edit", project=int)
PROJECT_FORGET: Final = Verb("project-forget", project=int)
PROJECT_KEPT: Final = Verb("project-kept", project=int)
PROJECT_LIST: Final = Verb("project-list", page=int, filters=str | None)
PROJECT_NEW: Final = Verb("project-new")
PROJECT_PUBLISH: Final = Verb("project-publish", project=int)
PROJECT_REPEAT: Final = Verb("project-repeat", project=int)
PROJECT_SAVE: Final = Verb("project-save", project=int)
PROJECT_SAVED: Final = Verb("project-saved", page=int | None)
PROJECT_SHOW: Final = Verb("project-show", project=int, page=int | None)
PROJECT_TAKE: Final = Verb("project-take", project=int)
SCOPE_FIX: Final = Verb("scope-fix", draft=int, question=str, value=str)

# Applications: the student
APPLICATION_BEGIN: Final = Verb("application-begin", project=int)
APPLICATION_PICK: Final = Verb("application-pick", project=int)
APPLICATION_KEEP: Final = Verb("application-keep", application=int)
APPLICATION_WITHDRAW: Final = Verb("application-withdraw", application=int)
APPLICATION_WITHDRAW_YES: Final = Verb("application-withdraw-yes", application=int)
APPLICATIONS_LIST: Final = Verb("applications-list")
APPLICATIONS_PAGE: Final = Verb("applications-page", page=int)
OFFER_ACCEPT: Final = Verb("offer-accept", application=int, terms=tuple)
OFFER_DECLINE: Final = Verb("offer-decline", application=int)
OFFER_DECLINE_YES: Final = Verb("offer-decline-yes", application=int)

# Applications: the employer
APPLICANT_DOWN: Final = Verb("applicant-down", application=int)
APPLICANT_NEXT: Final = Verb("applicant-next", application=int)
APPLICANT_NO: Final = Verb("applicant-no", application=int)
APPLICANT_OFFER: Final = Verb("applicant-offer", application=int)
APPLICANT_SHORTLIST: Final = Verb("applicant-shortlist", application=int)
APPLICANT_SHOW: Final = Verb("applicant-show", application=int, page=int | None)
APPLICANT_TURN: Final = Verb("applicant-turn", application=int, page=int | None)
APPLICANT_UNWAIT: Final = Verb("applicant-unwait", application=int)
APPLICANT_UP: Final = Verb("applicant-up", application=int)
APPLICANT_WAIT: Final = Verb("applicant-wait", application=int)
APPLICANTS_LIST: Final = Verb("applicants-list", project=int)
APPLICANTS_PAGE: Final = Verb("applicants-page", project=int, page=int)
APPLICANTS_PICK: Final = Verb("applicants-pick", project=int)
APPLICANTS_REST: Final = Verb("applicants-rest", project=int)
APPLICANTS_REST_OF: Final = Verb("applicants-rest-of", project=int, who=str)
DECISION_UNDO: Final = Verb("decision-undo", application=int)
DECISION_UNDO_ALL: Final = Verb("decision-undo-all", project=int)
PLACE_OFFER: Final = Verb("place-offer", project=int)
PROMISE_RELEASE: Final = Verb("promise-release", project=int)
PROMISE_RELEASE_YES: Final = Verb("promise-release-yes", project=int)

# Messages and reports
MESSAGE_MUTE: Final = Verb("letter-mute", message=int)
MESSAGE_READ: Final = Verb("letter-read", message=int)
MESSAGE_REPLY: Final = Verb("letter-reply", message=int)
MESSAGE_REPORT: Final = Verb("letter-report", message=int)
MESSAGE_UNMUTE: Final = Verb("letter-unmute", mute=int)
MESSAGE_WRITE: Final = Verb("letter-write", application=int, to=str)
MESSAGES_ALL: Final = Verb(
    "letters-all", application=int, sides=int | str | None, wanted=int | None, kind=str | None
)
REPORT_ANSWER: Final = Verb("report-answer", report=int)

# Placements
CHECKIN_AGAIN: Final = Verb("checkin-again", placement=int, step=int, side=str)
CHECKIN_ANSWER: Final = Verb("checkin-answer", placement=int, step=int, side=str, answer=str)
CHECKIN_LINE: Final = Verb("checkin-line", placement=int, step=int, side=str)
CLOSING_LINE: Final = Verb("closing-line", placement=int)
# A wanted date is the date of a day, or a Unix time in seconds.
DATE_AGREE: Final = Verb("date-agree", milestone=int, due=str)
DATE_EARLIER: Final = Verb("date-earlier", milestone=int, due=str)
DATE_KEEP: Final = Verb("date-keep", milestone=int, due=str)
DATE_STAYS: Final = Verb("date-stays", milestone=int, due=str)
MILESTONE_ACCEPT: Final = Verb("milestone-accept", milestone=int, version=tuple)
MILESTONE_CHANGES: Final = Verb("milestone-changes", milestone=int, version=int | None)
MILESTONE_DATE: Final = Verb("milestone-date", milestone=int)
MILESTONE_HAND_IN: Final = Verb("milestone-hand-in", milestone=int)
PLACEMENT_DATE: Final = Verb("placement-date", placement=int)
PLACEMENT_END: Final = Verb("placement-end", placement=int)
PLACEMENT_HAND_IN: Final = Verb("placement-hand-in", placement=int)
PLACEMENT_SHOW: Final = Verb("placement-show", placement=int, page=int | None)
PLACEMENTS_PAGE: Final = Verb("placements-page", page=int)
TERMS_AGREE: Final = Verb("terms-agree", change=int)
TERMS_AGREE_YES: Final = Verb("terms-agree-yes", change=int)
TERMS_ASK: Final = Verb("terms-ask", project=int)
TERMS_KEEP: Final = Verb("terms-keep", change=int)
TERMS_LIST: Final = Verb("terms-list", project=int)
TERMS_REFUSE: Final = Verb("terms-refuse", project=int)
TERMS_SHOW: Final = Verb("terms-show", placement=int, page=int | None)
TERMS_WITHDRAW: Final = Verb("terms-withdraw", project=int)
