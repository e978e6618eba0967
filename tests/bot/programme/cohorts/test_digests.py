"""The daily digest: what is in it, when it comes, and that it comes once a day."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from bot.chat.actions import Post, Reply
from bot.chat.content import Message, message
from bot.chat.events import Place
from bot.chat.language import ENGLISH
from bot.chat.languages import PSEUDO, language_for
from bot.chat.local_day import EVERYWHERE, Day, ends_at
from bot.chat.rendering.plain_text import plain_text
from bot.chat.rendering.screen import LINES, height
from bot.chat.routes import Declined, Waiting
from bot.chat.sentences import say
from bot.chat.values import replace
from bot.clock import at_local
from bot.programme.administration.creation import create_cohort
from bot.programme.cohorts import digests
from bot.programme.cohorts.digest_message import digest_message
from bot.programme.cohorts.digest_sections import lines_of
from bot.programme.core import dates, subjects
from bot.programme.core.turn import Turn
from bot.programme.projects.publishing import publish
from storage.queries.timers import finish
from storage.tables import Channel, Cohort, Company, Project, outbox, timers
from tests.support.in_memory import begun, button, carried, fired, only, person, queries, said, set_for
from tests.support.projects import project_row, seed_application

DAY = timedelta(days=1)


@contextmanager
def _opened() -> Iterator[Turn]:
    """Monday 08:00 in London, with the cohort Spring, whose digest comes at 09:00."""
    with begun() as begin:
        place = Place("terminal", "riverside", "spring")
        create_cohort(begin.work, begin.now, begin.programme_id, "Spring", "Europe/London", place)
        begin.session.add(Company(programme_id=begin.programme_id, name="Acme Maps", created_at=begin.now))
        begin.session.flush()
        yield begin


pytestmark = pytest.mark.turn(opened=_opened)


def cohort_in(turn: Turn) -> Cohort:
    """The one cohort."""
    return turn.session.scalars(select(Cohort)).one()


def posted(turn: Turn, title: str, **columns: object) -> Project:
    """A project published in the turn."""
    project = project_row(turn.work, None, turn.now, title=title, **columns)
    carried(turn, publish(turn, project), f"publish {title}")
    return project


def next_digest(turn: Turn, at: datetime | None = None) -> tuple[list[str], Turn]:
    """Serve the digest that is due next; what it says in each channel, and the turn it was served in."""
    ((key, _),) = set_for(turn, "cohort.digest").items()
    later, event = fired(turn, key, at=at)
    actions = digests.cohort_digest_due(later, event)
    served = turn.connection.execute(select(timers.c.id).where(timers.c.key == key)).scalar_one()
    finish(turn.connection, [served], later.now)
    carried(later, actions, key)
    return [plain_text(p.message) for p in only(actions, Post)], later


def test_an_empty_day_is_silent(turn: Turn) -> None:
    """Without anything to tell nothing is posted, and the next day's digest is set."""
    words, _ = next_digest(turn)
    assert words == []
    assert list(set_for(turn, "cohort.digest").values()) == [datetime(2026, 3, 10, 9, 0, tzinfo=UTC)]


@pytest.mark.soak
def test_each_project_is_where_it_belongs(turn: Turn) -> None:
    """New first; then what closes soon, then this week's deadlines; a far one only while it is new."""
    posted(turn, "Closes tomorrow", deadline_at=turn.now + 2 * DAY)
    posted(turn, "Closes on Saturday", deadline_at=turn.now + 5 * DAY)
    posted(turn, "Closes next month", deadline_at=turn.now + 30 * DAY)
    (first,), later = next_digest(turn)
    assert first.startswith("Spring: projects on Mon 9 March\nNew\n")
    assert "Closing soon" not in first
    (second,), _ = next_digest(later)
    assert "New" not in second
    soon, week = second.index("Closing soon"), second.index("This week's deadlines")
    assert soon < second.index("Closes tomorrow") < week < second.index("Closes on Saturday")
    assert "next month" not in second


def test_a_line_says_which_students_may_apply(turn: Turn) -> None:
    """A channel has students of all countries, so the line names some of those of the project."""
    posted(turn, "For some", countries=["DE", "ES", "PT"], deadline_at=turn.now + 5 * DAY)
    (digest,), _ = next_digest(turn)
    assert "for students who live in Germany or Spain, or in 1 other country" in digest


def test_a_deadline_is_listed_on_its_date_for_the_last_time(turn: Turn) -> None:
    """The day goes on elsewhere until noon of the next, but no reader is sent to a date that has passed."""
    day = turn.now.astimezone(ZoneInfo("Europe/London")).date() + DAY
    posted(turn, "For many people", **dates.columns("deadline", Day(day, EVERYWHERE)))
    posted(turn, "Till the evening", deadline_at=turn.now + 2 * DAY + timedelta(hours=10))
    _, later = next_digest(turn)
    (of_its_day,), later = next_digest(later)
    assert "For many people · Acme Maps" in of_its_day
    assert f"apply by Tue {day.day} March" in of_its_day
    (after,), later = next_digest(later)
    assert later.now < ends_at(Day(day, EVERYWHERE))
    assert "Till the evening" in after
    assert "For many people" not in after


def test_places_are_named_with_each_project_and_when_their_number_changes(turn: Turn) -> None:
    """A far project comes up again when places were taken since, and then is quiet again."""
    project = posted(turn, "Three places", places=3, deadline_at=turn.now + 30 * DAY)
    (first,), later = next_digest(turn)
    assert "3 places" in first
    seed_application(turn.work, project, person(turn, "ada", "student").person, turn.now, status="offered")
    (second,), later = next_digest(later)
    assert "Places left\n- Three places" in second
    assert "2 of 3 places left" in second
    words, _ = next_digest(later)
    assert words == []


def test_a_project_that_filled_up_is_not_listed_under_places_left(turn: Turn) -> None:
    """It has its own heading, and the way to be next in line."""
    project = posted(turn, "One place", places=1, deadline_at=turn.now + 30 * DAY)
    _, later = next_digest(turn)
    seed_application(turn.work, project, person(turn, "ada", "student").person, turn.now, status="offered")
    (second,), _ = next_digest(later)
    assert "Every place taken for now\n- One place" in second
    assert "Places left" not in second


def test_a_digest_fits_a_phone_and_has_a_button_for_all(turn: Turn) -> None:
    """Of twelve new projects the first are lines; the button says how many there are, and shows them."""
    for number in range(12):
        posted(turn, f"Project {number:02}", deadline_at=turn.now + (20 + number) * DAY)
    ((key, _),) = set_for(turn, "cohort.digest").items()
    later, event = fired(turn, key)
    (post,) = only(digests.cohort_digest_due(later, event), Post)
    assert 3 <= said([post]).count("\n- Project") < 12
    assert "[Show all 12]" in said([post])
    assert isinstance(post.message, Message)
    pressed = next(b.action for block in post.message.blocks for b in getattr(block, "buttons", ()))
    ada = replace(person(later, "ada"), place=Place("terminal", "riverside", "spring"))
    shown = digests.digest_all_pressed(ada, button(ada, pressed))
    assert "New (12) · page 1 of " in said(shown)
    assert not only(shown, Reply)[0].replace
    second = digests.digest_all_pressed(ada, button(ada, f"{pressed}:3"))
    assert "Project 11" in said(second)
    assert only(second, Reply)[0].replace
    stranger = person(later, "bo")
    with pytest.raises(Declined):
        digests.digest_all_pressed(stranger, button(stranger, pressed))
    for broken in ("digest-all:1:new", "digest-all:1:secret:1:2", "digest-all:x:new:1:2"):
        with pytest.raises(Declined):
            digests.digest_all_pressed(ada, button(ada, broken))


def test_private_details_and_drafts_are_in_no_digest(turn: Turn) -> None:
    """What only accepted interns see, and what is not published, is not read at all."""
    project_row(turn.work, None, turn.now, title="Not published")
    posted(turn, "Published")
    turn.session.flush()
    turn.session.expunge_all()
    ((key, _),) = set_for(turn, "cohort.digest").items()
    later, event = fired(turn, key)
    with queries(turn) as seen:
        actions = digests.cohort_digest_due(later, event)
    assert "Not published" not in said(actions)
    assert "4711" not in said(actions)
    assert not any("private_details" in statement for statement in seen)


@pytest.mark.soak
def test_projects_are_read_in_one_query(turn: Turn) -> None:
    """However many projects there are, a digest asks for them once."""
    for number in range(8):
        posted(turn, f"Project {number}")
    turn.session.expunge_all()
    ((key, _),) = set_for(turn, "cohort.digest").items()
    later, event = fired(turn, key)
    with queries(turn) as seen:
        digests.cohort_digest_due(later, event)
    assert sum("FROM projects" in statement for statement in seen) == 1
    assert len(seen) <= 5


def test_every_channel_gets_one_and_a_paused_one_none(turn: Turn) -> None:
    """A cohort on two platforms has a digest in both channels; where the bot cannot write, none is owed."""
    cohort = cohort_in(turn)
    for place, state in (("discord/channel/1/2", "active"), ("slack/channel/T/C", "paused")):
        turn.session.add(
            Channel(programme_id=turn.programme_id, cohort_id=cohort.id, place=place, state=state)
        )
    turn.session.flush()
    posted(turn, "One")
    ((key, _),) = set_for(turn, "cohort.digest").items()
    later, event = fired(turn, key)
    places = [str(post.to) for post in only(digests.cohort_digest_due(later, event), Post)]
    assert places == ["terminal/channel/riverside/spring", "discord/channel/1/2"]


@pytest.mark.soak
def test_days_off_are_skipped(turn: Turn) -> None:
    """With the weekend off, Friday's digest is followed by Monday's, which has the weekend's news."""
    cohort = cohort_in(turn)
    cohort.days_off = ["saturday", "sunday", "2026-03-16"]
    carried(turn, digests.reschedule_digest(turn, cohort))
    posted(turn, "Monday's")
    later = turn
    for _ in range(5):
        _, later = next_digest(later)
    assert later.now.date() == date(2026, 3, 13)
    posted(replace(later, now=later.now + DAY), "Saturday's", deadline_at=later.now + 30 * DAY)
    (words,), later = next_digest(later)
    assert later.now.date() == date(2026, 3, 17)
    assert "New\n- Saturday's" in words


def test_each_day_has_a_message_of_its_own(turn: Turn) -> None:
    """What closes soon is said on both days, each time under the date that it is for."""
    posted(turn, "One", deadline_at=turn.now + 3 * DAY)
    _, later = next_digest(turn)
    next_digest(later)
    sent = turn.connection.scalars(select(outbox.c.key).where(outbox.c.key.startswith("digest:"))).all()
    assert [key.split(":")[2] for key in sent] == ["2026-03-09", "2026-03-10"]


def test_one_that_could_not_go_on_its_day_does_not_come(turn: Turn) -> None:
    """A digest that is sent late is sent as it is on its own date, and after that no more."""
    words, about = message("Spring: projects"), subjects.OF_DIGEST(cohort_in(turn).id, turn.now.date())
    waiting = Waiting("digest:1", "terminal/channel/riverside/spring", words, about, turn.now)
    holds = digests.ROUTES.messages["digest"].holds
    assert holds(replace(turn, now=turn.now + timedelta(hours=15)), waiting) == words
    assert holds(replace(turn, now=turn.now + DAY), waiting) is None


def test_one_that_is_hours_late_is_folded_into_the_next(turn: Turn) -> None:
    """After a day without the bot the missed digest is not sent, and the next one has its news."""
    posted(turn, "One", deadline_at=turn.now + 30 * DAY)
    words, later = next_digest(turn, at=datetime(2026, 3, 9, 15, 1, tzinfo=UTC))
    assert words == []
    (told,), _ = next_digest(later)
    assert "New\n- One" in told


def test_one_that_is_an_hour_late_is_still_sent(turn: Turn) -> None:
    """After a short pause of the bot every cohort still gets its digest."""
    posted(turn, "One")
    words, _ = next_digest(turn, at=datetime(2026, 3, 9, 10, 0, tzinfo=UTC))
    assert len(words) == 1


@pytest.mark.parametrize(("zone", "wall"), [("Europe/London", "17:00"), ("Pacific/Kiritimati", "09:00")])
def test_a_change_of_time_or_zone_makes_no_second_digest_of_a_day(turn: Turn, zone: str, wall: str) -> None:
    """After today's digest the next one is for a later local date, whatever was changed."""
    posted(turn, "One", deadline_at=turn.now + 30 * DAY)
    _, later = next_digest(turn)
    cohort = cohort_in(turn)
    cohort.zone, cohort.digest_at = zone, wall
    turn.session.flush()
    carried(later, digests.reschedule_digest(later, cohort))
    ((key, _),) = set_for(turn, "cohort.digest").items()
    assert key == f"digest:{cohort.id}:2026-03-10"
    words, _ = next_digest(later)
    assert words == []  # and what was announced is not new again


def test_an_ended_cohort_has_none(turn: Turn) -> None:
    """After its end a cohort's timer is gone, and one that fires all the same does nothing."""
    cohort = cohort_in(turn)
    ((key, _),) = set_for(turn, "cohort.digest").items()
    later, event = fired(turn, key)
    cohort.ended_at = turn.now
    turn.session.flush()
    assert digests.cohort_digest_due(later, event) == []
    carried(turn, digests.end_digests(cohort))
    assert set_for(turn, "cohort.digest") == {}


@pytest.mark.parametrize(
    ("zone", "wall", "start"),
    [
        ("America/Godthab", "23:45", date(2026, 3, 26)),  # the gap carries 23:45 past midnight
        ("Europe/Berlin", "02:30", date(2026, 3, 27)),  # a gap at half past two
        ("America/New_York", "01:30", date(2026, 10, 30)),  # half past one comes twice
        ("Pacific/Apia", "00:00", date(2026, 4, 3)),
    ],
)
def test_one_a_local_day_through_changes_of_clocks(zone: str, wall: str, start: date) -> None:
    """Through a change of clocks each nominal date has one digest, at its own local time, none skipped."""
    begin_at = at_local(start, time(), ZoneInfo(zone))
    with begun(zone, begin_at - timedelta(minutes=1)) as turn:
        place = Place("terminal", "riverside", "spring")
        create_cohort(turn.work, turn.now, turn.programme_id, "Spring", zone, place)
        cohort = cohort_in(turn)
        cohort.digest_at = wall
        turn.session.flush()
        carried(turn, digests.reschedule_digest(turn, cohort))
        seen, later = [], turn
        for _ in range(6):
            ((key, _due),) = set_for(turn, "cohort.digest").items()
            seen.append(date.fromisoformat(key.rpartition(":")[2]))
            _, later = next_digest(later)
        assert seen == [seen[0] + number * DAY for number in range(6)]


def test_a_clock_that_jumps_repeats_no_digest(turn: Turn) -> None:
    """Set forward and back around a digest, each date has one at most, and the next lists what is new."""
    _, later = next_digest(turn)
    posted(later, "Tram stops")
    [due] = set_for(later, "cohort.digest").values()
    words, later = next_digest(later, at=due + timedelta(hours=1))
    assert ["Tram stops" in each for each in words] == [True]
    assert list(set_for(later, "cohort.digest").values()) == [due + DAY]  # set back, nothing is due again
    posted(later, "Bus stops")
    words, later = next_digest(later, at=due + 2 * DAY - timedelta(hours=1))
    assert words == []  # a day late: it comes with the next one
    [following] = set_for(later, "cohort.digest").values()
    assert following == due + 2 * DAY
    words, _ = next_digest(later)
    assert ["Bus stops" in each for each in words] == [True]


def test_a_digest_is_measured_as_its_reader_reads_it(turn: Turn) -> None:
    """However long the titles are, it fits on a phone, in English and in a language of longer words."""
    cohort, pseudo = cohort_in(turn), language_for(PSEUDO)
    projects = [posted(turn, f"Map {number}") for number in range(10)]
    counts = set()
    for length in range(30):
        for project in projects:
            project.title = "Map " + "a " * length + "b"
        sections = {"new": lines_of(turn, cohort)}
        for language in (ENGLISH, pseudo):
            words = digest_message(turn, cohort.id, say("Settings"), sections, 0, language)
            assert height(words.blocks, language) <= LINES
            counts.add((length, plain_text(words).count("Map ")))
    assert len(counts) > 30, "no title is longer in the other language"
