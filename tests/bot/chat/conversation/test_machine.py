"""Whatever a person does, in whatever order: the conversation answers, loses nothing, and can be sent."""

import json
from datetime import timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from bot.chat.answers import Option, Understood
from bot.chat.content import Select
from bot.chat.conversation.engine import (
    Begin,
    Draft,
    Edited,
    Filled,
    Input,
    Pressed,
    Reject,
    Resume,
    Said,
    Say,
    Step,
    advance,
    dump_draft,
    load_draft,
)
from bot.chat.conversation.review import problems_of
from bot.chat.conversation.steering import read_word
from bot.chat.forms import Ask, Form, Question
from bot.chat.values import replace
from tests.support.conversations import (
    CONVERSATION,
    CREW,
    HOURS,
    NOW,
    PLACES,
    QUESTIONS,
    RULES,
    SKILLS,
    WHY,
    a_file,
    assert_well_made,
    buttons,
    marked,
    pressed,
    trip,
)

MARK = "zqx"
"""Part of everything a person types here that could be markdown, and nowhere else."""

PROOF = Question("proof", Ask("Show us something you made.", "Proof", "file"), required=False)
DAYS = Question(
    "days",
    Ask(
        "Which days suit you?",
        "Days",
        "choices",
        options=tuple(Option(d, d.title()) for d in ("mon", "tue", "wed")),
    ),
)
FORMS = (
    trip(),
    trip(replace(WHY, ask=replace(WHY.ask, prompt="Why you?")), HOURS, SKILLS, DAYS, PROOF, PLACES),
    trip(WHY, replace(HOURS, minimum=20), replace(SKILLS, required=True), CREW, RULES),
    trip(replace(CREW, ask=replace(CREW.ask, options=CREW.ask.options[1:])), PLACES, PROOF, *QUESTIONS[:2]),
    trip(*QUESTIONS[::-1], PLACES, DAYS),
)
NAMES = sorted({name for form in FORMS for name in form.by_name})
VALID = {
    "long": "Because of the sea and the maps.",
    "number": "25",
    "skills": "Python, SQL",
    "choice": "2",
    "choices": "1, 2",
    "date": "in 30 days",
    "yes_no": "yes",
    "file": "",
}
WORDS = (
    "back",
    "skip",
    "review",
    "pause",
    "resume",
    "cancel",
    "help",
    "?",
    "edit",
    "edit 2",
    "edit hours",
    "edit 77",
)

texts = st.one_of(
    st.sampled_from(WORDS),
    st.sampled_from(sorted(VALID.values())),
    st.sampled_from(
        [
            "send",
            "yes",
            "no",
            "3/4/2027",
            "10",
            "1",
            "soon",
            '"back"',
            "",
            f"edit **{MARK}**",
            f"**{MARK}** <!all>",
        ]
    ),
    st.text(max_size=40).map(lambda words: f"{words}*_{MARK}_*"),
)
gaps = st.sampled_from([0, 1, 2.9, 3, 60])
places = st.integers(min_value=0, max_value=10_000)


class Wandering(RuleBasedStateMachine):
    """One person, one draft, and everything that can happen to it."""

    def __init__(self) -> None:
        super().__init__()
        self.form: Form = FORMS[0]
        self.draft = Draft()
        self.now = NOW
        self.said: list[Say] = []
        self.messages = ["m0"]

    @initialize(form=st.sampled_from(FORMS))
    def begins(self, form: Form) -> None:
        """A conversation begins."""
        self.form = form
        self.enter(Begin())

    @rule(text=texts, gap=gaps, unseen=st.booleans(), reply=st.sampled_from(["", "", "", *NAMES, "gone"]))
    def says(self, text: str, gap: float, unseen: bool, reply: str) -> None:
        """Anything is typed, at once or later, perhaps as a reply, perhaps unseeing."""
        self.now += timedelta(seconds=gap)
        self.messages.append(f"m{len(self.messages)}")
        self.enter(Said(text, self.messages[-1], self.now, question=reply, unseen=unseen))

    @rule(seen=st.booleans())
    def answers_well(self, seen: bool) -> None:
        """The question that waits is answered as it should be."""
        self.now += timedelta(minutes=1)
        self.messages.append(f"m{len(self.messages)}")
        self.enter(replace(self.good_answer(self.draft), message=self.messages[-1], unseen=not seen))

    @rule()
    def sends_a_file(self) -> None:
        """A file comes, wanted or not."""
        self.enter(Said("", "f", self.now, files=(a_file(f"{MARK}.pdf"),)))

    @rule(which=places, text=texts)
    def edits(self, which: int, text: str) -> None:
        """Any of the messages gets another text."""
        self.enter(Edited(self.messages[which % len(self.messages)], text))

    @rule(which=places)
    def presses(self, which: int) -> None:
        """Any button that was ever shown is pressed, however old."""
        shown = [button.action for say in self.said for button in buttons(say)]
        self.enter(pressed(shown[-1 - which % len(shown)])) if shown else None

    @rule(which=places)
    def presses_again(self, which: int) -> None:
        """A button of the last message is pressed, as people do."""
        shown = [button.action for say in self.said[-1:] for button in buttons(say)]
        self.enter(pressed(shown[which % len(shown)])) if shown else None

    @rule(which=places, options=st.sets(places, min_size=1, max_size=3))
    def chooses(self, which: int, options: set[int]) -> None:
        """Something is chosen in any select that was ever shown."""
        shown = [block for say in self.said for block in say.message.blocks if isinstance(block, Select)]
        if shown:
            select = shown[-1 - which % len(shown)]
            values = tuple({select.options[o % len(select.options)].value: 0 for o in options})
            self.enter(pressed(select.action, values if select.many else values[:1]))

    @rule(
        verb=st.sampled_from(["pick", "reuse", "split", "send", "skip", "nonsense", "edit", "discard"]),
        argument=st.sampled_from(["", "0", "r1", "99", "why", "hours", MARK]),
        revision=places,
    )
    def forges(self, verb: str, argument: str, revision: int) -> None:
        """A button comes that was never shown like that."""
        self.enter(Pressed(verb, argument, revision % (self.draft.revision + 2)))

    @rule(name=st.sampled_from(NAMES), empty=st.sampled_from(NAMES))
    def fills(self, name: str, empty: str) -> None:
        """A page of the form is given as a dialog."""
        values = {"hours": Understood(7, "7 hours"), "why": Understood(f"_{MARK}_", f"_{MARK}_")}
        self.enter(Filled({n: v for n, v in values.items() if n == name}, {name: MARK, empty: ""}))

    @rule(name=st.sampled_from([*NAMES, ""]))
    def rejects(self, name: str) -> None:
        """The form's owner refuses."""
        self.enter(Reject({name: f"Not like that, _{MARK}_."}))

    @rule(again=st.booleans())
    def resumes(self, again: bool) -> None:
        """The person comes back to it."""
        self.enter(Begin() if again else Resume())

    @rule(form=st.sampled_from(FORMS))
    def changes_form(self, form: Form) -> None:
        """The form's questions change while the draft waits."""
        self.form = form

    @rule(days=st.integers(min_value=1, max_value=400))
    def waits(self, days: int) -> None:
        """Silence."""
        self.now += timedelta(days=days)

    @invariant()
    def can_be_sent(self) -> None:
        """From here, answering what is asked and saying "send" is enough."""
        form, draft, now = self.form, self.draft, self.now
        draft = advance(form, draft, Resume(), now, CONVERSATION).draft
        for _ in range(40):
            now += timedelta(minutes=1)
            if draft.at:
                entry: Input = replace(self.good_answer(draft), at=now)
            else:
                step = advance(form, draft, Said("send", "m", now), now, CONVERSATION)
                if step.outcome == "submitted":
                    return
                draft = step.draft
                wrong = [name for name in problems_of(form, draft, draft.errors) if name]
                entry = Resume() if draft.at or not wrong else Pressed("edit", wrong[0], draft.revision)
            draft = advance(form, draft, entry, now, CONVERSATION).draft
        raise AssertionError(draft)

    def good_answer(self, draft: Draft) -> Said:
        """Return what answers the draft's current question."""
        question = self.form.by_name.get(draft.at)
        kind = question.ask.kind if question else "yes_no"
        return Said(VALID[kind], "", self.now, files=(a_file(),) if kind == "file" else ())

    def enter(self, entry: Input) -> None:
        """Let something happen, with and without a restart before it, and hold the rules."""
        before = self.draft
        restarted = load_draft(json.loads(json.dumps(dump_draft(before))))
        step = advance(self.form, before, entry, self.now, CONVERSATION)
        assert step == advance(self.form, restarted, entry, self.now, CONVERSATION)
        self.check_speech(before, entry, step)
        self.check_answers(before, entry, step)
        self.draft = step.draft
        self.said += step.says
        if step.outcome == "cancelled":
            self.said.clear()
            self.draft = advance(self.form, Draft(), Begin(), self.now, CONVERSATION).draft

    def check_speech(self, before: Draft, entry: Input, step: Step) -> None:
        """It never falls silent, counts what it says, and says no person's words as markdown."""
        assert step.outcome in {"", "submitted", "cancelled", "paused"}
        assert step.says or step.outcome == "submitted" or isinstance(entry, Edited)
        if step.says:
            assert step.draft.revision == before.revision + 1
            assert step.draft.at == "" or step.draft.at in self.form.by_name
        for say in step.says:
            assert_well_made(say.message)
            assert MARK not in marked(say.message)
            assert say.question == "" or say.question in self.form.by_name

    def check_answers(self, before: Draft, entry: Input, step: Step) -> None:
        """An answer goes only when it is left out or the draft deleted, and changes only when it is meant."""
        after = step.draft
        if step.outcome == "cancelled":
            assert after.answers == {}
            assert not before.answers or before.confirming
            return
        gone = before.answers.keys() - after.answers.keys()
        for name in gone:
            assert after.offered[name] == before.answers[name].value
            assert self.leaves_out(before, entry, name)
        same = before.answers.keys() & after.answers.keys()
        changed = {name for name in same if after.answers[name].value != before.answers[name].value}
        meant = {before.at, after.at, before.last, getattr(entry, "question", "")}
        if isinstance(entry, Said | Pressed):
            assert changed <= meant, (changed, meant)
        if isinstance(entry, Begin | Resume | Reject):
            assert not changed
            assert not gone

    def leaves_out(self, before: Draft, entry: Input, name: str) -> bool:
        """Whether this input says that an answer is to be left out."""
        match entry:
            case Said():
                word = read_word(entry.text, self.form, before.at)
                return word is not None and word.verb == "skip" and name in {before.at, entry.question}
            case Pressed():
                return entry.verb == "skip" and name == before.at
            case Filled():
                return entry.raw.get(name) == ""
            case _:
                return False


TestWandering = Wandering.TestCase
TestWandering.settings = settings(stateful_step_count=25)
