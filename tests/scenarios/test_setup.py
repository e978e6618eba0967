"""First use: a space gets a programme, new or one that exists, and its channel is looked at."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import delete, func, select, update

from bot.chat.adapter import Capabilities
from bot.chat.content import Plain, action_id
from bot.chat.events import ButtonPressed, CommandUsed
from bot.chat.findings import Finding
from bot.programme.administration.setup import setup_code
from storage.database import UnitOfWork
from storage.tables import Channel, Code, GroupRole, Person, Programme, Role, Space, Task, inbox
from tests.support.every_stage import STAGES
from tests.support.platform_events import tell
from tests.support.stage import Stage, open_stage
from tests.support.unclaimed_space import open_fresh

NEW = {
    "Programme": "Hillside",
    "Time zone": "Berlin",
    "First cohort": "Autumn 26",
    "Its channel": "#spring-26",
    "Currency of fees": "eur",
}


pytestmark = pytest.mark.stage(opened=open_fresh)


def code_of(stage: Stage) -> str:
    """The code that `stint run` would print."""
    made = stage.database.transact_inline(lambda work: setup_code.first_code(work, stage.clock.now()))
    assert made is not None
    return made


async def test_an_admin_begins_a_programme_in_one_page(stage: Stage) -> None:
    """From the command to the sample card: programme, space, coordinator, cohort and channel are there."""
    cora = stage.person("cora")
    await cora.uses("/cohort list", "spring")
    assert "begin one with /stint setup" in stage.screen("cora", "spring")
    await cora.uses("/stint setup", "spring")
    await cora.presses("A new programme")
    await cora.fills(NEW | {"Currency of fees": "shells", "Its channel": "#nowhere"})
    assert "I do not see that channel" in cora.view()
    await cora.fills(NEW | {"Currency of fees": "shells"})
    assert "I do not know that currency" in cora.view()
    await cora.fills(NEW)
    seen = stage.screen("cora", "spring")
    assert "A sample: this is how a project will look" in seen
    assert "/project post" in seen
    assert "A sample" not in stage.screen("ada", "spring")
    assert "This is now the channel of the cohort Autumn 26" in stage.screen("ada", "spring")
    made = [(row.name, row.zone, row.currency) for row in stage.rows(select(Programme))]
    assert made == [("Hillside", "Europe/Berlin", "EUR")]
    held = select(Person.name).join(Role, Role.person_id == Person.id).where(Role.role == "coordinator")
    assert stage.rows(held) == [("Cora Lindqvist",)]
    await cora.presses("Add a coordinator")
    await cora.fills({"Coordinator": "@nobody"})
    assert "I do not see that person here." in cora.view()
    await cora.fills({"Coordinator": "@ben"})
    assert "Ben Castillo is a coordinator now" in stage.screen("cora", "spring")
    await stage.tick(hours=5)
    assert "You look after tasks" in stage.screen("ben")
    assert len(stage.rows(held)) == 2
    await cora.presses("Apply", on="A sample")
    assert "That is only a sample" in stage.screen("cora", "spring")
    await cora.uses("/stint setup", "spring")
    await cora.presses("Check the channel of Autumn 26")
    assert stage.screen("ada", "spring").count("This is now the channel") == 1


async def test_who_does_not_manage_needs_the_code(stage: Stage) -> None:
    """The refusal says who may and how; the code opens the way once, also after a break."""
    ada, ben = stage.person("ada"), stage.person("ben")
    await ada.uses("/stint setup", "spring")
    assert "Ask an admin to type /stint setup" in stage.screen("ada", "spring")
    await ada.uses("/stint setup AAAA-BBBB-CCCC", "spring")
    assert "unknown, used or too old" in stage.screen("ada", "spring")
    code = code_of(stage)
    assert stage.database.transact_inline(lambda work: setup_code.first_code(work, stage.clock.now())) is None
    await ada.uses(f"/stint setup {code.lower().replace('-', ' ')}", "spring")
    await stage.tick(hours=1)
    await ada.uses("/stint setup", "spring")
    await ada.presses("A new programme")
    await ada.fills(NEW)
    assert "A sample" in stage.screen("ada", "spring")
    assert code not in repr(stage.rows(select(Code)))
    await ben.uses(f"/stint setup {code}", "spring")
    assert "/stint setup is for coordinators" in stage.screen("ben", "spring")


@pytest.mark.soak
async def test_what_is_wrong_with_the_channel_is_said_until_it_is_right(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each finding comes with what to do; nothing is posted before it is good; "Check again" ends it."""
    found = [
        Finding("x.not_in", "problem", Plain("I am not in #spring."), Plain("Type /invite @stint there."))
    ]

    async def inspect(place: object = None) -> list[Finding]:
        return found if place else []

    monkeypatch.setattr(stage.adapter, "inspect", inspect)
    cora = stage.person("cora")
    await cora.uses("/stint setup", "spring")
    await cora.presses("A new programme")
    await cora.fills(NEW)
    assert "I am not in #spring.\n  Type /invite @stint there." in stage.screen("cora", "spring")
    assert "This is now the channel" not in stage.screen("ada", "spring")
    await cora.presses("Check again")
    assert "A sample" not in stage.screen("cora", "spring")
    found.clear()
    await cora.presses("Check again")
    assert "A sample" in stage.screen("cora", "spring")
    assert "This is now the channel" in stage.screen("ada", "spring")


@pytest.fixture
async def hall(tmp_path: Path) -> AsyncIterator[Stage]:
    """A stage on which dee, who manages the space `east`, has joined it to cora's programme."""
    async with open_stage(tmp_path) as opened:
        opened.world.add_channel("hall", "hall", space="east")
        opened.world.add_account("dee", "Dee Newcomer", "Europe/London", frozenset({"manage"}))
        cora, dee = opened.person("cora"), opened.person("dee")
        await cora.uses("/stint connect")
        code = opened.screen("cora").split("Riverside: ")[1].split()[0]
        await dee.uses("/stint setup", "hall")
        await dee.presses("Join one that exists")
        await dee.fills({"Code": "AAAA-BBBB-CCCC"})
        assert "unknown, used or too old" in dee.view()
        await dee.fills({"Code": code})
        opened.world.add_channel("loft", "loft", space="west")
        await dee.uses("/stint setup", "loft")
        await dee.presses("Join one that exists", on="Welcome")
        await dee.fills({"Code": code})
        assert "unknown, used or too old" in dee.view()
        yield opened


COORDINATORS = (
    select(Person.name).join(Role, Role.person_id == Person.id).where(Role.role == "coordinator")
).order_by(Role.id)


async def test_a_space_is_set_up_in_a_channel_of_it(stage: Stage) -> None:
    """In a direct message no space can be meant: the answer says where to type it."""
    cora = stage.person("cora")
    await cora.uses("/stint setup")
    assert "Type /stint setup in a channel of the space that you want to set up" in stage.screen("cora")


async def test_who_joins_a_space_is_no_coordinator_before_one_says_so(hall: Stage) -> None:
    """The admin reads who was asked; the yes brings the role, and then the channel; it can be taken back."""
    cora, dee = hall.person("cora"), hall.person("dee")
    assert hall.rows(COORDINATORS) == [("Cora Lindqvist",)]
    seen = hall.screen("dee", "hall")
    assert "This space belongs to Riverside now. I am asking Cora Lindqvist whether you may be one" in seen
    await dee.uses("/stint tasks", "hall")
    assert "is for coordinators" in hall.screen("dee", "hall")
    assert "Dee Newcomer manages a space of Riverside on Terminal" in hall.screen("cora")
    await cora.presses("Make a coordinator")
    assert hall.rows(COORDINATORS) == [("Cora Lindqvist",), ("Dee Newcomer",)]
    assert "made you a coordinator of Riverside" in hall.screen("dee")
    await dee.uses("/stint setup", "hall")
    await dee.presses("A channel here for Spring 26")
    await dee.fills({"Channel": "hall"})
    assert "This is now the channel of the cohort Spring 26" in hall.screen("ada", "hall")
    joined = select(Space.external_id).where(Space.programme_id == 1).order_by(Space.id)
    assert hall.rows(joined)[1:] == [("east",)]
    assert hall.rows(select(func.count(Channel.id))) == [(2,)]
    await cora.presses("Take it back")
    assert hall.rows(COORDINATORS) == [("Cora Lindqvist",)]
    assert "You are no longer a coordinator" in hall.screen("dee")


@pytest.mark.soak
async def test_a_no_is_said_kindly_and_can_be_thought_over(hall: Stage) -> None:
    """The space stays joined; the item is closed; a yes later still counts."""
    cora = hall.person("cora")
    await cora.uses("/stint tasks")
    await cora.presses("Say no")
    assert "Your space stays part of the programme" in hall.screen("dee")
    assert "If that should be different, ask Cora Lindqvist." in hall.screen("dee")
    assert hall.rows(select(Task.state).where(Task.kind == "coordinator")) == [("done",)]
    await cora.presses("Make a coordinator after all")
    assert hall.rows(COORDINATORS) == [("Cora Lindqvist",), ("Dee Newcomer",)]


async def test_the_admin_of_a_joined_space_appoints_no_coordinator(hall: Stage) -> None:
    """`/stint coordinator` there asks the coordinators; where the programme began it appoints."""
    dee = hall.person("dee")
    await hall.person("cora").presses("Say no")
    await dee.uses("/stint setup", "hall")
    assert "/stint coordinator @you asks its coordinators to make you a coordinator" in dee.view()
    await dee.uses("/stint coordinator @dee", "hall")
    await dee.uses("/stint coordinator @ben", "hall")
    await dee.uses("/stint coordinator @cora remove:yes", "hall")
    assert "Only a coordinator can take the role back" in hall.screen("dee", "hall")
    assert hall.rows(COORDINATORS) == [("Cora Lindqvist",)]
    assert "would like one more coordinator: Ben Castillo." in hall.screen("cora")
    hall.world.add_account("flo", "Flo Admin", "Europe/London", frozenset({"manage"}))
    await hall.person("flo").uses("/stint coordinator @flo", "spring")
    assert hall.rows(COORDINATORS) == [("Cora Lindqvist",), ("Flo Admin",)]


async def test_a_group_of_coordinators_is_asked_as_well(hall: Stage) -> None:
    """Where only a group makes coordinators, who manages a joined space appoints no person either."""
    await hall.person("cora").presses("Say no")

    def leave_it_to_a_group(work: UnitOfWork) -> None:
        work.session.execute(delete(Role).where(Role.role == "coordinator"))
        work.session.add(GroupRole(programme_id=1, platform="terminal", group_id="77", role="coordinator"))

    hall.database.transact_inline(leave_it_to_a_group)
    await tell(hall, CommandUsed, "jo", path=("stint", "tasks"), groups=frozenset({"77"}))
    await hall.person("dee").uses("/stint coordinator @dee", "hall")
    assert hall.rows(COORDINATORS) == []
    assert "I am asking Jo Park" in hall.screen("dee", "hall")
    await hall.tick(hours=8)
    assert "would like to be one of its coordinators" in hall.screen("jo")


async def test_setting_up_is_over_once_a_person_has_done_it(stage: Stage) -> None:
    """Who was slower reads what is set; nothing is made twice."""
    stage.world.add_account("dee", "Dee Newcomer", "Europe/London", frozenset({"manage"}))
    cora, dee = stage.person("cora"), stage.person("dee")
    for person in (cora, dee):
        await person.uses("/stint setup", "spring")
        await person.presses("A new programme")
    await cora.fills(NEW)
    await dee.fills(NEW)
    assert "has been set up meanwhile" in stage.screen("dee", "spring")
    await dee.presses("Join one that exists")
    assert "You manage this space: /stint coordinator @you" in stage.screen("dee", "spring")
    assert stage.rows(select(func.count(Programme.id))) == [(1,)]


@pytest.mark.soak
async def test_without_errors_in_dialogs_the_reasons_come_with_what_was_typed(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where a sent dialog is gone, no person has to remember what they wrote; Edit opens it again."""
    monkeypatch.setattr(type(stage.adapter), "capabilities", Capabilities(form_errors=False))
    cora = stage.person("cora")
    await cora.uses("/stint setup", "spring")
    await cora.presses("A new programme")
    await cora.fills(NEW | {"Currency of fees": "shells"})
    seen = stage.screen("cora", "spring")
    assert "Currency of fees: I do not know that currency" in seen
    assert "Programme: Hillside" in seen
    await cora.presses("Edit")
    assert cora.form
    assert {"Hillside", "shells"} <= set(cora.form.values.values())
    await cora.fills(NEW)
    assert "A sample" in stage.screen("cora", "spring")


async def test_what_was_typed_into_a_refused_page_is_a_row_that_only_its_account_gets_back(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The words are kept with the answer, not by the process, until that is swept; a button is no right."""
    stage.world.add_account("dee", "Dee Newcomer", "Europe/London", frozenset({"manage"}))
    monkeypatch.setattr(type(stage.adapter), "capabilities", Capabilities(form_errors=False))
    cora, dee = stage.person("cora"), stage.person("dee")
    await cora.uses("/stint setup", "spring")
    await cora.presses("A new programme")
    await cora.fills(NEW | {"Currency of fees": "shells"})
    kept = [row for row in stage.rows(select(inbox.c.id, inbox.c.answer)) if (row.answer or {}).get("typed")]
    assert [row.answer["typed"]["name"] for row in kept] == ["Hillside"]
    edit = action_id("form-open", "setup-new", "", kept[0].id)
    await tell(stage, ButtonPressed, "dee", action=edit)
    assert dee.form
    assert "Hillside" not in dee.form.values.values()
    stage.database.transact_inline(lambda work: work.connection.execute(update(inbox).values(answer=None)))
    await tell(stage, ButtonPressed, "cora", action=edit)
    assert cora.form
    assert "Hillside" not in cora.form.values.values()


@pytest.mark.soak
@pytest.mark.parametrize("name", ["slack by socket", "discord"])
async def test_what_is_set_up_is_said_in_the_platforms_own_words(name: str, tmp_path: Path) -> None:
    """The list of where the programme is has no word that its readers' platform does not use."""
    async with STAGES[name](tmp_path) as platform:
        cora = platform.person("cora")
        await cora.uses("/stint setup", "spring-26")
        platform_name = name.split(maxsplit=1)[0].capitalize()
        assert f"I am in: {platform_name} (this one)" in cora.view()
        assert "Spaces" not in cora.view()
