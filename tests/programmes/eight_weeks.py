"""Eight weeks of a programme: two companies, eight students in four zones, and all that can go wrong."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

from tests.programmes import acts
from tests.programmes.acts import At

__all__ = ["BIKES", "READERS", "SCRIPT"]

BIKES: Final = "E-bike market map"
CAFES: Final = "Repair café survey"
TEAM: Final = "qdoorqteamq"
AGREEMENT: Final = "qcostsqagreementq"
CASE: Final = "qcaseqtomq"
WORRY: Final = "qlineqcoordinatorsq"
END: Final = "qexamsqcoordinatorsq"
REFUSAL: Final = "qfieldqbenq"
FRUIT: Final = "Fruit tree register"

COHORT: Final = "/cohort create Summer 26 #summer-26 zone:Tokyo open:no"

BIKES_PAGE: Final = {
    "Title": BIKES,
    "What is wanted": "We rent e-bikes in three cities. Find out who else does and what they charge.",
    "Deliverables": f"A list of rivals\nA table of prices (interns only)\n"
    f"A note on {AGREEMENT} (under agreement)",
    "Estimated hours": "30",
    "Application deadline": "20 March",
}
CAFES_PAGE: Final = {
    "Title": CAFES,
    "What is wanted": "Call twelve repair cafés and ask which parts they lack most.",
    "Deliverables": "The questions\nA summary of the calls",
    "Estimated hours": "20",
    "Application deadline": "24 March",
}
FRUIT_PAGE: Final = {
    "Title": FRUIT,
    "What is wanted": "Put the fruit trees on public land of one district into a table.",
    "Deliverables": "The first hundred trees\nThe whole register",
    "Estimated hours": "25",
    "Application deadline": "25 March",
}

BIKES_MORE: Final = {
    "Places": "2",
    "Start": "30 March",
    "Decision date": "25 March",
    "Cohorts": "Spring 26",
    "Only for accepted interns": f"The door code is {TEAM}.",
}
CAFES_MORE: Final = {"Start": "6 April", "Decision date": "27 March", "Cohorts": "Spring 26"}
FRUIT_MORE: Final = {
    "Places": "2",
    "Start": "6 April",
    "Decision date": "30 March",
    "Cohorts": "Summer 26",
}


LOOKS: Final = (
    f"/project show {BIKES}",
    "/project list",
    "/applications",
    "/placement",
    f"/stint history {BIKES}",
    f"/stint history {CAFES}",
    f"/stint history {FRUIT}",
)

EVERYBODY: Final = (
    *("ada", "ben", "chi", "dan", "eve", "fei", "gil", "hana"),
    *("cora", "tom", "marta", "lea", "jo", "mia"),
)
"""All who take part: students, coordinators, employers and a mentor."""

READERS: Final[Mapping[str, tuple[str, ...]]] = {
    TEAM: ("Marta Ruiz", "Lea Ortiz", "Cora Lindqvist", "Tom Adeyemi", "Ada Okafor", "Dan Novak"),
    AGREEMENT: ("Marta Ruiz", "Lea Ortiz", "Cora Lindqvist", "Tom Adeyemi"),
    CASE: ("Chi Nakamura", "Tom Adeyemi"),
    WORRY: ("Ada Okafor", "Cora Lindqvist", "Tom Adeyemi"),
    END: ("Dan Novak", "Cora Lindqvist", "Tom Adeyemi"),
    REFUSAL: ("Ben Castillo", "Marta Ruiz", "Lea Ortiz", "Cora Lindqvist", "Tom Adeyemi"),
}
"""Who may read each marker: words that are in one confidential text alone."""


def at(month: int, day: int, hour: int, minute: int = 0) -> datetime:
    """An instant of 2026, UTC."""
    return datetime(2026, month, day, hour, minute, tzinfo=UTC)


SCRIPT: Final = (
    # The first week: people arrive, projects are posted, one approval is forgotten.
    At(at(3, 9, 8), "cora", acts.wants_approvals),
    At(at(3, 9, 9), "cora", acts.does, ("/stint coordinator @tom",)),
    At(at(3, 9, 9, 5), "cora", acts.does, (COHORT,), {"place": "spring-26"}),
    At(at(3, 9, 9, 10), "cora", acts.does, ('/employer invite @lea company:"Acme Maps"',)),
    At(at(3, 9, 9, 20), "tom", acts.looks, ("/stint tasks",)),
    At(at(3, 9, 9, 30), "lea", acts.looks, ("/employer list",)),
    At(at(3, 9, 10), "marta", acts.posts, (BIKES_PAGE, BIKES_MORE, "Ask for approval", "spring-26")),
    At(at(3, 9, 15), "jo", acts.posts, (CAFES_PAGE, CAFES_MORE, "Ask for approval", "spring-26")),
    At(at(3, 10, 9), "cora", acts.does, ("/stint tasks",)),
    At(at(3, 10, 9, 5), "cora", acts.presses, ("Approve", BIKES)),
    At(at(3, 11, 9), "marta", acts.does, (f"/project show {BIKES}", "More")),
    At(at(3, 13, 9), "tom", acts.does, ("/stint tasks",)),
    At(at(3, 13, 9, 5), "tom", acts.presses, ("Approve", CAFES)),
    # The second week: the other cohort's project, and students apply.
    At(at(3, 16, 13), "jo", acts.posts, (FRUIT_PAGE, FRUIT_MORE, "Ask for approval", "spring-26")),
    At(at(3, 16, 16), "tom", acts.does, ("/stint tasks",)),
    At(at(3, 16, 16, 5), "tom", acts.presses, ("Approve", FRUIT)),
    At(at(3, 17, 9), "ada", acts.applies, (BIKES, "I like maps, and I have time in April.")),
    At(at(3, 17, 9, 10), "dan", acts.applies, (BIKES, "I rent one each summer in another city.")),
    At(at(3, 17, 9, 20), "dan", acts.says_zone, ("Berlin",)),
    At(at(3, 17, 14), "ben", acts.applies, (BIKES, "I ride one every day, in any weather.")),
    At(at(3, 17, 15), "eve", acts.applies, (CAFES, "I mend radios, and know two cafés well.")),
    At(at(3, 17, 15, 10), "eve", acts.says_zone, ("New York",)),
    At(at(3, 18, 2), "chi", acts.applies, (CAFES, "I speak with people gladly, and I listen.")),
    At(at(3, 18, 3), "fei", acts.applies, (FRUIT, "I know the trees of my street by name.")),
    At(at(3, 18, 3, 10), "fei", acts.says_zone, ("Tokyo",)),
    At(at(3, 18, 5), "gil", acts.applies, (FRUIT, "I study botany in my second year.")),
    At(at(3, 18, 5, 10), "gil", acts.says_zone, ("Kolkata",)),
    At(at(3, 18, 6), "hana", acts.applies, (FRUIT, "I count well, and I walk a lot.")),
    At(at(3, 18, 6, 10), "hana", acts.says_zone, ("Kolkata",)),
    At(at(3, 18, 10), "cora", acts.admits, ("Fei Tanaka", "Gil Rao", "Hana Iyer")),
    # The third week: offers, a coordinator on holiday, and an employer who is late.
    At(at(3, 23, 9), "cora", acts.fills, ("/away", "", {"Away until": "3 April 2026", "Cover": "@tom"})),
    At(
        at(3, 23, 10),
        "marta",
        acts.decides,
        (
            BIKES,
            {
                "Ada Okafor": acts.OFFER,
                "Dan Novak": acts.OFFER,
                "Ben Castillo": f"You want another field: {REFUSAL}.",
            },
        ),
    ),
    At(at(3, 23, 15), "ada", acts.accepts, (BIKES,)),
    At(at(3, 24, 9), "dan", acts.accepts, (BIKES,)),
    At(at(3, 27, 15), "jo", acts.decides, (FRUIT, {"Fei Tanaka": acts.OFFER, "Gil Rao": acts.OFFER})),
    At(at(3, 28, 2), "fei", acts.accepts, (FRUIT,)),
    At(at(3, 30, 6), "gil", acts.accepts, (FRUIT,)),
    # The fourth week: work begins; a mentor, and an answer that comes after its date.
    At(at(3, 30, 9), "ada", acts.presses, ("We talked",)),
    At(at(3, 31, 10), "tom", acts.does, ("/mentor @mia ada", "Reads check-ins")),
    At(at(4, 1, 15), "jo", acts.decides, (CAFES, {"Chi Nakamura": acts.OFFER})),
    At(at(4, 2, 3), "chi", acts.accepts, (CAFES,)),
    At(
        at(4, 2, 9),
        "dan",
        acts.fills,
        ("/placement", "End it early", {"Reason": f"My exams are moved: {END}."}),
    ),
    At(at(4, 3, 9), "ada", acts.hands_in, ("The list of forty rivals", "1. A list of rivals")),
    # The fifth week: a case, a date request without an answer, and an employer who leaves.
    At(at(4, 6, 2), "chi", acts.confides, (CAFES, ("Tom Adeyemi",), f"Jo shouts at me: {CASE}.")),
    At(at(4, 7, 9), "tom", acts.does, ("/stint cases",)),
    At(at(4, 8, 3), "fei", acts.asks_for_date, ("30 April 2026", "1. The first hundred trees")),
    At(at(4, 8, 10), "marta", acts.does, ("/project handover @lea",)),
    At(at(4, 9, 10), "cora", acts.does, ("/employer remove @marta",)),
    At(at(4, 10, 9), "tom", acts.closes_case, ("You may work on in peace.",)),
    At(at(4, 10, 15), "ada", acts.worries, (f"The data is old: {WORRY}.",)),
    # The sixth week: the bot is down for three days.
    At(at(4, 14, 10), "", acts.is_down, (3,)),
    At(at(4, 17, 15), "gil", acts.looks, ("/placement",)),
    # The seventh week: the work comes in.
    At(at(4, 20, 9), "ada", acts.hands_in, ("The table of prices",)),
    At(at(4, 21, 5), "gil", acts.hands_in, ("All the trees", "1. The first hundred trees")),
    At(at(4, 21, 9), "lea", acts.presses, ("Accept", "The table of prices")),
    At(at(4, 22, 3), "chi", acts.hands_in, ("The questions", "1. The questions")),
    At(at(4, 23, 3), "chi", acts.hands_in, ("The summary of twelve calls", "2. A summary of the calls")),
    # The eighth week, and what follows until nothing is waited for.
    At(at(4, 27, 5), "gil", acts.hands_in, ("The whole register", "2. The whole register")),
    At(at(4, 28, 9), "ada", acts.looks, ("/placement",)),
    *(At(at(4, 28, 12), who, acts.exports) for who in EVERYBODY),
    *(At(at(4, 28, 13), who, acts.looks, LOOKS) for who in EVERYBODY),
    At(at(4, 28, 10), "lea", acts.looks, ("/placement",)),
    At(at(4, 29, 3), "fei", acts.hands_in, ("Eighty trees", "1. The first hundred trees")),
    At(at(5, 4, 9), "tom", acts.does, ("/stint tasks",)),
    At(at(5, 5, 9), "tom", acts.fills, ("/placement fei", "End it early", {"Reason": "The time is over."})),
    At(at(5, 30, 9), "cora", acts.looks, ("/stint tasks",)),
)
