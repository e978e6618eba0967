from hypothesis import given
from hypothesis import strategies as st

from adapters.discord.limits import LIMITS as DISCORD
from adapters.slack.limits import LIMITS as SLACK
from adapters.terminal.limits import LIMITS as TERMINAL
from bot.chat.rendering.limits import Limits, cost, costs

TABLES = st.sampled_from([SLACK, DISCORD, TERMINAL])


@given(words=st.text(), limits=TABLES)
def test_a_cost_is_never_less_than_any_platform_counts(words: str, limits: Limits) -> None:
    """Whether a platform counts characters or UTF-16 units, the cost covers it."""
    assert cost(words, limits) >= max(len(words), len(words.encode("utf-16-le")) // 2)


@given(words=st.text(alphabet="ab&<*.\n😀é"), limits=TABLES)
def test_running_costs_are_those_of_each_beginning(words: str, limits: Limits) -> None:
    """The cost of the first n characters is at place n."""
    assert costs(words, limits) == [cost(words[:n], limits) for n in range(len(words) + 1)]


def test_escapes_are_paid_for() -> None:
    """What becomes longer on the way out is counted at its longer length."""
    assert cost("a & b", SLACK) == len("a &amp; b")
    assert cost("<!channel>", SLACK) == len("&lt;!channel&gt;")
    assert cost("2*3", DISCORD) == len("2\\*3")


def test_the_terminal_takes_everything() -> None:
    """No limit of the terminal splits anything."""
    assert Limits() == TERMINAL
