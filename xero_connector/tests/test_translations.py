import io
import re
import tempfile
from pathlib import Path
from unittest.mock import patch

import polib

from odoo.tests import TransactionCase, tagged
from odoo.tools import file_open
from odoo.tools.translate import CodeTranslations, TranslationImporter, code_translations, trans_export

from .fault_case import FaultCase

MODULE = "xero_connector"
LANGUAGE = "fr_FR"


def template():
    """The stored template, parsed."""
    with file_open(f"{MODULE}/i18n/{MODULE}.pot") as stored:
        return polib.pofile(stored.read())


def pretend(path):
    """Write a translation made of the stored template: every term in guillemets."""
    catalogue = template()
    for entry in catalogue:
        entry.msgstr = f"«{entry.msgid}»"
    catalogue.save(str(path))


@tagged("post_install", "-at_install")
class TestTemplate(TransactionCase):
    """The stored template of translations is complete: setup/translations writes it anew."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        target = io.BytesIO()
        trans_export(None, [MODULE], target, "po", cls.env)
        cls.exported = {entry.msgid: entry for entry in polib.pofile(target.getvalue().decode())}
        cls.stored = {entry.msgid: entry for entry in template()}

    def test_every_term_is_in_the_stored_template(self):
        missing = sorted(set(self.exported) - set(self.stored))
        self.assertFalse(missing, "new terms: run setup/translations")

    def test_the_stored_template_has_no_term_that_is_gone(self):
        gone = sorted(set(self.stored) - set(self.exported))
        self.assertFalse(gone, "terms that are gone: run setup/translations")

    def test_references_lead_to_where_terms_are(self):
        moved = [
            msgid
            for msgid, entry in self.exported.items()
            if msgid in self.stored and set(entry.occurrences) != set(self.stored[msgid].occurrences)
        ]
        self.assertFalse(moved, "terms that are elsewhere now: run setup/translations")

    def test_the_texts_of_faults_are_terms(self):
        for name in ("client", "oauth"):
            with file_open(f"{MODULE}/xero_api/{name}.py") as source:
                texts = set(re.findall(r'\bXero[A-Z]\w+\("([^"]+)"', source.read()))
            self.assertTrue(texts)
            self.assertLessEqual(texts, set(self.stored))

    def test_choices_advice_and_labels_are_terms(self):
        for term in (
            "Limit of the Xero plan",  # the label of a choice
            "Create Invoices As",  # the label of a field
            "Press Connect to sign in again.",  # part of a message
            "drafts are not counted",  # part of a table at the level of a module
            "Refresh from Xero",  # a button
        ):
            with self.subTest(term=term):
                self.assertTrue([msgid for msgid in self.stored if term in msgid])


class TestTranslated(FaultCase):
    """With a translation, screens and the engine's messages come in the reader's language."""

    simulator_options = {"edition_class": "STARTER"}

    def setUp(self):
        super().setUp()
        self.env["res.lang"]._activate_lang(LANGUAGE)
        importer = TranslationImporter(self.env.cr, verbose=False)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "fr.po")
            pretend(path)
            with path.open("rb") as translation:
                importer.load(translation, "po", LANGUAGE, module=MODULE)
                # Terms of code are read from files in an addon's folder; this one is not shipped.
                terms = CodeTranslations._read_code_translations_file(translation, lambda row: row["value"])
        importer.save(overwrite=True)
        patcher = patch.dict(code_translations.python_translations, {(MODULE, LANGUAGE): terms})
        patcher.start()
        self.addCleanup(patcher.stop)
        self.env.invalidate_all()

    def test_a_view_is_translated(self):
        connections = self.env["xero.connection"].with_context(lang=LANGUAGE)
        self.assertIn('string="«Refresh from Xero»"', connections.get_view(view_type="form")["arch"])

    def test_the_label_of_a_field_is_translated(self):
        fields = self.env["xero.connection"].with_context(lang=LANGUAGE).fields_get(["invoice_status"])
        self.assertEqual(fields["invoice_status"]["string"], "«Create Invoices As»")
        self.assertIn(("DRAFT", "«Draft»"), fields["invoice_status"]["selection"])

    def test_an_explanation_of_the_engine_is_in_the_language_of_the_responsible_person(self):
        self.connection.responsible_id.lang = LANGUAGE
        self.organisation.approvals_a_month = {"ACCREC": 0}
        move = self.invoices(1)
        self.run_until_quiet()
        self.assertRegex(self.binding(move).message, r"^««The Xero plan approves .*» \(Xero: “You have reached .*”\)»$")

    def test_a_fault_of_the_network_is_in_the_language_of_the_responsible_person(self):
        self.connection.responsible_id.lang = LANGUAGE
        for fault, words in (({"kind": "drop_before"}, "«The connection to Xero was lost»"),
                             ({"kind": "status", "status": 503}, "«Xero answered 503»")):  # fmt: skip
            with self.subTest(fault=fault):
                self.simulator.fault(**fault, match="PUT /Invoices", times=2)
                self.invoices(1)
                self.run_sync()
                self.assertIn(words, self.connection.last_error)
                self.run_until_quiet()

    def test_a_fault_of_the_network_in_a_preview_is_in_the_language_of_the_reader(self):
        (move,) = self.synced_invoices(1)
        move.ref = "PO 9"
        self.env.flush_all()
        self.simulator.fault("status", match="GET /Invoices", status=503, times=None)
        action = move.with_context(lang=LANGUAGE).action_preview_for_xero()
        self.assertEqual(self.env[action["res_model"]].browse(action["res_id"]).unread, "«Xero answered 503»")

    def test_without_a_translation_the_engine_speaks_english(self):
        self.organisation.approvals_a_month = {"ACCREC": 0}
        move = self.invoices(1)
        self.run_until_quiet()
        self.assertTrue(self.binding(move).message.startswith("The Xero plan approves"))
