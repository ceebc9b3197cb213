"""The words of requests and of tools, made comparable: stems, what means nearly the same, what says nothing."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from app.language.stems import stem

CACHE: Final = 8_192  # the vocabulary of a day's conversations and a large API

# Said in several words, meant as one, in the words of an API. Tried in this order.
_PHRASES: Final = (
    (r"money back|pay(?:ing)? (?:me |it )?back|give (?:\w+ ){0,3}back", "refund"),
    (r"sen[dt](?:ing)? (?:\w+ ){0,3}back|bring(?:ing)? (?:\w+ )?back|sent the \w+ back", "return"),
    (r"call(?:ing)? (?:\w+ )?off|changed my mind|never mind", "cancel"),
    (r"log(?:ging)? (?:me )?out|sign(?:ing)? (?:me )?out", "logout session"),
    (r"log(?:ging)? (?:me )?in|sign(?:ing)? (?:me )?in", "login session"),
    (r"sign(?:ing)? (?:\w+ )?up|open(?:ing)? an account", "create register account"),
    (r"check(?:ing)? ?out|place(?:d)? (?:an|the|my) order", "complete create order checkout"),
    (r"take (?:\w+ ){1,3}out", "remove"),
    (r"put (?:\w+ ){1,5}in(?:to)?|set \w+ (?:\w+ )?aside", "add"),
    (r"in stock|how many (?:\w+ )?(?:are left|do you have|have you)", "inventory stock available"),
    (r"gone through|was (?:\w+ ){0,2}taken|take the money", "captured capture payment"),
    (r"(?:promo|discount|voucher|coupon) codes?", "promotion"),
    (r"gift ?cards?", "giftcard"),
    (r"e-mail", "email"),
    (r"made out to", "billing"),
    (r"tell me (?:more )?about|look(?:ing)? (?:\w+ )?up|what do you know about", "get"),
    (r"\bon hold\b|\bheld\b", "authorization hold"),
    (r"i moved|my old place", "change address"),
)

# Words that an API and its customers use for nearly the same thing. A word may stand in several lines.
_RELATED: Final = """
refund reimburse repay reimbursement compensation
return rma
cancel abort stop terminate void end revoke withdraw
delete remove erase drop close
update change edit modify correct amend adjust rename wrong fix move
create add new make place register open submit start
add put append include insert
get show status retrieve find detail info know tell see view where what
list all every which show history
search find look
order purchase buy bought
cart basket bag trolley
checkout complete pay order
product item article good sell
variant size color colour
category kind section
picture image photo upload
shipment shipping delivery ship deliver parcel package fulfillment dispatch send
track tracking tracker
address street home moved
customer account profile user me my
account user customer
email mail
phone telephone mobile
password forgot reset
payment pay paid charge money card
capture collect charge take
invoice bill receipt
price cost expensive
promotion coupon discount voucher promo sale campaign
exchange swap replace larger smaller
claim damaged broken defective missing
dispute case complaint chargeback
evidence proof prove photo document
appeal disagree decision
offer propose settle proposal
deny reject decline refuse
accept agree approve
escalate level
message write send contact
subscription plan membership
inventory stock available left warehouse
reserve reservation aside
region country countries
tax vat
reason why
invite invitation colleague
key token
disable revoke deactivate block
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
currency currencies
group segment vip
shipped delivered
"""

_SMALL_WORDS: Final = frozenset(
    """
    a an the i me my mine we us our you your he she they them their it its this that these those is are was were be been
    being am do does did have has had will would can could shall should may might must to of in on at by for from with
    about as into and or but so if then also too please just really very there here not no yes ok okay hi hello hey
    dear thanks thank any some whom who whose because since want need like let now today still already ever up off
    over got id number nr one ones more much right last far through more than instead both each per via when while
    im ive ill id dont doesnt isnt cant wont whats wheres lets
    """.split()  # noqa: SIM905 - read as a list of words
)
_QUESTION: Final = re.compile(
    r"^\s*(?:what|which|where|when|why|who|how|is|are|was|were|do|does|did|has|have|show|list|find|tell)\b",
    re.IGNORECASE,
)
_HUMP: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_WORD: Final = re.compile(r"[^\W\d_]+")


def terms_of(text: str) -> list[str]:
    """Return the stems of a text's words, of a sentence or an identifier, without those that say nothing."""
    plain = _HUMP.sub(" ", text.replace("\u2019", "'")).lower().replace("'", "")
    for pattern, words in _COMPILED:
        plain = pattern.sub(lambda match, words=words: f"{words} {match[0]}", plain)  # type: ignore[misc]
    return [stem(word) for word in _WORD.findall(plain) if word not in _SMALL_WORDS and len(word) > 1]


@lru_cache(maxsize=CACHE)
def related(word: str) -> frozenset[str]:
    """Return the stems that mean nearly the same as this one."""
    return _TABLE.get(word, frozenset())


def is_question(text: str) -> bool:
    """Say whether somebody wants to know something, rather than have it done."""
    return bool(_QUESTION.match(text)) or text.rstrip().endswith("?")


def _table(lines: Iterable[str]) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for line in lines:
        stems = {stem(word) for word in line.split()}
        for one in stems:
            found.setdefault(one, set()).update(stems - {one})
    return {word: frozenset(others) for word, others in found.items()}


_COMPILED: Final = tuple((re.compile(rf"\b(?:{pattern})\b"), words) for pattern, words in _PHRASES)
_TABLE: Final = _table(_RELATED.strip().splitlines())
