"""Every table, on one metadata object."""

from storage.tables.access import Code, FileUse, GroupRole, Installation, Registration, StoredFile
from storage.tables.base import ProgrammeRow, metadata
from storage.tables.cases import Case, CaseLine, CaseReader
from storage.tables.history import Alias, HistoryRow
from storage.tables.letters import Erasure, Letter, Mute, Report
from storage.tables.mentors import Mentor
from storage.tables.people import (
    Channel,
    Cohort,
    Company,
    Identity,
    Member,
    Notice,
    Person,
    Programme,
    Role,
    Space,
    Task,
)
from storage.tables.platforms import Outage, Platform
from storage.tables.project_versions import ProjectVersion
from storage.tables.terms import Terms, TermsColumns, TermsOffer
from storage.tables.turns import conversations, inbox, lanes, outbox, timers
from storage.tables.waits import Wait
from storage.tables.work import (
    Announcement,
    Application,
    CheckIn,
    Deliverable,
    DraftCohort,
    ImportRun,
    Milestone,
    Placement,
    Project,
    SavedProject,
    Submission,
)

__all__ = [
    "Alias",
    "Announcement",
    "Application",
    "Case",
    "CaseLine",
    "CaseReader",
    "Channel",
    "CheckIn",
    "Code",
    "Cohort",
    "Company",
    "Deliverable",
    "DraftCohort",
    "Erasure",
    "FileUse",
    "GroupRole",
    "HistoryRow",
    "Identity",
    "ImportRun",
    "Installation",
    "Letter",
    "Member",
    "Mentor",
    "Milestone",
    "Mute",
    "Notice",
    "Outage",
    "Person",
    "Placement",
    "Platform",
    "Programme",
    "ProgrammeRow",
    "Project",
    "ProjectVersion",
    "Registration",
    "Report",
    "Role",
    "SavedProject",
    "Space",
    "StoredFile",
    "Submission",
    "Task",
    "Terms",
    "TermsColumns",
    "TermsOffer",
    "Wait",
    "conversations",
    "inbox",
    "lanes",
    "metadata",
    "outbox",
    "timers",
]

# An id is never used twice, not even after its row was deleted: buttons and keys that people still
# have in front of them hold ids (sqlite.org/autoinc.html; PostgreSQL's sequences are so anyway).
for table in metadata.sorted_tables:
    table.dialect_options["sqlite"]["autoincrement"] = True
