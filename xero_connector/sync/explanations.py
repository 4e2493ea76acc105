"""Xero's own error texts → what they mean for a bookkeeper and what to do next."""

import re
from collections import namedtuple

from .known_refusals import KNOWN

# ``resolve`` names a situation that the engine can settle by looking at Xero; then no advice is needed.
Explanation = namedtuple("Explanation", "reason text resolve", defaults=(None,))
# Situation → whether the engine knows how to settle it for an element.
_SETTLED = {
    "number": lambda element: element.intent == "create",
    "contact_name": lambda element: element.intent == "create",
    "status": lambda element: element.intent == "void",
    # Only what we told can be left out.
    "tax_amount": lambda element: any("TaxAmount" in line for line in element.payload.get("LineItems") or []),
}
# A whole page of a gateway, or the complaints about a hundred lines: the beginning tells.
_LONGEST = 1_000
# A tag has a letter after its bracket; “the characters < or >” has none.
_TAGS = re.compile(r"<(script|style)\b.*?</\1\s*>|<[!/a-z][^<>]*>", re.IGNORECASE | re.DOTALL)


def explain(env, text, element):
    """Return the ``Explanation`` of a refusal. Xero's words are always part of the text, in plain text and cut.

    :param text: what Xero said, or a text of ours about what it did
    :param element: what was refused; it decides whether the engine can settle it
    """
    words = _plain(text)
    if not words:
        return Explanation("refused", env._("Xero refused it without saying why. Press Retry."))
    refusal = find(words)
    if not refusal:
        return Explanation("refused", env._("Xero refused it: “%s”", words))
    if refusal.resolve and _SETTLED[refusal.resolve](element):
        return Explanation(refusal.reason, words, refusal.resolve)
    return Explanation(
        refusal.reason, env._("%(advice)s (Xero: “%(words)s”)", advice=env._(refusal.advice), words=words)
    )


def find(words):
    """Return the first entry of the table that knows these words of Xero, or ``None``."""
    for refusal in KNOWN:
        if any(re.search(pattern, words, re.IGNORECASE) for pattern in refusal.patterns):
            return refusal
    return None


def _plain(text):
    """Return a text without tags and superfluous spaces, cut where it is longer than anybody reads."""
    # Tags are looked for in a piece of it only: it may be as long as a whole page.
    words = " ".join(_TAGS.sub(" ", text[: _LONGEST * 5]).split())
    return words if len(words) <= _LONGEST else f"{words[: _LONGEST - 1]}…"
