"""Codecs: what they make, what they read, and what they refuse, since ids come back from clients."""

from datetime import UTC, datetime

import pytest

from bot.chat.codec import Codec, FormSubject, Key, Seconds, Subject, Verb, head_of
from bot.chat.events import ButtonPressed, ChoiceMade, Place, UserRef
from bot.chat.routes import Declined

DONE = Verb("task-done", task=int, offset=int | None)
PICK = Verb("pick", task=int, side=str)
ALL = Verb("accept", task=int, terms=tuple)
ANSWER = Key("report", report=int, end="answer")
MOVED = Key("moved", milestone=int, due=datetime)
AT, ADA = datetime(2026, 3, 9, tzinfo=UTC), UserRef("terminal", "ada")
DM = Place("terminal", "", "dm", "dm")


def pressed(action: str) -> ButtonPressed:
    """A button with this action id."""
    return ButtonPressed(id="b", at=AT, actor=ADA, place=DM, action=action)


def chosen(action: str, *values: str) -> ChoiceMade:
    """A select with this action id, and what was chosen in it."""
    return ChoiceMade(id="c", at=AT, actor=ADA, place=DM, action=action, values=values)


def test_what_is_made_is_read() -> None:
    """Each argument under its name, one that is left out as None, all that follow as a tuple."""
    assert DONE(7, 0) == "task-done:7:0"
    read = DONE.read(pressed(DONE(7, 0)))
    assert (read.task, read.offset) == (7, 0)
    assert DONE(7) == "task-done:7"
    assert DONE.read(pressed(DONE(7))).offset is None
    assert ALL(7, "a", 2) == "accept:7:a:2"
    assert ALL.read(pressed("accept:7:a:2")).terms == ("a", "2")
    assert ALL.read(pressed("accept:7")).terms == ()


def test_a_select_gives_its_value_as_the_argument_after_those_it_has() -> None:
    """A button and a select of the same verb are read alike."""
    assert DONE.choice() == "task-done"
    assert DONE.read(chosen(DONE.choice(), "7")).task == 7
    assert PICK.choice(7) == "pick:7"
    read = PICK.read(chosen(PICK.choice(7), "student"))
    assert (read.task, read.side) == (7, "student")


@pytest.mark.parametrize(
    "action",
    ["x", "x:", "x:1:2:3", "x:-1", "x:1.5", "x:²", "x:" + "9" * 19, "x:one", "x:1" + "0" * 400, "x:1:y"],
)
def test_anything_else_is_declined(action: str) -> None:
    """Too few, too many, no numbers, or ones that no row can have."""
    with pytest.raises(Declined):
        DONE.read(pressed(action))


def test_a_choice_of_nothing_is_declined() -> None:
    """A select whose value is missing, as only another client sends it."""
    with pytest.raises(Declined):
        DONE.read(chosen(DONE.choice()))


@pytest.mark.parametrize("values", [(), ("7",), (7, 0, 1), (None,)])
def test_a_wrong_argument_is_never_made(values: tuple[object, ...]) -> None:
    """Too few, too many, or of another type than the verb says."""
    with pytest.raises(ValueError, match="task-done"):
        DONE(*values)


def test_a_verb_routes_what_it_makes() -> None:
    """A verb is a key of the table of routes, found by the id's beginning."""
    routes: dict[str, str] = {DONE: "handler"}
    assert routes[head_of(DONE(7, 0))] == "handler"


def test_a_key_has_its_constant_and_its_last_value_whole() -> None:
    """An instant has colons, as nothing in an action id may."""
    assert ANSWER(5) == "report:5:answer"
    made = MOVED(5, AT)
    assert made == "moved:5:2026-03-09T00:00:00+00:00"
    assert MOVED.parse(made).due == AT
    assert MOVED.begin(5) == "moved:5:"


def test_a_key_longer_than_its_column_is_never_made() -> None:
    """It is refused, and not cut to what may be another's."""
    with pytest.raises(ValueError, match="256 characters"):
        Key("k", text=str)("x" * 254)


def test_a_text_of_another_kind_matches_nothing() -> None:
    """The head is compared, and the values are read as carefully as those of a button."""
    assert DONE.match("task-done:7") is not None
    assert DONE.match("task-open:7") is None
    assert DONE.match("task-done:x") is None
    assert ANSWER.match("report:5:other") is None
    assert MOVED.match("moved:5:yesterday") is None
    pair = Codec(project=int, state=str)
    assert pair.parse("5:open").state == "open"


def test_an_instant_may_be_anywhere_in_a_key() -> None:
    """Its own colons are known, so what follows it is read."""
    kept = Key("kept", milestone=int, due=datetime, wanted=datetime, side=str)
    read = kept.parse(kept(5, AT, AT.replace(microsecond=7), "student: both"))
    assert (read.milestone, read.due, read.wanted.microsecond, read.side) == (5, AT, 7, "student: both")
    with pytest.raises(ValueError, match="kept"):
        kept.parse("kept:5:2026-03-09T00:00:00+00:00")


def test_a_subject_is_a_noun_and_its_id_or_ids_alone() -> None:
    """One with an id gives it at once; one without a noun has only values."""
    project, end = Subject("project"), Subject(placement=int, writer=int | None)
    assert project(5) == "project:5"
    assert project.id_of("project:5") == 5
    assert head_of("project:5") == project
    assert (end(5), end(5, 7)) == ("5", "5:7")
    assert end.parse("5").writer is None
    with pytest.raises(ValueError, match="project"):  # our own row: a fault, and no refusal of a person
        project.id_of("project:five")


def test_a_subject_of_a_form_has_no_colons() -> None:
    """It is a value of a button's id; what a client made of it is read as carefully."""
    rest = FormSubject(whose=str, project=int, since=Seconds | None)
    assert rest("rest", 5, 1_773_000_000) == "rest-5-1773000000"
    assert rest.parse("rest-5").since is None
    for made in ("rest", "rest-x", "rest-5-" + "9" * 18, "rest-5-1-2"):
        with pytest.raises(Declined):
            rest.parse(made)
