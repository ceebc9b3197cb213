"""Reading of what a customer writes: acts, clauses, what is forbidden, what "it" and "the other one" stand for. Pure.

English, but for the wish for a person. In doubt a clause is a question: a question changes nothing.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Sequence
from enum import StrEnum
from typing import Final

from app.agents.routing.router import Turn
from app.demo_model.script import MONTHS, script
from app.language.stem import singular, stem
from app.language.synonyms import READS, VOCABULARY, actions_in, concept, is_action, straight
from app.language.tokens import SMALL_WORDS, join_words, words_of

MAX_READ_CHARS: Final = 2_000  # of one message; what is wanted is said before that, and reading more takes long
MIN_MENDED_CHARS: Final = 4  # shorter words are near to too many others
NEARLY: Final = 0.82  # alike enough for a slip of the fingers: cancle and cancel, but not older and order
MIN_NOUN_CHARS: Final = 3  # "on 21" and "at 10" name nothing
CODE: Final = re.compile(r"(?<![\w@.-])(?=[\w-]*\d)(?=[\w-]*[A-Za-z])[A-Za-z0-9]+(?:[_-][A-Za-z0-9]+)*(?![\w@-])")
ID_NUMBER: Final = r"#?\d{3,}(?!\d|[.,]\d|\s*(?:%|euros?\b|eur\b))"  # shorter ones count days and pieces
_THING: Final = re.compile(
    rf"\b([a-z]+)\s+(?:(?:number|no\.?|nr\.?|id|code)\s*)?"
    rf"((?:{ID_NUMBER}|{CODE.pattern})(?:(?:\s*,\s*|\s+and\s+){ID_NUMBER})*)",
    re.IGNORECASE,
)
_PRONOUN: Final = re.compile(
    r"\b(?:it|that one|this one|the same one|that order|this order|them|those|these|both)\b", re.IGNORECASE
)
_OBJECT: Final = re.compile(r"^\W*(?:\w+\W+){1,2}(?:it|this|that|them|my|the|me|us|#?\d)", re.IGNORECASE)
_QUOTED: Final = re.compile(r"\"[^\"]*\"")
_ABBREVIATION: Final = re.compile(r"\b(?:no|nr|mr|mrs|ms|dr|st|e\.g|i\.e)\.$", re.IGNORECASE)


class Act(StrEnum):
    """What a clause does."""

    PERSON = "person"
    BOT = "bot"
    HELP = "help"
    NO = "no"
    GOODBYE = "goodbye"
    GREETING = "greeting"
    THANKS = "thanks"
    YES = "yes"
    ORDER = "order"
    QUESTION = "question"
    STATEMENT = "statement"


def act_of(text: str) -> Act:
    """Say what a text does."""
    for name, saying in script().acts.items():
        if saying.fits(straight(text)):
            return Act(name)
    if is_forbidden(text) and len(clauses_of(text)) == 1:
        return Act.NO
    if is_request_to_do(text) or _orders_politely(text):
        return Act.ORDER
    if text.rstrip().endswith("?") or _begins("question", text) or script().find("about_ways", text):
        return Act.QUESTION
    return Act.ORDER if starts_with_verb(text) else Act.STATEMENT


def asks_nothing(act: Act) -> bool:
    """Say whether an act is a courtesy or about the conversation itself, so that no tool is for it."""
    return act not in {Act.ORDER, Act.QUESTION, Act.STATEMENT}


def is_forbidden(clause: str) -> bool:
    """Say whether a clause says not to do something that could be done: "don't cancel 1042"."""
    found = script().find("forbids", straight(clause))
    return found is not None and bool(actions_in(found["what"]) - {"create"})


def is_request_to_do(text: str) -> bool:
    """Say whether the text asks for something to be done, however politely."""
    return _begins("asks_to_do", text)


def starts_with_verb(text: str) -> bool:
    """Say whether the text begins, after polite words, with a verb that orders something."""
    return any(is_action(concept(word)) or concept(word) in READS for word in words_of(_bare(text))[:1])


def tells(text: str) -> bool:
    """Say whether a text tells something, as what leads up to a request does: "I ordered the wrong lamp"."""
    return _begins("tells", text)


def is_general(text: str) -> bool:
    """Say whether a question is about how things are in general: it names nothing of the customer's own."""
    if act_of(text) is not Act.QUESTION:
        return False
    return (
        not script().find("own", script().meant(text))
        and not CODE.search(text)
        and not re.search(r"\b[A-Z]{4,}\d*\b", text)
    )


def _begins(pattern: str, text: str) -> bool:
    return script().pattern(pattern).match(_bare(text)) is not None


def _bare(text: str) -> str:
    """Return the text without the polite words that it begins with."""
    plain = straight(text).strip(" \t\n-,.:;!\"'(")
    return script().pattern("polite").sub("", plain, count=1)


def _orders_politely(text: str) -> bool:
    """Say whether a verb and its object make an order, although it ends like a question: `refund it?`."""
    return starts_with_verb(text) and not _begins("question", text) and _OBJECT.search(text) is not None


def clauses_of(text: str) -> list[str]:
    """Split a text into the things it says, in order; what doesn't begin something of its own stays where it was."""
    text = text.strip()
    hidden = _QUOTED.sub(lambda match: "\x00" * len(match[0]), text)
    clauses: list[str] = []
    start = 0
    for cut in script().pattern("cut").finditer(hidden):
        if _ABBREVIATION.search(hidden[: cut.start()]) or cut.start() <= start:
            continue
        if _starts_a_clause(text[cut.end() :]) and _says_something(text[start : cut.start()]):
            clauses.append(text[start : cut.start()].strip(" ,;\n"))
            start = cut.end()
    clauses.append(text[start:].strip(" ,;\n"))
    return [clause for clause in clauses if clause]


def _starts_a_clause(text: str) -> bool:
    return starts_with_verb(text) or any(_begins(one, text) for one in ("asks_to_do", "question", "forbids"))


def _says_something(text: str) -> bool:
    """Say whether a piece is more than a greeting, small words and numbers."""
    return not set(words_of(text)) <= script().acts["greeting"].only | (SMALL_WORDS - {"thank", "thanks"})


# --- things and what stands for them -----------------------------------------------------------------------------


def things_in(text: str) -> list[str]:
    """Return the things that a text names by a number or a code: `order 1042`, each once; `1042` after a verb."""
    found = [
        value if is_action(concept(noun)) or concept(noun) in READS else f"{noun} {value}"
        for noun, value in _THING.findall(straight(text))
        if len(noun) >= MIN_NOUN_CHARS and noun.lower() not in SMALL_WORDS and noun.capitalize() not in MONTHS
    ]
    unique = {singular(thing.lower().partition(" ")[0]) + thing.partition(" ")[2]: thing for thing in reversed(found)}
    return list(reversed(unique.values()))


def with_referent(clause: str, said_before: Sequence[str]) -> str:
    """Put what a pronoun stands for into the clause, from what was said before it, newest last."""
    found = _PRONOUN.search(clause)
    if found is None or things_in(clause):
        return clause
    for earlier in reversed(said_before):
        if things := things_in(earlier):
            return clause[: found.start()] + join_words(things) + clause[found.end() :]
    return clause


def in_full(request: str, before: Sequence[Turn]) -> str:
    """Say in full what only goes on from what was asked before: "and the other one?", "what about 1043?"."""
    earlier = next((turn.text for turn in reversed(before) if turn.customer and things_in(turn.text)), "")
    opened = script().find("follow_up", request)
    other = script().find("other_one", request)
    if not earlier or not (opened or other):
        return request
    rest = request[opened.end() :] if opened else request
    is_bare = re.fullmatch(rf"\W*(?:\w+\W+)?(?:{ID_NUMBER}|{CODE.pattern})\W*", rest) is not None
    if not is_bare and (other is None or len(words_of(rest)) > len(words_of(other[0]))):
        return request
    spoken = " ".join(dict.fromkeys(re.findall(ID_NUMBER, " ".join(turn.text for turn in before)))).split()
    used = re.findall(ID_NUMBER, earlier)
    left = re.findall(rf"{ID_NUMBER}|{CODE.pattern}", rest) if is_bare else [one for one in spoken if one not in used]
    if len(left) == 1:
        return re.sub(rf"{ID_NUMBER}|{CODE.pattern}", left[0], earlier, count=1)
    noun = things_in(earlier)[0].partition(" ")[0]
    return f"{re.sub(rf'{noun} .*', '', earlier)}my other {noun}"


# --- texts of any length -----------------------------------------------------------------------------------------


def readable(text: str) -> str:
    """Return what is read of a text: its beginning up to a whole word, every run of blanks as one."""
    plain = "\n".join(" ".join(line.split()) for line in text.splitlines() if line.strip())
    if len(plain) <= MAX_READ_CHARS:
        return plain
    cut = plain[:MAX_READ_CHARS]
    return cut[: max(cut.rfind(" "), cut.rfind("\n"))] if " " in cut or "\n" in cut else cut


# --- typing mistakes ---------------------------------------------------------------------------------------------


def corrected(text: str, known: Collection[str] = ()) -> str:
    """Mend typing mistakes: a word that nobody knows becomes the one for a tool that it nearly is.

    `known` are further words that are spelled as they are meant. Names, codes and quotations stay.
    """
    targets = sorted((VOCABULARY | {"where", "order"}) - {"void", "file"})
    spelled = {stem(word) for word in (*known, *VOCABULARY)} | SMALL_WORDS

    def mended(match: re.Match[str]) -> str:
        word = match[0]
        if len(word) < MIN_MENDED_CHARS or stem(word) in spelled or (word[0].isupper() and match.start()):
            return word
        near = [one for one in targets if one[0] == word[0].lower()]
        return next(iter(difflib.get_close_matches(word.lower(), near, n=1, cutoff=NEARLY)), word)

    return re.sub(r"(?<![\w@.'\"-])[A-Za-z]+(?![\w@'\"-])", mended, text)
