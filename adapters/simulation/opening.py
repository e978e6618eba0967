"""The opening of a run, without faults: projects, and in most runs applications and placements."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from random import Random
from typing import Final

from adapters.simulation.deployment import Deployment
from adapters.simulation.typed_text import FIRST_PAGE
from adapters.simulation.users import take_step

__all__ = ["play_opening"]

_PROJECTS: Final = (
    ("marta", "cora", "Market map of repair shops"),
    ("jo", "cora", "A newsletter for spring"),
    ("hana", "cora", "A short film about bees"),
    ("kit", "ida", "A plan for the beds"),
)
"""Who posts what, and who approves it where that is asked for."""

_APPLIES: Final = ("application-begin", *("answer",) * 8, "talk.send")
_OFFERS: Final = (
    "/applicants",
    "applicants-list applicants-pick",
    "applicant-turn applicant-show",
    "applicant-offer",
)
_STUDENTS: Final = ("ada", "chi", "ben", "gus")


async def play_opening(deployment: Deployment, seed: int, *, whole: bool) -> None:
    """Play the opening: to projects, and `whole` to applications or to placements under way, by the seed."""
    draw = Random(f"{seed}:opening")
    deployment.faults.paused = True
    depth = draw.choice(("projects", "applications", "placements", "placements")) if whole else "projects"
    for employer, coordinator, title in _PROJECTS:
        if employer in deployment.accounts:
            await _post(deployment, employer, title)
            await _steps(deployment, coordinator, ("/stint tasks", "project-approve"))
    if depth != "projects":
        for student in _STUDENTS:
            if student in deployment.accounts:
                await _steps(deployment, student, _APPLIES)
    if depth == "placements":
        for employer, _, _ in _PROJECTS:
            if employer in deployment.accounts:
                await _steps(deployment, employer, _OFFERS)
        await deployment.advance(timedelta(hours=14))
        for student in _STUDENTS:
            if student in deployment.accounts:
                await _steps(deployment, student, ("offer-accept",))
        await deployment.advance(timedelta(days=draw.choice((0, 4, 10, 14))))
    deployment.faults.paused = False


async def _post(deployment: Deployment, account: str, title: str) -> None:
    page = {**FIRST_PAGE, "title": title}
    client = deployment.client(account)
    await deployment.perform(client.type_command("/project post", client.dm))
    if deployment.world_of(account).dialog_of(account) is not None:
        await deployment.perform(client.submit(page))
    else:
        for answer in page.values():
            await deployment.perform(client.write(answer, client.dm))
            await deployment.advance(timedelta(minutes=1))
    for answer in ("edit fee", "$400", "edit places", "2"):
        await deployment.perform(client.write(answer, client.dm))
        await deployment.advance(timedelta(minutes=1))
    await _steps(deployment, account, ("talk.send",))


async def _steps(deployment: Deployment, account: str, steps: Sequence[str]) -> None:
    for step in steps:
        made = take_step(deployment, account, step, Random(0))
        if made is not None:
            await deployment.perform(made[1])
            await deployment.advance(timedelta(minutes=1))
