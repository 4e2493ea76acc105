"""Addresses of documents in Xero's web screens, as Xero publishes them for deep linking."""

from urllib.parse import quote

_PATHS = {
    ("Invoice", "ACCREC"): "/AccountsReceivable/View.aspx?InvoiceID={id}",
    ("Invoice", "ACCPAY"): "/AccountsPayable/Edit.aspx?InvoiceID={id}",
    ("CreditNote", "ACCRECCREDIT"): "/AccountsReceivable/ViewCreditNote.aspx?creditNoteID={id}",
    ("CreditNote", "ACCPAYCREDIT"): "/AccountsPayable/ViewCreditNote.aspx?creditNoteID={id}",
    # Xero's guide names payments among what can be linked to; the path is that of Xero's own MCP server.
    ("Payment", None): "/Bank/ViewTransaction.aspx?bankTransactionID={id}",
    ("Contact", None): "/Contacts/View/{id}",
    ("ManualJournal", None): "/Journal/View.aspx?invoiceID={id}",
}


def deep_link(web_url, short_code, xero_type, xero_id, subtype=None):
    """Return the address that opens a document in the right organisation after Xero's login.

    Empty for what has no page of its own in Xero: allocations, tax rates and currencies.
    """
    path = (_PATHS.get((xero_type, subtype)) or _PATHS.get((xero_type, None), "")).format(id=xero_id)
    return path and (
        f"{web_url}/organisationlogin/default.aspx"
        f"?shortcode={quote(short_code or '', safe='')}&redirecturl={quote(path, safe='')}"
    )
