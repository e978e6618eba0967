"""What people in Slack see and can do that other platforms have not, or have differently."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import select

from adapters.cli.readiness import health_of
from adapters.slack.installations import Installation, OneWorkspace
from adapters.slack.manifest import command_names
from adapters.web.metrics import Metrics
from bot.chat.adapter import Refusal
from bot.chat.answers import FileRef
from bot.chat.language import as_text
from bot.programme import ROUTES
from storage.secrets import SecretBox
from storage.tables import Channel, Identity, Person, Space, inbox
from tests.support.guide_quotes import not_shown, quoted
from tests.support.guides import PAGE
from tests.support.main_job import TITLE, WHY, is_posted
from tests.support.slack import payloads
from tests.support.slack.server import BOT_TOKEN
from tests.support.slack.stage import SlackStage, open_slack_stage
from tests.support.slack.workspace import BOT, Posted


@asynccontextmanager
async def _opened(tmp_path: Path) -> AsyncIterator[SlackStage]:
    """A workspace in which one project is posted."""
    async with open_slack_stage(tmp_path) as opened:
        await is_posted(opened)
        yield opened


pytestmark = pytest.mark.stage(opened=_opened)


def card_of(stage: SlackStage) -> Posted:
    """The project's card."""
    [card] = [m for m in stage.workspace.messages if m.channel == "C0SPRING26" and not m.private_to]
    return card


def newcomer(stage: SlackStage, name: str, **more: bool) -> str:
    """A person who is new to the programme comes into the cohort's channel."""
    account = stage.workspace.add_account(name, name.title(), "Europe/Paris", **more)
    stage.workspace.channels["C0SPRING26"].members.add(account.id)
    return name


async def test_a_workspace_is_set_up_in_chat(tmp_path: Path) -> None:
    """As docs/slack.md has it: an admin's form, an invitation to the channel, the first project's card."""
    async with open_slack_stage(tmp_path, programme=False) as stage:
        ada, cora = stage.person("ada"), stage.person("cora")
        await ada.uses("/project list", "spring-26")
        assert ada.sees("There is no programme here yet.")
        await ada.says("Hello, are you there?")
        [answer] = stage.workspace.seen_by(ada.account.id, ada.dm.id)[1:]
        assert "with /stint setup" in stage.workspace.words_of(answer, ada.account.id)
        await ada.uses("/stint setup", "spring-26")
        assert ada.sees("Only those who manage this workspace can set it up.")
        stage.workspace.channels["C0SPRING26"].members.discard(BOT)
        await cora.uses("/stint setup", "spring-26")
        screens = [cora.view()]
        await cora.presses("A new programme")
        await cora.fills({"Programme": "Riverside", "First cohort": "Spring 26", "Its channel": "#spring-26"})
        assert cora.sees("Type /invite @stint in #spring-26.")
        stage.workspace.channels["C0SPRING26"].members.add(BOT)
        await cora.presses("Check again")
        assert cora.sees("A sample: this is how a project will look")
        assert not ada.sees("A sample")
        await cora.presses("Add a coordinator")
        await cora.fills({"Coordinator": "@ben"})
        assert cora.sees("Ben Castillo is a coordinator now.")
        assert cora.sees("Quiet hours last a little longer there, so my message goes out on Monday, March 9")
        await stage.tick(hours=5)
        assert stage.person("ben").sees("Cora Lindqvist made you a coordinator of Riverside.")
        screens.append(cora.view())
        await cora.uses("/project post", "spring-26")
        for page in (PAGE, {}, {"Company": "Acme Maps", "Field": "Research"}, {}, {}):
            await cora.fills(page)
        await cora.presses("It counts for course credit")
        await cora.presses("Publish")
        await stage.tick(minutes=2)
        steps = quoted("slack.md", 8)
        assert len(steps) == 3
        assert not_shown(steps, *screens, ada.view()) == []
        assert ada.sees("This is now the channel of the cohort Spring 26.")
        assert stage.rows(select(Channel.place)) == [("slack/channel/T0RIVER/C0SPRING26",)]


@pytest.mark.soak
async def test_apply_leads_from_the_channel_to_the_dm_and_back(stage: SlackStage) -> None:
    """What only the student sees in the channel has a link to the DM; the receipt has one to the card."""
    ada = stage.person("ada")
    await ada.presses("Apply", on=TITLE)
    await ada.presses("Go there")
    await ada.says(WHY)
    await ada.presses("Skip")
    await ada.says("yes")
    await ada.presses("Send application")
    await ada.presses("Back to the project")
    to_dm, to_card = ada.went_to
    assert f"channel={stage.workspace.dm_of('U0ADA').id}&" in to_dm
    assert to_card.endswith(f"/archives/C0SPRING26/p{card_of(stage).ts.replace('.', '')}")


@pytest.mark.soak
async def test_home_is_everybodys_own_page_and_follows_what_they_do(stage: SlackStage) -> None:
    """It is drawn when it is opened, and again, unasked, when what it shows has changed."""
    ada, cora = stage.person("ada"), stage.person("cora")
    await ada.opens_home()
    await cora.opens_home()
    home = stage.workspace.homes["U0ADA"]
    before = home.hash
    await ada.presses("Apply", on=TITLE)
    await stage.tick(minutes=1)
    assert home.hash != before
    assert "Go on with it" in str(home.body)
    assert "Go on with it" not in str(stage.workspace.homes["U0CORA"].body)
    stage.workspace.messages.clear()
    await ada.presses("My profile")
    assert ada.sees("time zone")


async def test_home_says_what_to_do_before_there_is_a_programme(tmp_path: Path) -> None:
    """A person who opens it reads how a programme begins; once there is one, it shows what is theirs."""
    async with open_slack_stage(tmp_path, programme=False) as stage:
        ada, cora = stage.person("ada"), stage.person("cora")
        await ada.opens_home()
        assert "type /stint setup there" in ada.view().partition("== home")[2]
        assert "admin of this workspace" in ada.view()
        await cora.uses("/stint setup", "spring-26")
        await cora.presses("A new programme")
        await cora.fills({"Programme": "Riverside", "First cohort": "Spring 26", "Its channel": "#spring-26"})
        await ada.opens_home()
        assert "Riverside" in ada.view().partition("== home")[2]


@pytest.mark.soak
async def test_home_lists_open_projects_once(stage: SlackStage) -> None:
    """A student reads there what is open and opens one; a draft of theirs is there as a draft alone."""
    ada = stage.person("ada")
    await ada.opens_home()
    home = stage.workspace.homes["U0ADA"]
    assert "Open projects" in str(home.body)
    assert ada.view().partition("== home")[2].count(TITLE) == 2, "its line, and its place in the select"
    await ada.chooses(TITLE, on="Open projects")
    assert ada.sees("A two-page summary")
    await ada.presses("Apply", on="A two-page summary")
    await stage.tick(minutes=1)
    assert "Open projects" not in str(home.body)
    assert ada.view().partition("== home")[2].count(TITLE) == 1


@pytest.mark.soak
async def test_a_zone_and_a_name_follow_slack(stage: SlackStage) -> None:
    """A person moves and marries, and tells only Slack."""
    await stage.person("ada").changes(tz="Asia/Tokyo", real_name="Ada Okafor-Ito")
    assert stage.rows(select(Person.zone).where(Person.name == "Ada Okafor-Ito")) == [("Asia/Tokyo",)]


@pytest.mark.soak
async def test_guests_are_asked_to_wait_for_a_coordinator(stage: SlackStage) -> None:
    """A guest account begins nothing by itself; a member of the channel does."""
    gus = stage.person(newcomer(stage, "gus", is_restricted=True))
    kim = stage.person(newcomer(stage, "kim"))
    await gus.presses("Apply", on=TITLE)
    await kim.presses("Apply", on=TITLE)
    assert gus.sees("a coordinator has to admit you")
    assert kim.sees("Why this project?")
    assert not gus.sees("Why this project?")


@pytest.mark.soak
async def test_commands_are_read_kindly(stage: SlackStage) -> None:
    """Nothing, nonsense and half a command get a helpful line for that person's eyes, and have their row."""
    ada, ben = stage.person("ada"), stage.person("ben")
    await ada.uses("/stint", "spring-26")
    assert ada.sees("/applications")
    await ada.uses("/project frobnicate", "spring-26")
    assert ada.sees("Which one do you mean")
    received = stage.rows(select(inbox.c.id).where(inbox.c.actor == "slack/@T0RIVER.U0ADA"))
    assert len(received) == 2
    await ada.uses("/apply", "spring-26")
    await ada.chooses(TITLE)
    assert ada.sees("Why this project?")
    assert not ben.sees("Which one do you mean")


async def test_a_slip_is_answered_with_what_this_person_may_use(stage: SlackStage) -> None:
    """The nearest of their commands, with its button; for a coordinator's they read who may use it."""
    ada, cora, marta = stage.person("ada"), stage.person("cora"), stage.person("marta")
    await ada.uses("/stint hlep", "spring-26")
    assert ada.sees("Did you mean /stint help?")
    await ada.presses("/stint help")
    assert ada.sees("What you can do here")
    await marta.uses("/project psot", "spring-26")
    assert marta.sees("Did you mean /project post?")
    await marta.presses("/project post")
    assert marta.form is not None
    await ada.uses("/stint taks", "spring-26")
    assert not ada.sees("/stint tasks")
    await cora.uses("/stint taks", "spring-26")
    assert cora.sees("Did you mean /stint tasks?")
    await ada.uses("/cohort create", "spring-26")
    assert ada.sees("/cohort create is for coordinators")


@pytest.mark.soak
async def test_one_command_does_everything(stage: SlackStage) -> None:
    """A person who has no other command of ours types what it is after /stint; a title fills the form."""
    ada, marta = stage.person("ada"), stage.person("marta")
    await ada.uses("/stint project list", "spring-26")
    assert ada.sees(TITLE)
    await ada.uses("/stint apply 1", "spring-26")
    assert ada.sees("Why this project?")
    await marta.uses("/stint project post Bus stop census", "spring-26")
    assert marta.form
    assert "Bus stop census" in str(marta.form.body)
    await marta.dismisses()
    await marta.uses("/project post Ferry census", "spring-26")
    assert "Ferry census" in str(marta.form.body)
    await marta.uses("/stint help project", "spring-26")
    assert marta.sees("/project list [words]")


async def test_commands_are_named_as_they_are_typed_there(tmp_path: Path) -> None:
    """With one command for all, every answer and every dialog names the others after it."""
    async with open_slack_stage(tmp_path, names=command_names(ROUTES.specs)) as stage:
        marta = stage.person("marta")
        await marta.uses("/stint help post", "spring-26")
        assert marta.sees("/stint project post")
        assert not marta.sees("/stint stint")
        await marta.uses("/stint projct list", "spring-26")
        assert marta.sees("Did you mean /stint project list")
        await marta.uses("/stint project post", "spring-26")
        assert marta.sees("/stint project close takes it off the list")
        await marta.dismisses()
        await marta.uses("/stint profile", "spring-26")
        await marta.presses("Change time zone")
        assert marta.sees("/stint profile completes it")


@pytest.mark.soak
async def test_a_new_title_begins_a_new_draft(stage: SlackStage) -> None:
    """With a draft under way another title is another project; the same one, or none, leads back to it."""
    marta = stage.person("marta")
    await marta.uses("/project post", "spring-26")
    await marta.fills(PAGE)
    await marta.dismisses()
    await marta.uses("/project post Ferry: a census", "spring-26")
    assert "Ferry: a census" in str(marta.form and marta.form.body)
    await marta.dismisses()
    for line in ("/project post", f"/project post {PAGE['Title'].upper()}"):
        await marta.uses(line, "spring-26")
        assert marta.sees(f"You have a project in the making: {PAGE['Title']}.")
    await marta.presses("Start another")
    assert "Ferry" not in str(marta.form and marta.form.body)


@pytest.mark.soak
async def test_an_old_button_gets_a_friendly_line(stage: SlackStage) -> None:
    """A button whose meaning is no longer known says so to the person who pressed it."""
    ada = stage.person("ada")
    elements = [element for block in card_of(stage).blocks for element in block.get("elements", ())]
    next(each for each in elements if each.get("action_id", "").startswith("application-begin"))[
        "action_id"
    ] = "gone:1"
    said = len(stage.workspace.seen_by("U0ADA"))
    await ada.presses("Apply", on=TITLE)
    [told] = stage.workspace.seen_by("U0ADA")[said:]
    assert told.private_to == "U0ADA"


async def removed(stage: SlackStage) -> None:
    """The workspace removes the app: its token is no longer good, and Slack tells so, in any order."""
    stage.workspace.tokens[BOT_TOKEN].revoked = "token_revoked"
    revoked = {"type": "tokens_revoked", "tokens": {"oauth": [], "bot": [BOT]}}
    for inner in ({"type": "app_uninstalled"}, revoked):
        await stage.server.deliver("events_api", payloads.event(stage.workspace, "T0RIVER", inner))
    await stage.settle()


async def unready(stage: SlackStage) -> list[str]:
    """Why the running bot is no place to send work to."""
    health = health_of(stage.database, {"slack": stage.adapter}, stage.clock, Metrics())
    return [as_text(each.what) for each in await health.findings() if each.level == "problem"]


@pytest.mark.soak
async def test_a_workspace_that_removes_the_bot_is_left_alone(stage: SlackStage) -> None:
    """At once it is paused, nothing more is sent there, and the bot is not ready, since it has no token."""
    assert await unready(stage) == []
    await removed(stage)
    assert stage.rows(select(Space.state)) == [("paused",)]
    assert await unready(stage) == ["Slack does not take the bot token (token_revoked)."]
    said = stage.server.calls["chat.postMessage"]
    await stage.tick(days=13)
    assert stage.server.calls["chat.postMessage"] == said
    assert len(stage.rows(select(Identity.id))) == 6


@pytest.mark.soak
async def test_installed_again_it_speaks_without_a_restart(stage: SlackStage) -> None:
    """By a press, by words or by a look at its page people show that it is there; it is ready again."""
    ada, marta = stage.person("ada"), stage.person("marta")
    acts = {"words": ada.says("hello"), "command": marta.uses("/project list"), "page": ada.opens_home()}
    for act in acts.values():
        await removed(stage)
        stage.workspace.tokens[BOT_TOKEN].revoked = ""
        await act
        assert stage.rows(select(Space.state)) == [("active",)]
        assert not ada.sees("There is no programme here yet")
        assert await unready(stage) == []


async def test_an_end_of_an_earlier_installation_ends_nothing(stage: SlackStage) -> None:
    """Slack's events come late and in any order: while the token is good, the bot is there."""
    for inner in ({"type": "app_uninstalled"}, {"type": "tokens_revoked", "tokens": {"bot": [BOT]}}):
        await stage.server.deliver("events_api", payloads.event(stage.workspace, "T0RIVER", inner))
    assert stage.rows(select(Space.state)) == [("active",)]
    ada = stage.person("ada")
    await ada.presses("Apply", on=TITLE)
    assert ada.sees("Why this project?")


async def test_another_token_is_found_where_the_settings_have_it() -> None:
    """After the first one was lost: what is in the file now, and the old one while it says nothing."""
    kept = ["xoxb-1"]
    one = OneWorkspace("xoxb-1", lambda: kept[0])
    kept[0] = "xoxb-2"
    assert (await one.find("", "T1")) == Installation("", "T1", "xoxb-1"), "it was not lost yet"
    await one.drop("", "T1")
    assert (await one.find("", "T1")) == Installation("", "T1", "xoxb-2")
    await one.drop("", "T1")
    kept[0] = ""
    assert (await one.find("", "T1")) == Installation("", "T1", "xoxb-2")


@pytest.mark.soak
async def test_a_file_is_fetched_with_the_token_or_not_at_all(stage: SlackStage) -> None:
    """The bytes are those that were sent; a page to sign in at is not taken for a file."""
    ada = stage.person("ada")
    await ada.says("My plan", files={"plan.pdf": b"%PDF-1.7 plan"})
    [file] = stage.workspace.files.values()
    ref = FileRef(f"T0RIVER.{file['id']}", file["name"], file["size"], file["mimetype"])
    assert await stage.adapter.fetch(ref) == b"%PDF-1.7 plan"
    stage.workspace.contents.clear()
    with pytest.raises(Refusal):
        await stage.adapter.fetch(ref)
    stage.server.signed_out = True
    with pytest.raises(Refusal):
        await stage.adapter.fetch(ref)


@pytest.mark.soak
async def test_an_event_that_comes_again_fetches_its_files_once(stage: SlackStage) -> None:
    """Its row is looked for before anything else is asked of Slack."""
    stage.runtime.box = SecretBox([Fernet.generate_key().decode()])
    stage.server.every_event_twice = True
    await stage.person("ada").says("My plan", files={"plan.pdf": b"%PDF-1.7 plan"})
    assert stage.server.calls["files.info"] == 1


@pytest.mark.soak
async def test_what_slack_says_of_a_person_is_kept_with_their_account(stage: SlackStage) -> None:
    """Name, zone and language come with one look-up, and no person is asked for them again."""
    stage.workspace.add_account("ines", "Ines Vega", "America/Los_Angeles")
    await stage.person("cora").uses("/employer invite @ines company:Novak", "spring-26")
    asked = stage.server.calls["users.info"]
    of_ines = Identity.user_id.endswith("U0INES")
    theirs = select(Identity.person_id).where(of_ines).scalar_subquery()
    assert stage.rows(select(Person.name).where(Person.id == theirs)) == [("Ines Vega",)]
    assert stage.rows(select(Person.zone).where(Person.id == theirs)) == [("America/Los_Angeles",)]
    assert stage.rows(select(Identity.locale).where(of_ines)) == [("en-GB",)]
    await stage.tick(hours=8)
    assert stage.server.calls["users.info"] == asked
    ines = stage.person("ines")
    assert ines.sees("invites you to offer short projects")
    assert not ines.sees("Which time zone are you in?")
