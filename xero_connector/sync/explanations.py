"""Xero's own error texts → what they mean for a bookkeeper and what to do next."""

import re
from collections import namedtuple

# ``resolve`` names a situation that the engine can settle by looking at Xero; then no text is needed.
Explanation = namedtuple("Explanation", "reason text resolve", defaults=(None,))
# Situation → whether the engine knows how to settle it for an element.
_SETTLED = {
    "number": lambda element: element.intent == "create",
    "contact_name": lambda element: element.intent == "create",
    "status": lambda element: element.intent == "void",
    # Only what we told can be left out.
    "tax_amount": lambda element: any("TaxAmount" in line for line in element.payload.get("LineItems") or []),
}


def explain(env, text, element):
    """Return the ``Explanation`` of a refusal. Xero's words are always part of the text."""
    for pattern, reason, resolve, advice in _table(env):
        if re.search(pattern, text, re.IGNORECASE):
            if resolve and _SETTLED[resolve](element):
                return Explanation(reason, text, resolve)
            if advice:
                return Explanation(reason, env._("%(advice)s (Xero: “%(words)s”)", advice=advice, words=text))
    return Explanation("refused", env._("Xero refused it: “%s”", text))


def _table(env):
    applied = env._(
        "In Xero it is paid, credited or voided, and Xero does not let such a document be changed. Remove the payment "
        "or credit there, then press Retry; or leave it and correct it with a credit note."
    )
    return [
        (r"invoice # must be unique|invoice number must be unique", "number", "number", ""),
        (r"name .* already assigned to another contact|contact name must be unique", "choice", "contact_name", ""),
        (r"contact ?number .*(already|unique|in use)", "choice", "contact_name", ""),
        (r"tax amount .*(does not match|is incorrect|cannot be|not valid|must be)", "totals", "tax_amount", ""),
        (r"payment or credit note allocated", "applied", None, applied),
        (r"not of valid status for modification", "applied", "status", applied),
        (
            r"lock date",
            "lock_date",
            None,
            env._(
                "The period is locked in Xero. Change the lock date there (Accounting → Advanced → Lock dates) or the "
                "document's date, then press Retry."
            ),
        ),
        (
            r"not subscribed to currency",
            "currency",
            None,
            env._(
                "The currency is not switched on in Xero: add it there under Settings → Currencies, then press Retry."
            ),
        ),
        (
            r"taxtype code .* cannot be used with account",
            "tax",
            None,
            env._("Xero does not allow this tax rate with this account: map another rate or another account."),
        ),
        (
            r"taxtype code .* does not exist",
            "tax",
            None,
            env._(
                "Xero has no such tax rate any more, or not for sales: press Refresh from Xero and map another rate "
                "under Xero → Mapping → Taxes."
            ),
        ),
        (
            r"tax rate with this name already exists",
            "tax",
            None,
            env._(
                "Xero has a rate of this name already, with another percentage or archived. Rename the tax in Odoo, or "
                "map it to a rate under Xero → Mapping → Taxes."
            ),
        ),
        (
            r"line total .* does not match|total does not equal the sum of the lines",
            "totals",
            None,
            env._("Xero computes other amounts than Odoo. Please report it, with this invoice's Xero History."),
        ),
        (
            r"discount ?(rate|amount|must)",
            "totals",
            None,
            env._(
                "Xero does not take the discount of a line. In the connection let discounts become lines of their own, "
                "then press Retry."
            ),
        ),
        (
            r"account code .* (is not a valid|archived)|account could not be found",
            "account",
            None,
            env._("The account cannot be used in Xero: press Refresh from Xero and map another one."),
        ),
        (
            r"archived",
            "contact",
            None,
            env._(
                "Something it uses is archived in Xero. Restore it there, or link another one here, then press Retry."
            ),
        ),
    ]
