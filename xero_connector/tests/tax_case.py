import json

from odoo import Command

from .document_case import DocumentCase


class TaxCase(DocumentCase):
    """What tests of taxes share: lines and taxes in few words."""

    def taxed(self, *taxes, price=100, quantity=1, **values):
        """Values of a line with these taxes."""
        return {
            "name": "Goods",
            "price_unit": price,
            "quantity": quantity,
            "tax_ids": [Command.set([tax.id for tax in taxes])],
            **values,
        }

    def push(self, *lines, **values):
        invoice = self.invoice(lines=lines, **values)
        self.run_sync(times=2)
        return invoice

    def rate(self, tax_type):
        return self.xero_rate(self.connection, tax_type)

    def account(self, code):
        return self.xero_account(self.connection, code)

    def group(self, name, *children):
        values = {"amount_type": "group", "children_tax_ids": [Command.set([child.id for child in children])]}
        return self.percent_tax(0, name=name, **values)

    def reverse_charge(self, percent):
        repartition = [
            Command.clear(),
            Command.create({"repartition_type": "base"}),
            Command.create({"repartition_type": "tax", "factor_percent": 100}),
            Command.create({"repartition_type": "tax", "factor_percent": -100}),
        ]
        values = {"invoice_repartition_line_ids": repartition, "refund_repartition_line_ids": repartition}
        return self.percent_tax(percent, name="Reverse charge", **values)

    def combination(self, *taxes):
        return self.env["xero.tax.combination"]._of(self.env["account.tax"].union(*taxes))

    def cash_rounding(self, strategy):
        """Rounding of totals to coins of 0.05."""
        return self.env["account.cash.rounding"].create(
            {
                "name": "Coins of 0.05",
                "rounding": 0.05,
                "strategy": strategy,
                "profit_account_id": self.company_data["default_account_revenue"].id,
                "loss_account_id": self.company_data["default_account_expense"].id,
            }
        )

    def early_payment_term(self):
        """2 % off within 10 days; the tax is reduced at once."""
        return self.env["account.payment.term"].create(
            {
                "name": "2 % within 10 days",
                "early_discount": True,
                "discount_percentage": 2,
                "discount_days": 10,
                "early_pay_discount_computation": "mixed",
            }
        )

    def assert_synced(self, invoice, *totals, rung="native", warning=False):
        """Compare Xero's figures: without tax, tax, with tax."""
        binding = self.binding(invoice)
        self.assertEqual(binding.state, "synced", binding.message)
        self.assertEqual(self.totals(invoice), totals)
        self.assertEqual(f"{invoice.amount_total:.2f}", totals[2], "Odoo's own total")
        self.assertEqual(binding.rung, rung)
        if not warning:
            self.assertFalse(binding.warning)

    def put_rates(self):
        """The tax rates that Xero was asked to create."""
        return [json.loads(call.body)["TaxRates"][0] for call in self.calls("PUT", "/TaxRates")]
