from .fault_case import FaultCase


class TestRefusals(FaultCase):
    """What a person has to mend in Xero is said at once, stops nothing else, and goes on when it is mended."""

    def assert_refused(self, record, reason, *words):
        binding = self.binding(record)
        self.assertEqual((binding.state, binding.reason), ("failed", reason), binding.message)
        for word in words:
            self.assertIn(word, binding.message)

    def retry(self, *records):
        for record in records:
            self.binding(record).action_retry()
        self.run_until_quiet()

    # -- Lock dates --------------------------------------------------------------------------------------------

    def test_a_period_that_was_locked_meanwhile(self):
        move = self.invoices(1)
        self.organisation.set_lock_dates(period="2026-03-31")
        self.run_until_quiet()
        self.assert_refused(move, "lock_date", "Financial settings", "currently set at 31-Mar-2026")
        self.organisation.set_lock_dates()
        self.retry(move)
        self.assert_exactly_once(move)

    # -- Archived contacts -------------------------------------------------------------------------------------

    def test_a_contact_that_was_archived_meanwhile_takes_no_change(self):
        partner = self.known_customer()
        contact_id = self.binding(partner).xero_id
        self.organisation.archive_contact(contact_id)
        partner.email = "new@example.com"
        self.run_until_quiet()
        self.assert_refused(partner, "contact", "Contacts → Archived", "Archived contacts cannot")
        self.organisation.restore_contact(contact_id)
        self.retry(partner)
        self.assert_exactly_once()

    def test_a_contact_that_was_archived_meanwhile_takes_no_invoice(self):
        partner = self.known_customer()
        contact_id = self.binding(partner).xero_id
        other_partner = self.known_customer()
        move, other = self.invoices(1, partner), self.invoices(1, other_partner)
        self.organisation.archive_contact(contact_id)
        self.run_until_quiet()
        self.assert_refused(move, "contact", "Contacts → Archived", "must be un-archived")
        self.assertEqual(self.binding(other).state, "synced")
        self.organisation.restore_contact(contact_id)
        self.retry(move)
        self.assert_exactly_once(move | other)

    # -- Permissions -------------------------------------------------------------------------------------------

    def test_a_user_of_xero_who_may_not_approve(self):
        move = self.invoices(1)
        words = "The User specified does not have the correct permissions to perform this action"
        answer = {
            "InvoiceNumber": move.name,
            "StatusAttributeString": "ERROR",
            "ValidationErrors": [{"Message": words}],
        }
        self.simulator.fault("status", match="PUT /Invoices", status=200, body={"Invoices": [answer]})
        self.run_until_quiet()
        self.assert_refused(move, "permission", "Standard or Adviser", words)
        self.retry(move)
        self.assert_exactly_once(move)

    def test_a_sign_in_that_may_not_call_waits_for_a_person_and_loses_nothing(self):
        move = self.invoices(1)
        fault = self.simulator.fault("status", match="PUT /Invoices", status=403, body={"Detail": "Denied"}, times=None)
        self.run_sync(times=3)
        self.assertEqual(self.connection.state, "expired")
        self.assertIn("Standard or Adviser", self.connection.state_message)
        self.assertEqual(fault.hits, 1)
        self.assertEqual(self.binding(move).state, "new")
        self.assertTrue(self.waiting_marks())

    def test_a_user_of_xero_who_may_not_add_a_currency(self):
        currency = self.env["res.currency"].with_context(active_test=False).search([("name", "=", "SEK")])
        currency.active = True
        self.simulator.fault("status", match="PUT /Currencies", status=403, body={"Detail": "Denied"}, times=None)
        move = self.invoices(1)
        move.button_draft()
        move.currency_id = currency
        move.action_post()
        self.run_until_quiet()
        self.assert_refused(currency, "permission", "role Adviser", "Denied")
        self.assertEqual((self.binding(move).state, self.binding(move).reason), ("blocked", "currency"))
        self.assertEqual(self.connection.state, "connected")


class TestPlanLimit(FaultCase):
    """The smallest Xero plan approves 20 invoices a month; what is beyond is held, and told how to go on."""

    simulator_options = {"edition_class": "STARTER"}

    def setUp(self):
        super().setUp()
        self.moves = self.invoices(23)
        self.run_until_quiet()
        self.held = self.moves.filtered(lambda move: self.binding(move).state != "synced")

    def test_what_fits_is_sent_and_the_rest_held_in_one_call(self):
        self.assertEqual(len(self.held), 3)
        self.assertEqual(len(self.organisation.invoices), 20)
        self.assertEqual(len(self.calls("PUT", "/Invoices")), 1)

    def test_each_one_says_why_and_what_to_do(self):
        for move in self.held:
            binding = self.binding(move)
            self.assertEqual((binding.state, binding.reason), ("failed", "plan"))
            for words in ("Upgrade the plan", "Draft", "reached the limit of invoices you can approve"):
                self.assertIn(words, binding.message)

    def test_nothing_is_tried_again_blindly(self):
        self.simulator.calls.clear()
        self.run_until_quiet()
        self.assertFalse(self.calls("PUT", "/Invoices"))

    def test_an_upgraded_plan_and_retry(self):
        self.organisation.approvals_a_month = {}
        for move in self.held:
            self.binding(move).action_retry()
        self.run_until_quiet()
        self.assert_exactly_once(self.moves)

    def test_drafts_are_not_counted_and_go_by_themselves(self):
        self.connection.invoice_status = "DRAFT"
        self.run_until_quiet()
        self.assert_exactly_once(self.moves)
        self.assertEqual({self.binding(move).xero_status for move in self.held}, {"DRAFT"})

    def test_an_invoice_of_another_month_goes(self):
        move = self.held[0]
        move.button_draft()
        move.invoice_date = "2026-04-01"
        move.action_post()
        self.run_until_quiet()
        self.assertEqual(self.binding(move).state, "synced", self.binding(move).message)

    def test_an_edit_of_what_is_approved_goes(self):
        move = (self.moves - self.held)[0]
        move.ref = "PO 7"
        self.run_until_quiet()
        self.assertEqual(self.binding(move).state, "synced", self.binding(move).message)

    def test_the_fix_button_opens_the_connection(self):
        action = self.binding(self.held[0]).action_fix()
        self.assertEqual((action["res_model"], action["res_id"]), ("xero.connection", self.connection.id))
