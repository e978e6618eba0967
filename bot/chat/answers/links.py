"""A link to a web page."""

import re
import unicodedata
from ipaddress import ip_address
from urllib.parse import quote, urlsplit

from pydantic import HttpUrl, TypeAdapter, ValidationError

from bot.chat.answers.model import Answer, JSONValue, Refused, Understood
from bot.chat.answers.normalise import keep_line
from bot.chat.answers.readings import number_of, settle
from bot.chat.sentences import Plain, say

_EXAMPLE = Plain("https://example.org/my-work")
_LONGEST_TEXT = 4_000
_MOST_CHARACTERS = 2_000
_MOST_WORDS = 200
_URL: TypeAdapter[HttpUrl] = TypeAdapter(HttpUrl)

# Slack wraps a link as <address|shown>, markdown as [shown](address).
_WRAPPED = re.compile(r"<([^<>|\s]+)(?:\|[^<>]*)?>|\[[^\[\]]*\]\(([^()\s]+)\)")
_WEB = re.compile(r"https?:", re.IGNORECASE)
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:\S", re.IGNORECASE)
_BARE = re.compile(r"(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.)+(?P<end>[^\W\d_]{2,24})(?::[0-9]{1,5})?(?:[/?#]\S*)?")
_FILE_ENDINGS = frozenset(
    "pdf doc docx xls xlsx ppt pptx odt txt csv jpg jpeg png gif htm html json rtf tex".split()
)


def read_link(text: str) -> Answer:
    """Read the web address in a text; several are asked about."""
    if len(text) > _LONGEST_TEXT:
        return Refused("That is a lot of text. Please send the link alone.", _EXAMPLE)
    plain = "".join(char for char in keep_line(text) if unicodedata.category(char) != "Cf")
    words = _WRAPPED.sub(r" \1\2 ", plain).split()[:_MOST_WORDS]
    links = [link for link in map(_link_in, words) if link]
    if links:
        question = say("I see more than one link. Which one should I take?")
        return settle([check_link(link) for link in links], question)
    if any(_SCHEME.match(word) for word in words):
        return Refused("I can only take a link that begins with http:// or https://.", _EXAMPLE)
    if any(word.lower().rpartition(".")[2] in _FILE_ENDINGS for word in words if "." in word):
        return Refused("That is the name of a file. I need a web address here.", _EXAMPLE)
    return Refused("I could not find a link in that.", _EXAMPLE)


def check_link(value: JSONValue) -> Understood | Refused:
    """Take an http or https address that others can open; its host is put in small letters."""
    if not isinstance(value, str) or not _WEB.match(value):
        return Refused("I can only take a link that begins with http:// or https://.", _EXAMPLE)
    if len(value) > _MOST_CHARACTERS:
        return Refused(
            say("A link can have {count} characters at most.", count=number_of(_MOST_CHARACTERS)), _EXAMPLE
        )
    try:
        parts = urlsplit(value.strip())
        checked = _URL.validate_python(value)
    except (ValidationError, ValueError):
        return Refused("That link is not complete, or has a slip in it.", _EXAMPLE)
    if parts.username is not None or checked.username is not None:
        return Refused("Please leave the name and password out of the link.", _EXAMPLE)
    if not _is_public(parts.hostname or "", checked.host or ""):
        return Refused("Others cannot open that address. Please send a public one.", _EXAMPLE)
    host = parts.netloc.lower()
    link = parts._replace(scheme=parts.scheme.lower(), netloc=host).geturl()
    # These end a link early on one platform or another.
    safe = re.sub(r'[\s<>"|\\^`{}\[\]]', lambda match: quote(match[0]), link)
    return Understood(safe, safe)


def _link_in(word: str) -> str:
    """Return the link that a word is or holds, "" if none."""
    start = re.search(r"https?:/", word, re.IGNORECASE)
    if start:
        return _trim(word[start.start() :])
    bare = _trim(word)
    match = _BARE.fullmatch(bare)
    if not match or (match["end"].lower() in _FILE_ENDINGS and bare.endswith(match["end"])):
        return ""
    return f"https://{bare}"


def _trim(word: str) -> str:
    """Leave out the punctuation around a link, but not the bracket that belongs to it."""
    word = word.lstrip("<([{\"'*_")
    while word and (
        word[-1] in ".,;:!?>\"'*`"
        or (word[-1] == ")" and word.count(")") > word.count("("))
        or (word[-1] == "]" and word.count("]") > word.count("["))
    ):
        word = word[:-1]
    return word


def _is_public(typed: str, host: str) -> bool:
    """Tell whether others can reach the host: not "localhost", not a private address."""
    try:
        return ip_address(host.strip("[]")).is_global
    except ValueError:
        return "." in typed.rstrip(".") and not host.endswith((".local", ".localhost", ".internal"))
