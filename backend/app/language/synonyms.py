"""Synonyms: which words and phrases of customers and of APIs mean the same, or nearly. English, deterministic, pure.

`concept` puts one word in place of all that mean the same; `related` also finds what only means nearly the same, which
is enough to search by and too little to act upon.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Final

from app.language.stem import STEM_CACHE, stem
from app.language.tokens import SMALL_WORDS, without_humps, words_of

# Said in several words, meant as one, in the words of an API. Tried in this order.
_PHRASES: Final = (
    (r"money back|pay(?:ing)? (?:me |it |us )?back|give (?:\w+ ){0,3}back|charge ?back", "refund"),
    (r"sen[dt](?:ing)? (?:\w+ |#){0,3}back|(?:bring|ship|give)(?:ing)? (?:\w+ )?back|sent the \w+ back", "return"),
    (r"call(?:ing)? (?:\w+ )?off|get rid of|back out of", "cancel"),
    (r"end (?:my|the|our|this) (?=subscription|plan|membership|contract)", "cancel "),
    (r"log(?:ging)? (?:me )?out|sign(?:ing)? (?:me )?out", "logout session"),
    (r"log(?:ging)? (?:me )?in|sign(?:ing)? (?:me )?in", "login session"),
    (r"sign(?:ing)? (?:\w+ )?up|open(?:ing)? an account|set(?:ting)? up", "create register account"),
    (r"check(?:ing)? ?out|place(?:d)? (?:an|the|my) order", "complete create order checkout"),
    (r"take (?:\w+ ){1,3}out", "remove"),
    (r"put (?:\w+ ){1,5}in(?:to)?|set \w+ (?:\w+ )?aside", "add"),
    (r"send(?= (?:me |us )?(?:money|[€$£]|\d+(?:\.\d+)? ?(?:[€$£]|eur|usd|dollar|pound)))", "transfer"),
    (r"in stock|how many (?:\w+ )?(?:are left|do you have|have you)", "inventory stock available"),
    (r"gone through|was (?:\w+ ){0,2}taken|take the money", "captured capture payment"),
    (r"(?:promo|discount|voucher|coupon) codes?", "promotion"),
    (r"gift ?cards?", "giftcard"),
    (r"e-mail", "email"),
    (r"zip code|post ?code|postal code", "postcode"),
    (r"made out to", "billing"),
    (r"(?:opening|office|business|working|support) (?:hours|times)", "hours"),
    (r"when (?:are you (?:open|there)|do you (?:open|close))", "hours"),
    (r"tell me (?:more )?about|look(?:ing)? (?:\w+ )?up|what do you know about|how much (?:is|are|does|do)", "get"),
    (r"on hold|held", "authorization hold"),
    (r"i moved|my old place", "change address"),
)  # fmt: skip

# Words that mean the same; the first of a line is its concept. A word belongs to the first line that it stands in.
_SAME: Final = """
cancel annul void abort terminate revoke withdraw rescind
delete remove erase drop destroy
get where show status find see view fetch retrieve read tell lookup display check what when which verify describe info
list all recent history overview
search browse look
track trace tracker
refund reimburse reimbursement repay compensation
return rma
exchange swap
send mail
pay settle
block lock freeze suspend disable deactivate stop
unblock unlock unfreeze enable activate reactivate restore reinstate
pause hold
resume continue unpause
upgrade
downgrade
invite invitation
transfer wire remit
dispute contest challenge report
approve accept
reject refuse decline
coupon voucher discount promo promotion
order purchase bought
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
currency currencies
region country
tax vat
cart basket bag trolley
"""
# The same, but too wide to search by: every API creates and changes something.
_WIDE: Final = """
create add give make new issue open generate register grant offer submit file
change update edit modify move correct amend alter fix adjust replace patch set rename redirect raise lower increase
"""
# Words that mean nearly the same: enough to search by. A concept stands for its whole line above.
_NEAR: Final = """
cancel stop end
delete close
update change edit modify correct amend adjust rename wrong fix move
create add new make place register open submit start
add put append include insert
get detail know
list every which show
search find
order buy
checkout complete pay order
product sell
variant size color colour
category kind section
picture image photo upload
parcel shipping ship deliver fulfillment dispatch send
address street home moved
customer account profile user me my
account user customer
email mail
password forgot reset
payment pay paid charge money card
capture collect charge take
invoice receipt
price expensive
coupon sale campaign
exchange replace larger smaller
claim damaged broken defective missing
dispute case complaint chargeback
evidence proof prove photo document
appeal disagree decision
offer propose settle proposal
reject deny
approve agree
escalate level
message write send contact
stock left warehouse
reserve reservation aside
reason why
invite colleague
key token
block revoke
resend again
preview look after
pet animal dog cat hamster
tag label
confirm accept
authorize hold authorization
receive receival arrived received
support supporting information info
edit change order-edit
provider method way how
group segment vip
shipped delivered
"""

READS: Final = frozenset({"get", "list", "search", "track", "count", "estimate", "preview", "compare"})
GENERIC_ACTIONS: Final = frozenset({"create", "change", "delete", "send"})
SPECIFIC_ACTIONS: Final = frozenset(
    """
    cancel refund return exchange pay block unblock pause resume upgrade downgrade invite transfer dispute approve
    reject reset renew retry reorder archive merge assign close confirm extend import export publish redeem schedule
    reschedule book rotate apply capture fulfil ship waive convert complete unsubscribe
    """.split()  # noqa: SIM905 - read as a list of words
)
_SPECIFIC_STEMS: Final = {stem(word): word for word in SPECIFIC_ACTIONS}
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


# --- words that mean the same ------------------------------------------------------------------------------------


@lru_cache(maxsize=STEM_CACHE)
def concept(word: str) -> str:
    """Return the one word that stands for this word and its synonyms; the word's stem where it has none."""
    root = stem(word)
    return _CONCEPTS.get(root) or _SPECIFIC_STEMS.get(root, root)


def concepts_of(text: str) -> list[str]:
    """Return the concepts that a text speaks of, in its order, without the words that carry no meaning."""
    found = (concept(word) for word in words_of(normal(text)) if word not in SMALL_WORDS)
    return [one for one, _ in itertools.groupby(found)]  # a phrase may stand for several words of one concept


def straight(text: str) -> str:
    """Return the text with straight quotes for curly ones."""
    return text.replace("\u2019", "'").replace("\u201c", '"').replace("\u201d", '"')


def normal(text: str) -> str:
    """Put phrases that are meant as one word into that word, and curly quotes into straight ones."""
    return _rephrased(straight(text))


def _rephrased(text: str) -> str:
    for pattern, words in _COMPILED:
        text = pattern.sub(words, text)
    return text


# --- words that mean nearly the same -----------------------------------------------------------------------------


def terms_of(text: str) -> list[str]:
    """Return the stems of a text's words, of a sentence or an identifier, without those that say nothing."""
    plain = without_humps(straight(text)).lower().replace("'", "")
    for pattern, words in _COMPILED:
        plain = pattern.sub(lambda match, words=words: f"{words} {match[0]}", plain)  # type: ignore[misc]
    return [stem(word) for word in words_of(plain) if word not in SMALL_WORDS and len(word) > 1]


@lru_cache(maxsize=STEM_CACHE)
def related(word: str) -> frozenset[str]:
    """Return the stems that mean the same as this one, or nearly; none where it has no synonyms."""
    return _RELATED.get(word, frozenset())


# --- words for changes -------------------------------------------------------------------------------------------


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


# --- tables ------------------------------------------------------------------------------------------------------


def _concepts(lines: Iterable[str]) -> dict[str, str]:
    table: dict[str, str] = {}
    for line in lines:
        words = line.split()
        for word in words:
            table.setdefault(stem(word), words[0])
    return table


def _neighbours(same: Sequence[str], near: Iterable[str]) -> dict[str, frozenset[str]]:
    lines = {line.partition(" ")[0]: line for line in same}
    found: dict[str, set[str]] = {}
    for line in (*same, *near):
        head, _, rest = line.partition(" ")
        stems = {stem(word) for word in f"{lines.get(head, head)} {rest}".split()}
        for one in stems:
            found.setdefault(one, set()).update(stems - {one})
    return {word: frozenset(others) for word, others in found.items()}


_COMPILED: Final = tuple((re.compile(rf"\b(?:{pattern})\b", re.IGNORECASE), words) for pattern, words in _PHRASES)
_CONCEPTS: Final = _concepts([*_WIDE.strip().splitlines(), *_SAME.strip().splitlines()])
_RELATED: Final = _neighbours(_SAME.strip().splitlines(), _NEAR.strip().splitlines())
VOCABULARY: Final = frozenset(f"{_SAME} {_WIDE}".split())
"""Every word that has a concept of its own or shares one, as it is written."""
