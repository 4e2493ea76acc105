import json
from pathlib import Path

from odoo import Command

from .tax_case import TaxCase

GOLDEN = Path(__file__).parent / "golden"
CONTACT, INVOICE, NUMBER, LINK = "<id of the contact>", "<id of the invoice>", "<our key>", "<link to Odoo>"


class GoldenCase(TaxCase):
    """The payloads as an accountant may read them: one file in ``golden/`` for each kind, worked out by hand."""

    def line(self, name, quantity, price, *taxes, **values):
        """Values of a line, with the test's own tax unless others are given."""
        return self.taxed(*(taxes or [self.tax]), name=name, quantity=quantity, price=price, **values)

    def assert_golden(self, name, record):
        """Compare what was last sent of ``record``, and what Xero made of it, with ``golden/<name>.json``."""
        golden = json.loads((GOLDEN / f"{name}.json").read_text(encoding="utf-8"))
        binding = self.binding(record)
        self.assertEqual(binding.state, "synced", binding.message)
        method, path = golden["call"].split(" ")
        body = json.loads(self.calls(method, path)[-1].body)
        sent = body[path.strip("/")][-1] if path.strip("/") in body else body
        self.assertEqual(self.readable(sent), golden["sent"])
        for field, figure in golden.get("what_xero_makes_of_it", {}).items():
            self.assertEqual(str(self.organisation.invoices[binding.xero_id][field]), figure, field)

    def readable(self, sent):
        """Put words in place of what differs from run to run."""
        contact_ids = set(self.organisation.contacts)
        if sent.get("Contact", {}).get("ContactID") in contact_ids:
            sent["Contact"]["ContactID"] = CONTACT
        if sent.get("ContactID") in contact_ids:
            sent["ContactID"] = CONTACT
        if sent.get("InvoiceID") in self.organisation.invoices:
            sent["InvoiceID"] = INVOICE
        if sent.get("ContactNumber", "").startswith("odoo-"):
            sent["ContactNumber"] = NUMBER
        if sent.get("Url", "").startswith("http://localhost:8069/odoo/account.move/"):
            sent["Url"] = LINK
        return sent


class TestGolden(GoldenCase):
    """Invoices and contacts of an organisation in the United Kingdom."""

    # -- Invoices ----------------------------------------------------------------------------------------------------

    def test_a_plain_invoice(self):
        invoice = self.push(self.line("Consulting", 3, 12.5), self.line("Postage", 1, 7.99), ref="PO 4711")
        self.assert_golden("invoice_plain", invoice)

    def test_a_discount(self):
        self.assert_golden("invoice_discount", self.push(self.line("Chairs", 3, 33.33, discount=15)))

    def test_prices_with_tax(self):
        tax = self.percent_tax(20, name="VAT incl.", price_include_override="tax_included")
        tax.xero_tax_rate_id = self.xero_rate(self.connection, "OUTPUT2")
        invoice = self.push(self.line("Mugs", 3, 9.99, tax))
        self.assert_golden("invoice_prices_with_tax", invoice)

    def test_tax_rounded_per_document(self):
        self.company.tax_calculation_rounding_method = "round_globally"
        invoice = self.push(*(self.line(f"Stamp {letter}", 1, 1.03) for letter in "ABC"))
        self.assert_golden("invoice_rounded_per_document", invoice)

    def test_a_small_unit_price(self):
        self.assert_golden("invoice_small_unit_price", self.push(self.line("API calls", 500, 0.125)))

    def test_sections_and_notes(self):
        invoice = self.push(
            {"display_type": "line_section", "name": "Phase 1", "sequence": 1},
            self.line("Survey", 1, 10, sequence=2),
            {"display_type": "line_note", "name": "Agreed by phone", "sequence": 3},
            self.line("Report", 1, 20, sequence=4),
        )
        self.assert_golden("invoice_sections_and_notes", invoice)

    def test_three_rates(self):
        reduced = self.percent_tax(5)
        reduced.xero_tax_rate_id = self.xero_rate(self.connection, "RROUTPUT")
        invoice = self.push(
            self.line("Consulting", 1, 100),
            self.line("Heating oil", 2, 20, reduced),
            self.line("Stamps", 10, 0.75, tax_ids=[Command.clear()]),
        )
        self.assert_golden("invoice_three_rates", invoice)

    def test_a_negative_line(self):
        invoice = self.push(self.line("Repair", 1, 100), self.line("Voucher", 1, -25))
        self.assert_golden("invoice_negative_line", invoice)

    def test_a_foreign_currency(self):
        euro = self.env["res.currency"].with_context(active_test=False).search([("name", "=", "EUR")])
        euro.active = True
        self.organisation.add_currency("EUR")
        self.connection.action_refresh_references()
        self.assert_golden("invoice_foreign_currency", self.push(self.line("Licence", 3, 19.99), currency_id=euro.id))

    def test_as_a_draft(self):
        self.connection.invoice_status = "DRAFT"
        self.assert_golden("invoice_as_draft", self.push(self.line("Workshop", 2, 50)))

    def test_nothing_to_pay(self):
        self.assert_golden("invoice_of_zero", self.push(self.line("Sample", 1, 0)))

    def test_a_changed_invoice(self):
        invoice = self.push(self.line("Consulting", 1, 100))
        invoice.button_draft()
        invoice.write({"ref": "PO 12", "invoice_date_due": "2026-05-31"})
        invoice.invoice_line_ids.price_unit = 250
        invoice.action_post()
        self.run_sync()
        self.assert_golden("invoice_changed", invoice)

    def test_a_cancelled_invoice(self):
        invoice = self.push(self.line("Consulting", 1, 100))
        invoice.button_draft()
        invoice.button_cancel()
        self.run_sync()
        self.assert_golden("invoice_cancelled", invoice)

    # -- Taxes -------------------------------------------------------------------------------------------------------

    def own(self, code, *arguments, **values):
        """A tax that becomes a line of its own on this account."""
        tax = self.percent_tax(*arguments, **values)
        tax.xero_account_id = self.account(code)
        return tax

    def mapped(self, tax_type, *arguments, **values):
        """A tax that is mapped to this rate."""
        tax = self.percent_tax(*arguments, **values)
        tax.xero_tax_rate_id = self.rate(tax_type)
        return tax

    def test_several_taxes(self):
        taxes = self.percent_tax(15) | self.percent_tax(5)
        combination = self.env["xero.tax.combination"].sudo()._of(taxes, create=True)
        combination.xero_tax_rate_id = self.rate("OUTPUT2")
        self.assert_golden("invoice_several_taxes", self.push(self.line("Consulting", 1, 250, *taxes)))

    def test_a_group_of_taxes(self):
        group = self.group("VAT", self.percent_tax(12), self.percent_tax(8))
        group.xero_tax_rate_id = self.rate("OUTPUT2")
        self.assert_golden("invoice_group_of_taxes", self.push(self.line("Chairs", 3, 40, group)))

    def test_a_fixed_tax(self):
        fee = self.own("850", 0.35, name="Recycling fee", amount_type="fixed", sequence=9)
        self.assert_golden("invoice_fixed_tax", self.push(self.line("Batteries", 3, 10, self.tax, fee)))

    def test_a_fixed_tax_that_is_taxed(self):
        levy = self.own("850", 0.1, name="Levy", amount_type="fixed", sequence=0, include_base_amount=True)
        self.assert_golden("invoice_fixed_tax_in_base", self.push(self.line("Bottles", 3, 10, levy, self.tax)))

    def test_a_withheld_tax(self):
        withheld = self.own("620", -15, name="Withheld 15 %")
        invoice = self.push(self.line("Consulting", 1, 1000, self.tax, withheld))
        self.assert_golden("invoice_withheld_tax", invoice)

    def test_reverse_charge(self):
        reverse = self.reverse_charge(20)
        reverse.xero_tax_rate_id = self.rate("DRCHARGESUPPLY20")
        self.assert_golden("invoice_reverse_charge", self.push(self.line("Steelwork", 1, 800, reverse)))

    def test_a_zero_rate_and_an_exempt_customer(self):
        line = self.line("Books", 4, 12.5, self.mapped("ZERORATEDOUTPUT", 0))
        self.assert_golden("invoice_zero_rated", self.push(line))

    def test_an_exempt_customer(self):
        self.partner.xero_exempt = True
        line = self.line("Books", 4, 12.5, self.mapped("ZERORATEDOUTPUT", 0))
        self.assert_golden("invoice_exempt_customer", self.push(line))

    def test_a_price_with_and_a_price_without_tax(self):
        included = self.mapped("OUTPUT2", 20, name="Incl", price_include_override="tax_included")
        invoice = self.push(self.line("Boots", 1, 60, included), self.line("Laces", 2, 15))
        self.assert_golden("invoice_included_and_excluded", invoice)

    def test_a_tax_inside_the_price(self):
        self.connection.unmapped_tax_policy = "create"
        inside = self.percent_tax(10, name="Inside", amount_type="division", price_include_override="tax_included")
        self.assert_golden("invoice_tax_inside_the_price", self.push(self.line("Seats", 2, 55, inside)))

    def test_an_unmapped_tax_by_policy(self):
        self.tax.xero_tax_rate_id = False
        self.connection.unmapped_tax_policy = "account_default"
        self.assert_golden("invoice_account_default", self.push(self.line("Consulting", 1, 100)))

    def test_a_rate_that_is_created(self):
        self.connection.unmapped_tax_policy = "create"
        children = self.percent_tax(9, name="State 9 %"), self.percent_tax(4.5, name="City 4.5 %")
        group = self.group("Tourism 13.5 %", *children)
        self.push(self.line("Tour", 1, 100, group))
        self.assert_golden("tax_rate", group)

    # -- Lines -------------------------------------------------------------------------------------------------------

    def test_cash_rounding(self):
        rounding = self.cash_rounding("add_invoice_line")
        invoice = self.push(self.line("Coffee", 1, 10.01), invoice_cash_rounding_id=rounding.id)
        self.assert_golden("invoice_cash_rounding", invoice)

    def test_cash_rounding_in_the_tax(self):
        rounding = self.cash_rounding("biggest_tax")
        invoice = self.push(self.line("Coffee", 1, 10.02), invoice_cash_rounding_id=rounding.id)
        self.assert_golden("invoice_cash_rounding_in_tax", invoice)

    def test_a_round_off(self):
        self.company.tax_calculation_rounding_method = "round_globally"
        self.connection.tax_tolerance = 0
        invoice = self.push(*(self.line(f"Stamp {letter}", 1, 1.03) for letter in "ABC"))
        self.assert_golden("invoice_round_off", invoice)

    def test_an_early_payment_discount(self):
        self.connection.discount_account_id = self.account("260")
        term = self.early_payment_term()
        invoice = self.push(self.line("Consulting", 1, 100), invoice_payment_term_id=term.id)
        self.assert_golden("invoice_early_payment", invoice)

    def test_a_discount_of_many_decimals(self):
        self.env["decimal.precision"].search([("name", "=", "Discount")]).digits = 3
        self.assert_golden("invoice_discount_amount", self.push(self.line("Cables", 3, 10, discount=12.345)))

    def test_discounts_as_lines(self):
        self.connection.write({"discount_as": "line", "discount_account_id": self.account("260").id})
        self.assert_golden("invoice_discount_lines", self.push(self.line("Chairs", 3, 33.33, discount=15)))

    def test_four_decimals(self):
        self.env["decimal.precision"].search([("name", "=", "Product Price")]).digits = 4
        self.connection.unit_decimals = "4"
        self.assert_golden("invoice_four_decimals", self.push(self.line("API calls", 1000, 0.1234)))

    def test_lines_of_special_kinds(self):
        codes = {"shipping": "810", "discount": "260", "adjustment": "850"}
        self.connection.write({f"{kind}_account_id": self.account(code).id for kind, code in codes.items()})
        products = {
            kind: self.env["product.product"].create({"name": kind, "xero_line_kind": kind}).id for kind in codes
        }
        invoice = self.push(
            self.line("Lamp", 1, 100),
            self.line("Delivery", 1, 9.9, product_id=products["shipping"]),
            self.line("Voucher", 1, -5, product_id=products["discount"]),
            self.line("Settlement", 1, 0.1, product_id=products["adjustment"]),
        )
        self.assert_golden("invoice_special_accounts", invoice)

    def test_a_down_payment(self):
        invoice = self.push(self.line("Website", 1, 1000), self.line("Down payment", -1, 300))
        self.assert_golden("invoice_down_payment", invoice)

    def test_dozens(self):
        dozen = self.env.ref("uom.product_uom_dozen").id
        self.assert_golden("invoice_dozens", self.push(self.line("Eggs", 2, 24, product_uom_id=dozen)))

    # -- Currencies --------------------------------------------------------------------------------------------------

    def test_odoos_exchange_rate(self):
        self.connection.currency_rates = "odoo"
        euro = self.foreign("EUR", rate=0.95)
        invoice = self.push(self.line("Licence", 3, 19.99), currency_id=euro.id)
        self.assert_golden("invoice_odoo_exchange_rate", invoice)

    def test_yen(self):
        yen = self.foreign("JPY", rate=150)
        self.assert_golden("invoice_yen", self.push(self.line("Tickets", 1, 1003), currency_id=yen.id))

    def test_a_currency_that_is_added(self):
        krona = self.foreign("SEK")
        self.push(self.line("Licence", 1, 10), currency_id=krona.id)
        self.assert_golden("currency", krona)

    # -- Contacts ----------------------------------------------------------------------------------------------------

    def test_a_company(self):
        uk = self.env.ref("base.uk")
        county = self.env["res.country.state"].create({"name": "Rutland", "code": "RTL", "country_id": uk.id})
        self.partner.write(
            {
                "email": "pay@ridgeway.example",
                "phone": "+44 1572 770000",
                "vat": "GB180729624",
                "street": "1 High Street",
                "street2": "Floor 2",
                "city": "Oakham",
                "zip": "LE15 6AA",
                "state_id": county.id,
                "country_id": uk.id,
            }
        )
        self.partner._xero_mark()
        self.run_sync()
        self.assert_golden("contact_company", self.partner)

    def test_a_person(self):
        person = self.new_partner("Ada King Byron", is_company=False, country_id=False)
        person._xero_mark()
        self.run_sync()
        self.assert_golden("contact_person", person)

    def test_a_changed_contact(self):
        self.partner.email = "pay@ridgeway.example"
        self.partner._xero_mark()
        self.run_sync()
        self.partner.write({"name": "Ridgeway College", "phone": "+44 1572 770001", "email": "pay(at)ridgeway"})
        self.run_sync()
        self.assert_golden("contact_changed", self.partner)

    def test_every_golden_file_is_compared_with(self):
        tests = Path(__file__).read_text(encoding="utf-8")
        for path in GOLDEN.glob("*.json"):
            self.assertIn(f'"{path.stem}"', tests)


class TestGoldenUS(GoldenCase):
    """An organisation in the United States, whose rates have components."""

    simulator_options = {"country": "US", "chart": "us"}

    def _map(self, connection):
        connection.default_account_id = self.xero_account(connection, "200")
        self.tax = self.percent_tax(8.75)

    def test_a_compound_tax(self):
        first = self.percent_tax(5, name="State", include_base_amount=True, sequence=1)
        on_top = self.percent_tax(9.975, name="City on top", sequence=2)
        combination = self.env["xero.tax.combination"].sudo()._of(first | on_top, create=True)
        combination.xero_tax_rate_id = self.rate("TAX003")
        self.assert_golden("invoice_compound_tax", self.push(self.line("Furniture", 1, 200, first, on_top)))
