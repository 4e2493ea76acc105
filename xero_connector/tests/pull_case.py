from datetime import timedelta
from decimal import Decimal
from urllib.parse import parse_qsl

from odoo import fields

from .document_case import DocumentCase


class PullCase(DocumentCase):
    """What tests of reading Xero's changes share."""

    def binding(self, record):
        """The link of a record, to change as only the engine may."""
        return super().binding(record).sudo()

    def pull(self, **ask):
        """Have the next run read what changed in Xero, and run it; the log then holds its calls alone."""
        self.simulator.calls.clear()
        self.connection._write_run_facts({"documents_read_at": False})
        self.run_sync(**ask)

    @staticmethod
    def query(call):
        """The parameters of a call."""
        return dict(parse_qsl(call.query))

    def reads(self, resource="Invoices"):
        """The calls that read changed documents."""
        return [call for call in self.calls("GET", f"/{resource}") if "order" in self.query(call)]

    def edited(self, invoice, **values):
        """Change an invoice in Xero as a person does."""
        return self.organisation.edit_invoice(self.binding(invoice).xero_id, **values)

    def later(self, **time):
        """Let time pass in Xero, so that what happens next is no matter of the overlap."""
        self.simulator.clock.advance(timedelta(**time).total_seconds())

    def row_versions(self, *records):
        """What changes whenever the rows of these records are written, be it with the same values."""
        self.env.flush_all()
        found = []
        for record in records:
            self.env.cr.execute(f"SELECT ctid FROM {record._table} WHERE id IN %s ORDER BY id", [record._ids])
            found += self.env.cr.fetchall()
        return found

    # -- What Odoo knows of payments -----------------------------------------------------------------------------------

    def settlement(self, document, kind="payment", counterpart=None, amounts=(60.0, 60.0, 0.0), role="main", **link):
        """Note by hand what the engine notes of what settles a document, with its link to what Xero has.

        :param amounts: what it settles, what was paid, and what was written off
        """
        amount, cash, other = amounts
        settlement = (
            self.env["xero.settlement"]
            .sudo()
            .create(
                {
                    "name": document.name,
                    "company_id": self.company.id,
                    "document_id": document.id,
                    "counterpart_model": counterpart._name if counterpart else "account.payment",
                    "counterpart_id": counterpart.id
                    if counterpart
                    else self.env["xero.settlement"].search_count([]) + 1,
                    "kind": kind,
                    "currency_id": document.currency_id.id,
                    "amount": amount,
                    "cash_amount": cash,
                    "other_amount": other,
                }
            )
        )
        self.env["xero.binding"].sudo().create(
            {
                "connection_id": self.connection.id,
                "res_model": "xero.settlement",
                "res_id": settlement.id,
                "role": role,
                "xero_type": "Payment" if kind == "payment" else "Allocation",
                "xero_id": f"settlement-{settlement.id}",
                "state": "synced",
                "synced_at": fields.Datetime.now(),
                **link,
            }
        )
        return settlement

    def linked_credit_note(self, total=120.0, post=True, **values):
        """A credit note of Odoo's, and its twin that a person typed in in Xero; returns both."""
        amount = round(total / 1.2, 2)
        credit_note = self.new_invoice(self.partner, lines=((1, amount),), post=post, move_type="out_refund", **values)
        contact_id = self.binding(self.partner).xero_id
        twin = self.organisation.add_credit_note(
            Type="ACCRECCREDIT",
            Status="AUTHORISED",
            Contact={"ContactID": contact_id},
            CreditNoteNumber=credit_note.name,
            Date="2026-03-11",
            LineItems=[
                {"Description": "Returned", "Quantity": 1, "UnitAmount": Decimal(str(amount)), "AccountCode": "200",
                 "TaxType": "OUTPUT2"}
            ],
        )  # fmt: skip
        self.waiting_marks().sudo().filtered(lambda mark: mark.res_id == credit_note.id).unlink()
        self.env["xero.binding"].sudo().create(
            {
                "connection_id": self.connection.id,
                "res_model": "account.move",
                "res_id": credit_note.id,
                "res_name": credit_note.name,
                "xero_type": "CreditNote",
                "xero_subtype": "ACCRECCREDIT",
                "xero_id": twin["CreditNoteID"],
                "state": "synced",
                "synced_at": fields.Datetime.now(),
                "synced_hash": "as it is",
            }
        )
        return credit_note, twin
