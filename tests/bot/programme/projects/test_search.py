"""The words a project is found by."""

from hypothesis import given
from hypothesis import strategies as st

from bot.programme.projects.list_filters import packed, unpacked
from bot.programme.projects.search import Filters, search_text
from storage.folding import tidy
from storage.tables import Project
from storage.tables.values import CohortRef
from tests.support.projects import deliverable_rows


def test_sections_hold_what_they_are_marked_for() -> None:
    """Skills, field, company and cohorts are kept apart, so that a filter looks in its own."""
    project = Project(
        title="Market | Map",
        brief="Über alles",
        deliverables=deliverable_rows("s:python\nr (interns only)"),
        skills=["Data Analysis", "C++"],
        field="Retail",
        location="",
        contact="",
        cohorts=[CohortRef(7)],
        extra={"term": "2026"},
    )
    assert search_text(project, "Acme: Maps") == (
        "|s:data analysis|s:c++|f:retail|c:acme maps|k:7|w:market map über alles s python 2026|"
    )


@given(st.text(max_size=40))
def test_no_words_can_forge_a_mark(words: str) -> None:
    """Neither mark survives in what people wrote, and tidying twice changes nothing."""
    assert not set(tidy(words)) & set("|:")
    assert tidy(tidy(words)) == tidy(words)


@given(
    st.builds(
        Filters,
        words=st.text(max_size=20).map(tidy),
        skill=st.text(max_size=20).map(tidy),
        hours=st.none() | st.integers(0, 500).map(float),
        paid=st.none() | st.booleans(),
        remote=st.none() | st.booleans(),
        cohort=st.none() | st.integers(1, 10**6),
        mine=st.booleans(),
    )
)
def test_filters_survive_a_button(filters: Filters) -> None:
    """What is packed into a button's id comes back as it was."""
    assert unpacked(packed(filters)) == filters


@given(st.text(max_size=60))
def test_a_made_up_button_is_no_error(held: str) -> None:
    """Whatever a client sends, filters come out."""
    assert isinstance(unpacked(held), Filters)
