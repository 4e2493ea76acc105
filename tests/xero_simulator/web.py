"""go.xero.com: the pages that *Open in Xero* leads to, and an index of what has arrived."""

import re
from html import escape
from urllib.parse import parse_qs, quote, urlsplit

from . import html

INVOICE_PATHS = ("/AccountsReceivable/View.aspx", "/AccountsReceivable/Edit.aspx", "/AccountsPayable/View.aspx",
                 "/AccountsPayable/Edit.aspx")  # fmt: skip
CREDIT_NOTE_PATHS = ("/AccountsReceivable/ViewCreditNote.aspx", "/AccountsPayable/ViewCreditNote.aspx")
JOURNAL_PATH = "/Journal/View.aspx"
CONTACT_PATH = re.compile(r"/Contacts/View/([0-9a-fA-F-]{36})")
INDEX_ROWS = 200


class Web:
    """HTML pages of one simulator."""

    def __init__(self, simulator):
        self.simulator = simulator

    def handle(self, request):
        """A page, or 404 in words."""
        with self.simulator.lock:
            if request.path == "/":
                return self.index()
            if request.path.lower() == "/organisationlogin/default.aspx":
                return self.open(request.args.get("shortcode", ""), request.args.get("redirecturl", ""))
        return missing("There is no such page.")

    def index(self):
        """All organisations with their newest contacts and invoices."""
        cards = "".join(self._organisation(org) for org in self.simulator.organisations.values())
        return html.page("Xero simulator", cards or '<div class="card"><p>There is no organisation yet.</p></div>')

    def open(self, short_code, target):
        """Follow a deep link: the organisation by its short code, then the document or contact of the path."""
        org = next((org for org in self.simulator.organisations.values() if org.short_code == short_code), None)
        if org is None:
            return missing("No organisation has this short code.")
        parts = urlsplit(target)
        query = {name.lower(): values[0] for name, values in parse_qs(parts.query).items()}
        if parts.path in INVOICE_PATHS and query.get("invoiceid", "").lower() in org.invoices:
            return invoice_page(org, org.invoices[query["invoiceid"].lower()])
        if parts.path in CREDIT_NOTE_PATHS and query.get("creditnoteid", "").lower() in org.credit_notes:
            return credit_note_page(org, org.credit_notes[query["creditnoteid"].lower()])
        # Xero's own link names the journal's id so.
        if parts.path == JOURNAL_PATH and query.get("invoiceid", "").lower() in org.manual_journals:
            return journal_page(org, org.manual_journals[query["invoiceid"].lower()])
        match = CONTACT_PATH.fullmatch(parts.path)
        if match and match.group(1).lower() in org.contacts:
            return contact_page(org, org.contacts[match.group(1).lower()])
        return missing("This organisation has no such document, journal or contact.")

    @staticmethod
    def _organisation(org):
        invoices, contacts = list(org.invoices.values()), list(org.contacts.values())
        return (
            f'<section class="card" id="{org.id}"><h1>{escape(org.name)} <span class="badge">{org.currency}</span></h1>'
            f'<p class="soft">{len(contacts)} contacts, {len(invoices)} invoices and bills</p>'
            "<h2>Invoices and bills</h2>"
            + invoice_table(org, invoices[: -INDEX_ROWS - 1 : -1])
            + "<h2>Contacts</h2>"
            + html.table(
                ("Name", "Email", "Number", "Status"),
                [
                    (
                        html.link(contact_url(org, record), record["Name"]),
                        escape(record["EmailAddress"]),
                        escape(record["ContactNumber"]),
                        escape(record["ContactStatus"].capitalize()),
                    )
                    for record in contacts[: -INDEX_ROWS - 1 : -1]
                ],
            )
            + "</section>"
        )


def invoice_table(org, records):
    """Invoices, newest first."""
    return html.table(
        ("Number", "Contact", "Date", "Due", "Status", "Total", "Due amount"),
        [
            (
                html.link(invoice_url(org, record), record["InvoiceNumber"] or "(no number)"),
                escape(org.contacts[record["ContactID"]]["Name"]),
                record["Date"].isoformat(),
                record["DueDate"].isoformat() if record["DueDate"] else "",
                f'<span class="badge">{record["Status"].capitalize()}</span>',
                money(record["Total"], record),
                money(record["AmountDue"], record),
            )
            for record in records
        ],
        numbers=(5, 6),
    )


def invoice_page(org, record):
    """One invoice or bill with its lines."""
    kind = "Invoice" if record["Type"] == "ACCREC" else "Bill"
    return document_page(org, record, f"{kind} {record['InvoiceNumber']}", ("Amount due", record["AmountDue"]))


def credit_note_page(org, record):
    """One credit note with its lines."""
    title = f"Credit note {record['CreditNoteNumber']}"
    return document_page(org, record, title, ("Remaining credit", record["RemainingCredit"]))


def document_page(org, record, title, left):
    """A document with its lines; ``left`` is the name and the amount of what is open."""
    contact = org.contacts[record["ContactID"]]
    rows = []
    for line in record["LineItems"]:
        if line["LineAmount"] is None:
            rows.append((escape(line["Description"]), "", "", "", "", "", ""))
            continue
        account = org.accounts.get(line["AccountID"])
        discount = f"{line['DiscountRate'].normalize():f}%" if line["DiscountRate"] else line["DiscountAmount"] or ""
        rows.append(
            (
                escape(line["Description"]), f"{line['Quantity'].normalize():f}", line["UnitAmount"], discount,
                escape(f"{account['Code']} {account['Name']}".strip()) if account else "",
                f"{escape(line['TaxType'])} {line['TaxAmount']}", line["LineAmount"],
            )
        )  # fmt: skip
    facts = [
        ("Status", record["Status"].capitalize()), ("Date", record["Date"]), ("Due", record["DueDate"]),
        ("Reference", record["Reference"]), ("Amounts are", record["LineAmountTypes"]), ("Source", record.get("Url")),
        ("Sent", "yes" if record["SentToContact"] else "no"),
    ]  # fmt: skip
    headers = ("Description", "Quantity", "Price", "Discount", "Account", "Tax", "Amount")
    totals = [("Subtotal", record["SubTotal"]), ("Tax", record["TotalTax"]), ("Total", record["Total"]), left]
    return html.page(
        title,
        f'<div class="card"><p class="soft">{escape(org.name)}</p><h1>{escape(title)}</h1>'
        f"<p>{html.link(contact_url(org, contact), contact['Name'])}</p>{html.facts(facts)}</div>"
        f'<div class="card">{html.table(headers, rows, numbers=(1, 2, 3, 5, 6))}'
        f"{html.facts([(name, money(amount, record)) for name, amount in totals])}</div>",
    )


def journal_page(org, record):
    """One manual journal with its lines, debits and credits side by side."""
    rows = []
    for line in record["JournalLines"]:
        account, amount = org.accounts.get(line["AccountID"]), line["LineAmount"] or 0
        rows.append(
            (
                escape(line["Description"]),
                escape(f"{account['Code']} {account['Name']}".strip()) if account else "",
                "" if line["IsBlank"] else f"{escape(line['TaxType'])} {line['TaxAmount']}",
                escape(", ".join(f"{part['Name']}: {part['Option']}" for part in line["Tracking"])),
                amount if amount > 0 else "", -amount if amount < 0 else "",
            )
        )  # fmt: skip
    facts = [
        ("Status", record["Status"].capitalize()), ("Date", record["Date"]), ("Amounts are", record["LineAmountTypes"]),
        ("Source", record["Url"]),
    ]  # fmt: skip
    headers = ("Description", "Account", "Tax", "Tracking", f"Debit {org.currency}", f"Credit {org.currency}")
    return html.page(
        "Manual journal",
        f'<div class="card"><p class="soft">{escape(org.name)}</p><h1>{escape(record["Narration"])}</h1>'
        f'{html.facts(facts)}</div><div class="card">{html.table(headers, rows, numbers=(2, 4, 5))}</div>',
    )


def contact_page(org, record):
    """One contact with its documents."""
    address = [
        (kind.capitalize(), ", ".join(values.values())) for kind, values in record["Addresses"].items() if values
    ]
    phones = [(kind.capitalize(), " ".join(values.values())) for kind, values in record["Phones"].items() if values]
    facts = [
        ("Status", record["ContactStatus"].capitalize()), ("Email", record["EmailAddress"]),
        ("Contact number", record["ContactNumber"]), ("Account number", record["AccountNumber"]),
        ("Tax number", record["TaxNumber"]), *address, *phones,
    ]  # fmt: skip
    documents = org.invoices.find("contact", record["ContactID"])[::-1]
    return html.page(
        record["Name"],
        f'<div class="card"><p class="soft">{escape(org.name)}</p><h1>{escape(record["Name"])}</h1>'
        f'{html.facts(facts)}</div><div class="card">{invoice_table(org, documents)}</div>',
    )


def money(amount, record):
    """An amount with its currency."""
    return f"{amount:,.2f} {record['CurrencyCode']}"


def deep_link(org, path):
    """A link in the form that Xero documents."""
    return f"/organisationlogin/default.aspx?shortcode={quote(org.short_code)}&redirecturl={quote(path, safe='')}"


def invoice_url(org, record):
    """The deep link of an invoice or bill."""
    page = "AccountsReceivable/View" if record["Type"] == "ACCREC" else "AccountsPayable/Edit"
    return deep_link(org, f"/{page}.aspx?InvoiceID={record['InvoiceID']}")


def contact_url(org, record):
    """The deep link of a contact."""
    return deep_link(org, f"/Contacts/View/{record['ContactID']}")


def missing(reason):
    """404 for a person."""
    content = f'<div class="card"><h1>Not found</h1><p>{escape(reason)}</p></div>'
    return html.page("Not found", content, 404, narrow=True)
