"""What the tests of revenue recognition share: a product whose revenue is recognised over time."""

import csv
import io
import zipfile
from contextlib import contextmanager
from decimal import Decimal

from odoo import Command, fields

from odoo.addons.xero_connector.tests.document_case import DocumentCase


class RevrecCase(DocumentCase):
    """Revenue is deferred on Xero's account 810 and recognised on 200; invoices are dated 1 January 2026."""

    simulator_options = {"tracking": {"Region": ("North", "South"), "Department": ("Sales",)}}

    def setUp(self):
        super().setUp()
        self.deferred = self.xero_account(self.connection, "810")
        self.recognised = self.xero_account(self.connection, "200")
        self.connection.deferred_account_ids = self.deferred
        self.connection.recognised_account_ids = self.recognised
        self.product = self.new_product()

    @contextmanager
    def within(self, **context):
        """Work with more in the context: another time zone, other companies switched on."""
        before = self.env
        self.env = before(context={**before.context, **context})
        yield
        self.env = before

    def branches(self, *names):
        """Branches of the company, which the user may switch on."""
        found = self.env["res.company"].create([{"name": name, "parent_id": self.company.id} for name in names])
        self.env.cr.precommit.run()  # Odoo gives branches their root's chart of accounts at commit.
        self.env.user.company_ids |= found
        return found

    def new_product(self, name="Support", deferred=None, recognised=None, method="daily", **values):
        return self.env["product.product"].create(
            {
                "name": name,
                "type": "service",
                "taxes_id": [Command.clear()],
                "xero_deferred_account_id": (self.deferred if deferred is None else deferred).id,
                "xero_recognised_account_id": (self.recognised if recognised is None else recognised).id,
                "xero_recognition_method": method,
                **values,
            }
        )

    def tracking_option(self, name="North", category="Region"):
        """An option of a tracking category, as it is copied from Xero."""
        of_category = [("connection_id", "=", self.connection.id), ("category_id.name", "=", category)]
        return self.env["xero.tracking.option"].sudo().search([*of_category, ("name", "=", name)])

    def analytic_account(self, option):
        """An analytic account of a plan of its own that stands for a tracking option."""
        plan = self.env["account.analytic.plan"].create({"name": option.category_id.name})
        values = {"name": option.name, "plan_id": plan.id, "xero_tracking_option_id": option.id}
        return self.env["account.analytic.account"].create({**values, "company_id": self.company.id})

    def line(self, amount=1200.0, start="2026-01-01", end="2026-12-31", product=None, **values):
        """The values of an invoice line of the product, of ``amount`` without tax."""
        return {
            "product_id": (product or self.product).id,
            "name": values.pop("name", "Support 2026"),
            "quantity": 1,
            "price_unit": amount,
            "tax_ids": [Command.clear()],
            "start_date": start,
            "end_date": end,
            **values,
        }

    def sold(self, *lines, **values):
        """A confirmed invoice of these lines; one of 1,200.00 for 2026 if none are given."""
        values = {"invoice_date": "2026-01-01", "invoice_date_due": "2026-01-31", **values}
        return self.invoice(lines=lines or (self.line(),), **values)

    def charge(self, *args, **values):
        """The charge of an invoice with one line of the product (see ``line``)."""
        return self.sold(self.line(*args, **values)).xero_charge_ids.sudo()

    def credited(self, *lines, **values):
        return self.sold(*lines, move_type="out_refund", **values)

    def lines(self, charge, kind="recognition"):
        """Return dict of day as text → amount as text of a charge's lines; two of one day are added up."""
        found = {}
        for line_kind, day, amount, _exported in charge._lines():
            if line_kind == kind:
                found[str(day)] = found.get(str(day), Decimal(0)) + amount
        return {day: str(amount) for day, amount in found.items()}

    def total(self, charges, kind="recognition"):
        return sum((amount for line_kind, _day, amount, _exported in charges._lines() if line_kind == kind), Decimal(0))

    def by_month(self, charge):
        return {str(day)[:7]: str(amount) for day, amount in charge._months()}

    def wizard(self, first="2026-01-01", last="2026-01-31", **values):
        return self.env["xero.journal.export.wizard"].create(
            {
                **self.env["xero.journal.options"]._of_connection(self.connection),
                "date_from": first,
                "date_to": last,
                **values,
            }
        )

    def export(self, first="2026-01-01", last="2026-01-31", **values):
        """Export what the wizard exports; returns the export, made to its end."""
        before = self.env["xero.journal.export"].search([])
        self.wizard(first, last, **values).action_export()
        export = self.env["xero.journal.export"].search([]) - before
        if export.state == "waiting":
            self.make_waiting()
        return export

    def waiting_export(self, charges=4, **values):
        """An export of a year's ``charges``, which is large enough to be made in the background."""
        for _number in range(charges):
            self.charge(1000.0)
        before = self.env["xero.journal.export"].search([])
        self.wizard("2026-01-01", "2026-12-31", **values).action_export()
        return self.env["xero.journal.export"].search([]) - before

    def make_waiting(self):
        """Run the job that makes exports in the background."""
        self.env.flush_all()
        self.env.ref("xero_connector_revrec.ir_cron_journal_exports").method_direct_trigger()
        self.env.invalidate_all()

    def files(self, export):
        """The files of an export, zipped or not, as bytes."""
        raw = export.attachment_id.raw
        if not export.file_name.endswith(".zip"):
            return [raw]
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            return [archive.read(name) for name in archive.namelist()]

    def rows(self, export):
        """The rows of an export's files, without their headers, as lists of texts."""
        rows = []
        for file in self.files(export):
            rows += list(csv.reader(io.StringIO(file.decode())))[1:]
        return rows

    def day(self, text):
        return fields.Date.from_string(text)
