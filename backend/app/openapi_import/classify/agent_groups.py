"""Grouping of operations by agent: few agents, named for what they are about, the same at every import.

What support speaks of every day has families of its own, so that shops, banks and help desks get the agents that their
teams would name. Everything else is grouped by its tag or by where its path begins. Names are made of words of paths
and tags alone, a few of them: a document's sentences never reach the router's prompt this way.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from app.language.stem import singular
from app.openapi.api import ApiDescription
from app.openapi.operation import OperationDefinition
from app.openapi_import.classify.labels import Classification
from app.openapi_import.classify.tokens import Segment, read_path, words_of
from app.openapi_import.classify.vocabulary import CONTAINERS
from app.tools.base import Access

MAX_AGENTS: Final = 12  # more are neither routed well nor looked after by people
FEWEST: Final = 3  # agents that even a small API may have
OPERATIONS_PER_AGENT: Final = (
    8  # on average, above that; five agents for fifteen operations only get in each other's way
)
MAX_NAME_WORDS: Final = 3  # of an agent's name that a document gave
MAX_NAME_CHARS: Final = 40  # the same; it is read in lists and prompts
MAX_THINGS: Final = 6  # named in an agent's description
MAX_THING_CHARS: Final = 24  # of each; what is longer is no word
MAX_TAGS: Final = 80  # more are no groups but notes
TAGGED: Final = 0.8  # of the operations: tags that fewer have do not sort an API
COMMON: Final = 0.8  # of the operations begin so: a prefix, no subject
OTHER: Final = "other"
_RESERVED: Final = frozenset({"router", "tools", "supervisor", "general", "other"})  # nodes of the graph, and ours

# A family: what it is about, and the words that belong to it. The first word of a name that is known decides.
_FAMILIES: Final[Mapping[str, tuple[str, str]]] = {
    "orders": ("orders, carts and what is in them", "order cart basket checkout purchase line"),
    "returns": ("returns, exchanges and claims", "return exchange claim rma"),
    "payments": ("payments, refunds, invoices and balances", """
        payment refund charge capture payout invoice transaction authorization authorisation billing bill transfer
        balance wallet card bank
        """),
    "disputes": ("disputes and chargebacks", "dispute chargeback"),
    "customers": ("customers and their addresses", "customer address contact shopper buyer profile"),
    "subscriptions": ("subscriptions, plans and memberships", """
        subscription plan membership entitlement license licence
        """),
    "shipping": ("shipping, deliveries and tracking", """
        shipping fulfillment fulfilment shipment delivery carrier tracking tracker courier parcel
        """),
    "bookings": ("bookings and appointments", "booking reservation appointment"),
    "catalog": ("products and how they are sorted", """
        product variant category collection catalog catalogue sku brand
        """),
    "promotions": ("prices, discounts and campaigns", """
        promotion coupon discount campaign price pricing gift voucher
        """),
    "inventory": ("stock and where it is", "inventory stock warehouse"),
    "tickets": ("tickets and conversations", "ticket conversation case inquiry helpdesk"),
    "access": ("users, keys and signing in", """
        auth oauth user invite apikey key session token login permission role
        """),
    "settings": ("regions, currencies, taxes and other settings", """
        setting region currency tax sales store locale country
        """),
}  # fmt: skip
_FAMILY_OF: Final = {
    word: family for family, (_, listed) in _FAMILIES.items() for word in map(singular, listed.split())
}
# Who asks for one of these asks for the others in the same breath; a small API has one agent for all of them.
_ASKED_TOGETHER: Final = {
    family: together
    for together, families in {
        "orders": "returns payments disputes shipping bookings",
        "customers": "subscriptions tickets access",
        "catalog": "promotions inventory settings",
    }.items()
    for family in families.split()
}
_NO_SUBJECT: Final = (CONTAINERS - {"user"}) | {
    "v",
    "rest",
    "apis",
    "services",
    "data",
    "core",
    "default",
    "client",
    "web",
    "store",
}


@dataclass(frozen=True, kw_only=True)
class ProposedAgent:
    """An agent that operations are proposed for; a person may rename it and move operations."""

    name: str
    title: str
    description: str
    permission: Literal["read", "write"]


def group_operations(operations: Sequence[OperationDefinition]) -> list[str]:
    """Return the name of an agent for each operation: few, and at most MAX_AGENTS different ones."""
    prefix = _prefix(operations)
    is_tagged = _tags_sort(operations)
    names = [_group(operation, prefix, is_tagged=is_tagged) for operation in operations]
    most = min(MAX_AGENTS, max(FEWEST, 1 + len(operations) // OPERATIONS_PER_AGENT))
    if len(set(names)) > most:
        names = [_ASKED_TOGETHER.get(name, name) for name in names]
    counts = Counter(names)
    if len(counts) <= most:
        return names
    kept = set(sorted(counts, key=lambda name: (-counts[name], name))[: most - 1])
    return [name if name in kept else OTHER for name in names]


def propose_agents(api: ApiDescription, classifications: Sequence[Classification]) -> list[ProposedAgent]:
    """Return the agents that the labels name, the largest first; one that holds only reads may only read."""
    counts = Counter(one.agent for one in classifications)
    things: dict[str, Counter[str]] = defaultdict(Counter)
    for operation, one in zip(api.operations, classifications, strict=True):
        things[one.agent].update(_things(operation))
    writing = {one.agent for one in classifications if one.access is not Access.READ}
    return [
        ProposedAgent(
            name=name,
            title=_title(name),
            description=_description(name, things[name]),
            permission="write" if name in writing else "read",
        )
        for name, _ in sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    ]


def _title(name: str) -> str:
    return name.replace("_", " ").capitalize()


def _description(name: str, things: Counter[str]) -> str:
    """Say what an agent is about, in words that the router can tell it from others by."""
    about = _FAMILIES[name][0] if name in _FAMILIES else name.replace("_", " ")
    sentence = "Everything that no other agent is about" if name == OTHER else f"Looks after {about}"
    known = set(words_of(about))
    often = sorted(things, key=lambda word: (-things[word], word))
    others = [word for word in often if word not in known and singular(word) not in known]
    return f"{sentence}: {', '.join(others[:MAX_THINGS])}." if others else f"{sentence}."


def _things(operation: OperationDefinition) -> set[str]:
    """Return the plural nouns of a path: what there are many of is what people ask for."""
    named = (segment.words[-1] for segment in read_path(operation.path).literals)
    return {word for word in named if word.endswith("s") and len(word) <= MAX_THING_CHARS}


def _prefix(operations: Sequence[OperationDefinition]) -> frozenset[str]:
    """Return the first segments that nearly all paths share and go straight on from: /admin/orders, /api/orders."""
    firsts = Counter(
        segments[0].text
        for operation in operations
        if len(segments := read_path(operation.path).segments) > 1
        and not (segments[0].is_parameter or segments[1].is_parameter)
    )
    return frozenset(text for text, count in firsts.items() if count >= COMMON * len(operations))


def _tags_sort(operations: Sequence[OperationDefinition]) -> bool:
    tagged = [operation.tags[0] for operation in operations if operation.tags]
    return len(tagged) >= TAGGED * len(operations) and 1 < len(set(tagged)) <= MAX_TAGS


def _group(operation: OperationDefinition, prefix: frozenset[str], *, is_tagged: bool) -> str:
    tag = _words(operation.tags[0]) if is_tagged and operation.tags else ()
    root = _root(read_path(operation.path).literals, prefix)
    place = root.words if root is not None else ()
    for words in (tag, place):
        if family := next((_FAMILY_OF[word] for word in map(singular, words) if word in _FAMILY_OF), ""):
            return family
    return _name(tag or place)


def _words(tag: str) -> tuple[str, ...]:
    """Return the words of a tag that say what it is about; none where it only says for whom, as "admin" does."""
    return tuple(word for word in words_of(tag) if word not in _NO_SUBJECT)


def _root(literals: Sequence[Segment], prefix: frozenset[str]) -> Segment | None:
    """Return the first segment that says what it is about."""
    rest = [segment for segment in literals if segment.text not in prefix]
    distinctive = [segment for segment in rest if not set(segment.words) <= _NO_SUBJECT]
    return next(iter(distinctive or rest or literals), None)


def _name(words: Sequence[str]) -> str:
    kept = [*words[: MAX_NAME_WORDS - 1], singular(words[-1])] if len(words) > MAX_NAME_WORDS else list(words)
    name = "_".join(word for word in kept if word.isascii())[:MAX_NAME_CHARS].strip("_")
    if not name:
        return OTHER
    return f"{name}_desk" if name in _RESERVED else name
