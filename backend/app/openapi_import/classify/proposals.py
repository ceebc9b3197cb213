"""Proposals beside the access: who must consent, what the customer is asked for, and who the customer is. Pure.

A support team wants a customer's own wish carried out once they confirmed it, a second pair of eyes before money or
things are gone for good, and nobody outside deciding about the business's own settings. So:

- a read is asked of nobody;
- a write to something of the customer's (an order, an address) is asked of the customer; to something of the
  business's (a price list, a webhook, somebody's session) of an operator: a customer's yes says nothing there;
- what cannot be taken back is asked of the customer, then of an operator; of the operator alone where it is not theirs;
- what is doubtful is asked of an operator.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from app.language.stem import singular
from app.openapi.operation import ArgumentInfo
from app.openapi_import.classify import vocabulary as words
from app.openapi_import.classify.labels import Evidence
from app.openapi_import.classify.read_write import Judgement
from app.openapi_import.classify.signals import Facts
from app.openapi_import.classify.tokens import PathWords, Segment, words_of
from app.tools.base import Access, ConsentRule

IDEMPOTENCY_HEADERS: Final = frozenset({"idempotency-key", "x-idempotency-key", "idempotent-key", "x-idempotent-key",
                                        "paypal-request-id", "idempotencykey", "x-idempotencykey"})  # fmt: skip

# Nouns that stand for the person who asks, when an id follows: customer_id, buyerId, /customers/{id}.
PERSONS: Final = words.word_set("""
    customer buyer shopper patient guest subscriber cardholder consumer policyholder passenger payer
""")
# These may as well be somebody else (a colleague, another member), so they need to own what the path goes on to name.
PERHAPS_PERSONS: Final = frozenset({"user", "member"})
_IDS: Final = frozenset({"id", "uuid", "guid", "key", "uid"})
SUBJECT: Final = "sub"
_CONTACT_CLAIMS: Final = {"email": "email", "mail": "email", "phone": "phone_number", "telephone": "phone_number"}

_HOW: Final = words.word_set("include exclude with expand page sort per fields")  # as first words: include_deleted
# Arguments that say how to ask, not what for; nobody asks a customer for them.
_TECHNICAL: Final = words.word_set("""
    accept api callback correlation count cursor embed etag exclude expand extend fields filter filters format from
    hash idempotency include includes internal limit locale metadata next offset order orderby page pagesize
    pagination per prefer query raw select signature size skip sort sortby source start take test timeout timestamp
    to token top trace version webhook with
""")


# --- consent -----------------------------------------------------------------------------------------------------


def propose_consent(judgement: Judgement, facts: Facts) -> tuple[ConsentRule, Evidence | None]:
    """Say who should be asked, and why where that is not plain from the access."""
    if judgement.access is Access.READ:
        return ConsentRule.NOBODY, None
    if judgement.is_doubtful:
        return ConsentRule.OPERATOR, Evidence(
            kind="consent", text="It is doubtful what it does, so an operator decides."
        )
    owner = whose(facts.path)
    if owner:
        text = f'A customer cannot decide about "{owner}"; an operator does.'
        return ConsentRule.OPERATOR, Evidence(kind="consent", text=text)
    if judgement.access is Access.DESTRUCTIVE:
        return ConsentRule.BOTH, Evidence(
            kind="consent", text="It cannot be taken back, so an operator looks at it too."
        )
    return ConsentRule.CUSTOMER, None


def whose(path: PathWords) -> str:
    """Return the thing of the business's that an operation acts on; empty where it is the customer's, or not known.

    The first thing in the path that is known decides, but for what only holds others: /stores/{id}/orders is about
    orders, /customer-groups/{id}/customers about groups.
    """
    held = next((one for one in path.literals if set(one.words) & words.CREDENTIAL_THINGS), None)
    if held is not None:
        return held.text
    is_staffs = any(segment.words == ("admin",) for segment in path.literals)
    known = [(segment, thing) for segment in path.literals if (thing := _thing(segment, is_staffs=is_staffs))]
    while len(known) > 1 and known[0][0].head in words.CONTAINERS:
        known.pop(0)
    return known[0][0].text if known and known[0][1] == "business" else ""


def _thing(segment: Segment, *, is_staffs: bool) -> str:
    """Say whose a thing is: customer or business; empty where it is not known.

    Groups, lists and reasons of anything are how a business sorts it; else the first word that is known decides.
    """
    if segment.head == "user":
        return "business" if is_staffs else "customer"
    if len(segment.words) > 1 and segment.head in words.SORTING_THINGS:
        return "business"
    for word in (*map(singular, segment.words), segment.head):
        if word in words.CUSTOMERS_THINGS:
            return "customer"
        if word in words.BUSINESS_THINGS:
            return "business"
    return ""


# --- the customer ------------------------------------------------------------------------------------------------


def bind(facts: Facts) -> tuple[dict[str, str], list[Evidence]]:
    """Return which arguments say who the customer is, each with its claim, and why."""
    bound: dict[str, str] = {}
    evidence = []
    for argument in facts.operation.arguments:
        claim, why = _claim(argument, facts)
        if claim:
            bound[argument.name] = claim
            evidence.append(Evidence(kind="identity", text=f'"{argument.wire_name}" {why}.'))
    return bound, evidence


def _claim(argument: ArgumentInfo, facts: Facts) -> tuple[str, str]:
    """Return the claim that an argument takes, and why; empty where the evidence is not good enough."""
    name = words_of(argument.wire_name.removeprefix("X-").removeprefix("x-"))
    if not name or argument.type in {"object", "array", "boolean"}:
        return "", ""
    person = next((singular(word) for word in name[-3:] if singular(word) in PERSONS), "")
    if person and name == (person,) and argument.place in {"path", "query", "header"}:
        return SUBJECT, f"says who the {person} is"
    if person and len(name) > 1 and singular(name[-2]) == person:  # but not customer_group_id
        claim = SUBJECT if name[-1] in _IDS else _CONTACT_CLAIMS.get(name[-1], "")
        if claim:
            return claim, f"says who the {person} is"
    if argument.place == "header" and name == ("user", "id"):
        return SUBJECT, "says who asks"
    if argument.place == "path":
        return _claim_of_place(argument, name, facts.path)
    return "", ""


def _claim_of_place(argument: ArgumentInfo, name: tuple[str, ...], path: PathWords) -> tuple[str, str]:
    """Judge a path's parameter by what it follows: /customers/{id}, /users/{userId}/orders."""
    before = _before(path, argument.wire_name)
    if before is None:
        return "", ""
    place, head = before
    contact = next((_CONTACT_CLAIMS[word] for word in name if word in _CONTACT_CLAIMS), "")
    alone = not any(segment.is_parameter for segment in path.segments[:place])
    is_plain = len(path.segments[place - 1].words) == 1
    if head in PERSONS and alone and is_plain and (contact or name[-1] in _IDS or name == (head,)):
        return contact or SUBJECT, f"says who the {head} is"
    owned = {segment.head for segment in path.segments[place + 1 :] if not segment.is_parameter}
    if head in PERHAPS_PERSONS and alone and is_plain and owned & _OWNED and (contact or name[-1] in {*_IDS, head}):
        return contact or SUBJECT, f"says whose {min(owned & _OWNED)} it is"
    return "", ""


# What people own in a shop, a bank or a subscription; a user of a workspace owns other things.
_OWNED: Final = words.word_set("""
    order cart basket address subscription invoice payment card booking reservation wallet return refund wishlist
    purchase transaction
""")


def _before(path: PathWords, wire_name: str) -> tuple[int, str] | None:
    for place, segment in enumerate(path.segments):
        if segment.is_parameter and segment.text.strip("{}") == wire_name and place:
            previous = path.segments[place - 1]
            return (place, previous.head) if not previous.is_parameter else None
    return None


def ask_customer_for(facts: Facts, bound: Mapping[str, str]) -> tuple[str, ...]:
    """Return the arguments that the customer is asked for: those that say what for, not how to ask."""
    return tuple(
        argument.name for argument in facts.operation.arguments if argument.name not in bound and _is_theirs(argument)
    )


def _is_theirs(argument: ArgumentInfo) -> bool:
    if argument.place in {"header", "cookie"}:
        return False
    name = words_of(argument.wire_name)
    is_technical = set(name) <= _TECHNICAL or "".join(name) in _TECHNICAL or name[0] in _HOW
    return argument.required or not is_technical


# --- sending it once, and seeing what it would change --------------------------------------------------------------


def takes_key(facts: Facts) -> Iterator[Evidence]:
    """Yield why an operation can be sent again without being done again."""
    header = facts.operation.plan.key_header or next(
        (
            argument.wire_name
            for argument in facts.operation.arguments
            if argument.place == "header" and argument.wire_name.lower() in IDEMPOTENCY_HEADERS
        ),
        None,
    )
    if header:
        yield Evidence(
            kind="idempotency", text=f'It takes the header "{header}", so it is done once however often it is sent.'
        )
