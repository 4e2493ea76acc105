"""Random invoices of every kind that a business may write, for the campaign of totals. The same seed gives the same."""

import random

from odoo import Command

WORDS = ("Consulting", "Licence", "Chairs", "Water rates", "Müller & Söhne", "日本語", "Repair <b>bold</b>", "Postage")


class RandomDocuments:
    """Writes the values of invoices. Every method named ``kind_…`` is a kind of document.

    :param case: the test, for its environment, company and helpers
    :param percents: three percentages that are usual where the document is written; the last one is 0
    """

    def __init__(self, case, seed, percents):
        self.case = case
        self.env = case.env
        self.random = random.Random(seed)
        self.partner = case.new_partner("Campaign")
        self.high, self.low, self.zero = (case.percent_tax(percent, name=f"Tax {percent}") for percent in percents)
        self._make_taxes(percents)
        self._make_terms()

    @property
    def kinds(self):
        """Names of the kinds, in a fixed order."""
        return sorted(name.removeprefix("kind_") for name in dir(self) if name.startswith("kind_"))

    def values(self, kind):
        """Return the values of one random invoice of a kind."""
        return {
            "move_type": "out_invoice",
            "partner_id": self.partner.id,
            "invoice_date": "2026-03-10",
            "invoice_date_due": "2026-04-09",
            "invoice_payment_term_id": False,
            "company_id": self.case.company.id,
            **getattr(self, f"kind_{kind}")(),
        }

    # -- Taxes and terms ---------------------------------------------------------------------------------------------

    def _make_taxes(self, percents):
        tax = self.case.percent_tax
        high, low, _zero = percents
        self.included = tax(high, name=f"Incl {high}", price_include_override="tax_included")
        self.included_low = tax(low, name=f"Incl {low}", price_include_override="tax_included")
        self.excluded = tax(high, name=f"Excl {high}", price_include_override="tax_excluded")
        self.state, self.city = tax(4, name="State 4", sequence=1), tax(4.5, name="City 4.5", sequence=2)
        self.first = tax(5, name="First 5", include_base_amount=True, sequence=3)
        self.on_top = tax(9.975, name="On top 9.975", sequence=4)
        self.group = self.case.group("Group 5.75", tax(2.5, name="Part 2.5"), tax(3.25, name="Part 3.25"))
        self.eco = tax(0.35, name="Eco fee", amount_type="fixed", sequence=5)
        self.eco_in_base = tax(0.1, name="Eco levy", amount_type="fixed", sequence=0, include_base_amount=True)
        self.withheld = tax(-15, name="Withheld 15", sequence=9)
        self.division = tax(10, name="Inside 10", amount_type="division", price_include_override="tax_included")
        self.reverse = self.case.reverse_charge(high)
        self.case.company.tax_exigibility = True
        transition = self.case.company_data["default_account_tax_sale"].copy({"reconcile": True})
        self.cash_basis = tax(
            high, name="Cash basis", tax_exigibility="on_payment", cash_basis_transition_account_id=transition.id
        )

    def _make_terms(self):
        self.early = self.case.early_payment_term()
        self.coins_as_line = self.case.cash_rounding("add_invoice_line")
        self.coins_in_tax = self.case.cash_rounding("biggest_tax")
        self.exempt_position = self.env["account.fiscal.position"].create(
            {"name": "Exempt", "company_id": self.case.company.id, "xero_exempt": True}
        )

    # -- Lines -------------------------------------------------------------------------------------------------------

    def price(self, digits=2):
        return self.random.randint(1, 10 ** self.random.randint(2, 4 + digits)) / 10**digits

    def line(self, taxes, price=None, quantity=None, **values):
        return Command.create(
            {
                "name": self.random.choice(WORDS),
                "price_unit": self.price() if price is None else price,
                "quantity": self.random.choice((1, 1, 2, 3, 7, 12)) if quantity is None else quantity,
                "tax_ids": [Command.set(taxes.ids)],
                **values,
            }
        )

    def lines(self, *choices, most=5, **values):
        """Some lines, each with one of ``choices`` as its taxes."""
        return [self.line(self.random.choice(choices), **values) for _line in range(self.random.randint(1, most))]

    # -- Kinds -------------------------------------------------------------------------------------------------------

    def kind_one_tax(self):
        return {"invoice_line_ids": self.lines(self.high)}

    def kind_many_lines(self):
        return {"invoice_line_ids": [self.line(self.high) for _line in range(self.random.randint(12, 20))]}

    def kind_mixed_rates(self):
        return {"invoice_line_ids": self.lines(self.high, self.low, self.zero)}

    def kind_several_taxes(self):
        return {"invoice_line_ids": self.lines(self.state | self.city, self.high)}

    def kind_group_of_taxes(self):
        return {"invoice_line_ids": self.lines(self.group, self.low)}

    def kind_compound(self):
        return {"invoice_line_ids": self.lines(self.first | self.on_top)}

    def kind_fixed(self):
        return {"invoice_line_ids": self.lines(self.high | self.eco, self.eco, self.high)}

    def kind_fixed_in_base(self):
        return {"invoice_line_ids": self.lines(self.high | self.eco_in_base, self.high)}

    def kind_price_included(self):
        return {"invoice_line_ids": self.lines(self.included, self.included_low)}

    def kind_included_and_excluded(self):
        return {"invoice_line_ids": self.lines(self.included, self.excluded, self.zero)}

    def kind_included_with_fixed(self):
        return {"invoice_line_ids": self.lines(self.included | self.eco_in_base, self.included)}

    def kind_tax_inside(self):
        return {"invoice_line_ids": self.lines(self.division)}

    def kind_reverse_charge(self):
        return {"invoice_line_ids": self.lines(self.reverse)}

    def kind_withheld(self):
        return {"invoice_line_ids": self.lines(self.high | self.withheld, self.high)}

    def kind_untaxed(self):
        return {"invoice_line_ids": self.lines(self.zero, self.env["account.tax"])}

    def kind_exempt(self):
        lines = self.lines(self.zero, self.env["account.tax"])
        return {"invoice_line_ids": lines, "fiscal_position_id": self.exempt_position.id}

    def kind_cash_basis(self):
        return {"invoice_line_ids": self.lines(self.cash_basis)}

    def kind_discounts(self):
        discounts = (5, 10, 12.5, 33.33, 100)
        return {
            "invoice_line_ids": [
                self.line(self.random.choice((self.high, self.low)), discount=self.random.choice(discounts))
                for _line in range(self.random.randint(1, 6))
            ]
        }

    def kind_negative_lines(self):
        first = self.line(self.high, price=self.price() + 20_000)
        down = self.line(self.high, price=self.price(), quantity=-1, name="Down payment")
        voucher = self.line(self.high, price=-self.price(), quantity=1, name="Voucher")
        return {"invoice_line_ids": [first, self.random.choice((down, voucher)), *self.lines(self.low, most=3)]}

    def kind_zero(self):
        free = self.line(self.high, price=0)
        return {"invoice_line_ids": [free] if self.random.random() < 0.3 else [free, *self.lines(self.high)]}

    def kind_fine_prices(self):
        return {"invoice_line_ids": [self.line(self.high, price=self.price(4)) for _line in range(4)]}

    def kind_fine_quantities(self):
        quantities = (0.333, 1.125, 1000.0, 0.01, 12.5)
        return {"invoice_line_ids": [self.line(self.high, quantity=self.random.choice(quantities)) for _line in "abc"]}

    def kind_dozens(self):
        dozen = self.env.ref("uom.product_uom_dozen").id
        return {"invoice_line_ids": self.lines(self.high, product_uom_id=dozen)}

    def kind_texts(self):
        note = Command.create({"display_type": "line_note", "name": "Agreed\x07 by phone 🙂", "sequence": 20})
        section = Command.create({"display_type": "line_section", "name": "Phase 1", "sequence": 1})
        return {"invoice_line_ids": [section, *self.lines(self.high, name="🙂 text " * 600), note]}

    def kind_coins_as_line(self):
        return {"invoice_line_ids": self.lines(self.high), "invoice_cash_rounding_id": self.coins_as_line.id}

    def kind_coins_in_tax(self):
        return {"invoice_line_ids": self.lines(self.high), "invoice_cash_rounding_id": self.coins_in_tax.id}

    def kind_early_payment(self):
        return {"invoice_line_ids": self.lines(self.high, self.low), "invoice_payment_term_id": self.early.id}

    def kind_euro(self):
        return {"invoice_line_ids": self.lines(self.high, self.low), "currency_id": self.case.foreign("EUR").id}

    def kind_yen(self):
        lines = [self.line(self.high, price=self.random.randint(1, 90_000)) for _line in "abc"]
        return {"invoice_line_ids": lines, "currency_id": self.case.foreign("JPY").id}

    def kind_dinar(self):
        return {
            "invoice_line_ids": [self.line(self.high, price=self.price(3))],
            "currency_id": self.case.foreign("KWD").id,
        }
