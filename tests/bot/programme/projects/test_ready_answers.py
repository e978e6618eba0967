"""Ready answers: stored as Terms, and read by each reader in their language; so are those of earlier rows."""

import pytest

from bot.chat.answers import JSONValue, ReadyAnswer, Understood, check_value, read_answer, value_as_typed
from bot.chat.answers.terms import MARK, as_term, as_terms, stored_term
from bot.chat.content import Text
from bot.chat.forms import Form, asking
from bot.chat.language import ENGLISH, Language, as_text
from bot.chat.languages import PSEUDO, language_for
from bot.chat.sentences import PersonName, Sentence
from bot.chat.values import replace
from bot.programme.core.turn import Turn
from bot.programme.projects.deliverable_list import read_deliverables
from bot.programme.projects.deliverables import listed, set_deliverables, wanted_of
from bot.programme.projects.form import post_form
from bot.programme.projects.from_answers import blank_project, fill
from bot.programme.projects.ready_answers import (
    CONTACTS,
    DELIVERABLES,
    REASONS,
    WHOLE_WORK,
    contact_answers,
    contact_by,
    name_in,
    shown_contact,
    shown_deliverable,
    shown_reason,
)
from bot.programme.projects.search import search_text
from storage.tables.values import WantedDeliverable
from tests.support.in_memory import begun

pytestmark = pytest.mark.turn(opened=begun)

STORED = (
    '{"term":"summary","values":{"count":2}}',
    '{"term":"slide_deck","values":{"count":10}}',
    '{"term":"spreadsheet"}',
    '{"term":"whole_work"}',
    '{"term":"course_credit"}',
    '{"term":"no_budget"}',
    '{"term":"open_source"}',
    '{"term":"working_days","values":{"person":"Ada","count":1}}',
    '{"term":"twice_a_week","values":{"person":"Ada"}}',
)
"""The Terms that are in databases, between their marks."""

EARLIER = (
    "A written summary of about two pages",
    "A slide deck of about ten slides",
    "A spreadsheet with sources and a short explanation",
    "The finished work",
    "it counts for course credit",
    "we are a non-profit and have no budget for it",
    "it is an open-source project of volunteers",
    "Ada, within one working day",
    "Ada, twice a week",
)
"""The words by which rows of earlier versions hold the same answers."""

OTHER = language_for(PSEUDO)
OF_ADA = tuple(contact_by("Ada", each) for each in CONTACTS)
ALL = (*DELIVERABLES, WHOLE_WORK, *REASONS, *OF_ADA)


def shown(turn: Turn, answer: ReadyAnswer, stored: str) -> object:
    """What a reader of a stored answer gets, by the kind of answer that it is."""
    if answer in REASONS:
        return shown_reason(stored)
    return shown_contact(turn, stored, None) if answer in OF_ADA else shown_deliverable(stored)


def test_what_is_stored_stays_for_ever() -> None:
    """Codes, names of values and earlier words are in rows that every version has to read."""
    assert tuple(stored_term(each) for each in ALL) == tuple(MARK + line + MARK for line in STORED)
    assert tuple(words for each in ALL for words in each.earlier) == EARLIER


@pytest.mark.parametrize(
    ("answer", "earlier"), list(zip(ALL, EARLIER, strict=True)), ids=[each.code for each in ALL]
)
def test_a_term_and_its_earlier_words_are_one_answer(turn: Turn, answer: ReadyAnswer, earlier: str) -> None:
    """Each reader gets both in their own language, with the values."""
    assert shown(turn, answer, stored_term(answer)) == shown(turn, answer, earlier) == answer.said
    assert OTHER.text(answer.said) != ENGLISH.text(answer.said)


def test_a_term_is_shown_with_the_values_that_it_was_stored_with(turn: Turn) -> None:
    """Also where the answers of today have others; with other kinds of values it is none of them."""
    one = f'{MARK}{{"term":"slide_deck","values":{{"count":1}}}}{MARK}'
    assert as_text(shown_deliverable(one)) == "A slide deck of about 1 slide"
    three = f'{MARK}{{"term":"working_days","values":{{"person":"Bo","count":3}}}}{MARK}'
    assert as_text(shown_contact(turn, three, None)) == "Bo, within 3 working days"
    for wrong in (
        '{"term":"slide_deck","values":{"count":"ten"}}',
        '{"term":"slide_deck"}',
        '{"term":"course_credit"}',
        '{"term":"map"}',
        "{",
    ):
        assert not isinstance(shown_deliverable(f"{MARK}{wrong}{MARK}"), Sentence)


def test_what_people_wrote_is_read_as_they_wrote_it() -> None:
    """Also where it only resembles a ready answer."""
    for words in ("a slide deck", "**A slide deck of about ten slides**", '{"term":"slide_deck"}', ""):
        assert OTHER.text(shown_deliverable(words)) == words
        assert OTHER.text(shown_reason(words)) == words


def test_a_list_has_its_terms_in_the_language_of_the_reader(turn: Turn) -> None:
    """And the lines between as they are."""
    titles = (EARLIER[0], "A map", stored_term(DELIVERABLES[1]))
    wanted = [WantedDeliverable(each) for each in titles]
    assert as_text(Text(listed(turn, wanted, turn.person)).parts) == (
        "- A written summary of about 2 pages\n- A map\n- A slide deck of about 10 slides"
    )
    in_other = OTHER.text(listed(turn, wanted, turn.person))
    assert in_other == f"- {OTHER.text(DELIVERABLES[0].said)}\n- A map\n- {OTHER.text(DELIVERABLES[1].said)}"


def test_a_contact_keeps_who_it_is(turn: Turn) -> None:
    """The writer's own name is a value with their id; other names and words are as they were written."""
    own = stored_term(contact_by(turn.person.name, CONTACTS[1]))
    said = shown_contact(turn, own, turn.person.id)
    assert isinstance(said, Sentence)
    named = said.values["person"]
    assert isinstance(named, PersonName)
    assert (named.id, name_in(own)) == (turn.person.id, turn.person.name)
    assert as_text(said) == f"{turn.person.name}, twice a week"
    others = shown_contact(turn, "Jo Park, within one working day", turn.person.id)
    assert OTHER.text(others) == OTHER.text(contact_by("Jo Park", CONTACTS[0]).said)
    assert OTHER.text(shown_contact(turn, "Ask me on Fridays", turn.person.id)) == "Ask me on Fridays"
    assert name_in("Ask me on Fridays") == ""


def read(form: Form, name: str, words: str, turn: Turn) -> Understood:
    """What is understood of words that were typed into a field."""
    question = form.by_name[name]
    answer = read_answer(words, replace(asking(form, question, turn.now), min_length=None))
    assert isinstance(answer, Understood)
    return answer


@pytest.mark.parametrize("language", [ENGLISH, OTHER], ids=["English", "another language"])
@pytest.mark.parametrize("name", ["deliverables", "unpaid_reason", "contact"])
def test_an_answer_that_is_left_as_it_was_stays_the_term(turn: Turn, name: str, language: Language) -> None:
    """A field has it in the language of who fills it in, and what comes back is the Term again."""
    form = post_form(turn, "").in_language(language)
    question = form.by_name[name]
    how = asking(form, question, turn.now)
    assert question.ask.ready
    for each in question.ask.ready:
        term = stored_term(each)
        seen = value_as_typed(term, how, language)
        assert seen == language.text(each.said)
        for words in (seen, as_text(each.said), *each.earlier):
            assert read(form, name, words, turn) == Understood(term, each.said)
        assert check_value(term, how) == Understood(term, each.said)


def test_own_words_stay_words(turn: Turn) -> None:
    """No person can type a Term: what marks it is left out of what people write."""
    form = post_form(turn, "")
    for words in ("in my own words", '{"term":"slide_deck","values":{"count":10}}'):
        assert read(form, "deliverables", words, turn) == Understood(words, words)
        assert read(form, "deliverables", MARK + words, turn) == Understood(words, words)


def test_a_line_beside_a_term_leaves_it_a_term(turn: Turn) -> None:
    """In a field with several lines each is read for itself, behind its bullet and before its brackets."""
    form = post_form(turn, "").in_language(OTHER)
    term, seen = stored_term(DELIVERABLES[1]), OTHER.text(DELIVERABLES[1].said)
    answer = read(form, "deliverables", f"- {seen} (after 5 days)\n- A map", turn)
    assert answer.value == f"- {term} (after 5 days)\n- A map"
    assert isinstance(answer.shown, Sentence)
    assert ENGLISH.text(answer.shown) == "- A slide deck of about 10 slides (after 5 days)\n- A map"
    assert read_deliverables(str(answer.value), turn.now, "Europe/London") == [
        WantedDeliverable(term, after_days=5),
        WantedDeliverable("A map"),
    ]
    longer = read(form, "unpaid_reason", f"{EARLIER[4]} (really)", turn)
    assert longer == Understood(f"{EARLIER[4]} (really)", f"{EARLIER[4]} (really)")


def test_the_length_of_a_term_is_that_of_its_words(turn: Turn) -> None:
    """Its limit is about what people read, and not about how it is stored."""
    form = post_form(turn, "")
    how = replace(asking(form, form.by_name["unpaid_reason"], turn.now), max_length=len(EARLIER[4]))
    assert check_value(stored_term(REASONS[0]), how) == Understood(stored_term(REASONS[0]), REASONS[0].said)


def test_an_edit_leaves_the_earlier_words_of_a_row_alone(turn: Turn) -> None:
    """They are the same answer, so nothing has changed; another answer is stored as its Term."""
    values: dict[str, JSONValue] = {
        "deliverables": as_terms(EARLIER[0], DELIVERABLES),
        "unpaid_reason": as_term(EARLIER[4], REASONS),
        "contact": as_term(EARLIER[8], contact_answers("Ada")),
    }
    project = blank_project(turn)
    project.unpaid_reason, project.contact = EARLIER[4], EARLIER[8]
    set_deliverables(project, [WantedDeliverable(EARLIER[0])])
    fill(turn, project, values)
    assert (project.unpaid_reason, project.contact) == (EARLIER[4], EARLIER[8])
    assert wanted_of(project) == [WantedDeliverable(EARLIER[0])]
    more = f"{values['deliverables']}\n{stored_term(DELIVERABLES[1])}"
    fill(turn, project, {**values, "unpaid_reason": stored_term(REASONS[1]), "deliverables": more})
    assert project.unpaid_reason == stored_term(REASONS[1])
    assert [each.title for each in wanted_of(project)] == [EARLIER[0], stored_term(DELIVERABLES[1])]
    new = blank_project(turn)
    fill(turn, new, values)
    assert (new.unpaid_reason, new.contact) == (values["unpaid_reason"], values["contact"])
    assert wanted_of(new) == [WantedDeliverable(stored_term(DELIVERABLES[0]))]


def test_the_previous_release_reads_words(turn: Turn) -> None:
    """The column that is kept for its program holds no Term."""
    project = blank_project(turn)
    set_deliverables(project, [WantedDeliverable(stored_term(DELIVERABLES[1]), after_days=5)])
    assert project.deliverables_text == "A slide deck of about 10 slides (after 5 days)"


def test_terms_are_found_by_their_words(turn: Turn) -> None:
    """A search reads the English of an answer, and never the code that it is stored by."""
    project = blank_project(turn)
    fill(turn, project, {"deliverables": stored_term(DELIVERABLES[1]), "contact": stored_term(OF_ADA[1])})
    found = search_text(project, "Acme Maps")
    assert "slide deck of about 10 slides" in found
    assert "ada, twice a week" in found
    assert "term" not in found
