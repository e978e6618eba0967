"""What an answer of each kind looks like, in its own sentence."""

from __future__ import annotations

from typing import Final

from bot.chat.answers import Kind
from bot.chat.sentences import Sentence, say

__all__ = ["WANTED"]

WANTED: Final[dict[Kind, Sentence]] = {
    "text": say("A few words on one line."),
    "long": say("A few sentences in your own words. Several lines are fine."),
    "number": say("One number, in digits or in words."),
    "money": say("One amount of money, such as “$400” or “400 EUR”."),
    "date": say("A day, such as “12 December”, “next Friday” or “in 3 days”."),
    "yes_no": say("A plain yes or no."),
    "choice": say("One of the choices, by its number or its name."),
    "choices": say("One or several of the choices, by number or name, with commas between."),
    "skills": say("A list with commas between, such as “Python, writing, Figma”."),
    "link": say("A web address, copied whole from the top of the browser."),
    "email": say("An e-mail address, such as “ada@example.org”."),
    "zone": say("The city you live in or near, such as “Berlin”."),
    "country": say("The country you live in, such as “Spain”."),
    "countries": say("A list with commas between, such as “Spain, Portugal”."),
    "channel": say("A channel, named with #."),
    "person": say("A person in this {space}, named with @."),
    "file": say("A file, attached to a message here."),
}
"""The sentence of each kind."""
