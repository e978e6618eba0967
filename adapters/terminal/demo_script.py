"""The demonstration: its people, and the story that it plays."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from adapters.terminal.script_player import Act, At, Killed, Later, Scene, Step

__all__ = ["CHANNEL", "COHORT", "FIRST_DAY", "PEOPLE", "PROGRAMME", "STORY", "ZONE", "Cast"]

PROGRAMME: Final = "Riverside Micro-internships"
ZONE: Final = "Europe/London"
COHORT: Final = "Spring 26"
CHANNEL: Final = "spring-26"
FIRST_DAY: Final = datetime(2026, 3, 9, 9, 0, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Cast:
    """A person of the demonstration: account, name, IANA zone, role, and the employers' company."""

    id: str
    name: str
    zone: str
    role: str
    company: str = ""


PEOPLE: Final = (
    Cast("cora", "Cora Lindqvist", "Europe/London", "coordinator"),
    Cast("marta", "Marta Ruiz", "Europe/Madrid", "employer", "Acme Maps"),
    Cast("jo", "Jo Park", "America/New_York", "employer", "Birch Labs"),
    Cast("ada", "Ada Okafor", "Europe/Berlin", "student"),
    Cast("ben", "Ben Castillo", "America/New_York", "student"),
    Cast("chi", "Chi Nakamura", "Asia/Tokyo", "student"),
    Cast("dia", "Dia Mensah", "Africa/Accra", "student"),
)


def _uses(who: str, line: str, place: str = "") -> Act:
    return Act(who, "uses", (line,), place=place)


def _says(who: str, words: str) -> Act:
    return Act(who, "says", (words,))


def _presses(who: str, label: str, on: str = "") -> Act:
    return Act(who, "presses", (label,), on=on)


def _fills(who: str, **values: str) -> Act:
    return Act(who, "fills", values={name.replace("_", " "): text for name, text in values.items()})


_SETTING_UP: tuple[Step, ...] = (
    Scene("Monday morning: the coordinator opens a cohort and invites two employers"),
    At(0, "09:00", ZONE),
    _uses(
        "cora",
        '/cohort create Spring 26 zone:London digest:08:30 days_off:"Sat, Sun"',
        CHANNEL,
    ),
    *(Act(person.id, "joins", (CHANNEL,)) for person in PEOPLE[1:]),
    _uses("cora", '/employer invite @marta company:"Acme Maps"'),
    _uses("cora", '/employer invite @jo company:"Birch Labs"'),
)

_POSTING: tuple[Step, ...] = (
    Scene("Marta posts a project: the scope is checked while she writes"),
    At(0, "10:30", ZONE),
    _uses("marta", "/project post"),
    _fills(
        "marta",
        Title="Market map of repair cafes",
        What_is_wanted="Find who repairs what in three cities, and draw it on one map that we can publish.",
        Deliverables="- A table of at least 60 repair cafes\n- A one-page map",
        Estimated_hours="about 20",
        Application_deadline="this Friday 6pm",
    ),
    _presses("marta", "Fee and time"),
    _fills("marta", Fee="$500", Weeks="1", Start="18 March"),
    _presses("marta", "About the work"),
    _fills("marta", Skills="research, spreadsheets", Decision_date="16 March"),
    _presses("marta", "Who is involved"),
    _fills(
        "marta",
        Who_answers_questions="Marta, within a working day",
        Only_for_accepted_interns="The shared folder is called RC-2026.",
    ),
    _presses("marta", "Publish"),
    Scene("Jo posts from New York, and Marta a second one"),
    At(0, "14:30", ZONE),
    _uses("jo", "/project post"),
    _fills(
        "jo",
        Title="Plain-language lab guide",
        What_is_wanted="Rewrite our safety sheet so that a first-year student understands it.",
        Deliverables="A guide of four pages",
        Estimated_hours="12",
        Application_deadline="14 March",
    ),
    _presses("jo", "Fee and time"),
    _fills("jo", Fee="$300", Weeks="1", Start="20 March"),
    _presses("jo", "About the work"),
    _fills("jo", Skills="writing", Decision_date="17 March 6pm"),
    _presses("jo", "I do, twice a week"),
    _presses("jo", "Publish"),
    _uses("marta", "/project post"),
    _fills(
        "marta",
        Title="Photo captions for the city archive",
        What_is_wanted="Write captions for photographs of old workshops.",
        Deliverables="40 captions of one sentence",
        Estimated_hours="10",
        Application_deadline="23 March",
    ),
    _presses("marta", "Fee and time"),
    _fills("marta", Fee="$250"),
    _presses("marta", "Publish"),
)

_APPLYING: tuple[Step, ...] = (
    Scene("Ada applies from Berlin, and changes her mind about an answer"),
    At(0, "23:40", "Europe/Berlin"),
    _presses("ada", "Apply", on="Market map"),
    _says("ada", "I mapped the bike workshops of my street and want to do it properly."),
    _says("ada", "A class project on bus stops: https://example.org/bus-stops"),
    Act(
        "ada",
        "edits",
        (
            "I mapped the bike workshops of my street and want to do it properly.",
            "I mapped the bike workshops of my district last summer and want to do it properly.",
        ),
    ),
    _says("ada", "yes"),
    _presses("ada", "Send application"),
    Scene("Ben applies from New York; the bot is killed in the middle of it"),
    At(1, "21:00", "America/New_York"),
    _presses("ben", "Apply", on="Market map"),
    Killed(_says("ben", "I fix radios at our repair cafe on Saturdays, so I know how such places work.")),
    _presses("ben", "Skip"),
    _says("ben", "yes"),
    _presses("ben", "Send application"),
    Scene("Chi in Tokyo and Dia in Accra apply, Ada a second time"),
    At(2, "20:15", "Asia/Tokyo"),
    _presses("chi", "Apply", on="Market map"),
    _says("chi", "Maps are my hobby, and I would like to learn how an employer uses them."),
    _presses("chi", "Skip"),
    _says("chi", "yes"),
    _presses("chi", "Send application"),
    At(2, "17:00", "Africa/Accra"),
    _presses("dia", "Apply", on="Plain-language"),
    _says("dia", "I tutor first-year students and know which words they stumble over."),
    _presses("dia", "Skip"),
    _says("dia", "yes"),
    _presses("dia", "Send application"),
    _presses("ada", "Apply", on="Plain-language"),
    _presses("ada", "Use this"),
    _says("ada", "edit 1"),
    _says("ada", "I explained our lab rules to exchange students last term, in plain words."),
    _presses("ada", "Use this"),
    _says("ada", "yes"),
    _presses("ada", "Send application"),
)

_DECIDING: tuple[Step, ...] = (
    Scene("Marta decides: an offer, a waiting list, and an offer that is declined"),
    At(5, "10:00", "Europe/Madrid"),
    _uses("marta", "/applicants market map"),
    Act("marta", "chooses", ("Ben Castillo",)),
    _presses("marta", "Put on the waiting list"),
    Act("marta", "presses", ("All applicants",)),
    Act("marta", "chooses", ("Chi Nakamura",)),
    _presses("marta", "Make an offer"),
    Later(hours=20),
    _presses("chi", "Decline"),
    _presses("chi", "Decline it"),
    # The offer waits for Ben's morning.
    At(6, "09:30", "America/New_York"),
    _presses("ben", "Accept"),
    Scene("Jo is late: reminders, then the coordinator"),
    At(8, "12:00", ZONE),
    At(9, "09:15", ZONE),
    _uses("cora", "/stint tasks"),
    At(9, "15:00", "America/New_York"),
    _uses("jo", "/applicants"),
    _presses("jo", "Read one by one"),
    _presses("jo", "Make an offer"),
    Later(hours=14),
    _presses("dia", "Accept"),
)

_WORKING: tuple[Step, ...] = (
    Scene("Two placements: reminders, check-ins, work handed in"),
    At(14, "19:00", "America/New_York"),
    _presses("ben", "At risk"),
    _presses("ben", "Add a line"),
    _fills("ben", Your_line="Two of the cities have no list at all; I need two more days."),
    _uses("ben", "/placement"),
    _presses("ben", "Ask for another date"),
    _presses("ben", "1. A table of at least 60 repair cafes"),
    _fills("ben", New_date="27 March", Reason="Two cities have no list at all."),
    At(15, "10:00", "Europe/Madrid"),
    _presses("marta", "Agree"),
    At(16, "18:00", "America/New_York"),
    _uses("ben", "/placement"),
    _presses("ben", "Hand in"),
    _presses("ben", "2. A one-page map"),
    _fills("ben", Link="https://example.org/map"),
    At(17, "18:00", "America/New_York"),
    _presses("ben", "Hand in", on="Placement #"),
    _presses("ben", "1. A table of at least 60 repair cafes"),
    _fills("ben", Link="https://example.org/table", About_the_work="64 places, with opening hours."),
    At(18, "11:00", "Europe/Madrid"),
    _uses("marta", "/placement"),
    _presses("marta", "Accept"),
    _uses("marta", "/placement"),
    _presses("marta", "Accept"),
    At(18, "16:00", "Africa/Accra"),
    _uses("dia", "/placement"),
    _presses("dia", "Hand in"),
    _fills("dia", Link="https://example.org/guide", About_the_work="Four pages, tested with three students."),
    Scene("A last line from each side, and everything is kept"),
    At(18, "17:00", "America/New_York"),
    _presses("ben", "Write a line"),
    _fills("ben", Your_line="I learned to say early when something is in the way."),
    At(19, "12:00", "Europe/Madrid"),
    _presses("marta", "Write a line"),
    _fills("marta", Your_line="Careful work, and honest about the dates."),
    At(20, "10:00", "America/New_York"),
    _uses("jo", "/placement"),
    _presses("jo", "Accept"),
    At(24, "12:00", ZONE),
)

STORY: Final[tuple[Step, ...]] = (*_SETTING_UP, *_POSTING, *_APPLYING, *_DECIDING, *_WORKING)
