"""Rules of the scope check: data in `scope_rules.toml` beside this module, which a programme tunes.

Their words are texts of the catalogues. What a programme tuned is kept with it (`Programme.scope_rules`).
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from types import MappingProxyType
from typing import Annotated, Final, Literal

from msgspec import Meta, Struct, convert

from bot.chat.sentences import Sentence, Term, Value
from bot.chat.values import replace
from storage.tables.values import RuleState, TunedRule

__all__ = ["SCOPE_RULES", "ScopeRule", "advice_of", "found_in", "name_of", "read_rules", "rules_in_force"]

_FILE: Final = "scope_rules.toml"

_Words = Annotated[str, Meta(min_length=1)]


class ScopeRule(Struct, frozen=True, forbid_unknown_fields=True):
    """A rule of the scope check; the head of the file says what each field is.

    `why`: the reason of the programme that tuned it, in a coordinator's words; "" as it is shipped.
    """

    id: Annotated[str, Meta(pattern="^[a-z]+(-[a-z]+)*$", max_length=29)]
    checks: _Words
    advice: _Words
    reason: _Words
    state: RuleState
    advice_many: str = ""
    fixed: bool = False
    unit: Literal["", "hours"] = ""
    limit: int = 0
    least: int = 0
    most: int = 0
    words: tuple[_Words, ...] = ()
    why: str = ""


class _File(Struct, frozen=True, forbid_unknown_fields=True):
    rules: list[ScopeRule]


def read_rules(written: str) -> Mapping[str, ScopeRule]:
    """Return the rules of a file in TOML by their ids, in its order.

    Raises:
        ValueError: it is no TOML, a value is missing or does not fit, or two rules have the same id.
    """
    found = {each.id: each for each in convert(tomllib.loads(written), _File).rules}
    if len(found) < len(tomllib.loads(written)["rules"]):
        raise ValueError("two rules have the same id")
    for each in found.values():
        if not each.least <= each.limit <= each.most:
            raise ValueError(f"{each.id}: the limit is not between least and most")
    return MappingProxyType(found)


SCOPE_RULES: Final = read_rules(files(__package__).joinpath(_FILE).read_text(encoding="utf-8"))
"""The rules that the program starts with."""


def rules_in_force(tuned: Mapping[str, TunedRule] | None) -> dict[str, ScopeRule]:
    """Return each rule by its id, as a programme tuned it or as it is shipped."""
    return {name: _in_force(rule, (tuned or {}).get(name)) for name, rule in SCOPE_RULES.items()}


def _in_force(rule: ScopeRule, tuned: TunedRule | None) -> ScopeRule:
    if tuned is None or rule.fixed:
        return rule
    limit = rule.limit if tuned.limit is None else tuned.limit
    words = rule.words if tuned.words is None else tuned.words
    return replace(rule, state=tuned.state, limit=limit, words=words, why=tuned.reason)


def name_of(rule_id: str) -> Term:
    """Return what a rule is called."""
    return Term(rule_id.replace("-", " ").capitalize(), "rule")


def advice_of(rule: ScopeRule, values: Mapping[str, Value]) -> Sentence:
    """Return what an employer reads of a rule that holds their post back."""
    return Sentence(rule.advice, dict(values), rule.advice_many)


def found_in(rule: ScopeRule, written: str) -> str:
    """Return the first of a rule's phrases that a text has, as it is written there; "" where it has none."""
    found = _phrases(rule.words).search(written) if rule.words else None
    return found[0] if found is not None else ""


@lru_cache(maxsize=64)
def _phrases(words: tuple[str, ...]) -> re.Pattern[str]:
    """Return the pattern of any of these phrases as whole words, the longest first."""
    between = re.compile(r"[\s-]+")
    each = (r"[\s-]+".join(map(re.escape, between.split(one.strip()))) for one in words)
    longest_first = sorted(each, key=len, reverse=True)
    return re.compile(rf"(?<!\w)(?:{'|'.join(longest_first)})(?!\w)", re.IGNORECASE)
