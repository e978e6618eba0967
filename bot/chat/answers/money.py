"""An amount of money, as people write it: "$400", "400 usd", "€1.200,50", "1.2k", "unpaid".

Stored as {"amount": "400", "currency": "USD"}: a decimal number as text and an ISO 4217 code.
Nothing to pay is the amount "0".
"""

import re
from decimal import Decimal, InvalidOperation

from babel.numbers import get_currency_precision

from bot.chat.answers.currencies import is_currency, take_currencies
from bot.chat.answers.model import Ambiguous, Answer, Asking, JSONValue, Refused, Understood
from bot.chat.answers.normalise import simplify
from bot.chat.answers.numbers import rate_in
from bot.chat.answers.quantities import Quantity, find_quantities, without_quantities
from bot.chat.answers.readings import settle
from bot.chat.money_words import in_money
from bot.chat.sentences import Money, Sentence, TypedWord, Value, Wording, layout, say

_UNPAID = re.compile(
    r"(?:it'?s |it is |this is |is )?"
    r"(?:un-?paid|(?:for )?free(?: of charge)?|none|nothing|nil|zero|not paid|non-?paid|without pay"
    r"|no (?:fee|pay|payment|money|compensation|charge|salary|stipend)"
    r"|voluntary|volunteer(?:ing)?|pro[ -]?bono)(?:,? (?:sorry|please|thanks|only))?[\s.!:()]*"
)
_SAYS_UNPAID = re.compile(
    r"\b(?:un-?paid|not paid|for free|voluntary|volunteer(?:ing)?|pro[ -]?bono|no (?:fee|pay|money))\b|^no$"
)
_RATE = re.compile(r"(?:/ ?|\b(?:per|each|every) )[a-z]|\b(?:each|apiece)\b|\bp\.?/?(?P<short>[hdw])\b")
_PRODUCT = re.compile(r"# ?[a-z]* ?(?:[x*@]|times) ?#")
_SHORT_RATES = {"h": "hour", "d": "day", "w": "week"}
_A_TIME = re.compile(r"# ?(?:minutes?|mins?|hours?|hrs?|h|days?|weeks?|wks?|months?|years?)\b")
_IN_TOTAL = re.compile(r"# ?(?:in )?(?:total|all|overall|altogether)\b|\btotal(?: of|:| is)? ?#")

# They surround an amount without changing it.
_FILLERS = frozenset(
    """
    a about all all-in altogether amount an and approx approximately around at be between budget ca
    can circa could estimated everything exactly fee fixed for flat from gross have i i'd i'm i'll in
    is it it'll
    it's just like lump max maximum maybe min minimum my of offer offering ok okay once only or our
    overall paid pay paying payment perhaps please pls plus probably roughly say so some something
    stipend sum thanks that that's the thing think this to together total up we we'd we'll we're whole
    will with would yes
    """.split()
)
_UNREAD = say("I could not find an amount of money in that.")
_UNREAD_OR_UNPAID = say(
    "I could not find an amount of money in that. If there is none, write “{word}”.", word=TypedWord("unpaid")
)
_MOST_CHARACTERS = 200
_LARGEST_AMOUNT = Decimal(10) ** 12


def read_money(text: str, asking: Asking) -> Answer:
    """Read one amount; a rate, a range or an amount among other things is asked about."""
    plain = re.sub(r"/-|#|\bone[ -](?:off|time)\b", " ", simplify(text))
    small = plain.lower()
    if len(plain) > _MOST_CHARACTERS or "%" in plain:
        return Refused("Please send one amount of money, and nothing else.", _example(asking))
    if _UNPAID.fullmatch(small):
        return check_money({"amount": "0", "currency": asking.currency}, asking)
    currencies, bare = take_currencies(plain, asking.currency)
    found = find_quantities(bare)
    says_unpaid = bool(_SAYS_UNPAID.search(small))
    if not (found or says_unpaid):
        return Refused(_UNREAD if asking.minimum else _UNREAD_OR_UNPAID, _example(asking))
    if not currencies:
        return Ambiguous("I see more than one currency. Which amount should I take?")
    rest = without_quantities(bare, found)
    total = _ask_total(found, rest, currencies, asking)
    if total:
        return total
    amounts = _without_times(found, rest)
    checked = _checked(amounts, currencies, asking)
    if says_unpaid:
        unpaid = check_money({"amount": "0", "currency": asking.currency}, asking)
        return settle([unpaid, *checked], say("Do you mean that it is unpaid?"), ask=True)
    if not checked:
        return Refused(_UNREAD, _example(asking))
    ask = len(amounts) < len(found) or len(amounts[0].values) > 1 or _unknown(rest)
    return settle(checked, _question(checked, amounts), ask=ask)


def check_money(value: JSONValue, asking: Asking) -> Understood | Refused:
    """Hold an amount against the limits, which are in the expected currency and bind only that."""
    match value:
        case {"amount": str(amount), "currency": str(currency), **rest} if not rest:
            pass
        case _:
            return Refused("I need an amount of money here.", _example(asking))
    try:
        number = Decimal(amount)
    except InvalidOperation:
        return Refused("I need an amount of money here.", _example(asking))
    if not is_currency(currency):
        return Refused("I do not know that currency.", _example(asking))
    if not number.is_finite() or number < 0 or number > _LARGEST_AMOUNT:
        return Refused("That is no amount I can take.", _example(asking))
    precision = get_currency_precision(currency)
    if number != round(number, precision):
        return Refused("That amount has more decimals than its currency.", _example(asking))
    if currency == asking.currency:
        if asking.minimum is not None and number < Decimal(str(asking.minimum)):
            least = say("It must be at least {amount}.", amount=_limit(asking.minimum, currency))
            return Refused(least, _example(asking))
        if asking.maximum is not None and number > Decimal(str(asking.maximum)):
            most = say("It can be at most {amount}.", amount=_limit(asking.maximum, currency))
            return Refused(most, _example(asking))
    whole = number == number.to_integral_value()
    plain = str(int(number)) if whole else str(round(number, precision))
    shown = layout("{amount}", amount=_amount(number, currency)) if number else say("unpaid", context="money")
    return Understood({"amount": plain, "currency": currency}, shown)


def _checked(
    amounts: list[Quantity], currencies: tuple[str, ...], asking: Asking
) -> list[Understood | Refused]:
    # "1.200" means thousands to most who write it of money, so that comes first.
    return [
        check_money({"amount": f"{value.normalize():f}", "currency": currency}, asking)
        for quantity in amounts
        for currency in currencies
        for value in reversed(quantity.values)
    ]


def _ask_total(
    found: tuple[Quantity, ...], rest: str, currencies: tuple[str, ...], asking: Asking
) -> Answer | None:
    """Ask for the total where an amount is for an hour, or for one of several; None where not."""
    rate = _RATE.search(rest)
    per = rate_in(rest) or (rate and _SHORT_RATES.get(rate["short"] or ""))
    if per:
        question = say("That reads as an amount for a stretch of time. What is the total for everything?")
        return settle(_checked(_totals(found, rest), currencies, asking), question, ask=True)
    if rate:
        question = say("That reads as an amount for one of several. What is the total for everything?")
        return settle(_checked(list(found[:1]), currencies, asking), question, ask=True)
    if _PRODUCT.search(rest):
        return Ambiguous("What is the total for everything?")
    return None


def _totals(found: tuple[Quantity, ...], rest: str) -> list[Quantity]:
    """Return the amount that is called a total beside a rate: "$200 in total, $20 an hour"."""
    total = _IN_TOTAL.search(rest)
    return [found[rest[: total.end()].count("#") - 1]] if total else []


def _without_times(found: tuple[Quantity, ...], rest: str) -> list[Quantity]:
    """Leave out what counts time: in "$400 for 20 hours" the 20 is no money."""
    times = {rest[: match.start()].count("#") for match in _A_TIME.finditer(rest)}
    return [quantity for at, quantity in enumerate(found) if at not in times]


def _unknown(rest: str) -> bool:
    words = re.sub(r"[^\w#']", " ", rest).split()
    return any(word != "#" and word not in _FILLERS for word in words)


def _question(checked: list[Understood | Refused], amounts: list[Quantity]) -> Wording:
    if len(amounts) > 1:
        return say("I see more than one amount. Which one should I take?")
    if len(checked) > 1:
        return say("Which of these do you mean?")
    only = checked[0]
    return (
        say("Is the total this: {amount}?", amount=only.shown)
        if isinstance(only, Understood)
        else only.reason
    )


def _limit(number: float, currency: str) -> Value:
    return _amount(Decimal(str(number)), currency)


def _amount(number: Decimal, currency: str) -> Value:
    """Return an amount as a value; one of less than a hundredth of its currency is shown as it is."""
    cents = number * 100
    return Money(int(cents), currency) if cents == int(cents) else in_money(number, currency)


def _example(asking: Asking) -> Sentence:
    """Return an amount within the limits."""
    number = Decimal(400)
    if asking.maximum is not None:
        number = min(number, Decimal(str(asking.maximum)))
    if asking.minimum is not None:
        number = max(number, Decimal(str(asking.minimum)))
    return layout("{amount}", amount=_amount(number, asking.currency))
