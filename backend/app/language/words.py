"""What words mean, as far as the demo model and the router without a model need it: stems, synonyms, clauses.

Everything here is English, deterministic and pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from app.language.stems import STEM_CACHE, stem

# Said in several words, meant as one. Replaced before anything else is looked at.
PHRASES: Final = {
    r"money back|pay(?:ing)? (?:me |it |us )?back|charge ?back": "refund",
    r"(?:send|sent|sending|ship|bring|give)"
    r" (?:(?:it|this|that|them|these|(?:(?:the|my) )?(?:order|parcel|item|product)s?(?: #?\d+)?) )?back": "return",
    r"call(?:ing)? (?:it )?off|get rid of|back out of": "cancel",
    r"look(?:ing)? (?:it )?up|how much (?:is|are|does|do)|tell me (?:about|more)": "show",
    r"sign(?:ing)? up|set(?:ting)? up": "create",
    r"send(?= (?:me |us )?(?:money|[€$£]|\d+(?:\.\d+)? ?(?:[€$£]|eur|usd|dollar|pound)))": "transfer",
    r"in stock": "stock",
    r"(?:opening|office|business|working) (?:hours|times)": "hours",
    r"when are you (?:open|there)|when do you (?:open|close)": "hours",
    r"e-mail": "email",
    r"zip code|post ?code|postal code": "postcode",
    r"promo code|discount code|voucher code": "coupon",
    r"gift ?cards?": "giftcard",
    r"end (?:my|the|our|this) (?=subscription|plan|membership|contract)": "cancel ",
    r"made out to|go(?:es)? to|ship (?:it |this )?to": "deliver to",
}

# The first word stands for all of its line.
_SYNONYMS: Final = """
cancel annul void abort terminate revoke withdraw rescind
create add give make new issue open generate register grant offer submit file
change update edit modify move correct amend alter fix adjust replace patch set rename redirect raise lower increase
delete remove erase drop destroy
get where show status find see view fetch retrieve read tell lookup display check what when which verify describe
list all recent history overview
search browse look
track trace
refund reimburse reimbursement repay
return
exchange swap
send mail
pay settle
block lock freeze suspend disable deactivate stop
unblock unlock unfreeze enable activate reactivate restore reinstate
pause hold
resume continue unpause
upgrade
downgrade
invite
transfer wire remit
dispute contest challenge report
approve accept
reject refuse decline
coupon voucher discount promo promotion
order purchase
parcel package shipment delivery
address
product item article good merchandise
customer client shopper
user member teammate colleague seat
invoice bill
subscription plan membership tier subscribe
card
transaction payment charge booking
balance fund
account
ticket issue case incident
stock inventory available availability
price cost
policy rule term condition
employee staff
phone telephone mobile
"""

READ_CONCEPTS: Final = frozenset({"get", "list", "search", "track", "count", "estimate", "preview", "compare"})
GENERIC_ACTIONS: Final = frozenset({"create", "change", "delete", "send"})
SPECIFIC_ACTIONS: Final = frozenset(
    {
        *{"cancel", "refund", "return", "exchange", "pay", "block", "unblock", "pause", "resume", "upgrade"},
        *{"downgrade", "invite", "transfer", "dispute", "approve", "reject", "reset", "renew", "retry", "reorder"},
        *{"archive", "merge", "assign", "close", "confirm", "extend", "import", "export", "publish", "redeem"},
        *{"schedule", "reschedule", "book", "rotate", "apply", "capture", "fulfil", "fulfill", "ship", "waive"},
        *{"convert", "complete", "unsubscribe"},
    }
)
HTTP_WRITES: Final = frozenset({"post", "put", "patch", "delete"})

_SMALL_WORDS: Final = """
a an the i me my mine we us our you your he she they them their it its this that these those is are was were be
been being am do does did have has had will would can could shall should may might must to of in on at by for
from with about as into and or but so if then also too please just really very there here not no yes ok okay hi
hello hey dear thanks thank any some how why who whom whose because since want need like would'd i'd i'm i've
i'll it's what's where's let's don't doesn't isn't can't won't now today still already ever up out off over got
get id number no nr one ones more much many kind sort bit really
"""
STOP_WORDS: Final = frozenset(_SMALL_WORDS.split())

_WORD: Final = re.compile(r"[^\W\d_]+(?:['\u2019][^\W\d_]+)?")
_HUMP: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


def _concepts() -> dict[str, str]:
    table: dict[str, str] = {}
    for line in _SYNONYMS.strip().splitlines():
        words = line.split()
        for word in words:
            table.setdefault(stem(word), words[0])
    return table


@lru_cache(maxsize=1)
def _concept_table() -> dict[str, str]:
    return _concepts()


@lru_cache(maxsize=STEM_CACHE)
def concept(word: str) -> str:
    """Return the one word that stands for this word and its synonyms."""
    root = stem(word)
    return _concept_table().get(root, root)


def normal(text: str) -> str:
    """Put phrases that are meant as one word into that word, and curly quotes into straight ones."""
    text = text.replace("\u2019", "'").replace("\u201c", '"').replace("\u201d", '"')
    for pattern, word in PHRASES.items():
        text = re.sub(rf"\b(?:{pattern})\b", word, text, flags=re.IGNORECASE)
    return text


def words_of(text: str) -> list[str]:
    """Return the words of a text in small letters, without numbers and signs."""
    return [word.lower().replace("\u2019", "'") for word in _WORD.findall(text)]


def name_words(name: str) -> list[str]:
    """Return the words of an identifier: get_order, getOrder and GetOrders_ById alike."""
    return [word.lower() for word in re.split(r"[^A-Za-z]+", _HUMP.sub("_", name)) if word]


def concepts_of(text: str) -> list[str]:
    """Return the concepts that a text speaks of, in its order, without the words that carry no meaning."""
    return [concept(word) for word in words_of(normal(text)) if word not in STOP_WORDS]


def is_action(found: str) -> bool:
    """Say whether a concept names a change."""
    return found in GENERIC_ACTIONS or found in SPECIFIC_ACTIONS


def actions_in(text: str) -> set[str]:
    """Return the concepts in a text that name a change; wanting a thing counts as asking to create it."""
    found = {one for one in concepts_of(text) if is_action(one)}
    if _WANTS_A.search(text):
        found.add("create")
    for match in _SWITCHES.finditer(text):
        found.update(_SWITCHED[word] for word in re.findall(r"\b(?:on|off)\b", match[0].lower()))
    if _ELSEWHERE.search(text):
        found.add("change")
    return found


def specific_actions_in(text: str) -> set[str]:
    """Return the actions in a text that say more than that something is created, changed, deleted or sent."""
    return actions_in(text) & SPECIFIC_ACTIONS


_WANTS_A: Final = re.compile(
    r"\b(?:want|need|like|have|get|wish for|hoping for)\s+(?:me\s+)?(?:a|an|another|some)\b", re.IGNORECASE
)


_SWITCHES: Final = re.compile(
    r"\b(?:switch|turn|put)(?:s|es|ed|ing)?\b[^.!?]*?\b(?:on|off)\b(?: or (?:on|off)\b)?", re.IGNORECASE
)
_SWITCHED: Final = {"on": "unblock", "off": "block"}
_ELSEWHERE: Final = re.compile(
    r"\b(?:another|different|new|other|wrong|old) (?:address|e-?mail|name|phone)\b", re.IGNORECASE
)


def join_words(words: Iterable[str], last: str = "and") -> str:
    """Join as a sentence does: a, b and c."""
    items = list(words)
    if len(items) < 2:  # noqa: PLR2004 - one thing needs no joining
        return "".join(items)
    return f"{', '.join(items[:-1])} {last} {items[-1]}"
