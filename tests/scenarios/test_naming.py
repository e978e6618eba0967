"""A project is named in one way everywhere: by its number, title, close spelling or company."""

import pytest

from tests.support.kept_stage import open_played
from tests.support.projects import posted
from tests.support.stage import Stage

MAP = "Market map of repair shops"
NAMES = ("1", "#1", "market map", MAP, "repair market", "acme maps", "markt map", "Acme Mpas")


async def _play(stage: Stage) -> None:
    """Play until ben has applied to marta's project (Acme Maps), and there is jo's logo (Birch Labs)."""
    await posted(stage, "ben")
    await posted(stage, title="Logo for a bakery", brief="Not about any market map.", owner="jo")


pytestmark = pytest.mark.stage(opened=open_played, play=_play)


@pytest.mark.sampled("#1", "repair market")
@pytest.mark.parametrize("typed", NAMES)
async def test_every_command_finds_a_project_by_the_same_names(stage: Stage, typed: str) -> None:
    """Show, save and apply for a student; applicants, edit and close for its employer."""
    ada, marta = stage.person("ada"), stage.person("marta")
    await ada.uses(f"/project show {typed}")
    assert "List the repair shops of the city" in stage.screen("ada")
    await ada.uses(f"/project save {typed}")
    assert f"Saved: {MAP}" in stage.screen("ada")
    await ada.uses(f"/apply {typed}")
    assert "Why this project?" in stage.screen("ada")
    await marta.uses(f"/applicants {typed}")
    assert "1. Ben Castillo" in stage.screen("marta")
    await marta.uses(f"/project close {typed}")
    assert f"Close {MAP}" in stage.screen("marta")


async def test_what_nothing_is_called_is_found_nowhere(stage: Stage) -> None:
    """A name that is not near any says so, and where to look."""
    marta = stage.person("marta")
    for line in ("/project show zebra", "/project edit zebra", "/applicants zebra", "/apply zebra"):
        await marta.uses(line)
        assert "by that title or company" in stage.screen("marta").rpartition(line)[2]


async def test_a_closed_project_is_found_by_who_manages_it(stage: Stage) -> None:
    """Its owner and the coordinators find it by name; a student by its number alone."""
    marta = stage.person("marta")
    await marta.uses("/project close market")
    await marta.presses("Close it")
    for account in ("marta", "cora"):
        await stage.person(account).uses("/project show market map")
        assert "You manage this project. Its status: closed." in stage.screen(account)
    await stage.person("ada").uses("/project show repair shops")
    assert "I find no project that is open by that title or company" in stage.screen("ada")
    await stage.person("ada").uses("/project show 1")
    assert "Applications are closed." in stage.screen("ada")


async def test_a_post_that_only_mentions_the_words_is_asked_about(stage: Stage) -> None:
    """No student applies to another project than they named: it is offered, not taken."""
    marta, ada = stage.person("marta"), stage.person("ada")
    await marta.uses("/project close market")
    await marta.presses("Close it")
    await ada.uses("/project show market map")
    assert "Do you mean one that mentions it?" in stage.screen("ada")
    await ada.uses("/apply market map")
    assert "Why this project?" not in stage.screen("ada")
    await ada.chooses("Logo for a bakery", on="Which project would you like to apply to?")
    assert "Why this project?" in stage.screen("ada")


async def test_of_two_with_one_title_the_open_one_is_shown(stage: Stage) -> None:
    """A repeated project is meant before the one that is over; both closed, each is named apart."""
    marta = stage.person("marta")
    await marta.uses("/project close market")
    await marta.presses("Close it")
    second = await posted(stage, owner="marta")
    await marta.uses(f"/project show {MAP}")
    assert "You manage this project. Its status: open." in stage.screen("marta")
    await marta.uses(f"/project close {second}")
    await marta.presses("Close it")
    await marta.uses(f"/project show {MAP}")
    assert "Several projects fit." in stage.screen("marta")


async def test_a_placement_is_found_by_project_company_or_student(stage: Stage) -> None:
    """`/placement` takes the names that the other commands take, and its student's."""
    marta = stage.person("marta")
    await marta.uses("/applicants market")
    await marta.presses("Read one by one")
    await marta.presses("Make an offer")
    await stage.tick(hours=5)  # it was night in New York
    await stage.person("ben").presses("Accept")
    for typed in ("market map", "markt map", "acme", "castillo", "#1"):
        await marta.uses(f"/placement {typed}")
        assert "Student: Ben Castillo" in stage.screen("marta").rpartition(f"/placement {typed}")[2]
    await marta.uses("/placement zebra")
    assert "I find no placement of yours" in stage.screen("marta")


async def test_words_of_two_placements_lead_to_a_choice(stage: Stage) -> None:
    """Both are listed, with a button each; `/applicants` asks whose they are as well."""
    marta = stage.person("marta")
    await posted(stage, "chi", title="Market map of cafes")
    await marta.uses("/applicants")
    assert "Whose applicants would you like to see?" in stage.screen("marta")
    for account, title in (("chi", "cafes"), ("ben", "repair")):
        await marta.uses(f"/applicants {title}")
        await marta.presses("Read one by one")
        await marta.presses("Make an offer")
        await stage.tick(minutes=3)
        if account == "ben":
            await stage.tick(hours=5)  # it was night in New York
        await stage.person(account).presses("Accept")
    await marta.uses("/placement market map")
    assert "Several placements fit. Which one do you mean?" in stage.screen("marta")
