"""Importing a file of projects while the programme runs: all or nothing is seen, and nothing twice."""

import json
from functools import partial
from itertools import pairwise
from pathlib import Path

import pytest
from sqlalchemy import ColumnElement, func, select

from bot.chat.content import Message
from bot.chat.rendering.plain_text import plain_text
from bot.programme import importing
from bot.programme.core.turn import Turn
from bot.programme.projects.details import detail_pages
from bot.programme.projects.search import Filters, matching
from storage.tables import Announcement, Application, HistoryRow, ImportRun, ProgrammeRow, Project, outbox
from tests.support.imports import EVERY, NUMBER, REAL, publish, publish_as_list, read, real_posts, turn, write
from tests.support.stage import Stage, open_stage


def some(tmp_path: Path, count: int, name: str = "posts.json", **more: str) -> Path:
    """A file of `count` projects."""
    rows = [
        {"company": "Acme", "title": f"Study {n}", "description": "Find out what they charge.", **more}
        for n in range(count)
    ]
    path = tmp_path / name
    path.write_text(json.dumps(rows), encoding="utf-8")
    return path


def count(stage: Stage, table: type[ProgrammeRow], *where: ColumnElement[bool]) -> int:
    """How many rows there are."""
    return int(stage.rows(select(func.count()).select_from(table).where(*where))[0][0])


async def test_the_same_file_again_adds_nothing(stage: Stage, tmp_path: Path) -> None:
    """A row is known by its whole content: again it is skipped, with another column it is new.

    The history has one birth of each.
    """
    checked = read(stage, some(tmp_path, 3))
    assert (write(stage, checked), write(stage, checked)) == (3, 0)
    other = read(stage, some(tmp_path, 3, "other.json", term="2026"))
    assert write(stage, other) == 3
    assert count(stage, Project) == 6
    assert count(stage, HistoryRow, HistoryRow.parent == "", HistoryRow.after == "draft") == 6


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
async def test_characters_that_no_database_keeps_cost_their_row_only(
    kind: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    """On both databases the row is named, and the others are written with every other character."""
    url = request.getfixturevalue("migrated_postgresql_url") if kind == "postgresql" else ""
    path = some(tmp_path, 3, term="\N{BICYCLE} \u0007\u2028\U0010ffff")
    path.write_text(path.read_text().replace("Study 1", "Study \\u0000 \\ud800"), encoding="utf-8")
    async with open_stage(tmp_path, url=url, threads=bool(url)) as stage:
        checked = read(stage, path)
        assert [(refusal.row, refusal.field) for refusal in checked.refused] == [(2, "title")]
        assert write(stage, checked) == 2
        titles = {row[0] for row in stage.rows(select(Project.title))}
        assert titles == {"Study 0", "Study 2"}


async def test_nothing_is_seen_until_everything_is_in(stage: Stage, tmp_path: Path) -> None:
    """An import that broke off shows and announces nothing; the same file goes on where it stopped."""
    checked = read(stage, some(tmp_path, 120))
    ada = stage.person("ada")
    assert write(stage, checked, most=1) == 50
    assert publish(stage, checked) == 0
    await ada.uses("/project list")
    assert "No project is open just now" in stage.screen("ada")
    assert write(stage, checked) == 70
    assert count(stage, ImportRun) == 1
    assert turn(stage, lambda t: importing.waiting(t, checked.rows)) == 120
    assert publish(stage, checked) == 120
    assert publish(stage, checked) == 0
    await ada.uses("/project list")
    assert "Open projects (120)" in stage.screen("ada")


async def test_a_turn_takes_at_most_fifty(stage: Stage, tmp_path: Path) -> None:
    """More rows at once would keep people waiting, so they are refused."""
    checked = read(stage, some(tmp_path, 51))
    with pytest.raises(ValueError, match="at most 50"):
        turn(stage, lambda t: importing.import_turn(t, 1, checked.rows))


@pytest.mark.soak
async def test_cards_go_out_paced(stage: Stage, tmp_path: Path) -> None:
    """No two cards are due within three seconds, over several turns too; each is sent once."""
    checked = read(stage, some(tmp_path, 60))
    write(stage, checked)
    publish(stage, checked)
    query = select(outbox.c.due_at).where(outbox.c.key.startswith("card:")).order_by(outbox.c.due_at)
    due = [at for (at,) in stage.rows(query)]
    gaps = {(later - earlier).total_seconds() for earlier, later in pairwise(due)}
    assert (len(due), gaps) == (60, {3.0})
    await stage.tick(minutes=4)
    assert stage.screen("ada", "spring").count("[Apply] [Details] [Save]") == 60
    assert count(stage, Announcement) == 60


@pytest.mark.soak
async def test_publishing_that_broke_off_goes_on(stage: Stage, tmp_path: Path) -> None:
    """A turn publishes ten; the same file again publishes the others, and no card comes twice."""
    checked = read(stage, some(tmp_path, 25))
    write(stage, checked)
    assert publish(stage, checked, most=1) == 10
    assert turn(stage, lambda t: importing.waiting(t, checked.rows)) == 15
    assert publish(stage, checked) == 15
    await stage.tick(minutes=2)
    assert stage.screen("ada", "spring").count("[Apply] [Details] [Save]") == 25


async def test_a_list_now_and_the_cards_day_by_day(stage: Stage, tmp_path: Path) -> None:
    """The list comes once and is applied from; ten cards come with each digest, which repeats none of it."""
    checked = read(stage, some(tmp_path, 25))
    write(stage, checked)
    assert publish_as_list(stage, checked) == 1
    assert publish_as_list(stage, checked) == 0
    await stage.tick(minutes=1)
    ada = stage.person("ada")
    seen = stage.screen("ada", "spring")
    assert seen.count(": 25 new projects") == 1
    assert "[Show all 25]" in seen
    assert "Their cards follow here day by day, with the daily digest." in seen
    assert "[Apply] [Details] [Save]" not in seen
    await ada.chooses("Study 3", on="new projects")
    assert "[Apply]" in stage.screen("ada", "spring")
    cards = []
    for _ in range(4):
        await stage.tick(days=1)
        cards.append(stage.screen("ada", "spring").count("[Apply] [Details] [Save]"))
    first = cards[0]
    assert [count - first for count in cards] == [0, 10, 15, 15]
    assert "projects on Tue" not in stage.screen("ada", "spring")


@pytest.mark.soak
async def test_cards_come_before_the_nearest_deadline(stage: Stage, tmp_path: Path) -> None:
    """Where ten a day would be too slow, more come each day."""
    checked = read(stage, some(tmp_path, 60, deadline="+2d"))
    write(stage, checked)
    plan = turn(stage, lambda acting: importing.plan_cards(acting, checked.rows))
    deadline = checked.rows[0].values["deadline_at"]
    assert len(plan) == 60
    assert max(plan.values()) < deadline
    assert len({at.date() for at in plan.values()}) == 4


async def test_an_unpublished_import_waits_for_a_person_to_publish_it(stage: Stage, tmp_path: Path) -> None:
    """Without announcing, a project has its company's own employer, who can publish it."""
    write(stage, read(stage, some(tmp_path, 1, company="Acme Maps")))
    marta, ada = stage.person("marta"), stage.person("ada")
    await ada.uses("/project show 1")
    assert "I cannot find that project" in stage.screen("ada")
    await marta.uses("/project list mine:yes")
    await marta.chooses("Study 0")
    await marta.presses("Publish")
    assert "[Apply]" in stage.screen("ada", "spring")


async def test_a_company_without_people_gets_an_owner_by_hand(stage: Stage, tmp_path: Path) -> None:
    """An imported project has no owner until a coordinator or a person of the company takes it."""
    checked = read(stage, some(tmp_path, 1))
    write(stage, checked)
    publish(stage, checked)
    cora = stage.person("cora")
    await cora.uses("/project show 1")
    await cora.presses("I look after it")
    owners = [owner for (owner,) in stage.rows(select(Project.owner_id))]
    assert owners != [None]
    await cora.presses("I look after it")
    assert "This project is looked after already" in stage.screen("cora")


@pytest.mark.skipif(not REAL.exists(), reason="the real posts are not beside this checkout")
@EVERY
async def test_real_posts_are_imported_found_shown_whole_and_applied_to(
    stage: Stage, tmp_path: Path, every: int
) -> None:
    """All in, then none; each is shown with every word of it; they are found by title and applied to."""
    path, posts = real_posts(every, tmp_path)
    checked, number_of = read(stage, path), len(posts)
    assert (write(stage, checked), write(stage, checked)) == (number_of, 0)
    assert publish(stage, checked) == number_of
    ada = stage.person("ada")
    await ada.uses("/project list")
    assert f"Open projects ({number_of}) · page 1 of {-(-number_of // 5)}" in stage.screen("ada")

    def shown(acting: Turn) -> list[str]:
        found = acting.session.scalars(select(Project).order_by(Project.id)).all()
        return ["\n".join(map(plain_text, map(Message, detail_pages(acting, one)))) for one in found]

    for text, post in zip(turn(stage, shown), posts, strict=True):
        words = [word.strip(",;-*•") for value in post.values() for word in value.split()]
        assert [word for word in words if word not in text and not NUMBER.fullmatch(word)] == []

    def found(acting: Turn, words: str) -> list[int]:
        return [project.id for project in acting.session.scalars(matching(acting, Filters(words=words)))]

    for number in range(1, number_of + 1, 20):
        assert number in turn(stage, partial(found, words=posts[number - 1]["title"]))
    for number in (1, number_of // 2, number_of):
        await ada.uses(f'/project list "{posts[number - 1]["title"]}"')
        assert f"#{number} " in stage.screen("ada")
        await ada.uses(f"/project show {number}")
        await ada.presses("Apply")
        await ada.says("I have time and I know this field a little.")
        await ada.presses("Skip")
        await ada.says("yes")
        await ada.presses("Send application")
    assert count(stage, Application, Application.status == "submitted") == 3
