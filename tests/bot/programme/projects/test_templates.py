"""Project templates: what each holds passes the scope check, and what does not fit is refused at load."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from msgspec import ValidationError

from bot.chat.language import ENGLISH
from bot.programme.projects.deliverable_list import read_deliverables
from bot.programme.projects.deliverables import set_deliverables
from bot.programme.projects.questions import read_questions
from bot.programme.projects.scope_check import Rules, check, least_fee
from bot.programme.projects.templates import TEMPLATES, Template, answers_from, read_templates
from storage.tables import Project

NOW = datetime(2026, 3, 9, 8, 0, tzinfo=UTC)
RULES = Rules(NOW, "Europe/London", "Europe/Madrid", 2000, "USD", 5)
FIRST = 'title = "An outline"\ndone_when = "we agree on it"\nafter_days = 5'
SECOND = 'title = "The whole text"'


def written(first: str = FIRST, second: str = SECOND, **values: str) -> str:
    """A file with one template, some of its values (in TOML) replaced; "" leaves a value out."""
    given = {
        "field": '"writing"',
        "name": '"Writing"',
        "title": '"An article"',
        "brief": '"An article of 800 words that explains what we do."',
        "hours": "20",
        "weeks": "3",
        "skills": '["writing"]',
        **values,
    }
    lines = [f"{name} = {value}" for name, value in given.items() if value]
    parts = [f"[[templates.deliverables]]\n{each}" for each in (first, second) if each]
    return "\n".join(["[[templates]]", *lines, *parts])


def as_post(template: Template) -> Project:
    """A post that leaves every answer of the template as it is; the employer adds dates and a contact."""
    answers: Mapping[str, Any] = answers_from(template, ENGLISH)
    project = Project(
        programme_id=1,
        **{name: answers[name] for name in ("title", "brief", "hours", "weeks", "field", "skills")},
        fee_cents=least_fee(RULES, template.hours),
        currency="USD",
        contact="Marta, daily",
        deadline_at=NOW + timedelta(days=7),
        decide_at=NOW + timedelta(days=12),
        starts_at=NOW + timedelta(days=13),
    )
    set_deliverables(project, read_deliverables(answers["deliverables"], NOW, "Europe/London"))
    return project


def test_there_is_a_template_for_each_field() -> None:
    """An employer finds these fields, each once."""
    fields = ["research", "design", "writing", "data", "marketing", "operations", "software"]
    assert [each.field for each in TEMPLATES] == fields


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda each: each.field)
def test_a_template_passes_the_scope_check(template: Template) -> None:
    """With dates, a contact and the least fee, nothing is found in it."""
    assert check(as_post(template), RULES) == ()


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda each: each.field)
def test_a_template_begins_with_a_first_step(template: Template) -> None:
    """Its first deliverable alone is one, and is due within five working days of any start."""
    first, *rest = as_post(template).deliverables
    assert first.first_step
    assert first.done_when
    assert not any(each.first_step for each in rest)
    for weekday in range(5):
        days = [(weekday + day) % 7 for day in range(1, (first.after_days or 99) + 1)]
        assert sum(day < 5 for day in days) <= 5


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda each: each.field)
def test_the_answers_of_a_template_are_read_as_they_were_written(template: Template) -> None:
    """Deliverables and questions come out of the form as the template has them."""
    titles = [each.title for each in as_post(template).deliverables]
    assert titles == [each.title for each in template.deliverables]
    questions = read_questions(str(answers_from(template, ENGLISH)["questions"]))
    assert len(questions) == len(template.questions)
    assert "link" in {each.kind for each in questions} or all(each.kind == "text" for each in questions)


def test_a_template_that_fits_is_read() -> None:
    """What the refused ones below have in common is a template that is taken."""
    (template,) = read_templates(written())
    assert (template.field, template.deliverables[0].after_days) == ("writing", 5)


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        (written(title=""), "required field `title`"),
        (written(salary="5"), "unknown field `salary`"),
        (written(hours="80"), "<= 40"),
        (written(weeks="1"), ">= 2"),
        (written(skills="[]"), "length >= 1"),
        (written(title=f'"{"x" * 71}"'), "length <= 70"),
        (written(field='"Creative writing"'), "regex"),
        (written(second=""), "length >= 2"),
    ],
)
def test_a_template_that_does_not_fit_is_refused(source: str, reason: str) -> None:
    """A missing, unknown, too long or too large value is named."""
    with pytest.raises(ValidationError, match=reason):
        read_templates(source)


@pytest.mark.parametrize(
    "first",
    [
        'title = "An outline"\ndone_when = "we agree on it"',
        'title = "An outline"\ndone_when = "we agree on it"\nafter_days = 8',
        'title = "An outline"\ndone_when = "we agree on it"\nafter_days = 0',
        'title = "An outline"\nafter_days = 5',
    ],
)
def test_a_late_or_vague_first_step_is_refused(first: str) -> None:
    """The first deliverable has a date within a week, and says what counts as done."""
    with pytest.raises(ValueError, match="first deliverable"):
        read_templates(written(first))


def test_two_templates_of_one_field_are_refused() -> None:
    """The field is what a template is chosen by."""
    with pytest.raises(ValueError, match="same field"):
        read_templates(f"{written()}\n{written()}")
