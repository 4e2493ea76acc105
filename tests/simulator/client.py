"""A small HTTP client for the simulator's own tests."""

import json
from decimal import Decimal

import requests


class Client:
    """Calls one organisation with one access token; numbers of answers are ``Decimal``."""

    def __init__(self, simulator, organisation, token):
        self.simulator, self.organisation, self.token = simulator, organisation, token
        self.session = requests.Session()

    def call(self, method, path, body=None, headers=None, **params):
        """One call to the accounting API; ``body`` is sent as JSON."""
        sent = {
            "Authorization": f"Bearer {self.token}",
            "xero-tenant-id": self.organisation.id,
            "Accept": "application/json",
            **(headers or {}),
        }
        sent = {name: value for name, value in sent.items() if value is not None}
        options = {"data": body} if isinstance(body, (bytes, str)) else {"json": body}
        url = f"{self.simulator.url}/api.xro/2.0/{path}"
        return self.session.request(method, url, params=params, headers=sent, timeout=20, **options)

    def get(self, path, headers=None, **params):
        """GET, which must succeed; the parsed answer."""
        return parsed(self.call("GET", path, headers=headers, **params))

    def put(self, plural, *elements, path=None, **params):
        """PUT of elements, which must succeed; the answer's elements."""
        return parsed(self.call("PUT", path or plural, {plural: list(elements)}, **params))[plural]

    def post(self, plural, *elements, path=None, **params):
        """POST of elements, which must succeed; the answer's elements."""
        return parsed(self.call("POST", path or plural, {plural: list(elements)}, **params))[plural]

    def refused(self, method, plural, *elements, path=None, **params):
        """The messages of a 400, element by element joined; fails when the call succeeds."""
        answer = self.call(method, path or plural, {plural: list(elements)}, **params)
        assert answer.status_code == 400, answer.text
        body = answer.json()
        assert (body["ErrorNumber"], body["Type"]) == (10, "ValidationException"), body
        return [error["Message"] for element in body["Elements"] for error in element["ValidationErrors"]]


def parsed(answer, status=200):
    """The JSON of an answer that must have ``status``."""
    assert answer.status_code == status, f"{answer.status_code}: {answer.text}"
    return json.loads(answer.text, parse_float=Decimal)


def line(amount="100", code="200", **fields):
    """An invoice line of quantity 1."""
    return {"Description": "Consulting", "Quantity": 1, "UnitAmount": amount, "AccountCode": code, **fields}


def invoice(contact_id, number="INV/1", lines=None, **fields):
    """A sales invoice ready to be approved."""
    return {
        "Type": "ACCREC",
        "Status": "AUTHORISED",
        "Contact": {"ContactID": contact_id},
        "InvoiceNumber": number,
        "Date": "2026-03-02",
        "DueDate": "2026-04-01",
        "LineItems": [line()] if lines is None else lines,
        **fields,
    }


def bill(contact_id, number="B-77", lines=None, **fields):
    """A supplier bill ready to be approved."""
    lines = [line(code="400")] if lines is None else lines
    return invoice(contact_id, number, lines, **{"Type": "ACCPAY", **fields})


def credit_note(contact_id, number="CN/1", lines=None, **fields):
    """A credit note for a customer, ready to be approved."""
    return {
        "Type": "ACCRECCREDIT",
        "Status": "AUTHORISED",
        "Contact": {"ContactID": contact_id},
        "CreditNoteNumber": number,
        "Date": "2026-03-03",
        "LineItems": [line()] if lines is None else lines,
        **fields,
    }


def journal_line(amount, code, **fields):
    """A line of a manual journal: a positive amount is a debit."""
    return {"LineAmount": amount, "AccountCode": code, **fields}


def journal(lines=None, **fields):
    """A posted manual journal that takes 100 from deferred revenue to sales."""
    lines = [journal_line("100", "810"), journal_line("-100", "200")] if lines is None else lines
    return {"Narration": "March", "Date": "2026-03-31", "Status": "POSTED", "JournalLines": lines, **fields}


def payment(document, amount=None, account="090", **fields):
    """A payment of a saved invoice or credit note, of all that is open unless told otherwise."""
    name, open_field = ("CreditNote", "RemainingCredit") if "CreditNoteID" in document else ("Invoice", "AmountDue")
    return {
        name: {f"{name}ID": document[f"{name}ID"]},
        "Account": {"Code": account},
        "Amount": str(document[open_field]) if amount is None else amount,
        "Date": "2026-03-10",
        **fields,
    }


def one(api, contact, sent, unitdp=2, **fields):
    """Save an invoice of one line; the line as it comes back."""
    return api.put("Invoices", invoice(contact, None, LineItems=[sent], **fields), unitdp=unitdp)[0]["LineItems"][0]


def wrong(api, contact, sent, **fields):
    """The messages that a line causes."""
    return api.refused("PUT", "Invoices", invoice(contact, LineItems=[sent], **fields))
