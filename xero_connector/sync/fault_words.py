"""Faults of a call in the reader's language. ``xero_api`` knows no Odoo; its texts become terms here."""

import re

from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)

_TERMS = (
    _lt("Xero could not be reached"),
    _lt("Xero could not be reached (timeout)"),
    _lt("Xero did not answer in time"),
    _lt("Xero's certificate could not be verified"),
    _lt("The connection to Xero was lost"),
    _lt("Xero's answer could not be read"),
    _lt("Xero's answer names no organisation"),
    _lt("Xero's answer holds no access token"),
    _lt("Xero's list of organisations could not be read"),
    _lt("Xero did not accept the access token"),
    _lt("Xero asks to wait"),
)
_STATUS = re.compile(r"(Xero|Xero's sign-in service) answered (\d{3})")


def fault_words(env, error):
    """Return what a ``XeroError`` says in the language of ``env``; Xero's own words stay as they are."""
    status = _STATUS.fullmatch(str(error))
    if status and status[1] == "Xero":
        return env._("Xero answered %s", status[2])
    if status:
        return env._("Xero's sign-in service answered %s", status[2])
    english = env(context={**env.context, "lang": "en_US"})
    return {english._(term): env._(term) for term in _TERMS}.get(str(error), str(error))
