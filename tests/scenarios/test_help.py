"""Help, and words that belong to no draft: what each person reads, and where the buttons lead."""

import pytest

from bot.programme import ROUTES
from bot.programme.help.menu import TITLES
from tests.support.platform_events import tell_button
from tests.support.projects import posted
from tests.support.stage import Stage


def last(stage: Stage, account: str) -> str:
    """The last thing a person reads in their DM."""
    return stage.screen(account).rpartition("bot: ")[2]


async def test_help_shows_what_a_person_may_use_and_the_people_to_ask(stage: Stage) -> None:
    """A student reads of applying, a coordinator of cohorts too, each with the coordinator's name."""
    await stage.person("ada").uses("/stint help")
    await stage.person("cora").uses("/stint help")
    student, coordinator = last(stage, "ada"), last(stage, "cora")
    assert "/apply" in student
    assert "/cohort create" not in student
    assert "ask Cora Lindqvist" in student
    assert "/cohort create" in coordinator
    assert "ask Cora" not in coordinator
    assert "(/project list data hours:20 paid:yes)" in student


@pytest.mark.parametrize(
    ("account", "first"), [("ada", "Projects"), ("marta", "Projects"), ("cora", "Cohorts")]
)
async def test_help_begins_with_what_one_is_here_for(stage: Stage, account: str, first: str) -> None:
    """Students and employers read of projects first, coordinators of cohorts; no button leads back here."""
    await stage.person(account).uses("/stint help")
    assert last(stage, account).split("\n")[1].startswith(first)
    assert "Everything I can do" not in last(stage, account)


async def test_help_lists_no_command_that_is_refused(stage: Stage) -> None:
    """A student reads of no set-up, on any page; typed all the same, it says which people may."""
    ada = stage.person("ada")
    await ada.uses("/stint help")
    pages = [last(stage, "ada")]
    while "[More]" in pages[-1]:
        await ada.presses("More")
        pages.append(last(stage, "ada"))
    assert "/stint link" in pages[-1]
    assert "/stint setup" not in "".join(pages)
    await ada.uses("/stint roles")
    assert "/stint roles is for coordinators" in stage.screen("ada")


async def test_help_about_one_thing_shows_how_it_is_typed(stage: Stage) -> None:
    """Asked about a noun, help has only its commands, with their options."""
    await stage.person("ada").uses("/stint help project")
    said = last(stage, "ada")
    assert "/project list [words]" in said
    assert "/apply" not in said
    assert "/profile" not in said
    await stage.person("cora").uses("/stint help cohort create")
    assert "For: coordinator" in last(stage, "cora")


def test_every_command_has_a_title_a_summary_and_an_example() -> None:
    """Help is made from the specs, so none lacks what help shows."""
    for spec in ROUTES.specs:
        assert spec.path[0] in TITLES, spec.name
        assert 10 < len(spec.summary) <= 100, spec.name
        assert spec.example.startswith(spec.name), spec.name


@pytest.mark.parametrize(
    ("account", "typed", "answer", "button"),
    [
        ("ada", "hello", "Hello Ada Okafor.", "See open projects"),
        ("ada", "thank you very much!", "You are welcome.", "My profile"),
        ("ada", "how do i aply", "I think you are looking for this:", "/apply"),
        ("ada", "where are my applications?", "/applications", "/applications"),
        ("ada", "my time zone is wrong", "/profile", "/profile"),
        ("ada", "qwertz", "I did not understand that", "Everything I can do"),
        ("ada", "?", "I did not understand that", "Everything I can do"),
        ("marta", "project list", "/project list", "My projects"),
        ("marta", "hi", "Hello Marta Ruiz.", "Post a project"),
        ("cora", "hi", "Hello Cora Lindqvist.", "Tasks"),
        ("cora", "I want to change the settings", "/stint settings", "/stint settings"),
    ],
)
async def test_words_without_a_draft_get_a_short_answer_with_buttons(
    stage: Stage, account: str, typed: str, answer: str, button: str
) -> None:
    """Never silence, never "unknown command": what was probably meant, and what can be done now."""
    await stage.person(account).says(typed)
    said = last(stage, account)
    assert answer in said
    assert f"[{button}]" in said
    assert "unknown" not in said.lower()


async def test_words_are_never_matched_to_what_one_may_not_do(stage: Stage) -> None:
    """A student who writes of settings is not shown the coordinators' command."""
    await stage.person("ada").says("settings")
    assert "/stint settings" not in last(stage, "ada")


async def test_the_buttons_do_what_they_say(stage: Stage) -> None:
    """A button of the answer runs the command, with the same rights as typing it."""
    ada = stage.person("ada")
    await ada.says("hello")
    await ada.presses("See open projects")
    assert "No project is open just now." in last(stage, "ada")
    await ada.presses("Everything I can do")
    assert "What you can do here" in last(stage, "ada")
    marta = stage.person("marta")
    await marta.says("hi")
    await marta.presses("My projects")
    assert "You have posted no project yet. /project post begins one." in last(stage, "marta")
    await ada.uses("/project list mine:yes")
    assert "You have posted no project yet." in last(stage, "ada")
    assert "/project post" not in last(stage, "ada")


async def test_a_button_gives_no_right_to_its_command(stage: Stage) -> None:
    """A made-up button is refused as the typed command is; one of a command that is gone says so."""
    for button, said in {
        "run:stint.settings": "/stint settings is for coordinators",
        "run:project.show": "No project is open to you just now.",
        "run:no.such": "no longer works",
        "run": "no longer works",
    }.items():
        await tell_button(stage, "ada", button)
        assert said in last(stage, "ada")


async def test_what_waits_is_said(stage: Stage) -> None:
    """An employer reads how many applicants wait for an answer; a draft has a button to go on with it."""
    await posted(stage, "ada", "ben")
    await stage.person("marta").says("hello")
    assert "2 applicants wait for your answer: /applicants" in last(stage, "marta")
    chi = stage.person("chi")
    await chi.presses("Apply")
    await chi.says("pause")
    await chi.says("hello")
    assert "[Go on: " in last(stage, "chi")


@pytest.mark.soak
async def test_who_could_not_be_reached_gets_what_they_missed(stage: Stage) -> None:
    """After closed direct messages, the first word brings what was owed, once."""
    ada = stage.person("ada")
    await ada.uses("/stint help", "spring")
    stage.shut_dms("ada")
    await stage.person("cora").uses("/employer invite @ada company:Okafor")
    assert "invites you" not in stage.screen("ada")
    stage.shut_dms("ada", shut=False)
    await ada.says("hello")
    assert stage.screen("ada").count("invites you") == 1
    await ada.says("hello again")
    assert stage.screen("ada").count("invites you") == 1


async def test_a_slip_is_answered_with_what_one_may_use(stage: Stage) -> None:
    """A student's slip leads to no coordinators' command; a coordinator's leads to it."""
    ada, cora = stage.person("ada"), stage.person("cora")
    await ada.uses("/stint setings", "spring")
    assert "Which one do you mean: /stint" in stage.screen("ada", "spring")
    assert "/stint settings" not in stage.screen("ada", "spring")
    assert "Which one do you mean" not in stage.screen("ben", "spring")
    await ada.uses("/project psot")
    assert "[/project list]" in stage.screen("ada")
    await cora.uses("/stint setings", "spring")
    assert "Did you mean /stint settings" in stage.screen("cora", "spring")


async def test_who_asks_for_help_in_a_form_reads_the_people_to_ask(stage: Stage) -> None:
    """Help, and the third answer that could not be taken, name the coordinators; the first two do not."""
    await posted(stage)
    cora = stage.person("cora")
    await cora.uses("/stint coordinator @ben")
    ada = stage.person("ada")
    await ada.uses("/apply market map")
    whom = "If you would rather ask a person, ask Cora Lindqvist or Ben Castillo. Your answers stay saved."
    await ada.says("help")
    assert whom in last(stage, "ada")
    for tried in ("ok", "no"):
        await ada.says(tried)
        await stage.tick(minutes=1)
        assert "ask a person" not in last(stage, "ada")
    await ada.says("hm")
    assert whom in last(stage, "ada")
