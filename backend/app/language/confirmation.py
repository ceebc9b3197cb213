"""Recognizer of a closing confirmation: the customer says that what they came for is done. English."""

from __future__ import annotations

import re
from typing import Final

MAX_CHARS: Final = 200  # a thank-you is short; in a long message the thanks are politeness and the rest is the point

_SAYS_SO: Final = re.compile(
    r"\b(thanks|thank you|thx|cheers|much appreciated|perfect|great|awesome|brilliant|wonderful|solved|sorted|resolved"
    r"|that (helps|helped|worked)|it work(s|ed)|works now|all (good|set)|that(('|\si)s| was) all|nothing else"
    r"|no more questions|danke\w*|vielen dank|perfekt|super|das war('?s| alles)|merci|parfait|gracias|perfecto"
    r"|grazie|perfetto|obrigad[oa]|dank je|bedankt|tack|kiitos)\b",
    re.IGNORECASE,
)
_TAKES_BACK: Final = re.compile(
    r"\b(not|\w+n't|cannot|no thanks to|thanks for nothing|still|but|however|wrong|useless|instead|please|nicht"
    r"|kein\w*|aber|immer noch|mais|pas|pero|niet|maar)\b",
    re.IGNORECASE,
)


def confirms(text: str) -> bool:
    """Say whether a short message thanks or says that it is done, without asking or complaining beside it."""
    if len(text) > MAX_CHARS or "?" in text:
        return False
    plain = text.replace("\u2019", "'")  # as phones write it
    return bool(_SAYS_SO.search(plain)) and not _TAKES_BACK.search(plain)
