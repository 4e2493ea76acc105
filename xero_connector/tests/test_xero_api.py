from decimal import Decimal
from urllib.parse import unquote

from odoo.tests import BaseCase, tagged

from ..xero_api.links import deep_link
from ..xero_api.oauth import consent_event, scopes_for
from ..xero_api.payload import NO_ID, digest, from_text, has_id, plain, to_datetime, to_text


def D(text):
    return Decimal(text)


@tagged("post_install", "-at_install")
class TestPayload(BaseCase):
    """Amounts and moments survive the way to Xero and back unchanged."""

    def test_a_decimal_is_sent_as_exactly_its_own_figures(self):
        sent = to_text({"a": D("0.10"), "b": D("12.5"), "c": D("100.00"), "d": D("-0.01"), "e": D("1E+2")})
        self.assertEqual(sent, '{"a": 0.1, "b": 12.5, "c": 100, "d": -0.01, "e": 100}')
        # 0.1 + 0.2 in binary floats would be 0.30000000000000004.
        self.assertEqual(to_text([D("0.1") + D("0.2")]), "[0.3]")

    def test_an_amount_that_no_float_reads_as_is_refused_rather_than_sent_nearly(self):
        self.assertEqual(plain(D("999999999999.99")), 999999999999.99)
        with self.assertRaises(ValueError):
            plain({"Total": D("0.12345678901234567890")})
        with self.assertRaises(ValueError):
            plain(D("NaN"))

    def test_dates_and_nested_values_become_plain_json(self):
        value = {
            "Date": to_datetime("2026-03-10").date(),
            "Lines": ({"Quantity": D(3)},),
            "Name": "Ünïcode",
            "On": True,
        }
        self.assertEqual(
            plain(value), {"Date": "2026-03-10", "Lines": [{"Quantity": 3}], "Name": "Ünïcode", "On": True}
        )

    def test_numbers_of_an_answer_are_decimals(self):
        data = from_text('{"Total": 0.1, "Count": 3, "Big": 123456789012345678.91}')
        self.assertEqual(data, {"Total": D("0.1"), "Count": D(3), "Big": D("123456789012345678.91")})
        self.assertTrue(all(type(value) is Decimal for value in data.values()))

    def test_the_digest_ignores_key_order_and_trailing_zeros_and_nothing_else(self):
        payload = {"a": D("1.50"), "b": [{"x": "1", "y": D(2)}]}
        self.assertEqual(digest(payload), digest({"b": [{"y": D("2.0"), "x": "1"}], "a": D("1.5")}))
        for other in (
            {"a": D("1.51"), "b": [{"x": "1", "y": D(2)}]},
            {"a": D("1.50"), "b": [{"x": 1, "y": D(2)}]},
            {"a": D("1.50"), "b": [{"x": "1", "y": D(2)}, {}]},
            {"a": D("1.50")},
        ):
            self.assertNotEqual(digest(payload), digest(other))
        self.assertNotEqual(digest(["a", "b"]), digest(["b", "a"]), "the order of lines matters")

    def test_moments_of_xero_are_read_as_utc(self):
        # 1518685950 s after 1970 = 17,577 days (15 Feb 2018) and 33,150 s (09:12:30)
        self.assertEqual(str(to_datetime("/Date(1518685950940+0000)/")), "2018-02-15 09:12:30")
        self.assertEqual(str(to_datetime("/Date(1518685950940)/")), "2018-02-15 09:12:30")
        self.assertEqual(str(to_datetime("/Date(-86400000+0000)/")), "1969-12-31 00:00:00")
        self.assertEqual(str(to_datetime("2018-02-15T09:12:30.940")), "2018-02-15 09:12:30")
        self.assertIsNone(to_datetime(None))
        self.assertIsNone(to_datetime(""))

    def test_xeros_all_zero_id_is_no_id(self):
        self.assertFalse(has_id(NO_ID))
        self.assertFalse(has_id(None))
        self.assertTrue(has_id("6b1a2c5e-7d43-4e0a-9f5b-0d6a3c8e1f42"))

    def test_a_deep_link_carries_organisation_and_path_escaped(self):
        self.assertEqual(
            deep_link("https://go.xero.com", "!x&Y", "Invoice", "12-ab", "ACCREC"),
            "https://go.xero.com/organisationlogin/default.aspx?shortcode=%21x%26Y"
            "&redirecturl=%2FAccountsReceivable%2FView.aspx%3FInvoiceID%3D12-ab",
        )

    def test_credit_notes_and_payments_have_pages_and_allocations_have_none(self):
        for kind, subtype, path in (
            ("CreditNote", "ACCRECCREDIT", "/AccountsReceivable/ViewCreditNote.aspx?creditNoteID=12"),
            ("CreditNote", "ACCPAYCREDIT", "/AccountsPayable/ViewCreditNote.aspx?creditNoteID=12"),
            ("Payment", "ACCRECPAYMENT", "/Bank/ViewTransaction.aspx?bankTransactionID=12"),
        ):
            link = deep_link("https://go.xero.com", "!x", kind, "12", subtype)
            self.assertEqual(unquote(link).partition("redirecturl=")[2], path)
        self.assertFalse(deep_link("https://go.xero.com", "!x", "Allocation", "12"))

    def test_only_scopes_of_switched_on_features_are_asked_for_and_none_is_broad(self):
        base = {"offline_access", "openid", "profile", "email", "accounting.settings", "accounting.contacts"}
        self.assertEqual(set(scopes_for([]).split()), base)
        self.assertEqual(set(scopes_for(["invoices"]).split()), base | {"accounting.invoices"})
        everything = scopes_for(["invoices", "payments", "journals", "attachments"]).split()
        self.assertNotIn("accounting.transactions", everything)
        self.assertEqual(len(everything), len(set(everything)))

    def test_a_token_that_cannot_be_read_tells_no_consent(self):
        for token in ("", "a.b", "a.!!!!.c", "a.WzFd.c", "a.e30.c"):
            self.assertIsNone(consent_event(token), token)
