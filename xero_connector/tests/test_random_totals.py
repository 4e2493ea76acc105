from collections import Counter
from decimal import Decimal

from support import report

from .random_documents import RandomDocuments
from .tax_case import TaxCase

# 4 charts × 2 ways of rounding × 626 documents are 5,008.
DOCUMENTS = 626
# What may be held for its totals: amounts of three decimals, of which Xero has two.
MAY_BE_HELD = {"dinar"}


class RandomTotalsCase(TaxCase):
    """Whatever the document, Xero's total, tax and amount due are Odoo's to the cent, or it says why before sending."""

    percents = (20, 5, 0)
    price_include = "tax_excluded"

    def setUp(self):
        super().setUp()
        self.organisation.limits.minute = 1_000_000
        self.company.account_price_include = self.price_include
        self.connection.write(
            {
                "unmapped_tax_policy": "create",
                "exempt_tax_rate_id": self.xero_rate(
                    self.connection, self.organisation.chart_rules.TAX_ROLES["none"]
                ).id,
            }
        )

    def _map(self, connection):
        connection.default_account_id = self.xero_account(connection, "200")

    def campaign(self, rounding, seed):
        self.company.tax_calculation_rounding_method = rounding
        documents = RandomDocuments(self, seed, self.percents)
        for tax in documents.eco | documents.eco_in_base | documents.withheld:
            tax.xero_account_id = self.xero_account(self.connection, "850")
        moves, kinds = self.env["account.move"], {}
        for start in range(0, DOCUMENTS, 100):
            # Odoo takes longer for each further invoice of one customer.
            documents.partner = self.new_partner(f"Campaign {start}")
            # Nothing is committed, so nothing keeps the planner's statistics up to date.
            self.env.cr.execute("ANALYZE account_move, account_move_line, account_partial_reconcile")
            numbers = range(start, min(start + 100, DOCUMENTS))
            chosen = [documents.kinds[number % len(documents.kinds)] for number in numbers]
            # Without notes in the chatter, which only take time.
            quiet = self.env["account.move"].with_context(tracking_disable=True)
            batch = quiet.create([documents.values(kind) for kind in chosen]).with_env(self.env)
            batch.action_post()
            kinds.update(zip(batch.ids, chosen, strict=True))
            moves |= batch
            self.run_sync(times=2)
        self.check(moves, kinds, rounding)

    def check(self, moves, kinds, rounding):
        rungs, held, wrong = Counter(), Counter(), []
        for move in moves:
            kind, binding = kinds[move.id], self.binding(move)
            if binding.state == "blocked" and binding.reason == "totals" and kind in MAY_BE_HELD:
                held[kind] += 1
                continue
            problem = binding.message or self.difference(move, binding)
            if problem:
                wrong.append(f"{move.name} ({kind}, {rounding}, {binding.rung}): {problem}")
            rungs[binding.rung] += 1
        share = ", ".join(f"{rung} {count / len(moves):.1%}" for rung, count in rungs.most_common())
        report.line(f"{type(self).__name__}, {rounding}: {len(moves)} documents; {share}; held {sum(held.values())}")
        self.assertEqual(wrong, [], f"{len(wrong)} of {len(moves)}")

    def difference(self, move, binding):
        """Say what differs in Xero from Odoo, by figures that are read from Odoo's journal items."""
        invoice = self.organisation.invoices[binding.xero_id]
        total = Decimal(f"{move.amount_total:.2f}")
        if invoice["Total"] != total or invoice["SubTotal"] + invoice["TotalTax"] != total:
            return f"total {total} in Odoo, {invoice['Total']} in Xero"
        ours, theirs = self.odoo_taxes(move), self.xero_taxes(invoice)
        off = sum(abs(ours[rate] - theirs[rate]) for rate in ours | theirs)
        if binding.rung == "round_off":
            lines = len(move.invoice_line_ids) + 2
            # A unit a line, and what the fifth decimal of a percentage makes.
            most = lines * max(Decimal(repr(move.currency_id.rounding)), Decimal("0.01")) + total * Decimal("0.000001")
            told = "“Rounding”" in (binding.warning or "")
            return "" if told and off <= most else f"rounded off by {off}, {binding.warning}"
        if off:
            return f"tax {dict(ours)} in Odoo, {dict(theirs)} in Xero"
        return f"unexpected warning: {binding.warning}" if binding.warning else ""

    def odoo_taxes(self, move):
        """Odoo's tax by the taxes of the lines it was charged on, as far as it is tax in Xero."""
        taxes = Counter()
        for line in move.line_ids.filtered("tax_line_id"):
            # A fixed or withheld tax is a line of its own in Xero, and a rounding that Odoo adds to a tax is none.
            tax = line.group_tax_id or line.tax_line_id
            if tax.amount_type != "fixed" and tax.amount >= 0 and line.display_type != "rounding":
                taxes[self.rate_of(tax)] += Decimal(f"{-line.amount_currency:.2f}")
        return taxes

    def rate_of(self, tax):
        """The tax type that a tax goes into; of those that are used together, the one of the combination."""
        together = self.env["xero.tax.combination"].search([("tax_ids", "in", tax.ids)], limit=1)
        return (tax.xero_tax_rate_id or together.xero_tax_rate_id).code

    @staticmethod
    def xero_taxes(invoice):
        """Xero's tax by tax type."""
        taxes = Counter()
        for line in invoice["LineItems"]:
            if line["TaxAmount"]:
                taxes[line["TaxType"]] += line["TaxAmount"]
        return taxes

    def test_rounded_as_a_whole(self):
        self.campaign("round_globally", 1)

    def test_rounded_line_by_line(self):
        self.campaign("round_per_line", 2)


class TestTotalsUK(RandomTotalsCase):
    pass


class TestTotalsUS(RandomTotalsCase):
    simulator_options = {"country": "US", "chart": "us"}
    percents = (8.75, 15, 0)


class TestTotalsAU(RandomTotalsCase):
    simulator_options = {"country": "AU", "chart": "au"}
    percents = (10, 12.5, 0)


class TestTotalsPricesWithTax(RandomTotalsCase):
    percents = (20, 5, 0)
    price_include = "tax_included"


del RandomTotalsCase
