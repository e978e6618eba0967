"""An e-mail address."""

import re

from bot.chat.answers.model import Answer, JSONValue, Refused, Understood
from bot.chat.answers.normalise import simplify
from bot.chat.answers.readings import settle
from bot.chat.sentences import Plain, say

_EXAMPLE = Plain("ada@example.org")
_LONGEST_TEXT = 1_000
_MOST_CHARACTERS = 254
"""Characters of a whole address: RFC 5321, section 4.5.3.1.3, and its erratum 1690."""

# Slack writes an address as <mailto:address|address>.
_SEPARATORS = re.compile(r"mailto:|[\s<>()\[\],;:\"|]+", re.IGNORECASE)
_LOCAL = re.compile(r"[\w!#$%&'*+/=?^`{|}~-]+(?:\.[\w!#$%&'*+/=?^`{|}~-]+)*")
_DOMAIN = re.compile(r"(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.)+[^\W\d_](?:[\w-]{0,61}[^\W_])")
_MOST_LOCAL_CHARACTERS = 64


def read_email(text: str) -> Answer:
    """Read the address in a text; several are asked about."""
    if len(text) > _LONGEST_TEXT:
        return Refused("That is a lot of text. Please send the address alone.", _EXAMPLE)
    words = (word.strip(".!?'*") for word in _SEPARATORS.split(simplify(text)))
    addresses = list(dict.fromkeys(word for word in words if "@" in word[1:]))
    if not addresses:
        return Refused("I could not find an e-mail address in that.", _EXAMPLE)
    question = say("I see more than one address. Which one should I take?")
    return settle([check_email(address) for address in addresses], question)


def check_email(value: JSONValue) -> Understood | Refused:
    """Take an address of the usual shape; its domain is put in small letters."""
    local, _, domain = value.rpartition("@") if isinstance(value, str) else ("", "", "")
    address = f"{local}@{domain.lower()}"
    fits = len(address) <= _MOST_CHARACTERS and len(local) <= _MOST_LOCAL_CHARACTERS
    if not (fits and _LOCAL.fullmatch(local) and _DOMAIN.fullmatch(domain)):
        return Refused("That e-mail address is not complete, or has a slip in it.", _EXAMPLE)
    return Understood(address, address)
