import re

from odoo.tests import TransactionCase, tagged

from ..sync.explanations import explain, find
from ..sync.known_refusals import KNOWN
from ..sync.outbox import Element
from .refusals import REFUSALS, UNKNOWN

# A sentence that tells what to do ends with what happens then.
NEXT_STEP = re.compile(r"press Retry|Press Retry|by itself|report it")


def element(intent="update", **payload):
    return Element(binding_id=1, intent=intent, payload=payload)


@tagged("post_install", "-at_install")
class TestExplanations(TransactionCase):
    """What Xero says is told in plain words with a next step, and Xero's own words stay."""

    def explained(self, text, **values):
        return explain(self.env, text, element(**values))

    # -- The table ---------------------------------------------------------------------------------------------

    def test_every_text_gets_its_reason(self):
        for text, reason, _step, source in REFUSALS:
            with self.subTest(text=text, source=source):
                self.assertEqual(self.explained(text).reason, reason)

    def test_every_text_gets_the_advice_that_was_written_for_it(self):
        for text, _reason, step, source in REFUSALS:
            with self.subTest(text=text, source=source):
                advice = self.explained(text).text.rpartition(" (Xero: ")[0]
                self.assertIn(step, advice)

    def test_every_entry_is_reached_by_a_text(self):
        reached = {id(find(text)) for text, *_rest in REFUSALS}
        missed = [entry.patterns for entry in KNOWN if id(entry) not in reached]
        self.assertFalse(missed)

    def test_every_pattern_is_reached_by_a_text(self):
        missed = [
            pattern
            for entry in KNOWN
            for pattern in entry.patterns
            if not any(find(text) is entry and re.search(pattern, text, re.IGNORECASE) for text, *_rest in REFUSALS)
        ]
        self.assertFalse(missed)

    def test_there_are_at_least_35_situations_that_somebody_has_seen(self):
        seen = {id(find(text)) for text, _reason, _step, source in REFUSALS if source not in ("(?)", "simulator")}
        self.assertGreaterEqual(len(seen), 35)

    def test_every_reason_is_one_that_screens_can_show(self):
        self.assertLessEqual({entry.reason for entry in KNOWN}, set(self.env["xero.reason"].search([]).mapped("code")))

    def test_every_advice_ends_with_what_to_do_next(self):
        for entry in KNOWN:
            advice = str(self.env._(entry.advice))
            with self.subTest(advice=advice):
                self.assertTrue(advice.endswith("."))
                self.assertRegex(re.split(r"(?<=\.) ", advice)[-1], NEXT_STEP)

    def test_no_advice_is_given_twice(self):
        advice = [self.env._(entry.advice) for entry in KNOWN]
        self.assertEqual(len(advice), len(set(advice)))

    def test_settings_are_named_as_they_are_labelled(self):
        fields = self.env["xero.connection"]._fields.values()
        labels = {field._description_string(self.env) for field in fields}
        labels |= {label for field in fields if field.type == "selection" for _value, label in field.selection}
        quoted = {name for entry in KNOWN for name in re.findall("“(.*?)”", self.env._(entry.advice))}
        self.assertLessEqual(quoted - {"xero"}, labels)

    # -- Texts -------------------------------------------------------------------------------------------------

    def test_xeros_own_words_are_part_of_the_text(self):
        for text, *_rest in REFUSALS:
            self.assertIn(f"“{text}”", self.explained(text).text)

    def test_what_is_not_in_the_table_is_passed_on(self):
        for text in UNKNOWN:
            with self.subTest(text=text):
                self.assertEqual(self.explained(text), ("refused", f"Xero refused it: “{text}”", None))

    def test_a_refusal_without_words_has_a_next_step(self):
        for text in ("", "  \n", "<br/>"):
            self.assertEqual(
                self.explained(text), ("refused", "Xero refused it without saying why. Press Retry.", None)
            )

    def test_a_page_is_shown_without_its_tags(self):
        page = "<!doctype html><html><style>p {color: red}</style><body><p>Bad\n gateway</p></body></html>"
        self.assertEqual(self.explained(page).text, "Xero refused it: “Bad gateway”")

    def test_angle_brackets_that_are_no_tags_stay(self):
        self.assertIn("the characters < or >.", self.explained("No: the characters < or >.").text)

    def test_a_very_long_text_is_cut(self):
        for text in ("word " * 100_000, "<" * 500_000, "<script" * 100_000):
            self.assertLess(len(self.explained(text).text), 1_100)

    def test_words_are_not_taken_for_placeholders(self):
        self.assertIn("100% of %s %(x)s", self.explained("100% of %s %(x)s").text)
        self.assertIn("%s", self.explained("The tracking category %s is invalid").text)

    # -- What the engine settles by itself -----------------------------------------------------------------------

    def test_a_number_that_is_taken_is_looked_up_when_it_is_a_creation(self):
        self.assertEqual(self.explained("Invoice # must be unique.", intent="create").resolve, "number")

    def test_a_number_that_is_taken_is_explained_when_it_is_a_change(self):
        self.assertFalse(self.explained("Invoice # must be unique.", intent="update").resolve)

    def test_a_name_that_is_taken_is_looked_up_when_it_is_a_creation(self):
        for text in (
            "The contact name A is already assigned to another contact.",
            "Another contact has this contact number. Please enter a different contact number.",
        ):
            self.assertEqual(self.explained(text, intent="create").resolve, "contact_name")

    def test_the_status_of_what_cannot_be_voided_is_looked_up(self):
        text = "Invoice not of valid status for modification"
        self.assertEqual(self.explained(text, intent="void").resolve, "status")

    def test_a_tax_amount_is_left_out_if_we_told_one(self):
        text = "Tax amount cannot be greater than the line amount"
        self.assertEqual(self.explained(text, LineItems=[{"TaxAmount": "1"}]).resolve, "tax_amount")
        self.assertFalse(self.explained(text, LineItems=[{}]).resolve)
