from datetime import timedelta

from .fault_case import FaultCase

# Whatever happens to a call once. Of each: what the simulator does, and on how many calls in a row. The engine repeats
# a lost call once at once, with the same key, so a call that is to stay lost must be lost twice.
LIMITED = {"status": 429, "headers": {"Retry-After": "7", "X-Rate-Limit-Problem": "minute"}}
FAULTS = {
    "dropped before": [{"kind": "drop_before"}],
    "dropped before, twice": [{"kind": "drop_before", "times": 2}],
    "dropped after": [{"kind": "drop_after"}],
    "dropped after, twice": [{"kind": "drop_after", "times": 2}],
    "dropped after, then limited": [{"kind": "drop_after"}, {"kind": "status", **LIMITED}],
    "dropped after, then expired": [{"kind": "drop_after"}, {"kind": "expire_token"}],
    "truncated": [{"kind": "truncate"}],
    "429": [{"kind": "status", **LIMITED}],
    "429, twice": [{"kind": "status", "times": 2, **LIMITED}],
    "500": [{"kind": "status", "status": 500}],
    "500, remembered for the key": [{"kind": "status", "status": 500, "remember": True}],
    "404": [{"kind": "status", "status": 404}],
    "503 with a page": [{"kind": "status", "status": 503, "body": "<h1>Service Unavailable</h1>"}],
    "504 although done": [{"kind": "status_after", "status": 504}],
    "garbage": [{"kind": "garbage"}],
    "garbage, nothing done": [{"kind": "garbage_before"}],
    "maintenance page": [{"kind": "html"}],
    "expired token": [{"kind": "expire_token"}],
}
# Faults of what is in the answer, which only calls that change something have to bear.
ANSWERS = {
    "no ids": [{"kind": "missing_id"}],
    "other order": [{"kind": "reorder"}],
    "one element too few": [{"kind": "omit"}],
}
NOT_OF_TOKENS = ("expired token", "dropped after, then expired")
# Xero remembers an idempotency key for 6 minutes.
LONG_OUTAGE = timedelta(minutes=10)


class TestFaults(FaultCase):
    """Whatever happens to whichever call: in the end everything is in Xero exactly once and Odoo knows it."""

    def check(self, call, arrange, faults, pause=timedelta(0)):
        """Strike ``call`` with every fault in turn.

        :param arrange: makes the change that leads to the call; returns a function that checks Xero in the end
        """
        for name, struck in faults.items():
            with self.subTest(fault=name, call=call):
                verify = arrange()
                hits = [self.simulator.fault(match=call, **options) for options in struck]
                self.run_until_quiet(pause)
                for fault, options in zip(hits, struck, strict=True):
                    self.assertEqual(fault.hits, options.get("times", 1), "the fault did not strike")
                self.assert_exactly_once()
                verify()
            self.simulator.faults.clear()

    # -- What is changed -----------------------------------------------------------------------------------------

    def three_new_customers(self):
        partners = [self.customer(email=f"c{index}@example.com") for index in range(3)]
        for partner in partners:
            partner._xero_mark()

        def verify():
            for partner in partners:
                self.assertEqual(self.in_xero(partner, "contacts")["Name"], partner.name)

        return verify

    def two_changed_customers(self):
        partners = [self.known_customer(), self.known_customer()]
        for index, partner in enumerate(partners):
            partner.email = f"new{index}@example.com"

        def verify():
            for index, partner in enumerate(partners):
                self.assertEqual(self.in_xero(partner, "contacts")["EmailAddress"], f"new{index}@example.com")

        return verify

    def three_confirmed_invoices(self):
        moves = self.invoices(3, self.regular())

        def verify():
            # 100, 101 and 102 plus 20 % each.
            totals = [str(self.in_xero(move, "invoices")["Total"]) for move in moves]
            self.assertEqual(totals, ["120.00", "121.20", "122.40"])
            self.assertFalse(any(moves.mapped("xero_warning")))

        return verify

    def two_edited_invoices(self):
        moves = self.synced_invoices(2, self.regular())
        moves.ref = "PO 4711"

        def verify():
            for move in moves:
                self.assertEqual(self.in_xero(move, "invoices")["Reference"], "PO 4711")

        return verify

    def two_cancelled_invoices(self):
        moves = self.synced_invoices(2, self.regular())
        moves.button_draft()
        moves.button_cancel()

        def verify():
            for move in moves:
                self.assertEqual(self.in_xero(move, "invoices")["Status"], "VOIDED")

        return verify

    def new_customer_with_invoice(self):
        move = self.invoices(1, self.customer())
        return lambda: self.assertEqual(self.in_xero(move, "invoices")["Status"], "AUTHORISED")

    def invoice_with_a_lost_answer(self):
        verify = self.three_confirmed_invoices()
        self.simulator.fault("drop_after", match="PUT /Invoices", times=2)
        return verify

    def confirmed_invoice_after(self, wait):
        def arrange():
            move = self.invoices(1, self.regular())
            self.clock.tick(wait)
            return lambda: self.assertEqual(self.in_xero(move, "invoices")["InvoiceNumber"], move.name)

        return arrange

    def regular(self):
        """One customer for all invoices of a test."""
        return self.env["res.partner"].search([("ref", "=", "REGULAR")]) or self.known_customer(ref="REGULAR")

    def in_xero(self, record, table):
        return getattr(self.organisation, table)[self.binding(record).xero_id]

    # -- Every fault at every call ---------------------------------------------------------------------------------

    def test_new_contacts_survive_every_fault(self):
        self.check("PUT /Contacts", self.three_new_customers, FAULTS | ANSWERS)

    def test_changed_contacts_survive_every_fault(self):
        # An answer without ids leaves a change unproven; that is shown to a person instead (see test_verdicts).
        self.check("POST /Contacts", self.two_changed_customers, FAULTS)

    def test_new_invoices_survive_every_fault(self):
        self.check("PUT /Invoices", self.three_confirmed_invoices, FAULTS | ANSWERS)

    def test_edited_invoices_survive_every_fault(self):
        self.check("POST /Invoices", self.two_edited_invoices, FAULTS)

    def test_cancelled_invoices_survive_every_fault(self):
        self.check("POST /Invoices", self.two_cancelled_invoices, FAULTS)

    def test_the_search_for_contacts_survives_every_fault(self):
        self.check("GET /Contacts", self.new_customer_with_invoice, FAULTS)

    def test_the_search_for_lost_invoices_survives_every_fault(self):
        self.check("GET /Invoices", self.invoice_with_a_lost_answer, FAULTS, pause=LONG_OUTAGE)

    def test_reading_the_chart_survives_every_fault(self):
        # The copies are refreshed once a day, by five calls of which any may be struck.
        a_day_later = self.confirmed_invoice_after(timedelta(hours=25))
        self.check("GET /Accounts", a_day_later, FAULTS)
        few = {name: FAULTS[name] for name in ("dropped after", "429", "500", "maintenance page")}
        for call in ("GET /Organisation", "GET /TaxRates", "GET /Currencies", "GET /TrackingCategories"):
            self.check(call, a_day_later, few)

    def test_renewing_the_token_survives_every_fault(self):
        faults = {name: struck for name, struck in FAULTS.items() if name not in NOT_OF_TOKENS}
        self.check("POST /connect/token", self.confirmed_invoice_after(timedelta(minutes=31)), faults)

    # -- The same when nobody runs for so long that Xero has forgotten the key -----------------------------------------

    def test_an_outage_longer_than_the_keys_life_makes_nothing_twice(self):
        lost = {"done": [{"kind": "drop_after", "times": 2}], "not done": [{"kind": "drop_before", "times": 2}]}
        for call, arrange in (
            ("PUT /Contacts", self.three_new_customers),
            ("POST /Contacts", self.two_changed_customers),
            ("PUT /Invoices", self.three_confirmed_invoices),
            ("POST /Invoices", self.two_edited_invoices),
            ("POST /Invoices", self.two_cancelled_invoices),
        ):
            self.check(call, arrange, lost, pause=LONG_OUTAGE)

    # -- By what means -------------------------------------------------------------------------------------------------

    def test_a_lost_call_is_repeated_with_its_own_key_and_bytes(self):
        for call, arrange in (
            ("PUT /Contacts", self.three_new_customers),
            ("POST /Contacts", self.two_changed_customers),
            ("PUT /Invoices", self.three_confirmed_invoices),
            ("POST /Invoices", self.two_edited_invoices),
        ):
            arrange()
            method, path = call.split()
            self.simulator.calls.clear()
            # Lost, repeated at once and lost again; the next run repeats it once more.
            self.simulator.fault("drop_after", match=call, times=2)
            self.run_until_quiet()
            tries = self.calls(method, path)
            self.assertEqual([struck.replayed for struck in tries], [False, True, True], call)
            self.assertEqual(len({(struck.idempotency_key, struck.body) for struck in tries}), 1, call)
            self.assertTrue(tries[0].idempotency_key)

    def test_a_call_that_may_be_done_keeps_its_key_when_the_repeat_is_refused_for_another_reason(self):
        for refusal in (LIMITED, {"status": 503}, {"status": 404}):
            moves = self.invoices(2, self.regular())
            self.simulator.calls.clear()
            self.simulator.fault("drop_after", match="PUT /Invoices")
            self.simulator.fault("status", match="PUT /Invoices", **refusal)
            self.run_until_quiet()
            self.assertEqual(len({call.idempotency_key for call in self.calls("PUT", "/Invoices")}), 1, refusal)
            self.assert_exactly_once(moves)

    def test_xero_is_asked_before_anything_is_made_again_when_the_key_is_too_old(self):
        for path, arrange in (("/Contacts", self.three_new_customers), ("/Invoices", self.three_confirmed_invoices)):
            arrange()
            self.simulator.calls.clear()
            self.simulator.fault("drop_after", match=f"PUT {path}", times=2)
            self.run_sync()
            self.clock.tick(LONG_OUTAGE)
            self.simulator.calls.clear()
            self.run_until_quiet()
            # What changed in Xero is read as well, by now.
            calls = [call for call in self.calls(path=path) if "order=" not in call.query]
            self.assertEqual([call.method for call in calls], ["GET"], "it was there already")

    def test_a_5xx_is_looked_up_and_not_repeated_because_xero_remembers_it(self):
        moves = self.invoices(3, self.regular())
        self.simulator.fault("status", match="PUT /Invoices", status=500, remember=True)
        self.simulator.calls.clear()
        self.run_until_quiet()
        self.assertEqual([call.method for call in self.calls(path="/Invoices")], ["PUT", "GET", "PUT"])
        self.assertEqual(len({call.idempotency_key for call in self.calls("PUT", "/Invoices")}), 2)
        self.assert_exactly_once(moves)

    def test_every_call_is_in_the_history_with_its_outcome(self):
        self.simulator.fault("drop_after", match="PUT /Invoices", times=2)
        self.invoices(2, self.regular())
        self.run_until_quiet()
        request = self.env["xero.request"].search([("path", "=", "/Invoices")], limit=1)
        self.assertEqual((request.state, request.tries, request.http_status), ("answered", 3, 200))
        self.assertEqual(request.element_count, 2)
